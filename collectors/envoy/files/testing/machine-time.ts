import type { Clock, Scheduler } from "#lib/ports/time.ts";

/** The machine's own time, for tests against real servers. */
export const machineClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export const machineScheduler: Scheduler = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
