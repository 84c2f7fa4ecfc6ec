import { describe, expect, it } from "vitest";

import { createFakeTime } from "#lib/testing/fake-time.ts";

import { startRetention } from "./retention.ts";

/** A store that has `steps` to do, each of which takes `stepMs`. */
function open(steps: number, stepMs: number) {
  const time = createFakeTime();
  let spentMs = 0;
  const taken: number[] = [];
  const clock = { ...time.clock, monotonicMs: () => time.clock.monotonicMs() + spentMs };
  const store = {
    retain() {
      taken.push(time.clock.monotonicMs());
      spentMs += stepMs;
      return { isDone: taken.length >= steps };
    },
  };
  return { time, taken, retention: startRetention({ store, clock, scheduler: time.scheduler }) };
}

describe("retention", () => {
  it("looks every second", async () => {
    const { time, taken } = open(0, 1);
    await time.advance(3_500);
    expect(taken).toEqual([1_000, 2_000, 3_000]);
  });

  it("works on for at most 20 ms, pauses as long, and goes on until it is done", async () => {
    const { time, taken, retention } = open(7, 8);
    await time.advance(1_000);
    expect([taken.length, retention.isWorking]).toEqual([3, true]);
    await time.advance(20);
    expect([taken.length, retention.isWorking]).toEqual([6, true]);
    await time.advance(20);
    expect([taken.length, retention.isWorking]).toEqual([7, false]);
    await time.advance(999);
    expect(taken.length).toBe(7);
  });

  it("stops", async () => {
    const { time, taken, retention } = open(100, 30);
    await time.advance(1_000);
    retention.stop();
    await time.advance(5_000);
    expect([taken.length, time.waiting]).toEqual([1, 0]);
  });
});
