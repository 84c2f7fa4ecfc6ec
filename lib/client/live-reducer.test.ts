import { describe, expect, test } from "vitest";

import type { Sourced } from "#lib/model/evidence.ts";
import type { GraphDelta, MeshEdge, MeshGraph, MeshNode } from "#lib/model/graph.ts";
import { statusOf } from "#lib/testing/builders.ts";
import { changeOf } from "#lib/testing/change-builders.ts";

import { applyChange, applyDelta, applySource, matchesFilter } from "./live-reducer.ts";

const RED = { rate: 1, errorRatio: 0, p50Ms: 1, p95Ms: 2, p99Ms: 3, meanMs: null, count: 60, errorCount: 0, source: "s" };
const WINDOW = { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:01:00.000Z" };
const TOTALS = { healthy: 1, degraded: 0, failing: 0, unknown: 0, rate: 1, errorRate: 0 };

function node(id: string, rate = 1): MeshNode {
  return {
    id,
    kind: "service",
    namespace: "shop",
    service: id,
    versions: [],
    red: { ...RED, rate },
    spark: { stepMs: 1, rate: [], errorRatio: [] },
    health: { status: "healthy", reasons: [] },
    proxies: null,
    tls: "mutual",
    seenBy: [],
  };
}

function edge(id: string): MeshEdge {
  return {
    id,
    source: "a",
    target: "b",
    protocol: "http",
    red: RED,
    health: { status: "healthy", reasons: [] },
    tls: { declared: { client: "mutual", server: "strict" }, observed: "mutual", mutualShare: 1, refused: null },
    versions: [],
    callerRed: null,
    retries: 0,
    neverArrived: 0,
    flags: {},
    reporter: "destination",
    seenBy: [],
  };
}

function sourced<T>(value: T, coverage: Sourced<T>["coverage"] = "complete"): Sourced<T> {
  return { value, provenance: [], notices: [], coverage };
}

function graphOf(nodes: MeshNode[], edges: MeshEdge[] = []): Sourced<MeshGraph> {
  return sourced({ window: WINDOW, nodes, edges, totals: TOTALS });
}

function deltaOf(part: Partial<GraphDelta>): GraphDelta {
  return { window: WINDOW, totals: TOTALS, nodes: [], edges: [], removedNodes: [], removedEdges: [], ...part };
}

describe("applyDelta", () => {
  test("replaces in place, appends what is new, drops what is gone, and leaves the rest the same objects", () => {
    const before = graphOf([node("a"), node("b"), node("c")], [edge("e1"), edge("e2")]);
    const after = applyDelta(
      before,
      sourced(deltaOf({ nodes: [node("b", 9), node("d")], removedNodes: ["c"], removedEdges: ["e1"] }), "partial"),
    );
    expect(after.value.nodes.map((one) => one.id)).toEqual(["a", "b", "d"]);
    expect(after.value.nodes[0]).toBe(before.value.nodes[0]);
    expect(after.value.nodes[1]?.red.rate).toBe(9);
    expect(after.value.edges.map((one) => one.id)).toEqual(["e2"]);
    expect(after.coverage).toBe("partial");
  });

  test("something that left and came back in one tick is there", () => {
    const after = applyDelta(graphOf([node("a", 1)]), sourced(deltaOf({ nodes: [node("a", 2)], removedNodes: ["a"] })));
    expect(after.value.nodes.map((one) => one.red.rate)).toEqual([2]);
  });
});

describe("lists", () => {
  test("a new change stands in front, a known one stays where it is", () => {
    const list = sourced({ items: [changeOf({ id: "2" }), changeOf({ id: "1" })], total: 2, next: null });
    const grown = applyChange(list, changeOf({ id: "3" }));
    expect(grown.value.items.map((one) => one.id)).toEqual(["3", "2", "1"]);
    expect(grown.value.total).toBe(3);
    const moved = applyChange(grown, changeOf({ id: "1", state: "live" }));
    expect(moved.value.items.map((one) => `${one.id} ${one.state}`)).toEqual(["3 asked", "2 asked", "1 live"]);
    expect(moved.value.total).toBe(3);
  });

  test("a source replaces itself", () => {
    const list = sourced({ items: [statusOf({ id: "x" })], total: 1, next: null });
    expect(applySource(list, statusOf({ id: "x", state: "down" })).value.items.map((one) => one.state)).toEqual(["down"]);
    expect(applySource(list, statusOf({ id: "y" })).value.total).toBe(2);
  });

  test("a filtered list takes only its own", () => {
    const change = changeOf({ routeId: "r", target: "t" });
    const all = { routeId: null, target: null, objectId: null };
    expect(matchesFilter(change, all)).toBe(true);
    expect(matchesFilter(change, { ...all, routeId: "r" })).toBe(true);
    expect(matchesFilter(change, { ...all, routeId: "other" })).toBe(false);
    expect(matchesFilter(change, { ...all, target: "other" })).toBe(false);
    expect(matchesFilter(change, { ...all, objectId: change.objectId })).toBe(true);
    expect(matchesFilter(change, { ...all, objectId: "other" })).toBe(false);
  });
});
