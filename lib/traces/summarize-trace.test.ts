import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { TraceSummary } from "#lib/model/trace.ts";
import { arbitraryTrace, traceIdOf, traceOf } from "#lib/testing/trace-builders.ts";

import { summarizeRows, summarizeTrace, type SummaryRow } from "./summarize-trace.ts";

const BEGIN = 1_767_268_800_000_000_000n;
const row = (part: Partial<SummaryRow>): SummaryRow => ({
  service: "catalog",
  namespace: "shop",
  version: null,
  name: "GET /",
  hasParent: true,
  startUnixNano: BEGIN,
  durationMs: 1,
  isError: false,
  ...part,
});

describe("summarizeRows", () => {
  it("says what a list needs", () => {
    const summary = summarizeRows(traceIdOf("7"), [
      row({ service: "reviews", version: "v10", startUnixNano: BEGIN + 1_500_000n, durationMs: 20.25, isError: true }),
      row({ service: "reviews", version: "v2", startUnixNano: BEGIN + 2_000_000n }),
      row({ hasParent: false, name: "GET /product", version: "v1" }),
    ]);
    expect(summary).toEqual({
      id: traceIdOf("7"),
      root: { service: "catalog", namespace: "shop", version: "v1", operation: "GET /product" },
      hasRoot: true,
      startedAt: "2026-01-01T12:00:00.000Z",
      durationMs: 21.75,
      spans: 3,
      errors: 1,
      services: [
        { service: "reviews", namespace: "shop", spans: 2, errors: 1, versions: ["v2", "v10"] },
        { service: "catalog", namespace: "shop", spans: 1, errors: 0, versions: ["v1"] },
      ],
      status: "error",
    });
  });

  it("takes the earliest root, and without one the earliest span", () => {
    const later = row({ name: "later", hasParent: false, startUnixNano: BEGIN + 9n });
    const root = row({ name: "root", hasParent: false, startUnixNano: BEGIN + 5n });
    const orphan = row({ name: "orphan" });
    expect(summarizeRows(traceIdOf("1"), [later, root, orphan])).toMatchObject({ root: { operation: "root" }, hasRoot: true });
    expect(summarizeRows(traceIdOf("1"), [row({ name: "later", startUnixNano: BEGIN + 9n }), orphan])).toMatchObject({
      root: { operation: "orphan" },
      hasRoot: false,
    });
  });

  it("has nothing to say of nothing", () => {
    expect(summarizeRows(traceIdOf("1"), [])).toBeNull();
    expect(summarizeTrace(traceOf([]))).toBeNull();
  });

  it("does not care for the order of rows that begin at different times", () => {
    const rows = fc.uniqueArray(
      fc.record({
        at: fc.nat({ max: 1_000 }),
        hasParent: fc.boolean(),
        service: fc.constantFrom("a", "b", "c"),
        isError: fc.boolean(),
        version: fc.constantFrom("v1", "v2"),
      }),
      { selector: ({ at }) => at, minLength: 1 },
    );
    fc.assert(
      fc.property(
        rows.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([one, other]) => {
          const of = (list: typeof one) =>
            summarizeRows(
              traceIdOf("1"),
              list.map(({ at, ...rest }) => row({ ...rest, startUnixNano: BEGIN + BigInt(at) })),
            );
          expect(of(other)).toEqual(of(one));
        },
      ),
    );
  });
});

describe("summarizeTrace", () => {
  it("agrees with the trace", () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const summary = summarizeTrace(trace);
        expect(TraceSummary.parse(summary)).toEqual(summary);
        const [from, to] = [
          Math.min(...trace.spans.map((span) => span.startMs)),
          Math.max(...trace.spans.map((span) => span.startMs + span.durationMs)),
        ];
        expect(summary).toMatchObject({ id: trace.id, spans: trace.spans.length, durationMs: to - from });
        expect(summary?.errors).toBe(trace.spans.filter((span) => span.isError).length);
        expect(summary?.services.reduce((sum, { spans }) => sum + spans, 0)).toBe(trace.spans.length);
      }),
    );
  });
});
