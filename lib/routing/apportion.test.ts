import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { apportion, moveLeg, sharesOf } from "./apportion.ts";

const share = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1e9, noNaN: true }));
const shares = fc.array(share, { minLength: 1, maxLength: 20 }).filter((list) => list.some((one) => one > 0));
const total = fc.oneof(fc.constantFrom(1, 7, 100, 1000, 10_000, 4_294_967_295), fc.integer({ min: 0, max: 4_294_967_295 }));
const weights = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 2, maxLength: 20 });

function sum(list: readonly number[]): number {
  return list.reduce((all, one) => all + one, 0);
}

describe("apportion", () => {
  it.each([
    [[0.9, 0.1], 100, [90, 10]],
    [[1, 1, 1], 100, [34, 33, 33]],
    [[1, 1, 1], 1000, [334, 333, 333]],
    [[0.005, 0.995], 100, [0, 100]],
    [[0.006, 0.994], 100, [1, 99]],
    [[0, 1], 100, [0, 100]],
    [[5], 7, [7]],
    [[1, 1, 1], 1, [1, 0, 0]],
  ])("gives %j of %i as %j", (given, all, expected) => {
    expect(apportion(given, all)).toEqual(expected);
  });

  it("adds up to the total exactly, in whole weights of 0 or more", () => {
    fc.assert(
      fc.property(shares, total, (given, all) => {
        const result = apportion(given, all);
        expect(sum(result)).toBe(all);
        expect(result.every((weight) => Number.isSafeInteger(weight) && weight >= 0)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("never gives a larger share a smaller weight", () => {
    fc.assert(
      fc.property(shares, total, (given, all) => {
        const result = apportion(given, all);
        const ranked = given
          .map((one, index) => ({ one, weight: result[index] ?? -1 }))
          .toSorted((a, b) => a.one - b.one || a.weight - b.weight);
        for (const [index, entry] of ranked.entries()) {
          expect(entry.weight).toBeGreaterThanOrEqual(ranked[index - 1]?.weight ?? 0);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("stays within one of the exact part and gives a share of 0 nothing", () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 1_000_000 }), (given, all) => {
        const result = apportion(given, all);
        const largest = Math.max(...given);
        const whole = sum(given.map((one) => one / largest));
        for (const [index, one] of given.entries()) {
          expect(Math.abs((result[index] ?? -1) - (one / largest / whole) * all)).toBeLessThanOrEqual(1 + 1e-6);
          if (one === 0) expect(result[index]).toBe(0);
        }
      }),
    );
  });

  it("gives whole weights back unchanged", () => {
    fc.assert(
      fc.property(
        weights.filter((list) => sum(list) > 0),
        (given) => {
          expect(apportion(given, sum(given))).toEqual(given);
        },
      ),
    );
  });

  it.each([[[]], [[0, 0]], [[-1, 2]], [[Number.NaN]], [[Number.POSITIVE_INFINITY, 1]]])("throws for %j", (given) => {
    expect(() => apportion(given, 100)).toThrow(RangeError);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("throws for a total of %d", (all) => {
    expect(() => apportion([1], all)).toThrow(RangeError);
  });
});

describe("moveLeg", () => {
  it.each([
    [[90, 10], 1, 0, [100, 0]],
    [[90, 10], 1, 25, [75, 25]],
    [[100, 0], 0, 60, [60, 40]],
    [[50, 30, 20], 2, 100, [0, 0, 100]],
    [[0, 0, 100], 2, 50, [50, 0, 50]],
    [[60, 20, 20], 0, 80, [80, 10, 10]],
    [[900, 100], 1, 250, [750, 250]],
    [[90, 10], 1, 400, [0, 100]],
    [[90, 10], 1, -3, [100, 0]],
    [[100], 0, 30, [100]],
  ])("moves leg of %j at %i to %d", (given, index, weight, expected) => {
    expect(moveLeg(given, index, weight)).toEqual(expected);
  });

  it("keeps the total, and gives the leg what was asked", () => {
    fc.assert(
      fc.property(weights, fc.nat(), fc.integer({ min: -10, max: 2_000_000 }), (given, seed, weight) => {
        const index = seed % given.length;
        const result = moveLeg(given, index, weight);
        expect(sum(result)).toBe(sum(given));
        expect(result[index]).toBe(Math.min(sum(given), Math.max(0, weight)));
      }),
    );
  });
});

describe("sharesOf", () => {
  it("divides by the total", () => {
    expect(sharesOf([90, 10])).toEqual([0.9, 0.1]);
  });

  it("is all 0 when the total is 0", () => {
    expect(sharesOf([0, 0])).toEqual([0, 0]);
  });
});
