import { inTime } from "#collectors/shared/in-time.ts";
import { err, WeftError, type Result } from "#lib/model/errors.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

/** One question that fails by itself says better why. */
const GRACE_MS = 1_000;
/** What an answer that comes after one in vain may take: a reader asks for several, one after the other. */
const AGAIN_MS = 1_000;
const LATE_MS = 5_000;

interface DeadlineOptions {
  sourceId: string;
  /** Of one question. */
  timeoutMs: number;
}

/**
 * Bounds how long a store keeps a reader waiting: an answer takes several questions, each with its own time. What was asked goes on,
 * for the next reader.
 */
export class AnswerDeadline {
  readonly #options: DeadlineOptions;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  #late: { atMs: number; error: WeftError } | null = null;

  constructor(options: DeadlineOptions, parts: { clock: Clock; scheduler: Scheduler }) {
    this.#options = options;
    this.#clock = parts.clock;
    this.#scheduler = parts.scheduler;
  }

  /** How long an answer is waited for at most, milliseconds. */
  static longestMs(timeoutMs: number): number {
    return timeoutMs + GRACE_MS;
  }

  /** Whether a reader has just waited in vain. */
  get isLate(): boolean {
    return this.#late !== null && this.#clock.monotonicMs() - this.#late.atMs < LATE_MS;
  }

  /** The answer, or TIMEOUT where it does not come in time. */
  async within<T>(asked: Promise<Result<T>>): Promise<Result<T>> {
    const before = this.isLate ? this.#late : null;
    const waitMs = before === null ? AnswerDeadline.longestMs(this.#options.timeoutMs) : AGAIN_MS;
    const answer = (await inTime(asked, waitMs, this.#scheduler)) ?? err(before?.error ?? this.#error());
    if (answer.ok) this.#late = null;
    else if (before === null && answer.error.code === "TIMEOUT") this.#late = { atMs: this.#clock.monotonicMs(), error: answer.error };
    return answer;
  }

  #error(): WeftError {
    const { sourceId, timeoutMs } = this.#options;
    const text = `${sourceId} did not tell all that the answer takes within ${AnswerDeadline.longestMs(timeoutMs) / 1_000} s.`;
    const mend = `Ask for less (a shorter time, a service), or raise the timeout of ${sourceId} in the configuration.`;
    return new WeftError("TIMEOUT", text, { sourceId, isRetryable: true, mend });
  }
}
