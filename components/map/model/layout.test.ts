import ELK from "elkjs/lib/elk.bundled.js";
import { describe, expect, it } from "vitest";

import type { MeshGraph } from "#lib/model/graph.ts";

import { demoMesh, meshEdge, meshGraph, meshNode } from "../testing/mesh.ts";
import { placeSize } from "./card-size.ts";
import { drawGraph } from "./drawn-graph.ts";
import type { DrawnGraph } from "./drawn-graph.ts";
import { layoutWithElk } from "./elk-layout.ts";
import { overlaps } from "./geometry.ts";
import { layoutInput } from "./layout-input.ts";
import type { Positions } from "./layout-input.ts";
import { placeNodes } from "./place.ts";
import type { Placed, PlaceOptions } from "./place.ts";

const elk = new ELK();

function draw(graph: MeshGraph): DrawnGraph {
  return drawGraph(graph, new Set());
}

const laidOut: PlaceOptions["layoutColumns"] = (columns) => layoutWithElk(elk, columns);

async function place(graph: MeshGraph, previous: Placed | null = null, pins: Positions = new Map()): Promise<Placed> {
  const options: PlaceOptions = { previous, pins, layoutColumns: laidOut };
  return placeNodes(layoutInput(draw(graph)), options);
}

function sorted({ positions }: Placed): [string, number, number][] {
  return [...positions].map(([id, { x, y }]): [string, number, number] => [id, x, y]).toSorted(([a], [b]) => a.localeCompare(b));
}

function boxes(graph: MeshGraph, positions: Positions) {
  return draw(graph).nodes.map((node) => {
    const at = positions.get(node.id);
    if (at === undefined) throw new Error(`${node.id} has no place`);
    return { id: node.id, ...at, ...placeSize(node) };
  });
}

describe("the demo mesh", () => {
  it("puts every caller left of its callees", async () => {
    const graph = demoMesh();
    const { positions } = await place(graph);
    for (const edge of graph.edges) {
      if (edge.source === "internet") continue;
      expect(positions.get(edge.source)?.x, edge.id).toBeLessThan((positions.get(edge.target)?.x ?? 0) - 100);
    }
  });

  it("sets the internet's pill on top of its gateway", async () => {
    const { positions } = await place(demoMesh());
    const pill = positions.get("internet");
    const gateway = positions.get("shop/gateway");
    expect(pill?.x).toBe(gateway?.x);
    expect(pill?.y).toBeLessThan(gateway?.y ?? 0);
  });

  it("keeps cards apart, far enough for a hull's title", async () => {
    const graph = demoMesh();
    const cards = boxes(graph, (await place(graph)).positions).filter((card) => card.id !== "internet");
    for (const a of cards) {
      for (const b of cards) if (a.id < b.id) expect(overlaps(a, b, 50), `${a.id} and ${b.id}`).toBe(false);
    }
  });

  it("fits beside the inspector of a 1440 px screen without shrinking below cards", async () => {
    const graph = demoMesh();
    const cards = boxes(graph, (await place(graph)).positions);
    const width = Math.max(...cards.map((card) => card.x + card.width / 2)) - Math.min(...cards.map((card) => card.x - card.width / 2));
    expect(width).toBeLessThanOrEqual(984);
  });

  it("runs the calls of one row straight", async () => {
    const { positions } = await place(demoMesh());
    const y = (id: string) => positions.get(id)?.y;
    expect(y("shop/catalog")).toBe(y("reviews/reviews"));
    expect(y("reviews/reviews")).toBe(y("reviews/ratings"));
    expect(y("shop/cart")).toBe(y("shop/kv"));
  });

  it("gives the same places whatever order the answer came in", async () => {
    const graph = demoMesh();
    const turned = { ...graph, nodes: graph.nodes.toReversed(), edges: graph.edges.toReversed() };
    expect(sorted(await place(turned))).toEqual(sorted(await place(graph)));
  });
});

