import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arbitraryTangle, arbitraryTrace, type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { criticalTimes, findCriticalPath } from "./critical-path.ts";
import { buildTraceTree, mainRoot } from "./trace-tree.ts";

/** The path as text: `a 0-5, b 5-8`. */
function path(specs: readonly SpanSpec[]): string {
  return findCriticalPath(buildTraceTree(traceOf(specs)))
    .map(({ spanId, fromMs, toMs }) => `${spanId.replace(/^0+/, "")} ${fromMs}-${toMs}`)
    .join(", ");
}

const root: SpanSpec = { id: "a", at: 0, ms: 100 };

describe("findCriticalPath", () => {
  it.each<[string, SpanSpec[], string]>([
    ["nothing", [], ""],
    ["a root alone", [root], "a 0-100"],
    ["a root that took no time", [{ id: "a" }, { id: "b", parent: "a", ms: 5 }], ""],
    [
      "calls one after the other",
      [root, { id: "b", parent: "a", at: 10, ms: 20 }, { id: "c", parent: "a", at: 30, ms: 60 }],
      "a 0-10, b 10-30, c 30-90, a 90-100",
    ],
    [
      "a gap between calls",
      [root, { id: "b", parent: "a", at: 10, ms: 20 }, { id: "c", parent: "a", at: 40, ms: 50 }],
      "a 0-10, b 10-30, a 30-40, c 40-90, a 90-100",
    ],
    [
      "calls at once: the one that ends last",
      [root, { id: "b", parent: "a", at: 10, ms: 50 }, { id: "c", parent: "a", at: 10, ms: 80 }],
      "a 0-10, c 10-90, a 90-100",
    ],
    [
      "calls that overlap",
      [root, { id: "b", parent: "a", at: 10, ms: 40 }, { id: "c", parent: "a", at: 40, ms: 50 }],
      "a 0-10, b 10-40, c 40-90, a 90-100",
    ],
    [
      "a call within the time of another",
      [root, { id: "b", parent: "a", at: 10, ms: 80 }, { id: "c", parent: "a", at: 20, ms: 30 }],
      "a 0-10, b 10-90, a 90-100",
    ],
    [
      "what is nested",
      [root, { id: "b", parent: "a", at: 10, ms: 80 }, { id: "c", parent: "b", at: 20, ms: 60 }, { id: "d", parent: "c", at: 30, ms: 10 }],
      "a 0-10, b 10-20, c 20-30, d 30-40, c 40-80, b 80-90, a 90-100",
    ],
    ["a child that outlives its parent", [root, { id: "b", parent: "a", at: 60, ms: 500 }], "a 0-60, b 60-100"],
    [
      "its own child that ends after everybody",
      [root, { id: "b", parent: "a", at: 60, ms: 500 }, { id: "c", parent: "b", at: 80, ms: 400 }],
      "a 0-60, b 60-80, c 80-100",
    ],
    [
      "a message that is taken up after the root's end",
      [root, { id: "b", parent: "a", kind: "producer", at: 60, ms: 10 }, { id: "c", parent: "b", kind: "consumer", at: 300, ms: 50 }],
      "a 0-60, b 60-70, a 70-100",
    ],
    [
      "a child that begins before its parent",
      [
        { id: "a", at: 50, ms: 50 },
        { id: "b", parent: "a", at: 0, ms: 70 },
      ],
      "b 50-70, a 70-100",
    ],
    ["a child that took no time", [root, { id: "b", parent: "a", at: 50, ms: 0 }], "a 0-100"],
    [
      "two roots: the earliest",
      [
        { id: "b", at: 10, ms: 500 },
        { id: "a", at: 0, ms: 20 },
      ],
      "a 0-20",
    ],
    [
      "a root, not an earlier orphan",
      [
        { id: "b", parent: "f", at: 0, ms: 500 },
        { id: "a", at: 10, ms: 20 },
      ],
      "a 10-30",
    ],
    [
      "children that end together: both, by start",
      [root, { id: "b", parent: "a", at: 20, ms: 80 }, { id: "c", parent: "a", at: 60, ms: 40 }],
      "a 0-20, b 20-100",
    ],
  ])("of %s", (_, specs, expected) => {
    expect(path(specs)).toBe(expected);
  });

  it.each([
    ["a real tree", arbitraryTrace],
    ["whatever was sent", arbitraryTangle],
  ])("covers the root exactly, without overlap: %s", (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (trace) => {
        const tree = buildTraceTree(trace);
        const span = mainRoot(tree)?.span;
        const segments = findCriticalPath(tree);
        let at = span?.startMs ?? 0;
        for (const { fromMs, toMs } of segments) {
          expect(fromMs).toBe(at);
          expect(toMs).toBeGreaterThan(fromMs);
          at = toMs;
        }
        expect(at).toBe((span?.startMs ?? 0) + (span?.durationMs ?? 0));
        expect(segments.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)).toBe(span?.durationMs ?? 0);
      }),
    );
  });

  it("gives a span only time in which it ran", () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const tree = buildTraceTree(trace);
        const spans = new Map(tree.nodes.map(({ key, span }) => [key, span]));
        for (const { key, fromMs, toMs } of findCriticalPath(tree)) {
          const span = spans.get(key);
          expect(fromMs).toBeGreaterThanOrEqual(span?.startMs ?? Number.NaN);
          expect(toMs).toBeLessThanOrEqual((span?.startMs ?? 0) + (span?.durationMs ?? 0));
        }
      }),
    );
  });

  it("follows a chain of any depth", () => {
    const specs = Array.from({ length: 50_000 }, (_, index) => ({
      id: (index + 1).toString(16),
      at: index,
      ms: 100_000 - 2 * index,
      ...(index === 0 ? {} : { parent: index.toString(16) }),
    }));
    const segments = findCriticalPath(buildTraceTree(traceOf(specs)));
    expect(segments).toHaveLength(99_999);
    expect(segments.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)).toBe(100_000);
  });
});

describe("criticalTimes", () => {
  it("adds up what a span owns by itself, and with all below it", () => {
    const tree = buildTraceTree(
      traceOf([
        root,
        { id: "b", parent: "a", at: 10, ms: 80 },
        { id: "c", parent: "b", at: 20, ms: 60 },
        { id: "d", parent: "b", at: 20, ms: 5 },
      ]),
    );
    const { totalMs, ownMs, withDescendantsMs } = criticalTimes(tree);
    const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => id.padStart(16, "0")) as [string, string, string, string];
    expect(totalMs).toBe(100);
    expect([ownMs.get(a), ownMs.get(b), ownMs.get(c), ownMs.get(d)]).toEqual([20, 20, 60, undefined]);
    expect([withDescendantsMs.get(a), withDescendantsMs.get(b), withDescendantsMs.get(c)]).toEqual([100, 80, 60]);
  });

  it("gives the root the whole of it", () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const tree = buildTraceTree(trace);
        const times = criticalTimes(tree);
        expect(times.withDescendantsMs.get(mainRoot(tree)?.key ?? "") ?? 0).toBe(times.totalMs);
      }),
    );
  });
});
