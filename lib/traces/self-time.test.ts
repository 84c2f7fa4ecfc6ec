import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arbitraryTrace, type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { selfTimeMs, selfTimes } from "./self-time.ts";
import { buildTraceTree, type SpanNode } from "./trace-tree.ts";

/** Milliseconds of a span in which no child runs, counted one by one: slow, and plainly right. Times are whole. */
function counted({ span, children }: SpanNode): number {
  let own = 0;
  for (let at = span.startMs; at < span.startMs + span.durationMs; at++) {
    if (!children.some((child) => child.span.startMs <= at && at < child.span.startMs + child.span.durationMs)) own++;
  }
  return own;
}

describe("selfTimeMs", () => {
  it.each<[string, SpanSpec[], number]>([
    ["without children", [], 100],
    ["one child", [{ id: "b", at: 20, ms: 30 }], 70],
    [
      "children that overlap",
      [
        { id: "b", at: 20, ms: 30 },
        { id: "c", at: 40, ms: 30 },
      ],
      50,
    ],
    [
      "a child within another",
      [
        { id: "b", at: 20, ms: 60 },
        { id: "c", at: 30, ms: 10 },
      ],
      40,
    ],
    ["a child that outlives it", [{ id: "b", at: 60, ms: 500 }], 60],
    ["a child that runs after it", [{ id: "b", at: 200, ms: 50 }], 100],
    ["a child that covers it", [{ id: "b", at: 0, ms: 100 }], 0],
  ])("%s", (_, children, own) => {
    const [root] = buildTraceTree(traceOf([{ id: "a", ms: 100 }, ...children.map((child) => ({ ...child, parent: "a" }))])).roots;
    expect(root && selfTimeMs(root)).toBe(own);
  });

  it("is what counting millisecond by millisecond finds", () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const tree = buildTraceTree(trace);
        const times = selfTimes(tree);
        for (const node of tree.nodes) expect(times.get(node.key)).toBe(counted(node));
      }),
      { numRuns: 50 },
    );
  });
});
