import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { poissonArrivals } from "./arrivals.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

function record(seed = 1): { arrivals: ReturnType<typeof poissonArrivals>; seen: number[] } {
  const seen: number[] = [];
  return { arrivals: poissonArrivals(seed, "test", (index) => seen.push(index)), seen };
}

/** When calls came within five seconds, in milliseconds since the start. */
function times(seed: number): number[] {
  const at: number[] = [];
  poissonArrivals(seed, "test", () => at.push(Math.round(performance.now()))).setRate(10);
  const start = Math.round(performance.now());
  vi.advanceTimersByTime(5_000);
  return at.map((time) => time - start);
}

describe("poissonArrivals", () => {
  it("comes as often as asked, each number once and in order", () => {
    const { arrivals, seen } = record();
    arrivals.setRate(60);
    vi.advanceTimersByTime(100_000);
    expect(seen.length).toBeGreaterThan(5_700);
    expect(seen.length).toBeLessThan(6_300);
    expect(seen).toEqual(seen.map((_, index) => index));
  });

  it("comes at the same times for the same seed", () => {
    expect(times(1)).toEqual(times(1));
    expect(times(1)).not.toEqual(times(2));
  });

  it("pauses at once and goes on with the next number", () => {
    const { arrivals, seen } = record();
    arrivals.setRate(100);
    vi.advanceTimersByTime(1_000);
    arrivals.setRate(0);
    const paused = seen.length;
    vi.advanceTimersByTime(60_000);
    expect(seen).toHaveLength(paused);
    arrivals.setRate(100);
    vi.advanceTimersByTime(1_000);
    expect(seen[paused]).toBe(paused);
    expect(seen.length).toBeLessThan(paused + 150);
  });
});
