import { describe, expect, test } from "vitest";

import { criticalLines } from "./critical-lines.ts";

describe("the line of the critical path", () => {
  const range = { fromMs: 0, toMs: 400 };

  test("has a stretch for each stretch, cut to what is in sight", () => {
    expect(
      criticalLines(
        [
          [0, 40],
          [100, 200],
        ],
        range,
      ),
    ).toBe("M0 1H400M1000 1H2000");
    expect(
      criticalLines(
        [
          [-50, 40],
          [380, 900],
        ],
        range,
      ),
    ).toBe("M0 1H400M3800 1H4000");
    expect(criticalLines([[500, 900]], range)).toBe("");
  });

  test("a stretch too short to see is seen all the same", () => {
    expect(criticalLines([[100, 100.001]], range)).toBe("M1000 1H1004");
  });

  test("thousands of touching stretches stay a short path", () => {
    const many = Array.from({ length: 20_000 }, (_, index) => [index * 0.02, index * 0.02 + 0.019] as const);
    expect(criticalLines(many, range).match(/M/g)).toHaveLength(1);
  });
});
