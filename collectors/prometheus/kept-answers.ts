import { ok, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { WeftError } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

interface Kept<T> {
  answer: Sourced<T>;
  /** When it was given, by the wall and by the monotonic clock. */
  wallMs: number;
  monotonicMs: number;
  /** The instants that it was asked for. */
  exact: string;
}

/** Code of the notice that an answer is an older one. */
export const STALE = "stale";

/** A reader looks at a few windows of a few things. */
const MOST_KEPT = 32;

/** The last good answer to each question: given again where a store does not answer, and then said to be old. */
export class KeptAnswers<T> {
  readonly #sourceId: string;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(sourceId: string, clock: Clock) {
    this.#sourceId = sourceId;
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  /** `exact` names the instants that were asked for, `key` what was asked apart from them. */
  keep(key: string, exact: string, answer: Sourced<T>): void {
    this.#kept.delete(key);
    this.#kept.set(key, { answer, exact, wallMs: this.#clock.nowMs(), monotonicMs: this.#clock.monotonicMs() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** An answer to the same question that is at most this old; for the same instants if `exact` is given. */
  recent(key: string, maxAgeMs: number, exact?: string): Sourced<T> | null {
    const kept = this.#kept.get(key);
    if (kept === undefined || (exact !== undefined && exact !== kept.exact)) return null;
    return this.#clock.monotonicMs() - kept.monotonicMs <= maxAgeMs ? kept.answer : null;
  }

  ageMs(key: string): number | null {
    const kept = this.#kept.get(key);
    return kept === undefined ? null : this.#clock.monotonicMs() - kept.monotonicMs;
  }

  /** The last good answer with its age and the reason, or the error where there was none. */
  orStale(key: string, error: WeftError): Result<Sourced<T>> {
    const kept = this.#kept.get(key);
    if (kept === undefined) return { ok: false, error };
    const since = new Date(kept.wallMs).toISOString();
    // Several sources may read one store: what befell it is said in the same words by all of them.
    const text = `Stale since ${since}: ${error.sourceId ?? this.#sourceId} gave no newer answer. ${error.message}`;
    const notice = { level: "warning", code: STALE, text, source: this.#sourceId, mend: error.mend } as const;
    return ok({ ...kept.answer, coverage: "stale", notices: [notice, ...kept.answer.notices] });
  }
}
