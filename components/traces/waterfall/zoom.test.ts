import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  clampRange,
  handleAfterKey,
  isWhole,
  lengthOf,
  moveHandle,
  panRange,
  parseRange,
  printRange,
  rangeBetween,
  wholeRange,
  zoomRange,
} from "./zoom.ts";
import type { TimeRange } from "./zoom.ts";

const whole = wholeRange(0, 400);
const within = (range: TimeRange, outer: TimeRange): boolean =>
  range.fromMs >= outer.fromMs - 1e-9 && range.toMs <= outer.toMs + 1e-9 && range.toMs > range.fromMs;
const press = (key: string, isShift = false) => ({ key, isShift });
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("the range in sight", () => {
  test("stays inside the trace and keeps a length, whatever is asked", () => {
    fc.assert(
      fc.property(number, number, fc.double({ min: 0.001, max: 1_000, noNaN: true }), (a, b, factor) => {
        expect(within(rangeBetween(a, b, whole), whole)).toBe(true);
        const some = clampRange({ fromMs: 100, toMs: 200 }, whole);
        expect(within(panRange(some, whole, a), whole)).toBe(true);
        expect(within(zoomRange(some, whole, factor, 0.3), whole)).toBe(true);
        expect(within(moveHandle(some, whole, "from", a), whole)).toBe(true);
        expect(within(moveHandle(some, whole, "to", b), whole)).toBe(true);
      }),
    );
  });

  test("panning keeps the length; zooming in and out again returns", () => {
    const some = { fromMs: 100, toMs: 200 };
    expect(lengthOf(panRange(some, whole, 0.5))).toBeCloseTo(100);
    expect(panRange(some, whole, 9)).toEqual({ fromMs: 300, toMs: 400 });
    expect(zoomRange(zoomRange(some, whole, 0.5), whole, 2)).toEqual(some);
    expect(isWhole(zoomRange(some, whole, 99), whole)).toBe(true);
    expect(isWhole(some, whole)).toBe(false);
  });

  test("a trace of one instant has a range all the same", () => {
    const instant = wholeRange(5, 5);
    expect(lengthOf(instant)).toBeGreaterThan(0);
    expect(within(zoomRange(instant, instant, 0.5), instant)).toBe(true);
  });

  test("handles move by a hundredth, with Shift by a tenth, and never pass each other", () => {
    const some = { fromMs: 100, toMs: 200 };
    expect(handleAfterKey(press("ArrowLeft"), some, whole, "from")).toEqual({ fromMs: 96, toMs: 200 });
    expect(handleAfterKey(press("ArrowRight", true), some, whole, "to")).toEqual({ fromMs: 100, toMs: 240 });
    expect(handleAfterKey(press("Home"), some, whole, "from")).toEqual({ fromMs: 0, toMs: 200 });
    expect(handleAfterKey(press("End"), some, whole, "to")).toEqual({ fromMs: 100, toMs: 400 });
    expect(handleAfterKey(press("Home"), some, whole, "to")?.toMs).toBeGreaterThan(100);
    expect(handleAfterKey(press("x"), some, whole, "to")).toBeNull();
  });

  test("goes through the address unchanged; odd text is no range", () => {
    expect(parseRange(printRange({ fromMs: 23.5, toMs: 322 }))).toEqual({ fromMs: 23.5, toMs: 322 });
    expect(parseRange(printRange({ fromMs: -3, toMs: 4 }))).toEqual({ fromMs: -3, toMs: 4 });
    expect(["", "a-b", "5", "9-3", "1-1", "1e9-2"].map(parseRange)).toEqual([null, null, null, null, null, null]);
  });
});
