import { describe, expect, it } from "vitest";

import type { TraceFilter } from "#lib/model/trace.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { filterOf } from "#lib/testing/trace-builders.ts";

import { askingForErrors, putFilter } from "./put-filter.ts";

const term = (key: string, value: string | null, isNegated = false) => ({ key, value, isNegated });

function put(part: Partial<TraceFilter>): { told: Record<string, unknown>; untold: string[] } {
  const { parameters, untold } = putFilter(filterOf(part));
  return {
    told: Object.fromEntries(Object.entries(parameters).filter(([name, value]) => value !== null && !["endTs", "lookback"].includes(name))),
    untold,
  };
}

describe("putFilter", () => {
  it.each<[string, Partial<TraceFilter>, Record<string, unknown>, string[]]>([
    ["nothing", {}, {}, []],
    ["a service and its operation", { service: "web", operation: "get /cart" }, { serviceName: "web", spanName: "get /cart" }, []],
    ["durations in microseconds", { minMs: 1.5, maxMs: 20 }, { minDuration: 1_500, maxDuration: 20_000 }, []],
    ["a shortest duration of nothing, which is refused as 0", { minMs: 0 }, { minDuration: 1 }, []],
    ["a longest duration alone", { maxMs: 20 }, {}, ["a longest duration alone"]],
    ["terms", { terms: [term("http.path", "/cart"), term("error", null)] }, { annotationQuery: "http.path=/cart and error" }, []],
    ["a value with signs of its own", { terms: [term("q", "a=b&c")] }, { annotationQuery: "q=a=b&c" }, []],
    ["a negated term", { terms: [term("a", "b", true)] }, {}, ["not a=b"]],
    ["a value with the word that joins", { terms: [term("q", "salt and pepper")] }, {}, ["q=salt and pepper"]],
    ["a value that ends with that word", { terms: [term("q", "salt and")] }, {}, ["q=salt and"]],
    ["a value that would be trimmed", { terms: [term("q", " a")] }, {}, ["q= a"]],
    ["a key that would be parted", { terms: [term("a=b", "c")] }, {}, ["a=b=c"]],
    ["what is no tag to Zipkin", { terms: [term("peer.service", "db"), term("x", "y")] }, { annotationQuery: "x=y" }, ["peer.service=db"]],
    ["good ones", { status: "ok" }, {}, ["requests that did not fail"]],
    ["failed ones, which are asked for apart", { status: "error" }, {}, []],
  ])("puts %s", (_name, part, told, untold) => {
    expect(put(part)).toEqual({ told, untold });
  });

  it("covers the window, whole milliseconds outwards", () => {
    const { parameters } = putFilter(filterOf({ fromMs: START_MS + 0.6, toMs: START_MS + 10.2 }));
    expect(parameters).toMatchObject({ endTs: START_MS + 11, lookback: 11 });
  });

  it("asks for failed ones beside the other terms", () => {
    expect(askingForErrors(putFilter(filterOf()))["annotationQuery"]).toBe("error");
    expect(askingForErrors(putFilter(filterOf({ terms: [term("a", "b")] })))["annotationQuery"]).toBe("a=b and error");
  });
});
