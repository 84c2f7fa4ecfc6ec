import { describe, expect, it } from "vitest";

import type { Exemplar } from "#lib/model/trace.ts";

import { requestDots, requestOf } from "./request-dots.ts";

const START = Date.parse("2026-01-01T12:00:00.000Z");
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

function exemplar(atS: number, part: Partial<Exemplar> = {}): Exemplar {
  return {
    traceId: TRACE,
    spanId: SPAN,
    at: new Date(START + atS * 1_000).toISOString(),
    durationMs: 120,
    isError: false,
    version: "v2",
    ...part,
  };
}

describe("requestDots", () => {
  it("stands where and when the request was, and leads back to it", () => {
    const [dot] = requestDots([exemplar(30, { isError: true })], [START, START + 60_000], (one) => one.durationMs);
    expect(dot).toMatchObject({ t: START + 30_000, value: 120, isError: true });
    expect(dot?.label).toMatch(/^v2, 120\sms, failed at .*: open its trace$/u);
    expect(requestOf(dot?.key ?? "")).toEqual({ id: TRACE, span: SPAN });
  });

  it("leaves out what the chart does not reach", () => {
    expect(requestDots([exemplar(-1), exemplar(61)], [START, START + 60_000], () => 0)).toEqual([]);
  });
});
