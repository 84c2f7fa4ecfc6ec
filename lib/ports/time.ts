/** Wall and monotonic time, injected so that the domain can be tested without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. May step when the machine's clock is set. */
  nowMs(): number;
  /** Monotonic milliseconds with a fraction; only differences mean something. */
  monotonicMs(): number;
}

/** A pending wait that can be given up. */
export interface ScheduledTask {
  cancel(): void;
}

/** Timers, injected for the same reason as `Clock`. */
export interface Scheduler {
  /** Runs `task` once after `delayMs`. */
  after(delayMs: number, task: () => void): ScheduledTask;
}
