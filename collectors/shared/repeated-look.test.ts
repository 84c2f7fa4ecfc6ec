import { describe, expect, it } from "vitest";

import { createFakeTime } from "#lib/testing/fake-time.ts";

import { RepeatedLook } from "./repeated-look.ts";

function looking(tookMs = 0) {
  const time = createFakeTime();
  const beganMs = time.clock.monotonicMs();
  const begun: number[] = [];
  const signals: AbortSignal[] = [];
  const repeated = new RepeatedLook({
    async look(signal) {
      begun.push(time.clock.monotonicMs() - beganMs);
      signals.push(signal);
      if (tookMs > 0) await new Promise<void>((resolve) => void time.scheduler.after(tookMs, resolve));
    },
    intervalMs: 1_000,
    clock: time.clock,
    scheduler: time.scheduler,
  });
  return { time, begun, signals, repeated };
}

describe("a repeated look", () => {
  it.each([
    [0, [0, 1_000, 2_000, 3_000]],
    [400, [0, 1_000, 2_000, 3_000]],
    [1_500, [0, 1_500, 3_000]],
  ])("that takes %i ms begins at its interval, one at a time", async (tookMs, expected) => {
    const { time, begun, repeated } = looking(tookMs);
    repeated.start();
    repeated.start();
    await time.advance(3_000);
    expect(begun).toEqual(expected);
  });

  it("begins no more once it is stopped, which waits for the one under way", async () => {
    const { time, begun, signals, repeated } = looking(400);
    repeated.start();
    let isStopped = false;
    const stopping = repeated.stop().then(() => (isStopped = true));
    await time.advance(399);
    expect([isStopped, signals[0]?.aborted]).toEqual([false, true]);
    await time.advance(1);
    await stopping;
    await time.advance(5_000);
    expect([begun, time.waiting]).toEqual([[0], 0]);
  });

  it("may be started again", async () => {
    const { time, begun, signals, repeated } = looking();
    repeated.start();
    await time.advance(1_000);
    await repeated.stop();
    await time.advance(1_500);
    repeated.start();
    await time.advance(1_000);
    expect([begun, signals.at(-1)?.aborted]).toEqual([[0, 1_000, 2_500, 3_500], false]);
  });
});
