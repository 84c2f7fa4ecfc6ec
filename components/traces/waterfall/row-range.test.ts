import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { rowRange, scrollToRow } from "./row-range.ts";

describe("the window of rows", () => {
  test("holds everything in sight, little more, and never leaves the list", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 20, max: 64 }),
        fc.integer({ min: -500, max: 4_000_000 }),
        fc.integer({ min: 0, max: 2_000 }),
        (count, rowPx, scrolledPx, viewportPx) => {
          const { first, last } = rowRange(count, rowPx, scrolledPx, viewportPx);
          expect(first).toBeGreaterThanOrEqual(0);
          expect(last).toBeLessThan(count);
          const top = Math.min(count - 1, Math.max(0, Math.floor(scrolledPx / rowPx)));
          expect(first).toBeLessThanOrEqual(top);
          expect(last).toBeGreaterThanOrEqual(Math.min(count - 1, top + Math.ceil(viewportPx / rowPx)));
          expect(last - first).toBeLessThanOrEqual(Math.ceil(viewportPx / rowPx) + 40);
        },
      ),
    );
  });

  test("stands still over several rows of scrolling", () => {
    const moves = new Set(Array.from({ length: 8 * 36 }, (_, px) => rowRange(10_000, 36, 36_000 + px, 720).first));
    expect(moves.size).toBeLessThanOrEqual(2);
  });

  test("is empty for an empty list", () => {
    expect(rowRange(0, 36, 0, 700)).toEqual({ first: 0, last: -1 });
  });

  test("scrolls only as far as needed", () => {
    expect(scrollToRow(5, 36, 0, 360)).toBeNull();
    expect(scrollToRow(0, 36, 100, 360)).toBe(0);
    expect(scrollToRow(20, 36, 0, 360)).toBe(20 * 36 + 36 - 360 + 36);
  });
});
