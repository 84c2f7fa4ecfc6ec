import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { TraceBounds } from "#lib/client/trace-search-params.ts";

import {
  boundsOf,
  heldToLoaded,
  isDrag,
  isWithin,
  nearestPoint,
  placeInTime,
  rectOf,
  rectOfBounds,
  roundOut,
  stepPoint,
  type PlotScales,
} from "./brush.ts";
import { durationScale, timeScale, type DurationAxis } from "./scatter-scale.ts";
import { traceAt } from "./testing/traces.ts";

const AREA = { left: 50, top: 10, width: 800, height: 180 };
const NOON = Date.parse("2026-01-01T12:00:00.000Z");
const DOMAIN = [NOON - 300_000, NOON] as const;

function scales(axis: DurationAxis, durations: readonly number[] = [1, 300]): PlotScales {
  return { area: AREA, time: timeScale(DOMAIN, AREA, 0), duration: durationScale(axis, durations, AREA) };
}

const corner = fc.record({ x: fc.integer({ min: -100, max: 1_000 }), y: fc.integer({ min: -100, max: 400 }) });

describe("the rectangle", () => {
  test("does not depend on the corner that the drag began at, and stays in the plot", () => {
    fc.assert(
      fc.property(corner, corner, (a, b) => {
        const rect = rectOf(a, b, AREA);
        expect(rectOf(b, a, AREA)).toEqual(rect);
        expect(rect.x).toBeGreaterThanOrEqual(AREA.left);
        expect(rect.y).toBeGreaterThanOrEqual(AREA.top);
        expect(rect.x + rect.width).toBeLessThanOrEqual(AREA.left + AREA.width);
        expect(rect.y + rect.height).toBeLessThanOrEqual(AREA.top + AREA.height);
      }),
    );
  });

  test("a hand that shakes is no drag", () => {
    expect(isDrag({ x: 10, y: 10 }, { x: 13, y: 7 })).toBe(false);
    expect(isDrag({ x: 10, y: 10 }, { x: 10, y: 14 })).toBe(true);
  });
});

describe.each(["log", "linear"] as const)("a selection on a %s axis", (axis) => {
  test("holds every trace that lay inside the rectangle", () => {
    fc.assert(
      fc.property(
        corner,
        corner,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1 }),
        (a, b, along, up, durations) => {
          const plot = scales(axis, durations);
          const rect = rectOf(a, b, AREA);
          // Strictly inside: a start on the left edge itself is outside, as in every stretch of the API.
          fc.pre(rect.width > 8 && rect.height > 8);
          const start = Math.round(plot.time.toValue(rect.x + 2 + along * (rect.width - 4)));
          const durationMs = plot.duration.toValue(rect.y + 2 + up * (rect.height - 4));
          expect(isWithin(traceAt(start, { durationMs }), boundsOf(rect, plot))).toBe(true);
        },
      ),
    );
  });

  test("is drawn where it was dragged, but for the rounding of its bounds", () => {
    const plot = scales(axis);
    const rect = { x: 200, y: 60, width: 300, height: 80 };
    const drawn = rectOfBounds(boundsOf(rect, plot), plot);
    expect(drawn?.x).toBeCloseTo(rect.x, 0);
    expect(drawn?.width).toBeCloseTo(rect.width, 0);
    expect(Math.abs((drawn?.y ?? 0) - rect.y)).toBeLessThan(2);
    expect(Math.abs((drawn?.height ?? 0) - rect.height)).toBeLessThan(3);
  });

  test("is open where the rectangle touches the plot's edge", () => {
    const plot = scales(axis);
    const all = boundsOf({ x: AREA.left, y: AREA.top, width: AREA.width, height: AREA.height }, plot);
    expect(all).toEqual({ fromMs: null, toMs: null, minMs: null, maxMs: null });
    const slow = boundsOf({ x: AREA.left, y: AREA.top, width: AREA.width, height: 40 }, plot);
    expect([slow.fromMs, slow.toMs, slow.maxMs]).toEqual([null, null, null]);
    expect(slow.minMs).toBeGreaterThan(1);
    expect(rectOfBounds(all, plot)).toEqual({ x: AREA.left, y: AREA.top, width: AREA.width, height: AREA.height });
  });

  test("along one axis alone is open on the other", () => {
    const plot = scales(axis);
    expect(boundsOf({ x: 200, y: 60, width: 300, height: 2 }, plot)).toMatchObject({
      minMs: null,
      maxMs: null,
      fromMs: expect.any(Number),
    });
    expect(boundsOf({ x: 200, y: 60, width: 1, height: 80 }, plot)).toMatchObject({ fromMs: null, toMs: null, minMs: expect.any(Number) });
  });

  test("outside the plot is not drawn", () => {
    const none: TraceBounds = { fromMs: null, toMs: null, minMs: null, maxMs: null };
    expect(rectOfBounds({ ...none, toMs: NOON - 900_000 }, scales(axis))).toBeNull();
    expect(rectOfBounds({ ...none, minMs: 1_000_000 }, scales(axis))).toBeNull();
    expect(rectOfBounds({ ...none, minMs: 9, maxMs: 3 }, scales(axis))).toBeNull();
  });
});

