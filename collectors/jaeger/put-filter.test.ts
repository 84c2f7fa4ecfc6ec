import { describe, expect, it } from "vitest";

import type { TraceFilter } from "#lib/model/trace.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { filterOf } from "#lib/testing/trace-builders.ts";

import { askingForErrors, putFilter, type JaegerSearch } from "./put-filter.ts";

const term = (key: string, value: string | null, isNegated = false) => ({ key, value, isNegated });

const PLAIN: JaegerSearch = {
  service: null,
  operation: null,
  fromMs: START_MS,
  toMs: START_MS + 1_000,
  minMicros: null,
  maxMicros: null,
  attributes: {},
};

const put = (part: Partial<TraceFilter>) => putFilter(filterOf({ fromMs: START_MS, toMs: START_MS + 1_000, ...part }));

describe("putFilter", () => {
  it.each<[string, Partial<TraceFilter>, Partial<JaegerSearch>, string[]]>([
    ["nothing", {}, {}, []],
    ["a service and its operation", { service: "Web", operation: "GET /" }, { service: "Web", operation: "GET /" }, []],
    ["durations", { minMs: 1.5, maxMs: 20 }, { minMicros: 1_500, maxMicros: 20_000 }, []],
    ["a shortest duration of nothing", { minMs: 0 }, {}, []],
    ["terms", { terms: [term("a", "b"), term("c", "")] }, { attributes: { a: "b", c: "" } }, []],
    ["a version, which is an attribute of the resource", { version: "v2" }, { attributes: { "service.version": "v2" } }, []],
    [
      "a term for a service with a duration",
      { service: "w", minMs: 1, terms: [term("a", "b")] },
      { service: "w", minMicros: 1_000, attributes: { a: "b" } },
      [],
    ],
    [
      "a term and a duration, which may be met by different spans",
      { minMs: 1, terms: [term("a", "b")] },
      { attributes: { a: "b" } },
      ["a duration and attributes at once without a service"],
    ],
    ["a negated term", { terms: [term("a", "b", true)] }, {}, ["not a=b"]],
    ["a key alone", { terms: [term("a", null)] }, {}, ["a"]],
    ["its word for the status", { terms: [term("error", "true")] }, {}, ["error=true"]],
    ["good ones", { status: "ok" }, {}, ["requests that did not fail"]],
    ["a namespace", { service: "w", namespace: "shop" }, { service: "w" }, ["namespace shop"]],
    ["a window of no time", { toMs: START_MS }, { toMs: START_MS + 1 }, []],
  ])("puts %s", (_name, part, search, untold) => {
    expect(put(part)).toEqual({ search: { ...PLAIN, ...search }, untold });
  });

  it("asks for failed ones beside the other terms", () => {
    expect(askingForErrors(put({ terms: [term("a", "b")] }).search).attributes).toEqual({ a: "b", error: "true" });
  });
});
