import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { MeshGraph } from "#lib/model/graph.ts";
import { arbitraryTraffic } from "#lib/testing/arbitraries.ts";
import { keyOf, secondsWindow, topologyOf, trafficOf } from "#lib/testing/builders.ts";

import { buildGraph, type GraphRow } from "./build-graph.ts";
import { applyDelta, diffGraph } from "./diff-graph.ts";

function graphOf(rows: readonly GraphRow[], fromS = 0): MeshGraph {
  return buildGraph({
    window: secondsWindow(fromS, fromS + 10),
    topology: topologyOf(),
    rows,
    sparks: { stepMs: 5_000, isReported: [true, true], rows: [] },
    sources: ["proxies"],
    refusals: null,
  });
}

function row(source: string, target: string, count: number): GraphRow {
  return { ...keyOf({ source, target }), traffic: trafficOf({ count }), toldBy: "proxies", seenBy: ["proxies"] };
}

const arbitraryGraph = fc
  .tuple(
    fc.array(
      fc.record({
        source: fc.constantFrom("a/one", "a/two", "b/three", "internet"),
        target: fc.constantFrom("a/one", "a/two", "b/three", "external/x"),
        protocol: fc.constantFrom("http" as const, "tcp" as const),
        version: fc.constantFrom(null, "v1"),
        reporter: fc.constant("destination" as const),
        traffic: arbitraryTraffic,
        toldBy: fc.constant("proxies"),
        seenBy: fc.constant(["proxies"]),
      }),
      { maxLength: 6 },
    ),
    fc.nat({ max: 20 }),
  )
  .map(([rows, fromS]) => graphOf(rows, fromS));

describe("diffGraph", () => {
  it("is undone by nothing but its own application: a graph with the delta is the next graph", () => {
    fc.assert(
      fc.property(arbitraryGraph, arbitraryGraph, (before, after) => {
        expect(applyDelta(before, diffGraph(before, after))).toEqual(after);
      }),
    );
  });

  it("survives being sent", () => {
    fc.assert(
      fc.property(arbitraryGraph, arbitraryGraph, (before, after) => {
        const sent: typeof before = JSON.parse(JSON.stringify(before));
        const delta: ReturnType<typeof diffGraph> = JSON.parse(JSON.stringify(diffGraph(before, after)));
        expect(applyDelta(sent, delta)).toEqual(JSON.parse(JSON.stringify(after)));
      }),
    );
  });

  it("holds nothing when nothing changed", () => {
    fc.assert(
      fc.property(arbitraryGraph, (graph) => {
        expect(diffGraph(graph, structuredClone(graph))).toMatchObject({ nodes: [], edges: [], removedNodes: [], removedEdges: [] });
      }),
    );
  });

  it("holds whole objects for what changed, and ids for what is gone", () => {
    const delta = diffGraph(graphOf([row("a/one", "a/two", 5), row("a/one", "b/three", 5)]), graphOf([row("a/one", "a/two", 6)]));
    expect(delta.nodes.map(({ id, red }) => [id, red.count])).toEqual([["a/two", 6]]);
    expect(delta.edges.map(({ id, red }) => [id, red.count])).toEqual([["a/one|a/two|http", 6]]);
    expect(delta.removedNodes).toEqual(["b/three"]);
    expect(delta.removedEdges).toEqual(["a/one|b/three|http"]);
  });
});
