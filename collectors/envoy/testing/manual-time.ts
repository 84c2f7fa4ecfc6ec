import type { Clock, Scheduler } from "#lib/ports/time.ts";

/** Time that stands still until it is moved. */
export interface ManualTime {
  clock: Clock;
  scheduler: Scheduler;
  /** Moves on and runs what falls due, in order. */
  advance(ms: number): void;
  /** Delays of the tasks that wait, shortest first. */
  waiting(): number[];
}

interface Task {
  atMs: number;
  run: () => void;
}

const EPOCH_MS = Date.UTC(2026, 0, 1);

export function createManualTime(): ManualTime {
  let now = 0;
  const tasks = new Set<Task>();
  return {
    clock: { nowMs: () => EPOCH_MS + now, monotonicMs: () => now },
    scheduler: {
      after(delayMs, run) {
        const task = { atMs: now + delayMs, run };
        tasks.add(task);
        return { cancel: () => void tasks.delete(task) };
      },
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const [next] = [...tasks].filter((task) => task.atMs <= until).toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        tasks.delete(next);
        now = Math.max(now, next.atMs);
        next.run();
      }
      now = until;
    },
    waiting: () => [...tasks].map((task) => task.atMs - now).toSorted((a, b) => a - b),
  };
}