describe("stability", () => {
  it("does not ask for a layout when only numbers changed", async () => {
    const graph = demoMesh();
    const before = await place(graph);
    const louder = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, red: { ...node.red, rate: 7 } })) };
    const after = await placeNodes(layoutInput(draw(louder)), {
      previous: before,
      pins: new Map(),
      layoutColumns: () => Promise.reject(new Error("asked for a layout")),
    });
    expect(after.positions).toEqual(before.positions);
  });

  it("moves nobody when a service comes, and gives it a free place right of its caller", async () => {
    const graph = demoMesh();
    const before = await place(graph);
    const grown = meshGraph([...graph.nodes, meshNode("shop/search")], [...graph.edges, meshEdge("shop/frontend", "shop/search")]);
    const { positions } = await place(grown, before);
    for (const [id, at] of before.positions) expect(positions.get(id), id).toEqual(at);
    const cards = boxes(grown, positions);
    const fresh = cards.find((card) => card.id === "shop/search");
    expect(fresh).toBeDefined();
    for (const card of cards) if (fresh && card.id !== fresh.id) expect(overlaps(card, fresh), card.id).toBe(false);
    expect(positions.get("shop/search")?.x).toBeGreaterThan(positions.get("shop/frontend")?.x ?? Infinity);
  });

  it("moves nobody when a service goes", async () => {
    const graph = demoMesh();
    const before = await place(graph);
    const gone = "unknown/legacy-report";
    const smaller = meshGraph(
      graph.nodes.filter((node) => node.id !== gone),
      graph.edges.filter((edge) => edge.source !== gone),
    );
    const { positions } = await place(smaller, before);
    for (const [id, at] of positions) expect(before.positions.get(id), id).toEqual(at);
    expect(positions.has(gone)).toBe(false);
  });

  it("lays out anew when most of the picture is new", async () => {
    const graph = demoMesh();
    const start = meshGraph(graph.nodes, graph.edges.slice(0, 2));
    const anew = await place(graph, await place(start));
    expect(sorted(anew)).toEqual(sorted(await place(graph)));
  });

  it("keeps a pinned node where it was pinned, in every layout", async () => {
    const pins = new Map([["shop/cart", { x: -400, y: 900 }]]);
    expect((await place(demoMesh(), null, pins)).positions.get("shop/cart")).toEqual({ x: -400, y: 900 });
  });
});

describe("the past", () => {
  it("moves nobody who was not called then, and the way back to live finds everything in its place", async () => {
    const mesh = demoMesh();
    const live = await place(mesh);
    const gone = meshGraph(
      mesh.nodes.filter(({ id }) => id !== "internet"),
      [],
    );
    const options = { pins: new Map(), layoutColumns: () => Promise.reject(new Error("nothing is laid out")) };
    const past = await placeNodes(layoutInput(draw(gone)), { ...options, previous: live, isPast: true });
    expect(sorted(past)).toEqual(sorted(live));
    const back = await placeNodes(layoutInput(draw(mesh)), { ...options, previous: past });
    expect(sorted(back)).toEqual(sorted(live));
  });

  it("lays out anew who was there then and is not now", async () => {
    const live = await place(demoMesh());
    const then = meshGraph([meshNode("shop/old"), meshNode("shop/older")], [meshEdge("shop/old", "shop/older")]);
    const past = await placeNodes(layoutInput(draw(then)), { previous: live, pins: new Map(), isPast: true, layoutColumns: laidOut });
    expect([...past.positions.keys()].toSorted()).toEqual(["shop/old", "shop/older"]);
  });
});

describe("odd graphs", () => {
  it("places services that nobody calls, by namespace, without overlap", async () => {
    const graph = meshGraph(
      ["a/x", "a/y", "b/z", "external/e"].map((id) => meshNode(id)),
      [],
    );
    const cards = boxes(graph, (await place(graph)).positions);
    for (const a of cards) for (const b of cards) if (a.id < b.id) expect(overlaps(a, b)).toBe(false);
  });

  it("places circles and calls to oneself", async () => {
    const graph = meshGraph(
      ["a/x", "a/y", "a/z"].map((id) => meshNode(id)),
      [meshEdge("a/x", "a/y"), meshEdge("a/y", "a/z"), meshEdge("a/z", "a/x"), meshEdge("a/x", "a/x")],
    );
    expect((await place(graph)).positions.size).toBe(3);
  });

  it("leaves out an edge whose end is not there", async () => {
    const graph = meshGraph([meshNode("a/x"), meshNode("a/y")], [meshEdge("a/x", "a/y"), meshEdge("a/x", "gone/g")]);
    expect([...(await place(graph)).positions.keys()].toSorted()).toEqual(["a/x", "a/y"]);
  });

  it("gives an empty mesh no places", async () => {
    expect((await place(meshGraph([], []))).positions.size).toBe(0);
  });
});
