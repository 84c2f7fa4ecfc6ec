import * as fc from "fast-check";
import { expect, it } from "vitest";

import { SPAN_MS, stretchAround } from "./strip-stretch.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

it("shows the last fifteen minutes as long as they hold the moment", () => {
  expect([stretchAround(null, NOW), stretchAround(NOW - 1_000, NOW), stretchAround(NOW - 14 * 60_000, NOW)]).toEqual([null, null, null]);
  expect(stretchAround(NOW - 15 * 60_000, NOW)).not.toBeNull();
});

it("shows fifteen minutes that are over, with the moment well inside, and stands still while the moment moves a little", () => {
  fc.assert(
    fc.property(fc.integer({ min: 900, max: 10_000_000 }), (secondsAgo) => {
      const atMs = NOW - secondsAgo * 1_000;
      const stretch = stretchAround(atMs, NOW);
      if (stretch === null) throw new Error("nothing is shown");
      expect(stretch.toMs - stretch.fromMs).toBe(SPAN_MS);
      expect(atMs - stretch.fromMs).toBeGreaterThanOrEqual(300_000);
      expect(stretch.toMs - atMs).toBeGreaterThanOrEqual(300_000);
      expect(stretch.toMs).toBeLessThanOrEqual(NOW);
    }),
  );
  const at = NOW - 3_600_000 + 60_000;
  expect(stretchAround(at, NOW)).toEqual(stretchAround(at + 15_000, NOW));
});
