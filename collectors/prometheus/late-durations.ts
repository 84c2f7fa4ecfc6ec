import type { WeftError, Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import type { RowDurations } from "./mapper.ts";

/** By the text of a row's key. */
export type Durations = ReadonlyMap<string, RowDurations>;

interface Arrived {
  atMs: number;
  costMs: number;
  found: Durations;
  /** Averages come before quantiles. */
  isWhole: boolean;
  error: WeftError | null;
}

/** Older ones would stand beside requests that they have nothing to do with. */
const VALID_MS = 30_000;
const LEAST_PAUSE_MS = 10_000;
/** A store spends at most a tenth of its time on these. */
const PAUSE_PER_COST = 9;
const MOST_KEPT = 8;

/**
 * How durations of a whole mesh are spread. It costs a store ten times as much as the counts, so nobody waits for it: it is
 * fetched behind their back and is there for the next question about a window of the same length.
 */
export class LateDurations {
  readonly #clock: Clock;
  readonly #arrived = new Map<string, Arrived>();
  #isFetching = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `null` = they are not there yet. With an error there are none, and it says why. */
  take(key: string): { found: Durations; isWhole: boolean; error: WeftError | null } | null {
    const arrived = this.#arrived.get(key);
    return arrived === undefined || this.#clock.monotonicMs() - arrived.atMs > VALID_MS ? null : arrived;
  }

  /**
   * Fetches them unless that is under way, or was done a moment ago. `ask` may publish what has come first. Not waited for.
   */
  refresh(key: string, ask: (publish: (found: Durations) => void) => Promise<Result<Durations>>): void {
    const arrived = this.#arrived.get(key);
    const beganMs = this.#clock.monotonicMs();
    if (this.#isFetching) return;
    if (arrived !== undefined && beganMs - arrived.atMs < pauseAfter(arrived)) return;
    this.#isFetching = true;
    void ask((found) => {
      // Older ones that are whole tell more than new ones that are not.
      if (this.take(key)?.isWhole !== true) this.#put(key, { found, isWhole: false, error: null, costMs: 0 });
    })
      .then((result) => {
        const costMs = this.#clock.monotonicMs() - beganMs;
        const before = this.#arrived.get(key);
        // What was published by this very question stays where its rest failed; older ones would look newer than they are.
        const published: Durations = before?.isWhole === false ? before.found : new Map<string, RowDurations>();
        const found = result.ok ? result.value : published;
        this.#put(key, { found, isWhole: true, error: result.ok ? null : result.error, costMs });
      })
      .finally(() => {
        this.#isFetching = false;
      });
  }

  #put(key: string, arrived: Omit<Arrived, "atMs">): void {
    this.#arrived.delete(key);
    this.#arrived.set(key, { ...arrived, atMs: this.#clock.monotonicMs() });
    const [oldest] = this.#arrived.keys();
    if (this.#arrived.size > MOST_KEPT && oldest !== undefined) this.#arrived.delete(oldest);
  }
}

function pauseAfter({ costMs }: Arrived): number {
  return Math.min(VALID_MS, Math.max(LEAST_PAUSE_MS, costMs * PAUSE_PER_COST));
}
