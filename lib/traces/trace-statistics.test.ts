import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arbitraryTrace, traceOf } from "#lib/testing/trace-builders.ts";

import { traceStatistics } from "./trace-statistics.ts";
import { buildTraceTree } from "./trace-tree.ts";

describe("traceStatistics", () => {
  const tree = buildTraceTree(
    traceOf([
      { id: "a", service: "catalog", name: "GET /", ms: 100 },
      { id: "b", parent: "a", service: "ratings", name: "get", at: 10, ms: 10 },
      { id: "c", parent: "a", service: "ratings", name: "get", at: 20, ms: 30, isError: true },
      { id: "d", parent: "a", service: "ratings", name: "list", at: 50, ms: 20 },
    ]),
  );

  it("counts services, most own time first", () => {
    expect(traceStatistics(tree).services).toEqual([
      {
        service: "ratings",
        namespace: null,
        operation: null,
        count: 3,
        totalMs: 60,
        selfMs: 60,
        errors: 1,
        p50Ms: 20,
        p95Ms: 30,
        maxMs: 30,
        criticalShare: 0.6,
      },
      {
        service: "catalog",
        namespace: null,
        operation: null,
        count: 1,
        totalMs: 100,
        selfMs: 40,
        errors: 0,
        p50Ms: 100,
        p95Ms: 100,
        maxMs: 100,
        criticalShare: 0.4,
      },
    ]);
  });

  it("counts operations of each service", () => {
    expect(traceStatistics(tree).operations).toMatchObject([
      { service: "catalog", operation: "GET /", count: 1, selfMs: 40 },
      { service: "ratings", operation: "get", count: 2, totalMs: 40, errors: 1, p50Ms: 10, maxMs: 30, criticalShare: 0.4 },
      { service: "ratings", operation: "list", count: 1, totalMs: 20, criticalShare: 0.2 },
    ]);
  });

  it("keeps services of one name in two namespaces apart", () => {
    const specs = ["red", "blue"].map((namespace, at) => ({ id: String(at + 1), service: "api", namespace, ms: 1 }));
    expect(traceStatistics(buildTraceTree(traceOf(specs))).services).toHaveLength(2);
  });

  it("knows no share of a path that took no time", () => {
    expect(traceStatistics(buildTraceTree(traceOf([{ id: "a" }]))).services).toMatchObject([{ count: 1, criticalShare: null, maxMs: 0 }]);
    expect(traceStatistics(buildTraceTree(traceOf([])))).toEqual({ services: [], operations: [] });
  });

  it("counts every span once, and shares out the whole path", () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const { services, operations } = traceStatistics(buildTraceTree(trace));
        for (const groups of [services, operations]) {
          expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(trace.spans.length);
          expect(groups.reduce((sum, { totalMs }) => sum + totalMs, 0)).toBe(
            trace.spans.reduce((sum, { durationMs }) => sum + durationMs, 0),
          );
          const shares = groups.map(({ criticalShare }) => criticalShare);
          if (shares.every((share) => share !== null)) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
          for (const { p50Ms, p95Ms, maxMs } of groups) expect(p50Ms <= p95Ms && p95Ms <= maxMs).toBe(true);
        }
      }),
    );
  });
});
