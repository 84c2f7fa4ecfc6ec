import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { countedRange, alignmentOf, isLive, planSteps, planWindow, questionKey } from "./plan-window.ts";
import { parseDuration, usualInterval } from "./scrape-interval.ts";

const NOW_MS = 1_767_268_800_000;
const timeOf = (part: Partial<{ scrapeMs: number; hidesNewestMs: number; nowMs: number }> = {}) => ({
  scrapeMs: 15_000,
  hidesNewestMs: 0,
  nowMs: NOW_MS,
  ...part,
});
const last = (ms: number, toMs = NOW_MS) => ({ fromMs: toMs - ms, toMs });
const keyOf = (agoMs: number): string => questionKey(last(60_000, NOW_MS - agoMs), NOW_MS, null);

describe("a window", () => {
  it("of the past is what was asked", () => {
    expect(planWindow(last(123_456, NOW_MS - 90_001), timeOf())).toEqual({ window: last(123_456, NOW_MS - 90_001), isWidened: false });
  });

  it("that ends now ends at an instant that others ask for too", () => {
    const ends = [0, 1_000, 2_000, 4_000].map((ms) => planWindow(last(60_000, NOW_MS + ms), timeOf({ nowMs: NOW_MS + ms })).window);
    expect(new Set(ends.map(({ toMs }) => toMs))).toEqual(new Set([NOW_MS]));
    expect(ends.map(({ fromMs, toMs }) => toMs - fromMs)).toEqual([60_000, 60_000, 60_000, 60_000]);
  });

  it("never ends after what the store tells", () => {
    expect(planWindow(last(60_000, NOW_MS + 5_000), timeOf({ hidesNewestMs: 30_000 })).window.toMs).toBe(NOW_MS - 30_000);
  });

  it.each([
    [1_000, 1_000],
    [5_000, 1_000],
    [10_000, 3_000],
    [15_000, 5_000],
    [300_000, 5_000],
  ])("of scrapes every %d ms is aligned to %d ms", (scrapeMs, alignMs) => {
    expect(alignmentOf(scrapeMs)).toBe(alignMs);
  });

  it("is never shorter than two scrapes, and keeps its end", () => {
    expect(planWindow(last(10_000), timeOf())).toEqual({ window: last(30_000), isWidened: true });
    expect(planWindow(last(30_000), timeOf()).isWidened).toBe(false);
  });

  it("of what the store still hides moves on as the live one does", () => {
    const ends = [0, 1_000, 4_000].map((ms) =>
      planWindow(last(60_000, NOW_MS - 15_000), timeOf({ hidesNewestMs: 30_000, nowMs: NOW_MS + ms })),
    );
    expect(ends.map(({ window }) => window.toMs)).toEqual([NOW_MS - 30_000, NOW_MS - 30_000, NOW_MS - 30_000]);
  });

  it("is live for ten seconds", () => {
    expect([isLive(last(1, NOW_MS - 9_999), NOW_MS), isLive(last(1, NOW_MS - 10_000), NOW_MS)]).toEqual([true, false]);
  });

  it("asks what the live one asks only as long as it is live", () => {
    expect([keyOf(999), keyOf(9_999)]).toEqual([keyOf(0), keyOf(0)]);
    expect(new Set([0, 10_000, 15_000, 50_000, 50_001].map(keyOf)).size).toBe(5);
  });
});

describe("steps", () => {
  const plans = fc.record({
    lengthMs: fc.integer({ min: 1, max: 7 * 86_400_000 }),
    endsBeforeMs: fc.integer({ min: -60_000, max: 365 * 86_400_000 }),
    stepMs: fc.double({ min: 1, max: 86_400_000, noNaN: true }),
    maxPoints: fc.integer({ min: 1, max: 4_000 }),
    scrapeMs: fc.integer({ min: 100, max: 300_000 }),
    hidesNewestMs: fc.constantFrom(0, 30_000),
  });

  it("end at multiples of their length, cover nothing that was not asked, and are bounded in number", () => {
    fc.assert(
      fc.property(plans, ({ lengthMs, endsBeforeMs, stepMs, maxPoints, scrapeMs, hidesNewestMs }) => {
        const window = last(lengthMs, NOW_MS - endsBeforeMs);
        const plan = planSteps(window, stepMs, maxPoints, timeOf({ scrapeMs, hidesNewestMs }));
        expect(plan.stepMs % 1_000).toBe(0);
        expect(plan.stepMs).toBeGreaterThanOrEqual(2 * scrapeMs);
        expect(plan.lastMs % plan.stepMs).toBe(0);
        expect(plan.lastMs).toBeLessThanOrEqual(Math.min(window.toMs, NOW_MS - hidesNewestMs));
        expect(plan.firstMs).toBe(plan.lastMs - (plan.points - 1) * plan.stepMs);
        expect(plan.points).toBeGreaterThanOrEqual(1);
        expect(plan.points).toBeLessThanOrEqual(maxPoints);
        expect((plan.points - 1) * plan.stepMs).toBeLessThanOrEqual(lengthMs);
      }),
    );
  });
});

describe("the interval of scrapes", () => {
  it("is read from a target's setting", () => {
    expect(["15s", "1m30s", "500ms", "1h", "", "15", "s", "0s"].map(parseDuration)).toEqual([
      15_000,
      90_000,
      500,
      3_600_000,
      null,
      null,
      null,
      null,
    ]);
  });

  it("is seen in the times of samples, however uneven", () => {
    expect(usualInterval([0, 14_990, 30_010, 44_995, 75_001])).toBe(15_000);
    expect(usualInterval([0, 200, 401])).toBe(201);
    expect(usualInterval([0, 15_000])).toBeNull();
    expect(usualInterval([5, 5, 5])).toBeNull();
  });
});

describe("countedRange", () => {
  it("makes of what a store extrapolates the difference of its samples again", () => {
    const { rangeMs, scale } = countedRange(60_000, 5_000, true);
    // 13 samples five seconds apart span 60 s; the store stretches their difference over 65 s.
    const stretched = (120 * rangeMs) / 60_000;
    expect(rangeMs).toBe(65_000);
    expect(stretched * scale).toBe(120);
  });

  it("leaves a store alone that does not extrapolate", () => {
    expect(countedRange(60_000, 5_000, false)).toEqual({ rangeMs: 60_000, scale: 1 });
  });
});
