import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fromCumulative } from "./cumulative-counts.ts";

const BOUNDS_MS = [1, 5, 25];

describe("fromCumulative", () => {
  it("takes each count less the one below it, and what is above the last bound", () => {
    const upTo = new Map([
      [1, 2],
      [5, 2],
      [25, 7],
      [Infinity, 8],
    ]);
    expect(fromCumulative(upTo, BOUNDS_MS)).toEqual({ boundsMs: BOUNDS_MS, counts: [2, 0, 5, 1] });
  });

  it("adds nothing at a bound that is missing", () => {
    expect(fromCumulative(new Map([[25, 3]]), BOUNDS_MS).counts).toEqual([0, 0, 3, 0]);
    expect(fromCumulative(new Map(), BOUNDS_MS).counts).toEqual([0, 0, 0, 0]);
  });

  it("never counts below 0, and all together as many as the largest says", () => {
    const grown = fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50));
    fc.assert(
      fc.property(grown, (numbers) => {
        const upTo = new Map([...BOUNDS_MS, Infinity].map((bound, index) => [bound, numbers[index] ?? 0]));
        const { counts } = fromCumulative(upTo, BOUNDS_MS);
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(Math.max(...numbers));
      }),
    );
  });
});
