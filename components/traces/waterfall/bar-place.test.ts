import { describe, expect, test } from "vitest";

import { barPlace, labelPlace, labelWidthPx } from "./bar-place.ts";

const range = { fromMs: 100, toMs: 200 };

describe("a bar", () => {
  test("is cut to what is in sight, and says so", () => {
    expect(barPlace(120, 150, range)).toEqual({ left: 0.2, width: 0.3, isCutLeft: false, isCutRight: false });
    expect(barPlace(50, 150, range)).toEqual({ left: 0, width: 0.5, isCutLeft: true, isCutRight: false });
    expect(barPlace(0, 900, range)).toEqual({ left: 0, width: 1, isCutLeft: true, isCutRight: true });
  });

  test("out of sight is nothing; an instant is a place without width", () => {
    expect(barPlace(0, 99, range)).toBeNull();
    expect(barPlace(201, 300, range)).toBeNull();
    expect(barPlace(150, 150, range)).toEqual({ left: 0.5, width: 0, isCutLeft: false, isCutRight: false });
  });
});

describe("its label", () => {
  const label = "50 ms";
  test("stands inside a long bar, right of a short one, left where the right has no room", () => {
    expect(labelPlace({ left: 0, width: 0.9 }, 600, label)).toBe("inside");
    expect(labelPlace({ left: 0.1, width: 0.05 }, 600, label)).toBe("right");
    expect(labelPlace({ left: 0.93, width: 0.05 }, 600, label)).toBe("left");
  });

  test("never leaves the timeline", () => {
    for (const left of [0, 0.2, 0.5, 0.8, 0.97]) {
      for (const width of [0, 0.01, 0.03]) {
        const place = labelPlace({ left, width }, 600, label);
        const end = place === "right" ? (left + width) * 600 + labelWidthPx(label) : (left + width) * 600;
        const start = place === "left" ? left * 600 - labelWidthPx(label) : left * 600;
        expect(end).toBeLessThanOrEqual(600);
        expect(start).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
