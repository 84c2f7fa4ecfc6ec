import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

/** Failures in a row after which a store is left alone. */
const MOST_FAILURES = 5;
/** How long it is left alone before one question tries again. */
const PAUSE_MS = 10_000;

/**
 * Keeps questions away from a store that does not answer. `closed` = everything passes; `open` = nothing does; `half-open` =
 * one question is trying.
 */
export class Breaker {
  readonly #sourceId: string;
  readonly #clock: Clock;
  #failuresInRow = 0;
  /** Monotonic milliseconds at which it opened, or at which the last try began. */
  #openedMs: number | null = null;
  #isTrying = false;
  #lastFailure: WeftError | null = null;

  constructor(sourceId: string, clock: Clock) {
    this.#sourceId = sourceId;
    this.#clock = clock;
  }

  get state(): "closed" | "open" | "half-open" {
    if (this.#openedMs === null) return "closed";
    return this.#isTrying ? "half-open" : "open";
  }

  /** Whether a question may go now. Whoever may go says what became of it: `succeeded`, `failed` or `neither`. */
  admit(): Result<void> {
    if (this.#openedMs === null) return ok(undefined);
    const sinceMs = this.#clock.monotonicMs() - this.#openedMs;
    if (this.#isTrying || sinceMs < PAUSE_MS) return err(this.#refusal());
    this.#isTrying = true;
    this.#openedMs = this.#clock.monotonicMs();
    return ok(undefined);
  }

  succeeded(): void {
    this.#failuresInRow = 0;
    this.#openedMs = null;
    this.#isTrying = false;
    this.#lastFailure = null;
  }

  failed(error: WeftError): void {
    this.#failuresInRow++;
    this.#lastFailure = error;
    this.#isTrying = false;
    // Counted from the end of the last try: a store that takes its whole time to fail has its pause too.
    if (this.#failuresInRow >= MOST_FAILURES) this.#openedMs = this.#clock.monotonicMs();
  }

  /** The question was given up by the one who asked: nothing is known, and the next one may try. */
  neither(): void {
    if (!this.#isTrying) return;
    this.#isTrying = false;
    this.#openedMs = this.#clock.monotonicMs() - PAUSE_MS;
  }

  #refusal(): WeftError {
    const id = this.#sourceId;
    const why = this.#lastFailure === null ? "" : ` The last failure: ${this.#lastFailure.message}`;
    return new WeftError("SOURCE_UNREACHABLE", `${id} failed ${this.#failuresInRow} times in a row and is asked again every 10 s.${why}`, {
      isRetryable: true,
      sourceId: id,
      ...(this.#lastFailure?.mend == null ? {} : { mend: this.#lastFailure.mend }),
      cause: this.#lastFailure,
    });
  }
}
