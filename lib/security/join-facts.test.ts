import { describe, expect, it } from "vitest";

import { START_MS } from "#lib/testing/builders.ts";
import { callOf, certificateOf, dialOf, factsOf, listenerOf, plaintextCallOf, refusalOf, stageOf } from "#lib/testing/security-builders.ts";

import { joinFacts } from "./join-facts.ts";

function since(...instants: (number | null)[]): number | null {
  return joinFacts(instants.map((observedSinceMs, index) => ({ id: `${index}`, facts: factsOf({ observedSinceMs }) }))).observedSinceMs;
}

describe("joinFacts", () => {
  it("takes an edge from the first source that knows it, and never adds two", () => {
    const strong = factsOf({
      calls: [callOf({ count: 5 }), callOf({ count: 1, tlsVersion: "TLSv1.2" })],
      refusals: [refusalOf({ count: 2 })],
    });
    const weak = factsOf({
      calls: [callOf({ count: 700 }), plaintextCallOf({ count: 3 })],
      refusals: [refusalOf({ count: 9 }), refusalOf({ source: null, count: 4 })],
    });
    const joined = joinFacts([
      { id: "strong", facts: strong },
      { id: "weak", facts: weak },
    ]);
    expect(joined.calls.map(({ count, toldBy }) => [count, toldBy])).toEqual([
      [5, "strong"],
      [1, "strong"],
      [3, "weak"],
    ]);
    expect(joined.refusals.map(({ count, toldBy }) => [count, toldBy])).toEqual([
      [2, "strong"],
      [4, "weak"],
    ]);
  });

  it("takes a proxy's own facts from the first source that knows the proxy", () => {
    const facts = factsOf({
      listeners: [listenerOf()],
      dials: [dialOf()],
      certificates: [certificateOf(), certificateOf({ id: "2" })],
      stages: [stageOf({ allowed: 7 })],
    });
    const joined = joinFacts([
      { id: "a", facts },
      { id: "b", facts: { ...facts, dials: [dialOf(), dialOf({ target: "shop/other" })] } },
    ]);
    expect([joined.listeners.length, joined.dials.length, joined.certificates.length, joined.stages.length]).toEqual([1, 2, 2, 1]);
  });

  it("watches since the last of those that saw anything began", () => {
    expect([since(), since(null), since(START_MS, null, START_MS + 5)]).toEqual([null, null, START_MS + 5]);
  });
});
