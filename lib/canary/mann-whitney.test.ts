import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { histogramOf } from "#lib/testing/builders.ts";

import { compareDurations } from "./mann-whitney.ts";
import { normalTail } from "./proportions.ts";

/** A bucket of its own for each of the durations 1 to 8, so that nothing but equal durations ties. */
const EACH = [1, 2, 3, 4, 5, 6, 7, 8];

/** Both figures straight from their definitions: every pair compared, and the textbook variance with its tie term. */
function bruteForce(a: readonly number[], b: readonly number[]): { slowerShare: number; p: number } {
  let u = 0;
  for (const x of a) for (const y of b) u += x > y ? 1 : x === y ? 0.5 : 0;
  const n = a.length + b.length;
  const tied = EACH.reduce((sum, value) => {
    const t = [...a, ...b].filter((one) => one === value).length;
    return sum + (t ** 3 - t);
  }, 0);
  const variance = ((a.length * b.length) / (12 * n * (n - 1))) * (n ** 3 - n - tied);
  const z = (u - (a.length * b.length) / 2) / Math.sqrt(variance);
  return { slowerShare: u / (a.length * b.length), p: variance === 0 ? 1 : 2 * normalTail(Math.abs(z)) };
}

describe("compareDurations", () => {
  it("agrees with a case worked by hand", () => {
    // a = 1 2 2 3, b = 2 3 3 4. U = 0 + 0.5 + 0.5 + (1 + 0.5 + 0.5) = 3 of 16. Ties of 3 and 3: 24 + 24 = 48.
    // Variance = 16 / 12 * (9 - 48 / 56) = 10.857; z = (3 - 8) / 3.295 = -1.5174; p = 0.1292.
    const answer = compareDurations(histogramOf(EACH, [1, 2, 2, 3]), histogramOf(EACH, [2, 3, 3, 4]));
    expect(answer?.slowerShare).toBe(3 / 16);
    expect(answer?.p).toBeCloseTo(0.1292, 4);
  });

  it("agrees with every pair compared", () => {
    const durations = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        fc.pre(a.length + b.length > 1);
        const answer = compareDurations(histogramOf(EACH, a), histogramOf(EACH, b));
        const truth = bruteForce(a, b);
        expect(answer?.slowerShare).toBeCloseTo(truth.slowerShare, 12);
        expect(answer?.p).toBeCloseTo(truth.p, 6);
      }),
    );
  });

  it("is the same with its sides turned", () => {
    const durations = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        const one = compareDurations(histogramOf(EACH, a), histogramOf(EACH, b));
        const other = compareDurations(histogramOf(EACH, b), histogramOf(EACH, a));
        expect(one?.slowerShare).toBeCloseTo(1 - (other?.slowerShare ?? Number.NaN), 12);
        expect(one?.p).toBeCloseTo(other?.p ?? Number.NaN, 12);
      }),
    );
  });

  it("compares histograms of two layouts at the bounds of both", () => {
    const fast = { boundsMs: [10, 100], counts: [50, 0, 0] };
    const slow = { boundsMs: [20, 100], counts: [0, 50, 0] };
    expect(compareDurations(slow, fast)?.slowerShare).toBe(1);
  });

  it("has nothing to say when one side is empty, and no doubt when all are tied", () => {
    expect(compareDurations(histogramOf(EACH, []), histogramOf(EACH, [1]))).toBeNull();
    expect(compareDurations(histogramOf(EACH, [1]), histogramOf(EACH, []))).toBeNull();
    expect(compareDurations(histogramOf(EACH, [4, 4]), histogramOf(EACH, [4]))).toEqual({ slowerShare: 0.5, p: 1 });
    expect(compareDurations(histogramOf(EACH, [4]), histogramOf(EACH, [4]))).toEqual({ slowerShare: 0.5, p: 1 });
  });
});
