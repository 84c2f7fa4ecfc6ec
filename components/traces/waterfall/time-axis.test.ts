import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { axisTicks } from "./time-axis.ts";

const labels = (fromMs: number, toMs: number, widthPx: number) =>
  axisTicks({ fromMs, toMs }, widthPx).map((tick) => tick.label.replaceAll("\u00a0", " "));

describe("the time axis", () => {
  test("is round, with the unit at its first tick", () => {
    expect(labels(0, 370, 642)).toEqual(["0 ms", "50", "100", "150", "200", "250", "300", "350"]);
    expect(labels(0, 4_000, 642)).toEqual(["0 s", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0"]);
    expect(labels(0, 0.2, 300)).toEqual(["0 µs", "50", "100", "150", "200"]);
    expect(labels(0, 0.02, 300)).toEqual(["0 µs", "5", "10", "15", "20"]);
    expect(labels(0, 600_000, 500)).toEqual(["0 min", "2", "4", "6", "8", "10"]);
  });

  test("shows where a zoomed range lies", () => {
    expect(labels(101.2, 102.6, 300)).toEqual(["101.5 ms", "102.0", "102.5"]);
  });

  test("begins before zero where a corrected clock does", () => {
    expect(labels(-20, 100, 300)[0]).toBe("0 ms");
    expect(labels(-60, 100, 300)[0]).toBe("-50 ms");
  });

  test("ticks lie inside, rise, and are neither many nor none", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0.001, max: 1e7, noNaN: true }),
        fc.integer({ min: 160, max: 2_000 }),
        (fromMs, length, widthPx) => {
          const ticks = axisTicks({ fromMs, toMs: fromMs + length }, widthPx);
          expect(ticks.length).toBeLessThanOrEqual(Math.floor(widthPx / 72) + 1);
          expect(ticks.every((tick) => tick.at >= -1e-6 && tick.at <= 1 + 1e-6)).toBe(true);
          expect(ticks.every((tick, index) => index === 0 || tick.at > (ticks[index - 1]?.at ?? -1))).toBe(true);
        },
      ),
    );
  });
});
