import { describe, expect, it } from "vitest";

import { demoMesh } from "../testing/mesh.ts";
import { drawGraph } from "./drawn-graph.ts";
import type { DrawnEdge } from "./drawn-graph.ts";
import { placeLabels } from "./edge-labels.ts";
import { edgeRoutes } from "./edge-routes.ts";
import { overlaps } from "./geometry.ts";

const graph = drawGraph(demoMesh(), new Set());

function edge(id: string): DrawnEdge {
  const found = graph.edges.find((each) => each.id.startsWith(id));
  if (found === undefined) throw new Error(`no edge ${id}`);
  return found;
}

const card = (id: string, x: number, y: number) => ({ id, group: null, x, y, width: 140, height: 78 });

describe("a label", () => {
  it("stands above and below a straight edge that has the gap to itself", () => {
    const cards = [card("shop/catalog", 0, 0), card("reviews/reviews", 200, 0)];
    const edges = [edge("shop/catalog|")];
    expect(placeLabels(edges, edgeRoutes(edges, cards), cards)).toMatchObject([{ edge: edges[0], form: "split", x: 100, y: 0 }]);
  });

  it("stands on the free side of a straight edge that another one crosses", () => {
    const cards = [card("unknown/legacy-report", 0, 0), card("payments/ledger", 200, 0), card("payments/payments", 0, -150)];
    const edges = [edge("unknown/legacy-report|"), edge("payments/payments|payments/ledger")];
    const [label] = placeLabels(edges.slice(0, 1), edgeRoutes(edges, cards), cards);
    expect(label?.form).toBe("stack");
    expect(label?.y).toBeGreaterThan(0);
  });

  it("stands beyond cards that leave it too little room", () => {
    const cards = [card("unknown/legacy-report", 0, 0), card("payments/ledger", 196, 0), card("payments/payments", 196, -150)];
    const refused = edge("unknown/legacy-report|");
    const edges = [{ ...refused, isBroken: true, refused: 43 }];
    const [label] = placeLabels(edges, edgeRoutes(edges, cards), cards);
    expect(label).toMatchObject({ form: "stack", x: 98 });
    for (const each of cards) for (const part of label?.boxes ?? []) expect(overlaps(part, each)).toBe(false);
    expect(label?.boxes).toHaveLength(1);
  });

  it("never covers a card where there is a way around", () => {
    const cards = [card("shop/frontend", 0, 0), card("reviews/reviews", 420, -160), card("shop/catalog", 210, -160)];
    const edges = [edge("shop/frontend|reviews")];
    const [label] = placeLabels(edges, edgeRoutes(edges, cards), cards);
    for (const each of cards) expect(overlaps({ x: label?.x ?? 0, y: label?.y ?? 0, width: 50, height: 14 }, each)).toBe(false);
  });
});
