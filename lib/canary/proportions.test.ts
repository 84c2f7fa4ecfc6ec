import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { newcombeInterval, normalTail, twoProportionP, wilsonInterval, Z_95, Z_997 } from "./proportions.ts";

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** How many bits of a number are 1. */
const bitsOf = (mask: number): number => mask.toString(2).replaceAll("0", "").length;

/** Upper tail of the standard normal distribution by Simpson's rule: slow, and independent of any approximation. */
function integratedTail(z: number): number {
  const [end, steps] = [z + 12, 20_000];
  const width = (end - z) / steps;
  let sum = density(z) + density(end);
  for (let step = 1; step < steps; step++) sum += density(z + step * width) * (step % 2 === 1 ? 4 : 2);
  return (sum * width) / 3;
}

/** Calls `k` of `n`. */
const share = fc.integer({ min: 1, max: 5_000 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));

describe("normalTail", () => {
  it.each([
    [0, 0.5],
    [1, 0.15865525393],
    [1.959964, 0.025],
    [2.967738, 0.0015],
    [3, 0.00134989803],
    [6, 9.8658764504e-10],
    [-1, 0.84134474607],
  ])("at z = %f is %f", (z, tail) => {
    expect(normalTail(z) / tail).toBeCloseTo(1, 6);
  });

  it("agrees with the integral of the density", () => {
    for (let z = 0; z <= 6; z += 0.25) expect(normalTail(z) / integratedTail(z)).toBeCloseTo(1, 6);
  });
});

describe("wilsonInterval", () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %i in %i is %f to %f", (k, n, low, high) => {
    const interval = wilsonInterval(k, n, Z_95);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it("knows nothing without a call", () => {
    expect(wilsonInterval(0, 0, Z_95)).toEqual({ low: 0, high: 1 });
  });

  it("stays within 0 and 1, holds the share, and grows with z", () => {
    fc.assert(
      fc.property(share, ([k, n]) => {
        const [narrow, wide] = [wilsonInterval(k, n, Z_95), wilsonInterval(k, n, Z_997)];
        for (const { low, high } of [narrow, wide]) {
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(k / n);
          expect(high).toBeGreaterThanOrEqual(k / n);
        }
        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(wide.high).toBeGreaterThanOrEqual(narrow.high);
      }),
    );
  });

  it("is the same from the other side", () => {
    fc.assert(
      fc.property(share, ([k, n]) => {
        const [one, other] = [wilsonInterval(k, n, Z_95), wilsonInterval(n - k, n, Z_95)];
        expect(one.low).toBeCloseTo(1 - other.high, 12);
        expect(one.high).toBeCloseTo(1 - other.low, 12);
      }),
    );
  });
});

describe("newcombeInterval", () => {
  // Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17 (1998), table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])("of %i/%i minus %i/%i is %f to %f", (ka, na, kb, nb, low, high) => {
    const interval = newcombeInterval(ka, na, kb, nb, Z_95);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it("holds the difference, and turns over with its sides", () => {
    fc.assert(
      fc.property(share, share, ([ka, na], [kb, nb]) => {
        const { low, high } = newcombeInterval(ka, na, kb, nb, Z_95);
        const difference = ka / na - kb / nb;
        expect(low).toBeLessThanOrEqual(difference + 1e-12);
        expect(high).toBeGreaterThanOrEqual(difference - 1e-12);
        const turned = newcombeInterval(kb, nb, ka, na, Z_95);
        expect(turned.low).toBeCloseTo(-high, 12);
        expect(turned.high).toBeCloseTo(-low, 12);
      }),
    );
  });

  it("stays a number when one side has no calls", () => {
    const { low, high } = newcombeInterval(0, 0, 3, 10, Z_95);
    expect([low, high]).toSatisfy((ends: number[]) => ends.every(Number.isFinite));
  });
});

describe("twoProportionP", () => {
  it("is Pearson's chi-squared of the two by two table", () => {
    // 150 (56 * 32 - 14 * 48)^2 / (70 * 80 * 104 * 46) = 7.0234; p of that with one degree of freedom is 0.008045.
    expect(twoProportionP(56, 70, 48, 80)).toBeCloseTo(0.008045, 6);
    fc.assert(
      fc.property(share, share, ([ka, na], [kb, nb]) => {
        const [k, n] = [ka + kb, na + nb];
        fc.pre((Math.min(na, nb) * Math.min(k, n - k)) / n >= 5);
        const chi = (n * (ka * (nb - kb) - kb * (na - ka)) ** 2) / (na * nb * k * (n - k));
        const p = twoProportionP(ka, na, kb, nb) ?? Number.NaN;
        expect(p).toBeCloseTo(2 * integratedTail(Math.sqrt(chi)), 6);
      }),
      { numRuns: 40 },
    );
  });

  // Fisher, "The Design of Experiments" (1935), the lady tasting tea: 34 / 70. Then 100 / 2100, and C(100, 2) / C(1000, 2).
  it.each([
    [3, 4, 1, 4, 0.485714],
    [1, 100, 0, 2_000, 0.047619],
    [2, 100, 0, 900, 0.00991],
  ])("is Fisher's exact test where few failures are expected: %i/%i and %i/%i", (ka, na, kb, nb, p) => {
    expect(twoProportionP(ka, na, kb, nb)).toBeCloseTo(p, 6);
    expect(twoProportionP(kb, nb, ka, na)).toBeCloseTo(p, 6);
  });

  it("agrees with counting every way to deal the failures", () => {
    const few = fc.integer({ min: 1, max: 9 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(few, few, ([ka, na], [kb, nb]) => {
        const [k, n] = [ka + kb, na + nb];
        fc.pre(k > 0 && k < n);
        const ways = new Map<number, number>();
        for (let deal = 0; deal < 2 ** n; deal++) {
          if (bitsOf(deal) !== k) continue;
          const inA = bitsOf(deal & (2 ** na - 1));
          ways.set(inA, (ways.get(inA) ?? 0) + 1);
        }
        const all = [...ways.values()].reduce((sum, count) => sum + count, 0);
        const rare = [...ways.values()].filter((count) => count <= (ways.get(ka) ?? 0)).reduce((sum, count) => sum + count, 0);
        expect(twoProportionP(ka, na, kb, nb)).toBeCloseTo(rare / all, 9);
      }),
      { numRuns: 15 },
    );
  });

  it("goes over from one test to the other without a jump", () => {
    for (const failed of [1, 9, 12]) {
      const [approximate, exact] = [50, 49].map((k) => twoProportionP(failed, 100, k - failed, 900) ?? Number.NaN);
      expect(Math.abs(Math.log((approximate ?? 0) / (exact ?? 0)))).toBeLessThan(Math.log(3));
    }
  });

  it("is 1 where nothing or everything failed, and unknown where one side has no calls", () => {
    expect(twoProportionP(0, 50, 0, 70)).toBe(1);
    expect(twoProportionP(50, 50, 70, 70)).toBe(1);
    expect(twoProportionP(0, 0, 1, 70)).toBeNull();
    expect(twoProportionP(1, 70, 0, 0)).toBeNull();
  });
});
