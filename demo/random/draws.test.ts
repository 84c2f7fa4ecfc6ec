import { describe, expect, it } from "vitest";

import { drawsFor, exponentialMs, logNormal, normal, type Draws } from "./draws.ts";

function take(draws: Draws, count: number): number[] {
  return Array.from({ length: count }, draws);
}

describe("drawsFor", () => {
  it("gives the same for the same seed and labels, and else something different", () => {
    const same = take(drawsFor(1, "catalog", "page.7"), 5);
    expect(take(drawsFor(1, "catalog", "page.7"), 5)).toEqual(same);
    expect(take(drawsFor(2, "catalog", "page.7"), 5)).not.toEqual(same);
    expect(take(drawsFor(1, "catalog", "page.8"), 5)).not.toEqual(same);
    expect(take(drawsFor(1, "cart", "page.7"), 5)).not.toEqual(same);
  });

  it("spreads evenly within a stream", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const value of take(drawsFor(1, "x"), 20_000)) tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it("spreads evenly over the first draws of neighbouring labels, where rare failures are decided", () => {
    const first = Array.from({ length: 100_000 }, (_, page) => drawsFor(1, "frontend", `page.${page}/gateway.0`, "1")());
    const rare = first.filter((value) => value < 0.001).length;
    expect(rare).toBeGreaterThan(60);
    expect(rare).toBeLessThan(140);
  });
});

describe("distributions", () => {
  it("has the median and the 95th percentile that were asked for", () => {
    const draws = drawsFor(1, "log-normal");
    const sorted = Array.from({ length: 20_000 }, () => logNormal(draws, 180, 800)).toSorted((a, b) => a - b);
    expect(sorted[10_000]).toBeGreaterThan(170);
    expect(sorted[10_000]).toBeLessThan(190);
    expect(sorted[19_000]).toBeGreaterThan(750);
    expect(sorted[19_000]).toBeLessThan(850);
  });

  it("has the mean and the deviation that were asked for", () => {
    const draws = drawsFor(1, "normal");
    const values = Array.from({ length: 20_000 }, () => normal(draws, 26, 5));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(26, 0);
    expect(Math.sqrt(variance)).toBeCloseTo(5, 0);
  });

  it("arrives as often as was asked for", () => {
    const draws = drawsFor(1, "arrivals");
    const total = Array.from({ length: 6_000 }, () => exponentialMs(draws, 60)).reduce((sum, ms) => sum + ms, 0);
    expect(total / 1_000).toBeGreaterThan(95);
    expect(total / 1_000).toBeLessThan(105);
  });
});
