import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Span, Trace } from "#lib/model/trace.ts";
import { plainSpan } from "#lib/testing/trace-builders.ts";

import { buildTraceView } from "../waterfall/build-trace-view.ts";
import { filterAttributes, shortValue } from "./attributes.ts";
import { spanSentences } from "./span-sentences.ts";
import { timeSplit } from "./time-split.ts";
import { askAgainMs, traceparentOf } from "./traceparent.ts";

const attribute = (key: string, value: string) => ({ key, value });
const SERVICES = ["reviews", "ratings", "ledger"];

function span(spanId: string, parentId: string | null, startMs: number, durationMs: number, parts: Partial<Span> = {}): Span {
  return plainSpan({ spanId, parentId, startMs, durationMs, ...parts });
}

function viewOf(spans: Span[]) {
  const trace: Trace = {
    id: "9f3c1a7e9f3c1a7e9f3c1a7e9f3c1a7e",
    startedAt: "2026-01-01T12:00:00.000Z",
    startUnixNano: "1767268800000000000",
    durationMs: Math.max(...spans.map((one) => one.startMs + one.durationMs)),
    resources: SERVICES.map((service) => ({ service, namespace: null, version: null, instance: null, attributes: [] })),
    spans,
    omitted: 0,
    externalUrl: null,
  };
  return buildTraceView(trace, false);
}

describe("where the time went", () => {
  test("children by service, then the span's own", () => {
    const view = viewOf([span("r", null, 0, 100), span("a", "r", 10, 40, { resource: 1 }), span("b", "r", 60, 30, { resource: 1 })]);
    expect(timeSplit(view.nodes, 0).map(({ service, isOwn, ms }) => [service, isOwn, ms])).toEqual([
      ["ratings", false, 70],
      ["reviews", true, 30],
    ]);
  });

  test("what ran at once is shared, what outlived its parent is cut", () => {
    const view = viewOf([span("r", null, 0, 100), span("a", "r", 0, 100, { resource: 1 }), span("b", "r", 50, 100, { resource: 2 })]);
    expect(timeSplit(view.nodes, 0).map(({ service, ms }) => [service, ms])).toEqual([
      ["ratings", 75],
      ["ledger", 25],
    ]);
  });

  test("always adds up to the duration", () => {
    const child = fc.record({ start: fc.integer({ min: -50, max: 200 }), length: fc.integer({ min: 0, max: 200 }), resource: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(child, { maxLength: 12 }), (children) => {
        const view = viewOf([
          span("r", null, 60, 100),
          ...children.map((one, index) => span(`c${index}`, "r", one.start + 50, one.length, { resource: one.resource })),
        ]);
        const index = view.indexOf.get("r") ?? -1;
        const sum = timeSplit(view.nodes, index).reduce((total, part) => total + part.ms, 0);
        expect(sum).toBeCloseTo(100, 6);
      }),
    );
  });

  test("an instant has no parts", () => {
    expect(timeSplit(viewOf([span("r", null, 0, 0)]).nodes, 0)).toEqual([]);
  });
});

describe("sentences of a span", () => {
  test("explain codes and flags in words", () => {
    const failed = span("r", null, 0, 300, {
      isError: true,
      attributes: [attribute("http.status_code", "504"), attribute("response_flags", "UT")],
    });
    expect(spanSentences(failed).map((one) => one.replaceAll("\u00a0", " "))).toEqual([
      "It answered HTTP 504 after 300 ms.",
      "The target did not answer within the route's timeout (flag UT).",
    ]);
  });

  test("say what the sender said, and when it said nothing", () => {
    expect(spanSentences(span("r", null, 0, 1, { isError: true, statusMessage: " boom " }))).toEqual(["The sender said: boom"]);
    expect(spanSentences(span("r", null, 0, 1, { isError: true }))).toEqual(["The sender marked it as failed and gave no reason."]);
    expect(spanSentences(span("r", null, 0, 1, { attributes: [attribute("http.status_code", "200")] }))).toEqual([]);
  });
});

describe("attributes", () => {
  test("are found by key and value, every word", () => {
    const all = [
      { key: "http.route", value: "/Cart" },
      { key: "peer", value: "cart:80" },
    ];
    expect(filterAttributes(all, "cart").length).toBe(2);
    expect(filterAttributes(all, "route cart")).toEqual([all[0]]);
    expect(filterAttributes(all, " ").length).toBe(2);
  });

  test("long values are cut between characters", () => {
    expect(shortValue("short")).toBe("short");
    expect(shortValue("x".repeat(10_000_000)).length).toBe(401);
    expect(shortValue(`${"x".repeat(399)}😀${"y".repeat(9)}`)).toBe(`${"x".repeat(399)}…`);
  });
});

test("a traceparent needs ids of the right form", () => {
  expect(traceparentOf("9f3c1a7e9f3c1a7e9f3c1a7e9f3c1a7e", "00f067aa0ba902b7")).toBe(
    "00-9f3c1a7e9f3c1a7e9f3c1a7e9f3c1a7e-00f067aa0ba902b7-01",
  );
  expect(traceparentOf("9f3c", "00f067aa0ba902b7")).toBeNull();
  expect(traceparentOf("9f3c1a7e9f3c1a7e9f3c1a7e9f3c1a7e", "root")).toBeNull();
});

test("a young trace is asked for again, an old one is not", () => {
  const trace = { startedAt: "2026-01-01T12:00:00.000Z", durationMs: 2_000 };
  const start = Date.parse(trace.startedAt);
  expect(askAgainMs(trace, start + 31_000)).toBe(5_000);
  expect(askAgainMs(trace, start + 33_000)).toBe(false);
  expect(askAgainMs(undefined, start)).toBe(false);
});
