import { err, WeftError, type Result } from "#lib/model/errors.ts";
import type { Scheduler } from "#lib/ports/time.ts";

export interface GateOptions {
  sourceId: string;
  /** Questions under way at once. */
  concurrency: number;
  /** Questions that may wait; one more is refused. */
  queueLimit: number;
  /** How long a question may wait for its turn, milliseconds. */
  waitMs: number;
  scheduler: Scheduler;
}

interface Waiting {
  enter: () => void;
}

/** Lets a few questions through at once, lets a bounded number wait for a bounded time, and refuses the rest. */
export class Gate {
  readonly #options: GateOptions;
  #running = 0;
  readonly #queue = new Set<Waiting>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  get running(): number {
    return this.#running;
  }

  /** Errors besides those of `task`: SOURCE_REFUSED when too many wait, TIMEOUT when its turn does not come, SOURCE_UNREACHABLE when given up. */
  async pass<T>(signal: AbortSignal | undefined, task: () => Promise<Result<T>>): Promise<Result<T>> {
    const { concurrency, queueLimit, sourceId } = this.#options;
    if (this.#running < concurrency) this.#running++;
    else {
      if (this.#queue.size >= queueLimit) return err(this.#full());
      const turn = await this.#turn(signal);
      if (turn === "late") return err(this.#late());
      if (turn === "given-up") return err(new WeftError("SOURCE_UNREACHABLE", `The question to ${sourceId} was given up.`, { sourceId }));
    }
    try {
      return await task();
    } finally {
      const [next] = this.#queue;
      // The place is handed over, not freed: nobody who comes between may take it.
      if (next === undefined) this.#running--;
      else next.enter();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<"now" | "late" | "given-up"> {
    return new Promise((resolve) => {
      const leave = (how: "now" | "late" | "given-up"): void => {
        this.#queue.delete(waiting);
        deadline.cancel();
        signal?.removeEventListener("abort", giveUp);
        resolve(how);
      };
      const giveUp = (): void => leave("given-up");
      const waiting: Waiting = { enter: () => leave("now") };
      const deadline = this.#options.scheduler.after(this.#options.waitMs, () => leave("late"));
      this.#queue.add(waiting);
      signal?.addEventListener("abort", giveUp, { once: true });
      if (signal?.aborted === true) giveUp();
    });
  }

  #full(): WeftError {
    const { sourceId, queueLimit, concurrency } = this.#options;
    return new WeftError(
      "SOURCE_REFUSED",
      `${sourceId} is busy: ${concurrency} questions are under way and ${queueLimit} wait, so this one was not put.`,
      { sourceId, isRetryable: true, mend: "Ask again in a moment, or ask for shorter windows." },
    );
  }

  #late(): WeftError {
    const { sourceId, waitMs } = this.#options;
    return new WeftError("TIMEOUT", `${sourceId} is busy: this question waited ${waitMs} ms for its turn.`, {
      sourceId,
      isRetryable: true,
      mend: "Ask again in a moment, or ask for shorter windows.",
    });
  }
}
