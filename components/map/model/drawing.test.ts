import ELK from "elkjs/lib/elk.bundled.js";
import { beforeAll, describe, expect, it } from "vitest";

import { demoMesh, meshEdge, meshGraph, meshNode } from "../testing/mesh.ts";
import { sampleCurve } from "./curve.ts";
import { composeDrawing } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";
import { drawGraph } from "./drawn-graph.ts";
import { layoutWithElk } from "./elk-layout.ts";
import { contains } from "./geometry.ts";
import type { Point } from "./geometry.ts";
import { isInside } from "./hull.ts";
import { layoutInput } from "./layout-input.ts";
import type { Positions } from "./layout-input.ts";
import { placeNodes } from "./place.ts";

const mesh = demoMesh();
const graph = drawGraph(mesh, new Set());
let positions: Positions = new Map();

beforeAll(async () => {
  const elk = new ELK();
  const layoutColumns = (columns: Parameters<typeof layoutWithElk>[1]) => layoutWithElk(elk, columns);
  ({ positions } = await placeNodes(layoutInput(graph), { previous: null, pins: new Map(), layoutColumns }));
});

function crossings(drawing: Drawing): string[] {
  const found: string[] = [];
  for (const edge of graph.edges) {
    const route = drawing.routes.get(edge.id);
    if (route === undefined) throw new Error(`${edge.id} has no route`);
    for (const card of drawing.cards) {
      if (card.id === edge.source || card.id === edge.target) continue;
      if (sampleCurve(route, 24).some((point) => contains(card, point, 4))) found.push(`${edge.id} over ${card.id}`);
    }
  }
  return found;
}

const inside = (drawing: Drawing, point: Point) => drawing.hulls.filter((hull) => isInside(hull.outline, point));

describe("edges of the demo", () => {
  it.each([null, "reviews/reviews", "shop/cart"])("cross no card while %s is selected", (selected) => {
    expect(crossings(composeDrawing(graph, positions, selected))).toEqual([]);
  });

  it("leave one side of a card in the order of their targets, evenly spread", () => {
    const { routes } = composeDrawing(graph, positions, null);
    const from = graph.edges
      .filter((edge) => edge.source === "shop/frontend")
      .map((edge) => ({ edge, route: routes.get(edge.id) }))
      .toSorted((a, b) => (a.route?.start.y ?? 0) - (b.route?.start.y ?? 0));
    expect(from.map(({ edge }) => edge.target)).toEqual(["shop/catalog", "reviews/reviews", "shop/cart", "shop/checkout"]);
    const ys = from.map(({ route }) => route?.start.y ?? Number.NaN);
    const gaps = ys.slice(1).map((y, index) => y - (ys[index] ?? Number.NaN));
    for (const gap of gaps) expect(gap).toBeCloseTo(14);
  });

  it("start and end on the sides of their cards, also of an opened one", () => {
    const { routes, cards } = composeDrawing(graph, positions, "reviews/reviews");
    const opened = cards.find((card) => card.id === "reviews/reviews");
    expect(opened?.height).toBe(130);
    for (const edge of graph.edges.filter((each) => each.target === "reviews/reviews")) {
      expect(routes.get(edge.id)?.end.x).toBe((opened?.x ?? 0) - 70);
    }
  });

  it("come straight down from the internet", () => {
    const route = composeDrawing(graph, positions, null).routes.get("internet|shop/gateway|http");
    expect(route?.controls).toEqual([]);
    expect(route?.start.x).toBe(route?.end.x);
  });
});

describe("hulls of the demo", () => {
  it("hold exactly the cards of their namespace", () => {
    const drawing = composeDrawing(graph, positions, "reviews/reviews");
    for (const card of drawing.cards) {
      expect(
        inside(drawing, card).map((hull) => hull.namespace),
        card.id,
      ).toEqual(card.group === null ? [] : [card.group]);
    }
  });

  it("never overlap", () => {
    const drawing = composeDrawing(graph, positions, "reviews/reviews");
    for (const hull of drawing.hulls) {
      for (const point of hull.outline) {
        const others = inside(drawing, point).filter((other) => other !== hull && other.namespace !== hull.namespace);
        expect(
          others.map((other) => other.namespace),
          `${hull.namespace} at ${point.x},${point.y}`,
        ).toEqual([]);
      }
    }
  });

  it("are one piece for each namespace", () => {
    const names = composeDrawing(graph, positions, null).hulls.map((hull) => hull.namespace);
    expect(names).toEqual(["payments", "reviews", "shop"]);
  });
});

describe("a hull's title", () => {
  it("does not stand under the internet's line", () => {
    const odd = drawGraph(
      meshGraph(
        ["internet", "a/1", "a/2"].map((id) => meshNode(id)),
        [],
      ),
      new Set(),
    );
    const places = new Map([
      ["internet", { x: 0, y: -90 }],
      ["a/1", { x: 0, y: 0 }],
      ["a/2", { x: 200, y: 60 }],
    ]);
    expect(composeDrawing(odd, places, null).hulls[0]?.title.x).toBeGreaterThan(100);
  });
});

describe("a namespace with a stranger in its midst", () => {
  it("is drawn in two parts, so that the stranger stays outside", () => {
    const odd = drawGraph(
      meshGraph(
        ["a/1", "b/x", "a/2"].map((id) => meshNode(id)),
        [meshEdge("a/1", "b/x")],
      ),
      new Set(),
    );
    const places = new Map([
      ["a/1", { x: 0, y: 0 }],
      ["b/x", { x: 0, y: 200 }],
      ["a/2", { x: 0, y: 400 }],
    ]);
    const { hulls } = composeDrawing(odd, places, null);
    expect(hulls.map((hull) => hull.namespace)).toEqual(["a", "a", "b"]);
    expect(hulls.filter((hull) => hull.namespace === "a").some((hull) => isInside(hull.outline, { x: 0, y: 200 }))).toBe(false);
  });
});
