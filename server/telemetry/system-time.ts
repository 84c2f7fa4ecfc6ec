import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";

/**
 * The machine's time. Wall time is taken once at start and then counted on by the monotonic clock: a step of the machine's
 * clock must not throw minutes of samples out of the ring.
 */
export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  monotonicMs: () => performance.now(),
};

export const systemScheduler: Scheduler = {
  after(delayMs: number, task: () => void): ScheduledTask {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
