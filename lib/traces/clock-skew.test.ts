import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arbitraryTangle, spanIdOf, type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { correctClocks, findClockSkew } from "./clock-skew.ts";
import { buildTraceTree } from "./trace-tree.ts";

const caller: SpanSpec = { id: "a", service: "catalog", kind: "client", at: 100, ms: 100 };
const callee = (at: number, ms: number, part: Partial<SpanSpec> = {}): SpanSpec => ({
  id: "b",
  parent: "a",
  service: "reviews",
  kind: "server",
  at,
  ms,
  ...part,
});

function shifts(specs: readonly SpanSpec[]): Record<string, number> {
  const { shiftMs } = findClockSkew(buildTraceTree(traceOf(specs)));
  return Object.fromEntries([...shiftMs].map(([key, ms]) => [key.replace(/^0+/, ""), ms]));
}

describe("findClockSkew", () => {
  it.each<[string, SpanSpec[], Record<string, number>]>([
    ["leaves alone what lies within its parent", [caller, callee(100, 100)], {}],
    ["puts what comes too early into the middle", [caller, callee(50, 60)], { b: 70 }],
    ["puts what begins after its parent's end into the middle", [caller, callee(220, 60)], { b: -100 }],
    ["leaves alone what goes on after its parent's end", [caller, callee(180, 60)], {}],
    ["leaves alone what begins after a parent that failed", [{ ...caller, isError: true }, callee(220, 60)], {}],
    ["takes a clock of whole milliseconds for a good one", [caller, callee(99.2, 60)], {}],
    ["only lets what lasts longer not begin before", [caller, callee(50, 300)], { b: 50 }],
    ["leaves alone what lasts longer and begins later", [caller, callee(150, 300)], {}],
    ["lets a consumer end when it likes", [caller, callee(900, 20, { kind: "consumer" })], {}],
    ["lets a consumer not begin before its producer", [caller, callee(20, 20, { kind: "consumer" })], { b: 80 }],
    ["never moves spans of one process", [caller, callee(0, 10, { service: "catalog" })], {}],
    [
      "moves what follows in the same process along",
      [caller, callee(50, 60), { id: "c", parent: "b", service: "reviews", at: 60, ms: 5 }],
      { b: 70, c: 70 },
    ],
    [
      "keeps what another process told where it is, as long as it fits",
      [caller, callee(50, 60), { id: "c", parent: "b", service: "ratings", at: 130, ms: 5 }],
      { b: 70 },
    ],
    [
      "measures from the moved parent",
      [caller, callee(50, 60), { id: "c", parent: "b", service: "ratings", at: 60, ms: 20 }],
      { b: 70, c: 80 },
    ],
    [
      "does not touch roots",
      [
        { ...caller, at: 0 },
        { id: "d", service: "reviews", at: 500, ms: 5 },
      ],
      {},
    ],
  ])("%s", (_, specs, expected) => {
    expect(shifts(specs)).toEqual(expected);
  });

  it("names the clocks, and by how much they are off", () => {
    const ahead = findClockSkew(buildTraceTree(traceOf([caller, callee(220, 60, { instance: "reviews-1" })])));
    expect(ahead.clocks).toMatchObject([{ service: "reviews", instance: "reviews-1", aheadMs: 100, spans: 1 }]);
    expect(ahead.notices).toEqual(["The clock of reviews (reviews-1) is 100 ms ahead; corrected."]);
    const behind = findClockSkew(buildTraceTree(traceOf([caller, callee(50, 60)])));
    expect(behind.notices).toEqual(["The clock of reviews is 70 ms behind; corrected."]);
    expect(findClockSkew(buildTraceTree(traceOf([caller, callee(110, 60)]))).notices).toEqual([]);
  });

  it("leaves nothing to correct in what it has corrected", () => {
    fc.assert(
      fc.property(arbitraryTangle, (trace) => {
        const tree = buildTraceTree(trace);
        const corrected = correctClocks(trace, tree, findClockSkew(tree));
        // Repeated spans are not in the tree and stay; the same rule on the corrected ones may cut a circle elsewhere.
        fc.pre(tree.notices.length === 0);
        const again = findClockSkew(buildTraceTree(corrected));
        for (const shift of again.shiftMs.values()) expect(Math.abs(shift)).toBeLessThan(1e-9);
      }),
      { numRuns: 300 },
    );
  });
});

describe("correctClocks", () => {
  it("moves spans with their events, and begins anew where the earliest one is now", () => {
    const trace = traceOf([caller, callee(0, 60)]);
    trace.spans[0]?.events.push({ name: "hit", atMs: 10, attributes: [] });
    const tree = buildTraceTree(trace);
    const corrected = correctClocks(trace, tree, findClockSkew(tree));
    expect(corrected.spans.map(({ spanId, startMs, durationMs }) => [spanId, startMs, durationMs])).toEqual([
      [spanIdOf("a"), 0, 100],
      [spanIdOf("b"), 20, 60],
    ]);
    expect(corrected.spans[1]?.events[0]?.atMs).toBe(30);
    expect(corrected.durationMs).toBe(100);
    expect(BigInt(corrected.startUnixNano) - BigInt(trace.startUnixNano)).toBe(100_000_000n);
    expect(Date.parse(corrected.startedAt) - Date.parse(trace.startedAt)).toBe(100);
  });

  it("is the same trace where every clock agrees", () => {
    const trace = traceOf([caller, callee(120, 60)]);
    const tree = buildTraceTree(trace);
    expect(correctClocks(trace, tree, findClockSkew(tree))).toBe(trace);
  });
});
