import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arbitraryTangle, type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { compareTraces } from "./compare-traces.ts";
import { buildTraceTree, type SpanNode } from "./trace-tree.ts";

const root: SpanSpec = { id: "a", service: "web", name: "GET /", kind: "server", ms: 100 };

function ratings(count: number, ms: number): SpanSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `b${index}`,
    parent: "a",
    service: "ratings",
    name: "GetRatings",
    kind: "server",
    at: index * ms,
    ms,
  }));
}

function compare(here: readonly SpanSpec[], there: readonly SpanSpec[]) {
  return compareTraces(buildTraceTree(traceOf(here)), buildTraceTree(traceOf(there)));
}

const ids = (nodes: readonly SpanNode[]): string[] => nodes.map(({ span }) => span.spanId.replace(/^0+/, ""));

describe("compareTraces", () => {
  it("finds calls that the other trace has not", () => {
    const { added, lost, pairs, operations, deltaMs, summary } = compare(
      [{ ...root, ms: 370 }, ...ratings(6, 50)],
      [root, ...ratings(1, 30)],
    );
    expect([ids(added), ids(lost), pairs.length, deltaMs]).toEqual([["b1", "b2", "b3", "b4", "b5"], [], 2, 270]);
    expect(operations).toMatchObject([
      {
        service: "ratings",
        operation: "GetRatings",
        isCall: true,
        countHere: 6,
        countThere: 1,
        totalHereMs: 300,
        totalThereMs: 30,
        deltaMs: 270,
      },
      { service: "web", countHere: 1, countThere: 1, deltaMs: 270 },
    ]);
    expect(summary).toBe(
      "ratings GetRatings is called 6 times here, once there: 300 ms here, 30 ms there. In all this trace took 270 ms more.",
    );
  });

  it("takes what hangs below along", () => {
    const stock: SpanSpec[] = [
      { id: "c", parent: "a", service: "stock" },
      { id: "d", parent: "c", service: "db" },
      { id: "e", parent: "d", service: "disk" },
    ];
    expect(ids(compare([root, ...stock], [root]).added)).toEqual(["c", "d", "e"]);
    expect(ids(compare([root], [root, ...stock]).lost)).toEqual(["c", "d", "e"]);
  });

  it("lays main roots over each other whatever they are called, and versions too", () => {
    const { added, lost, pairs } = compare(
      [root, { id: "b", parent: "a", service: "reviews", version: "v2", name: "get" }],
      [
        { ...root, name: "GET /other" },
        { id: "c", parent: "a", service: "reviews", version: "v1", name: "get" },
      ],
    );
    expect([added, lost, pairs.length]).toEqual([[], [], 2]);
  });

  it("says what takes longer where the calls are the same", () => {
    expect(compare([{ ...root, ms: 150 }, ...ratings(1, 140)], [root, ...ratings(1, 20)]).summary).toBe(
      "Both traces have the same calls; ratings GetRatings takes 140 ms here, 20 ms there (+120 ms).",
    );
    expect(compare([root, ...ratings(1, 20)], [root, ...ratings(1, 21)]).summary).toBe(
      "Both traces have the same calls and take about as long.",
    );
  });

  it("compares with nothing", () => {
    expect(ids(compare([root], []).added)).toEqual(["a"]);
    expect(ids(compare([], [root]).lost)).toEqual(["a"]);
    expect(compare([], [])).toMatchObject({ pairs: [], added: [], lost: [], operations: [], deltaMs: 0 });
  });

  it("finds no difference between a trace and itself", () => {
    fc.assert(
      fc.property(arbitraryTangle, (trace) => {
        const [here, there] = [buildTraceTree(trace), buildTraceTree(trace)];
        const { added, lost, pairs, operations, deltaMs } = compareTraces(here, there);
        expect([added, lost, deltaMs]).toEqual([[], [], 0]);
        expect(pairs).toHaveLength(here.nodes.length);
        for (const { here: a, there: b, deltaMs: delta } of pairs) expect([a.key, delta]).toEqual([b.key, 0]);
        for (const operation of operations) expect([operation.deltaMs, operation.countHere]).toEqual([0, operation.countThere]);
      }),
    );
  });

  it("turns over with its sides, and gives every span a partner or none", () => {
    fc.assert(
      fc.property(arbitraryTangle, arbitraryTangle, (one, other) => {
        const [here, there] = [buildTraceTree(one), buildTraceTree(other)];
        const [forth, back] = [compareTraces(here, there), compareTraces(there, here)];
        expect(ids(back.lost).toSorted()).toEqual(ids(forth.added).toSorted());
        expect(ids(back.added).toSorted()).toEqual(ids(forth.lost).toSorted());
        expect(back.deltaMs).toBe(forth.deltaMs === 0 ? 0 : -forth.deltaMs);
        const pairsOf = (pairs: typeof forth.pairs, isTurned: boolean): string[] =>
          pairs.map(({ here: a, there: b }) => (isTurned ? `${b.key} ${a.key}` : `${a.key} ${b.key}`)).toSorted();
        expect(pairsOf(back.pairs, true)).toEqual(pairsOf(forth.pairs, false));
        expect(forth.pairs.length + forth.added.length).toBe(here.nodes.length);
        expect(forth.pairs.length + forth.lost.length).toBe(there.nodes.length);
      }),
    );
  });
});
