import { describe, expect, it } from "vitest";

import type { TraceSummary } from "#lib/model/trace.ts";
import { type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { countFacets } from "./facets.ts";
import { summarizeTrace } from "./summarize-trace.ts";

function summaries(...traces: SpanSpec[][]): TraceSummary[] {
  return traces.map((specs, index) => summarizeTrace(traceOf(specs, { id: String(index + 1) }))).filter((one) => one !== null);
}

function reviews(version: string, isError = false): SpanSpec[] {
  return [
    { id: "b", parent: "a", service: "reviews", version, isError },
    { id: "c", parent: "a", service: "reviews", version },
  ];
}

describe("countFacets", () => {
  it("counts traces, most first", () => {
    const web: SpanSpec = { id: "a", service: "web", name: "GET /" };
    expect(countFacets(summaries([web, ...reviews("v1")], [web, ...reviews("v2", true)], [{ ...web, name: "POST /" }]))).toEqual({
      services: [
        { service: "web", namespace: null, traces: 3, failed: 1 },
        { service: "reviews", namespace: null, traces: 2, failed: 1 },
      ],
      operations: [
        { service: "web", namespace: null, operation: "GET /", traces: 2, failed: 1 },
        { service: "web", namespace: null, operation: "POST /", traces: 1, failed: 0 },
      ],
      versions: [
        { service: "reviews", namespace: null, version: "v1", traces: 1, failed: 0 },
        { service: "reviews", namespace: null, version: "v2", traces: 1, failed: 1 },
      ],
      status: { ok: 2, error: 1 },
    });
  });

  it("of nothing are empty", () => {
    expect(countFacets([])).toEqual({ services: [], operations: [], versions: [], status: { ok: 0, error: 0 } });
  });
});
