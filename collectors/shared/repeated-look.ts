import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";

interface RepeatedLookOptions {
  /** Must not throw; `signal` says that nobody wants what it brings any more. */
  look: (signal: AbortSignal) => Promise<void>;
  /** From the beginning of one look to that of the next; one that takes longer is followed by the next at once. */
  intervalMs: number;
  clock: Clock;
  scheduler: Scheduler;
}

/** Looks at something again and again, one look at a time. */
export class RepeatedLook {
  readonly #options: RepeatedLookOptions;
  #stopping: AbortController | null = null;
  #next: ScheduledTask | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: RepeatedLookOptions) {
    this.#options = options;
  }

  /** Looks at once; does nothing where it is started already. */
  start(): void {
    if (this.#stopping !== null) return;
    this.#stopping = new AbortController();
    this.#run(this.#stopping.signal);
  }

  /** Gives up the look that is under way, and waits for its end. */
  async stop(): Promise<void> {
    this.#stopping?.abort();
    this.#stopping = null;
    this.#next?.cancel();
    await this.#looking;
  }

  #run(signal: AbortSignal): void {
    this.#looking = this.#look(signal);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { look, intervalMs, clock, scheduler } = this.#options;
    const startedMs = clock.monotonicMs();
    await look(signal);
    if (!signal.aborted) this.#next = scheduler.after(Math.max(0, intervalMs - (clock.monotonicMs() - startedMs)), () => this.#run(signal));
  }
}
