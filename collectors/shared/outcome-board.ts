import type { WeftError } from "#lib/model/errors.ts";
import type { SourceState, SourceStatus } from "#lib/model/source.ts";
import type { Clock } from "#lib/ports/time.ts";

import type { OutcomeListener } from "./json-questions.ts";

interface About {
  id: string;
  kind: string;
  address: string;
  /** What it gives, and what is missing on the screen without it. */
  gives: readonly string[];
  dims: readonly string[];
  clock: Clock;
}

/**
 * How a source stands that is asked only while somebody reads: by what became of its last questions. `starting` = not asked
 * yet; `degraded` = the last question was refused, or failed and one before it did not; `down` = two in a row failed, or the only one.
 */
export class OutcomeBoard implements OutcomeListener {
  readonly #about: About;
  #state: SourceState = "starting";
  #sinceMs: number;
  #answeredInMs: number | null = null;
  #newestMs: number | null = null;
  #failure: WeftError | null = null;
  #failedInRow = 0;
  #heardMs: number | null = null;

  constructor(about: About) {
    this.#about = about;
    this.#sinceMs = about.clock.nowMs();
  }

  /** When something last became of a question, epoch milliseconds; `null` = nothing was asked yet. */
  get heardMs(): number | null {
    return this.#heardMs;
  }

  answered(atMs: number, elapsedMs: number): void {
    this.#heardMs = atMs;
    this.#answeredInMs = elapsedMs;
    this.#failure = null;
    this.#failedInRow = 0;
    this.#enter("healthy", atMs);
  }

  failed(error: WeftError, atMs: number): void {
    this.#heardMs = atMs;
    this.#failedInRow++;
    this.#failure = error;
    const hasAnsweredBefore = this.#state === "healthy" || (this.#state === "degraded" && this.#failedInRow < 2);
    this.#enter(hasAnsweredBefore ? "degraded" : "down", atMs);
  }

  /** It is there, and said no to one question: the next may be answered. */
  refused(error: WeftError, atMs: number): void {
    this.#heardMs = atMs;
    this.#failedInRow = 0;
    this.#failure = error;
    this.#enter("degraded", atMs);
  }

  /** Start of the newest trace that came, epoch milliseconds. */
  saw(startMs: number): void {
    if (this.#newestMs === null || startMs > this.#newestMs) this.#newestMs = startMs;
  }

  status(): SourceStatus {
    const { id, kind, address, gives, dims } = this.#about;
    const isHeard = this.#state === "healthy" || this.#state === "degraded";
    return {
      id,
      kind,
      state: this.#state,
      since: new Date(this.#sinceMs).toISOString(),
      address,
      gives: [...gives],
      dims: this.#state === "down" ? [...dims] : [],
      newestData: this.#newestMs === null ? null : new Date(this.#newestMs).toISOString(),
      answeredInMs: this.#answeredInMs,
      coverage: { n: isHeard ? 1 : 0, of: 1 },
      lastError: this.#failure?.message ?? null,
      mend: this.#failure?.mend ?? null,
      findings: [],
    };
  }

  #enter(state: SourceState, atMs: number): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#sinceMs = atMs;
  }
}
