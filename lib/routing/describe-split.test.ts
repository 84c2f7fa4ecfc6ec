import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { SplitLeg } from "#lib/model/routing.ts";

import { sharesOf } from "./apportion.ts";
import { describeSplit } from "./describe-split.ts";
import { inverseWeights, planLegs } from "./plan-legs.ts";

function legsOf(weights: readonly number[], versions?: readonly (string | null)[]): SplitLeg[] {
  const shares = sharesOf(weights);
  return weights.map((weight, index) => ({
    id: `leg-${index + 1}`,
    service: "reviews",
    version: versions === undefined ? `v${index + 1}` : (versions[index] ?? null),
    weight,
    share: shares[index] ?? 0,
  }));
}

function sentence(before: readonly number[], after: readonly number[], versions?: readonly (string | null)[]): string {
  const asked = Object.fromEntries(after.map((weight, index) => [`leg-${index + 1}`, weight]));
  return describeSplit("reviews", planLegs(legsOf(before, versions), asked));
}

describe("describeSplit", () => {
  it.each([
    [[90, 10], [100, 0], "v2 goes from 10 % to 0 % of calls to reviews; v1 takes all of them."],
    [[90, 10], [75, 25], "v2 goes from 10 % to 25 % of calls to reviews; v1 goes from 90 % to 75 %."],
    [[90, 10], [0, 100], "v2 goes from 10 % to 100 % of calls to reviews; v1 gets none of them."],
    [[0, 100], [10, 90], "v1 goes from 0 % to 10 % of calls to reviews; v2 goes from 100 % to 90 %."],
    [[90, 10], [90, 10], "Nothing changes: v1 keeps 90 % and v2 keeps 10 % of calls to reviews."],
    [[90, 10], [900, 100], "Nothing changes: v1 keeps 90 % and v2 keeps 10 % of calls to reviews."],
    [
      [80, 15, 5],
      [80, 0, 20],
      "v3 goes from 5 % to 20 % of calls to reviews; v2 goes from 15 % to 0 %.".replace("goes from 15 % to 0 %", "gets none of them"),
    ],
    [[80, 15, 5], [60, 20, 20], "v2 goes from 15 % to 20 % of calls to reviews, v3 goes from 5 % to 20 %; v1 goes from 80 % to 60 %."],
    [[80, 15, 5], [100, 0, 0], "v2 goes from 15 % to 0 % of calls to reviews, v3 goes from 5 % to 0 %; v1 takes all of them."],
    [[1000, 0], [999, 1], "v2 goes from 0 % to 0.1 % of calls to reviews; v1 goes from 100 % to 99.9 %."],
    [[1_000_000, 0], [999_999, 1], "v2 goes from 0 % to under 0.01 % of calls to reviews; v1 goes from 100 % to over 99.99 %."],
  ])("%j to %j", (before, after, expected) => {
    expect(sentence(before, after)).toBe(expected);
  });

  it("falls back on leg ids where versions are unknown or shared", () => {
    expect(sentence([50, 50], [0, 100], [null, null])).toBe("leg-2 goes from 50 % to 100 % of calls to reviews; leg-1 gets none of them.");
    expect(sentence([50, 50], [0, 100], ["v1", "v1"])).toContain("leg-2 goes");
  });

  it("spells out marks that would reorder or break the sentence", () => {
    expect(sentence([50, 50], [0, 100], ["v1", "v\u202e2\n"])).toBe(
      "v\\u{202e}2\\u{a} goes from 50 % to 100 % of calls to reviews; v1 gets none of them.",
    );
  });

  it("names every leg whose share moves, for any number of legs", () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 20 });
    const two = weights.chain((before) =>
      fc.tuple(fc.constant(before), fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: before.length, maxLength: before.length })),
    );
    fc.assert(
      fc.property(
        two.filter(([before, after]) => before.some((one) => one > 0) && after.some((one) => one > 0)),
        ([before, after]) => {
          const text = sentence(before, after);
          const [from, to] = [sharesOf(before), sharesOf(after)];
          for (const [index, share] of from.entries()) {
            if (share !== to[index]) expect(text).toMatch(new RegExp(`\\bv${index + 1}\\b`));
          }
          expect(text).not.toMatch(/NaN|undefined|null/);
          expect(text.endsWith(".")).toBe(true);
        },
      ),
    );
  });
});

describe("planLegs", () => {
  it("is undone by its inverse", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 999 })), { minLength: 1, maxLength: 20 }),
        (pairs) => {
          const before = legsOf(pairs.map(([weight]) => weight));
          const asked = Object.fromEntries(pairs.map(([, weight], index) => [`leg-${index + 1}`, weight]));
          const planned = planLegs(before, asked);
          const there = before.map((leg, index) => ({
            ...leg,
            weight: planned[index]?.after.weight ?? -1,
            share: planned[index]?.after.share ?? -1,
          }));
          const back = planLegs(there, inverseWeights(planned));
          expect(back.map((leg) => leg.after.weight)).toEqual(before.map((leg) => leg.weight));
        },
      ),
    );
  });
});
