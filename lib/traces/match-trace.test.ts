import { describe, expect, it } from "vitest";

import type { SearchTerm, TraceFilter } from "#lib/model/trace.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { filterOf, traceOf } from "#lib/testing/trace-builders.ts";

import { matchesFilter } from "./match-trace.ts";

const term = (key: string, value: string | null, isNegated = false): SearchTerm => ({ key, value, isNegated });

describe("matchesFilter", () => {
  const trace = traceOf([
    { id: "a", service: "web", name: "GET /", ms: 100, attributes: { "http.route": "/" }, resource: { zone: "eu" } },
    {
      id: "b",
      parent: "a",
      service: "api",
      namespace: "shop",
      version: "v2",
      name: "list",
      at: 10,
      ms: 20,
      isError: true,
      attributes: { item: "42" },
    },
  ]);

  it.each<[Partial<TraceFilter>, boolean]>([
    [{}, true],
    [{ service: "api" }, true],
    [{ service: "api", namespace: "shop" }, true],
    [{ service: "api", namespace: "other" }, false],
    [{ service: "nobody" }, false],
    [{ operation: "list" }, true],
    [{ service: "web", operation: "list" }, false],
    [{ version: "v2" }, true],
    [{ service: "web", version: "v2" }, false],
    [{ status: "error" }, true],
    [{ service: "web", status: "error" }, false],
    [{ service: "web", status: "ok" }, true],
    [{ service: "api", status: "ok" }, false],
    [{ status: "ok" }, false],
    [{ minMs: 100 }, true],
    [{ minMs: 101 }, false],
    [{ maxMs: 50 }, false],
    [{ service: "api", maxMs: 50 }, true],
    [{ service: "api", minMs: 50 }, false],
    [{ operation: "list", minMs: 20, maxMs: 20 }, true],
    [{ terms: [term("item", "42")] }, true],
    [{ terms: [term("item", "43")] }, false],
    [{ terms: [term("item", null)] }, true],
    [{ terms: [term("zone", "eu")] }, true],
    [{ terms: [term("item", "42"), term("http.route", "/")] }, false],
    [{ service: "api", terms: [term("item", "42", true)] }, false],
    [{ service: "api", terms: [term("item", "43", true)] }, true],
    [{ service: "web", terms: [term("item", null, true)] }, true],
    [{ fromMs: START_MS }, false],
    [{ fromMs: START_MS - 1, toMs: START_MS }, true],
    [{ toMs: START_MS - 1 }, false],
  ])("%j: %s", (filter, expected) => {
    expect(matchesFilter(trace, filterOf(filter))).toBe(expected);
  });

  it("lists a trace without failures as good", () => {
    expect(matchesFilter(traceOf([{ id: "a" }]), filterOf({ status: "ok" }))).toBe(true);
    expect(matchesFilter(traceOf([{ id: "a" }]), filterOf({ status: "error" }))).toBe(false);
  });

  it("is met by no trace without spans", () => {
    expect(matchesFilter(traceOf([]), filterOf())).toBe(false);
  });
});