test("bounds are rounded outwards to three digits", () => {
  expect([roundOut(254.31, "down"), roundOut(254.31, "up"), roundOut(250, "up"), roundOut(0.12345, "up"), roundOut(0, "down")]).toEqual([
    254, 255, 250, 0.124, 0,
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0.000_01, max: 86_400_000, noNaN: true }), (ms) => {
      expect(roundOut(ms, "down")).toBeLessThanOrEqual(ms * (1 + 1e-9));
      expect(roundOut(ms, "up")).toBeGreaterThanOrEqual(ms * (1 - 1e-9));
      expect(roundOut(roundOut(ms, "up"), "up")).toBe(roundOut(ms, "up"));
    }),
  );
});

test("a stretch leaves out its start and holds its end; durations hold both", () => {
  const bounds = { fromMs: NOON, toMs: NOON + 10, minMs: 5, maxMs: 7 };
  const at = (offset: number, durationMs: number) => isWithin(traceAt(NOON + offset, { durationMs }), bounds);
  expect([at(0, 6), at(1, 6), at(10, 6), at(11, 6)]).toEqual([false, true, true, false]);
  expect([at(5, 4.9), at(5, 5), at(5, 7), at(5, 7.1)]).toEqual([false, true, true, false]);
});

describe("points", () => {
  const points = [
    { x: 10, y: 10 },
    { x: 20, y: 10 },
    { x: 20, y: 30 },
  ];
  test("the nearest one within reach", () => {
    expect(nearestPoint(points, { x: 18, y: 12 }, 8)).toBe(points[1]);
    expect(nearestPoint(points, { x: 100, y: 100 }, 8)).toBeNull();
  });
  test("are walked in order of time, beginning at the newest, and not past the ends", () => {
    const last = stepPoint(points, null, 1);
    expect(last).toBe(points[2]);
    expect(stepPoint(points, last, 1)).toBe(points[2]);
    expect(stepPoint(points, last, -1)).toBe(points[1]);
    expect(stepPoint(points, last, Number.NEGATIVE_INFINITY)).toBe(points[0]);
    expect(stepPoint(points, points[0] ?? null, Number.POSITIVE_INFINITY)).toBe(points[2]);
    expect([placeInTime(points, null), placeInTime(points, points[1] ?? null), placeInTime([], null)]).toEqual([2, 1, 0]);
    expect(stepPoint([], null, 1)).toBeNull();
  });
});

describe("a selection among the newest traces only", () => {
  const open: TraceBounds = { fromMs: null, toMs: null, minMs: 250, maxMs: null };
  test("says nothing of the time before them", () => {
    expect(heldToLoaded({ ...open, toMs: 90 }, 50)).toEqual({ ...open, fromMs: 50, toMs: 90 });
    expect(heldToLoaded({ ...open, fromMs: 10, toMs: 90 }, 50)).toEqual({ ...open, fromMs: 50, toMs: 90 });
    expect(heldToLoaded({ ...open, fromMs: 10, toMs: 20 }, 50)).toEqual({ ...open, fromMs: 50, toMs: 50 });
    expect(heldToLoaded({ ...open, fromMs: 60 }, 50)).toEqual({ ...open, fromMs: 60 });
  });
  test("by duration alone stays one of durations", () => {
    expect(heldToLoaded(open, 50)).toEqual(open);
  });
});
