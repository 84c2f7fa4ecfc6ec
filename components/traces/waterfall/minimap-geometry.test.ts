import { describe, expect, test } from "vitest";

import { MINIMAP_HEIGHT, MINIMAP_WIDTH, minimapPaths, shareAt, timeAt } from "./minimap-geometry.ts";
import type { MinimapSpan } from "./minimap-geometry.ts";

const whole = { fromMs: 0, toMs: 100 };
const span = (startMs: number, endMs: number, colour = 0, isError = false): MinimapSpan => ({ startMs, endMs, colour, isError });

/** Lines of a path as numbers. */
function linesOf(d: string): { x: number; y: number; to: number }[] {
  return [...d.matchAll(/M(\d+) ([\d.]+)H(\d+)/g)].map((match) => ({ x: Number(match[1]), y: Number(match[2]), to: Number(match[3]) }));
}

describe("the minimap", () => {
  test("draws one line a span, one path a colour, errors on top", () => {
    const paths = minimapPaths([span(0, 100), span(10, 50, 1), span(60, 90, 1, true)], whole);
    expect(paths.map((path) => path.colour)).toEqual([0, 1, "error"]);
    expect(linesOf(paths[0]?.d ?? "")).toEqual([{ x: 0, y: 2, to: 1_000 }]);
    expect(linesOf(paths[1]?.d ?? "")).toEqual([
      { x: 100, y: 5, to: 500 },
      { x: 600, y: 8, to: 900 },
    ]);
    expect(linesOf(paths[2]?.d ?? "")).toEqual([{ x: 600, y: 8, to: 900 }]);
  });

  test("an instant is still seen, and nothing leaves the drawing", () => {
    const lines = linesOf(minimapPaths([span(100, 100), span(-5, 300)], whole)[0]?.d ?? "");
    expect(lines[0]).toEqual({ x: MINIMAP_WIDTH - 1, y: 2, to: MINIMAP_WIDTH });
    expect(lines[1]).toEqual({ x: 0, y: 5, to: MINIMAP_WIDTH });
  });

  test("many spans share lines, and the path stays small", () => {
    const many = Array.from({ length: 50_000 }, (_, index) => span((index * 7) % 100, ((index * 7) % 100) + 1, index % 8));
    const paths = minimapPaths(many, whole);
    expect(paths).toHaveLength(8);
    expect(paths.reduce((sum, path) => sum + path.d.length, 0)).toBeLessThan(200_000);
    expect(paths.flatMap((path) => linesOf(path.d)).every((line) => line.y < MINIMAP_HEIGHT)).toBe(true);
  });

  test("a point and its time belong together, inside the drawing only", () => {
    expect(timeAt(325, 1_300, whole)).toBe(25);
    expect(timeAt(-20, 1_300, whole)).toBe(0);
    expect(timeAt(5, 0, whole)).toBe(0);
    expect(shareAt(25, whole)).toBe(0.25);
    expect(shareAt(900, whole)).toBe(1);
  });
});
