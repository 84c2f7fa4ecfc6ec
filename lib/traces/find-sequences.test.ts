import { describe, expect, it } from "vitest";

import { spanIdOf, type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { findSequences } from "./find-sequences.ts";
import { buildTraceTree } from "./trace-tree.ts";

const root: SpanSpec = { id: "a", service: "reviews", ms: 100 };

function calls(...times: [at: number, ms: number][]): SpanSpec[] {
  return times.map(([at, ms], index) => ({
    id: `b${index}`,
    parent: "a",
    service: "reviews",
    version: "v2",
    name: "egress ratings",
    kind: "client",
    at,
    ms,
  }));
}

function sequences(specs: readonly SpanSpec[]) {
  return findSequences(buildTraceTree(traceOf(specs)));
}

describe("findSequences", () => {
  it("finds calls in a row, and whom they call", () => {
    const found = sequences([
      root,
      ...calls([10, 10], [20, 20], [50, 30]),
      { id: "c", parent: "b1", service: "ratings", version: "v3", kind: "server", at: 22, ms: 10 },
    ]);
    expect(found).toEqual([
      {
        service: "reviews",
        version: "v2",
        operation: "egress ratings",
        parentKey: spanIdOf("a"),
        callee: null,
        count: 3,
        totalMs: 60,
        criticalShare: 0.6,
        keys: ["b0", "b1", "b2"].map(spanIdOf),
      },
    ]);
    expect(
      sequences([
        root,
        ...calls([10, 10], [20, 20]),
        { id: "c", parent: "b0", service: "ratings", version: "v3", kind: "server", at: 12, ms: 1 },
      ]),
    ).toMatchObject([{ callee: { service: "ratings", version: "v3", namespace: null }, count: 2 }]);
  });

  it("looks through a proxy beside the caller", () => {
    const [first, second] = calls([10, 10], [20, 20]);
    const proxy: SpanSpec = { id: "d", parent: "b0", service: "reviews", name: "egress", kind: "client", at: 11, ms: 8 };
    const server: SpanSpec = { id: "e", parent: "d", service: "ratings", name: "ingress", kind: "server", at: 12, ms: 6 };
    expect(sequences([root, ...[first, second].filter((one) => one !== undefined), proxy, server])).toMatchObject([
      { callee: { service: "ratings" } },
    ]);
  });

  it.each<[string, SpanSpec[]]>([
    ["one call", calls([10, 10])],
    ["calls at once", calls([10, 30], [10, 30], [12, 30])],
    ["calls of which each begins before the last ended", calls([10, 30], [30, 30], [50, 30])],
  ])("does not take for one: %s", (_, specs) => {
    expect(sequences([root, ...specs])).toEqual([]);
  });

  it("is interrupted by other work, and lets clocks touch", () => {
    const other: SpanSpec = { id: "c", parent: "a", service: "reviews", name: "render", at: 30, ms: 1 };
    expect(sequences([root, ...calls([10, 10], [19.5, 10], [40, 10]), other]).map(({ count }) => count)).toEqual([2]);
  });

  it("puts those first that own most of the critical path", () => {
    const later = calls([40, 10], [50, 10]).map((call) => ({ ...call, id: `c${call.id}`, name: "egress stock" }));
    expect(sequences([root, ...calls([1, 5], [6, 5]), ...later]).map(({ operation }) => operation)).toEqual([
      "egress stock",
      "egress ratings",
    ]);
  });
});
