import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ServerDemand } from "#lib/model/tls.ts";

import { type DemandCounts, observeDemand } from "./observed-demand.ts";

const NONE: DemandCounts = { mutual: 0, oneWay: 0, plaintext: 0, refused: [], isWhole: true };

function observe(after: ServerDemand, counts: Partial<DemandCounts>, seconds: number) {
  const { observation, explanation } = observeDemand(after, { ...NONE, ...counts }, { fromMs: 0, toMs: seconds * 1_000 });
  return { holds: observation.holds, explanation };
}

const refused = (count: number, source: string | null = "shop/legacy") => ({ source, address: "10.0.0.9", count });

describe("a strict demand", () => {
  it.each([
    ["50 requests, at once", { mutual: 50 }, 1, true, null],
    ["49 requests before a minute is over", { mutual: 49 }, 59, false, null],
    ["49 requests after a minute", { mutual: 49 }, 60, true, "Only 49 requests came in 60 s, all over mutual TLS"],
    ["one request after a minute", { mutual: 1 }, 61, true, "Only 1 request came in 61 s, all over mutual TLS"],
    ["nobody before a minute is over", {}, 59, false, null],
    ["nobody for a minute", {}, 60, true, "Nobody was let in for 60 s (n = 0), and nobody was refused either"],
    ["refused callers only", { refused: [refused(43)] }, 60, true, "Nobody was let in for 60 s (n = 0), and 43 connections were refused"],
    [
      "one plaintext request among many",
      { mutual: 5_000, plaintext: 1 },
      600,
      false,
      "Requests were still let in after it was live on every proxy: 1 in plaintext",
    ],
    [
      "requests without a certificate",
      { mutual: 5_000, oneWay: 2, plaintext: 3 },
      5,
      false,
      "Requests were still let in after it was live on every proxy: 3 in plaintext, 2 without a certificate",
    ],
    ["a silent proxy", { mutual: 5_000, isWhole: false }, 5, false, null],
    [
      "a silent proxy after a minute",
      { mutual: 5_000, isWhole: false },
      60,
      false,
      "Not every proxy of the workload tells who calls it, so nothing can be said",
    ],
  ])("by %s", (_what, counts, seconds, holds, explanation) => {
    expect(observe("strict", counts, seconds)).toEqual({ holds, explanation });
  });

  it("never holds with a request that it should refuse, nor by what a silent proxy did not tell", () => {
    const count = fc.nat({ max: 200 });
    fc.assert(
      fc.property(count, count, count, fc.boolean(), fc.nat({ max: 300 }), (mutual, oneWay, plaintext, isWhole, seconds) => {
        const { holds } = observe("strict", { mutual, oneWay, plaintext, isWhole }, seconds);
        if (oneWay + plaintext > 0 || !isWhole) expect(holds).toBe(false);
        else expect(holds).toBe(mutual >= 50 || seconds >= 60);
      }),
    );
  });
});

describe("a demand that lets more in again", () => {
  it.each([
    ["the first plaintext request", { plaintext: 1 }, 1, true, null],
    ["a plaintext request, also when a proxy is silent", { plaintext: 1, isWhole: false }, 1, true, null],
    ["a request without a certificate", { oneWay: 1 }, 1, true, null],
    ["mutual TLS only, before a minute is over", { mutual: 900 }, 59, false, null],
    [
      "mutual TLS only, after a minute",
      { mutual: 900 },
      60,
      true,
      "Nobody called without a certificate in 60 s; 900 requests came over mutual TLS",
    ],
    ["nobody, after a minute", {}, 60, true, "Nobody called without a certificate in 60 s; 0 requests came over mutual TLS"],
    [
      "callers that are still refused",
      { refused: [refused(2)] },
      60,
      false,
      "2 connections were still refused after it was live on every proxy",
    ],
    [
      "a silent proxy",
      { mutual: 9, isWhole: false },
      60,
      false,
      "Not every proxy of the workload tells who calls it, so nothing can be said",
    ],
  ])("by %s", (_what, counts, seconds, holds, explanation) => {
    for (const after of ["permissive", "oneWay", "off", "unknown"] as const) {
      expect(observe(after, counts, seconds)).toEqual({ holds, explanation });
    }
  });
});

describe("what is told", () => {
  it("has the numbers, from when, and the most refused first", () => {
    const counts = { ...NONE, mutual: 7, plaintext: 2, refused: [refused(1), refused(9, null), refused(4, "shop/cron")] };
    expect(observeDemand("strict", counts, { fromMs: 5_000, toMs: 6_000 }).observation).toEqual({
      from: "1970-01-01T00:00:05.000Z",
      mutual: 7,
      plaintext: 2,
      refused: [refused(9, null), refused(4, "shop/cron"), refused(1)],
      holds: false,
    });
  });

  it("names a hundred refused callers at most", () => {
    const many = Array.from({ length: 300 }, (_unused, index) => refused(index + 1, `shop/c${index}`));
    const { observation } = observeDemand("strict", { ...NONE, refused: many }, { fromMs: 0, toMs: 1_000 });
    expect([observation.refused.length, observation.refused[0]?.count]).toEqual([100, 300]);
  });
});
