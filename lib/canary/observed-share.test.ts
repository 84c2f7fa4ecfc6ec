import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Observation } from "#lib/model/change.ts";
import { START_MS } from "#lib/testing/builders.ts";

import { type AskedLeg, observeSplit } from "./observed-share.ts";

/** Legs by version, each with its asked share. */
function asked(shares: Record<string, number>): AskedLeg[] {
  return Object.entries(shares).map(([version, share]) => ({ id: `leg-${version}`, version, share }));
}

function observe(shares: Record<string, number>, counts: Record<string, number>) {
  return observeSplit(asked(shares), new Map(Object.entries(counts)), START_MS);
}

describe("observeSplit", () => {
  it("counts each leg's share of the requests, with its interval", () => {
    const observed = observe({ v1: 0.9, v2: 0.1 }, { v1: 905, v2: 95 });
    expect(observed).toMatchObject({ from: "2026-01-01T12:00:00.000Z", n: 1000, withinTolerance: true });
    expect(observed?.legs[1]).toMatchObject({ id: "leg-v2", version: "v2", asked: 0.1, share: 0.095, count: 95, withinTolerance: true });
    // 99.7 % Wilson interval of 95 in 1000.
    expect(observed?.legs[1]?.low).toBeCloseTo(0.071, 3);
    expect(observed?.legs[1]?.high).toBeCloseTo(0.1262, 3);
  });

  it("does not hold outside the interval", () => {
    expect(observe({ v1: 0.9, v2: 0.1 }, { v1: 800, v2: 200 })?.withinTolerance).toBe(false);
    expect(observe({ v1: 0.5, v2: 0.5 }, { v1: 60, v2: 140 })?.withinTolerance).toBe(false);
  });

  it("needs 50 requests, however well the share fits", () => {
    expect(observe({ v1: 0.5, v2: 0.5 }, { v1: 24, v2: 25 })).toMatchObject({ n: 49, withinTolerance: false });
    expect(observe({ v1: 0.5, v2: 0.5 }, { v1: 25, v2: 25 })).toMatchObject({ n: 50, withinTolerance: true });
    expect(observe({ v1: 1, v2: 0 }, { v1: 49 })?.withinTolerance).toBe(false);
  });

  it("holds for an emptied leg only without a single request", () => {
    expect(observe({ v1: 1, v2: 0 }, { v1: 50 })).toMatchObject({ n: 50, withinTolerance: true });
    const leaked = observe({ v1: 1, v2: 0 }, { v1: 100_000, v2: 1 });
    expect(leaked?.withinTolerance).toBe(false);
    expect(leaked?.legs.map((leg) => leg.withinTolerance)).toEqual([false, false]);
  });

  it("has no share, and no interval, before the first request", () => {
    const observed = observe({ v1: 0.9, v2: 0.1 }, {});
    expect(observed).toMatchObject({ n: 0, withinTolerance: false });
    for (const leg of observed?.legs ?? [])
      expect(leg).toMatchObject({ share: null, low: null, high: null, count: 0, withinTolerance: false });
  });

  it("leaves out what went to none of the legs", () => {
    expect(observe({ v1: 0.5, v2: 0.5 }, { v1: 50, v2: 50, v3: 900 })).toMatchObject({ n: 100, withinTolerance: true });
  });

  it("does not hold without a leg", () => {
    expect(observeSplit([], new Map(), START_MS)).toMatchObject({ n: 0, withinTolerance: false });
  });

  it("cannot tell legs of one version apart, and does not pretend to", () => {
    const legs = [
      { id: "a", version: null, share: 0.5 },
      { id: "b", version: null, share: 0.5 },
    ];
    expect(observeSplit(legs, new Map([[null, 1000]]), START_MS)).toBeNull();
    expect(observeSplit([{ id: "a", version: null, share: 1 }], new Map([[null, 1000]]), START_MS)).toMatchObject({
      n: 1000,
      withinTolerance: true,
    });
  });

  it("answers what the contract describes, and holds for a share that is exactly met", () => {
    const counts = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(counts, (each) => {
        const n = each.reduce((sum, count) => sum + count, 0);
        const legs = each.map((count, index) => ({ id: `${index}`, version: `v${index}`, share: count / n }));
        const observed = observeSplit(legs, new Map(each.map((count, index) => [`v${index}`, count])), START_MS);
        expect(Observation.parse(observed)).toEqual(observed);
        expect(observed).toMatchObject({ n, withinTolerance: n >= 50 });
      }),
    );
  });
});
