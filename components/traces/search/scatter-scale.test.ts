import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { durationScale, loadedDomain, spacedTicks, timeDomain, timeScale } from "./scatter-scale.ts";
import { traceAt } from "./testing/traces.ts";

const AREA = { left: 50, top: 10, width: 800, height: 180 };
const BOTTOM = AREA.top + AREA.height;
/** The highest tick may lie a thousandth below the longest duration: a fifth of a pixel of this plot. */
const UNSEEN_PX = 0.2;

describe.each(["log", "linear"] as const)("durations on a %s axis", (axis) => {
  test("stand inside the plot, longer ones higher, and are found again", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 30 }), (durations) => {
        const scale = durationScale(axis, durations, AREA);
        const ordered = durations.toSorted((a, b) => a - b).map(scale.toPx);
        for (const y of ordered) {
          expect(y).toBeLessThanOrEqual(BOTTOM + UNSEEN_PX);
          expect(y).toBeGreaterThanOrEqual(AREA.top - UNSEEN_PX);
        }
        expect(ordered.toSorted((a, b) => b - a)).toEqual(ordered);
        for (const px of [AREA.top, 77, BOTTOM]) expect(scale.toPx(scale.toValue(px))).toBeCloseTo(px, 6);
      }),
    );
  });

  test("have a length even where there is nothing, or only zero", () => {
    for (const durations of [[], [0], [5]]) {
      const scale = durationScale(axis, durations, AREA);
      expect(scale.ticks.length).toBeGreaterThan(1);
      expect(Number.isFinite(scale.toPx(durations[0] ?? 0))).toBe(true);
    }
  });
});

test("zero stands at the foot of a logarithmic axis and at zero of a linear one", () => {
  expect(durationScale("log", [0, 10, 100], AREA).toPx(0)).toBeCloseTo(BOTTOM);
  expect(durationScale("linear", [0, 10, 100], AREA).toPx(0)).toBe(BOTTOM);
  expect(durationScale("linear", [80], AREA).ticks[0]).toBe(0);
});

test("time runs from left to right over the whole width", () => {
  const scale = timeScale([1_000, 61_000], AREA, 0);
  expect([scale.toPx(1_000), scale.toPx(61_000), scale.toPx(31_000)]).toEqual([50, 850, 450]);
  expect(scale.toValue(450)).toBe(31_000);
  for (const tick of scale.ticks) expect(tick % scale.stepMs).toBe(0);
});

test("the plot grows where a clock runs ahead, and is never empty", () => {
  expect(timeDomain([100, 200], [150, 250, 90])).toEqual([90, 250]);
  expect(timeDomain([100, 200], [])).toEqual([100, 200]);
  expect(timeDomain([100, 100], [])).toEqual([100, 101]);
});

test("labels keep their distance", () => {
  const scale = durationScale("log", [0.01, 60_000], AREA);
  const shown = spacedTicks(scale, 30).map(scale.toPx);
  expect(shown.length).toBeGreaterThan(2);
  for (const [index, y] of shown.slice(1).entries()) expect(Math.abs(y - (shown[index] ?? 0))).toBeGreaterThanOrEqual(24);
});

test("the plot reaches no further back than traces are loaded", () => {
  const items = [traceAt(180), traceAt(150)];
  expect(loadedDomain([100, 200], { items, hasMore: false, searchedTo: null })).toEqual([100, 200]);
  // The oldest trace itself lies inside a stretch that is open at its beginning.
  expect(loadedDomain([100, 200], { items, hasMore: true, searchedTo: null })).toEqual([149, 200]);
  expect(loadedDomain([100, 200], { items, hasMore: false, searchedTo: new Date(130).toISOString() })).toEqual([130, 200]);
  expect(loadedDomain([100, 200], { items: [], hasMore: true, searchedTo: new Date(130).toISOString() })).toEqual([130, 200]);
  expect(loadedDomain([100, 200], { items: [], hasMore: true, searchedTo: null })).toEqual([100, 200]);
});
