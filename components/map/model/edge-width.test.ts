import { assert, double, property } from "fast-check";
import { expect, it } from "vitest";

import { arrowLength, edgeWidth, largestRate } from "./edge-width.ts";

it("is 8 px for the largest and 1 px for nothing or not known", () => {
  expect(edgeWidth(128.4, 128.4)).toBe(8);
  expect(edgeWidth(0, 128.4)).toBe(1);
  expect(edgeWidth(null, 128.4)).toBe(1);
  expect(edgeWidth(0, 0)).toBe(1);
  expect(edgeWidth(41.4, 128.4)).toBeCloseTo(1 + 7 * Math.sqrt(41.4 / 128.4));
});

it("grows with the rate, stays within 1 and 8, and so does the arrowhead", () => {
  const rate = double({ min: 0, max: 1e6, noNaN: true });
  assert(
    property(rate, rate, (a, b) => {
      const largest = largestRate([a, b, null]);
      const [low, high] = [edgeWidth(Math.min(a, b), largest), edgeWidth(Math.max(a, b), largest)];
      return low >= 1 && low <= high && high <= 8 && arrowLength(low) <= arrowLength(high);
    }),
  );
});
