import type { Clock, Scheduler } from "#lib/ports/time.ts";

import { START_MS } from "./builders.ts";

export interface FakeTime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Tasks that wait for their time. */
  readonly waiting: number;
  /** Lets time pass: every task that falls due runs at its own instant, and what it sets off runs before the next one. */
  advance(ms: number): Promise<void>;
  /** Lets everything run that waits for no time. */
  settle(): Promise<void>;
  /** The machine's clock is set: wall time jumps, monotonic time does not. */
  setWall(nowMs: number): void;
}

interface Task {
  dueMs: number;
  run: () => void;
}

function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Time that stands still until a test moves it. */
export function createFakeTime(startMs: number = START_MS): FakeTime {
  const tasks = new Set<Task>();
  let elapsedMs = 0;
  let wallMs = startMs;

  const next = (untilMs: number): Task | undefined =>
    [...tasks].filter((task) => task.dueMs <= untilMs).toSorted((a, b) => a.dueMs - b.dueMs)[0];

  return {
    clock: { nowMs: () => wallMs + elapsedMs, monotonicMs: () => elapsedMs },
    scheduler: {
      after(delayMs, run) {
        const task = { dueMs: elapsedMs + delayMs, run };
        tasks.add(task);
        return { cancel: () => void tasks.delete(task) };
      },
    },
    get waiting() {
      return tasks.size;
    },
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      await settle();
      for (let task = next(untilMs); task !== undefined; task = next(untilMs)) {
        tasks.delete(task);
        elapsedMs = Math.max(elapsedMs, task.dueMs);
        task.run();
        await settle();
      }
      elapsedMs = untilMs;
    },
    settle,
    setWall: (nowMs) => void (wallMs = nowMs - elapsedMs),
  };
}
