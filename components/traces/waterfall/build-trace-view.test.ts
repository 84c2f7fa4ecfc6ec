import { describe, expect, test } from "vitest";

import type { Attribute, Span, Trace } from "#lib/model/trace.ts";
import { plainSpan } from "#lib/testing/trace-builders.ts";

import { buildTraceView, marksOf } from "./build-trace-view.ts";
import { keyOfSpan, serviceWords } from "./trace-view.ts";

const SERVICES = ["gateway", "reviews", "ratings"];

function span(spanId: string, parentId: string | null, startMs: number, durationMs: number, parts: Partial<Span> = {}): Span {
  return plainSpan({ spanId, parentId, name: `GET /${spanId}`, startMs, durationMs, ...parts });
}

const tags = (all: Readonly<Record<string, string>>): { attributes: Attribute[] } => ({
  attributes: Object.entries(all).map(([key, value]) => ({ key, value })),
});

function traceOf(spans: Span[], parts: Partial<Trace> = {}): Trace {
  return {
    id: "9f3c1a7e9f3c1a7e9f3c1a7e9f3c1a7e",
    startedAt: "2026-01-01T12:00:00.000Z",
    startUnixNano: "1767268800000000000",
    durationMs: Math.max(0, ...spans.map((one) => one.startMs + one.durationMs)),
    resources: SERVICES.map((service, index) => ({
      service,
      namespace: "shop",
      version: index === 1 ? "v2" : null,
      instance: null,
      attributes: [],
    })),
    spans,
    omitted: 0,
    externalUrl: null,
    ...parts,
  };
}

const product = [
  span("root", null, 0, 342, { name: "GET /product", ...tags({ "http.status_code": "200" }) }),
  span("rev", "root", 20, 300, { resource: 1, isError: true, ...tags({ "http.status_code": "504", response_flags: "UT" }) }),
  ...[0, 1, 2].map((nth) => span(`rat${nth}`, "rev", 30 + nth * 90, 80, { resource: 2, name: "GET /ratings" })),
  span("render", "root", 325, 10),
];

describe("a trace as the page shows it", () => {
  const view = buildTraceView(traceOf(product), true);

  test("lists each span before its descendants, with their number and its place", () => {
    expect(view.nodes.map((node) => [node.key, node.depth, node.parent, node.size, node.place, node.siblings])).toEqual([
      ["root", 0, -1, 5, 1, 1],
      ["rev", 1, 0, 3, 1, 2],
      ["rat0", 2, 1, 0, 1, 3],
      ["rat1", 2, 1, 0, 2, 3],
      ["rat2", 2, 1, 0, 3, 3],
      ["render", 1, 0, 0, 2, 2],
    ]);
  });

  test("says what the caller got, who has most of the critical path, where a time was up, and what ran in a row", () => {
    expect(view.verdict).toEqual({ tone: "ok", words: "user got 200" });
    expect(view.lead?.service).toBe("ratings");
    expect(view.limits).toEqual([{ index: 1, atMs: 320, word: "timeout" }]);
    expect(view.nodes.map((node) => node.inRow?.nth ?? null)).toEqual([null, null, 1, 2, 3, null]);
    expect([view.services, view.errors, [...view.marks]]).toEqual([3, 1, ["error"]]);
    expect(serviceWords(view.nodes[1] ?? { resource: view.nodes[0]?.resource ?? neverResource })).toBe("reviews v2");
  });

  test("the critical stretches of all spans cover the root exactly", () => {
    const sum = view.nodes.flatMap((node) => node.critical).reduce((total, [from, to]) => total + to - from, 0);
    expect(sum).toBeCloseTo(342);
  });

  test("a span is found by its key or its id, and not otherwise", () => {
    expect([keyOfSpan(view, "rev"), keyOfSpan(view, "nobody"), keyOfSpan(view, null)]).toEqual(["rev", null, null]);
    const shared = buildTraceView(traceOf([span("a", null, 0, 9, { kind: "client" }), span("a", null, 1, 7, { resource: 1 })]), true);
    expect(keyOfSpan(shared, "a")).toBe("a/client");
  });
});

const neverResource = { service: "", namespace: null, version: null, instance: null, attributes: [] };

describe("wrong clocks", () => {
  const skewed = [span("root", null, 0, 100), span("late", "root", 500, 40, { resource: 1 })];

  test("are put right, and the moved span says by how much", () => {
    const view = buildTraceView(traceOf(skewed), true);
    expect(view.nodes[1]).toMatchObject({ startMs: 30, shiftMs: -470 });
    expect(view.whole.toMs).toBe(100);
    expect(view.clocks).toHaveLength(1);
  });

  test("can be seen as they were told, and are still spoken of", () => {
    const view = buildTraceView(traceOf(skewed), false);
    expect(view.nodes[1]).toMatchObject({ startMs: 500, shiftMs: 0 });
    expect(view.clocks).toHaveLength(1);
  });
});

describe("odd traces", () => {
  test("orphans stand at the top and are said", () => {
    const view = buildTraceView(traceOf([span("root", null, 0, 10), span("lost", "gone", 2, 3)], { omitted: 7 }), true);
    expect(view.nodes.map((node) => [node.key, node.depth, node.isOrphan])).toEqual([
      ["root", 0, false],
      ["lost", 0, true],
    ]);
    expect(view.oddities).toHaveLength(2);
  });

  test("a trace without a beginning judges nothing for its caller, one without spans says nothing", () => {
    expect(buildTraceView(traceOf([span("lost", "gone", 2, 3)]), true).verdict?.tone).toBe("unk");
    const empty = buildTraceView(traceOf([]), true);
    expect([empty.nodes.length, empty.verdict, empty.lead, empty.limits.length]).toEqual([0, null, null, 0]);
    expect(empty.whole.toMs).toBeGreaterThan(0);
  });

  test("a chain of twenty thousand calls is listed", () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      span(`s${index}`, index === 0 ? null : `s${index - 1}`, index / 1_000, 60 - index / 1_000),
    );
    const view = buildTraceView(traceOf(chain), true);
    expect(view.nodes.at(-1)?.depth).toBe(19_999);
    expect(view.nodes[0]?.size).toBe(19_999);
  });
});

test("marks: an error, a caller that left, a repetition", () => {
  expect(marksOf(span("a", null, 0, 1, { isError: true }))).toEqual(["error"]);
  expect(marksOf(span("a", null, 0, 1, { isError: true, ...tags({ response_flags: "DC" }) }))).toEqual(["cancelled"]);
  expect(marksOf(span("a", null, 0, 1, tags({ "http.request.resend_count": "2" })))).toEqual(["retry"]);
  expect(marksOf(span("a", null, 0, 1))).toEqual([]);
});
