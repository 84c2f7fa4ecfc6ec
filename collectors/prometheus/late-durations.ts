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

/** Asks for durations; may publish what has come first. */
export type AskDurations = (publish: (found: Durations) => void) => Promise<Result<Durations>>;

interface Waiting {
  ask: AskDurations;
  /** When they were last asked for, by the monotonic clock. */
  atMs: number;
}

/**
 * How durations of a whole mesh are spread. It costs a store ten times as much as the counts, so nobody waits for it: it is
 * fetched behind their back, one window at a time, and is there for the next question about the same window.
 */
export class LateDurations {
  readonly #clock: Clock;
  readonly #arrived = new Map<string, Arrived>();
  /** Those whose turn comes, the last one first. */
  readonly #waiting = new Map<string, Waiting>();
  #fetching: string | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `null` = they are not there yet. With an error there are none, and it says why. */
  take(key: string): { found: Durations; isWhole: boolean; error: WeftError | null } | null {
    const arrived = this.#arrived.get(key);
    return arrived === undefined || this.#clock.monotonicMs() - arrived.atMs > VALID_MS ? null : arrived;
  }

  /** Fetches them unless that was done a moment ago or is under way; after others, if those are. Not waited for. */
  refresh(key: string, ask: AskDurations): void {
    if (this.#fetching === key || this.#isEnough(key)) return;
    if (this.#fetching === null) {
      this.#begin(key, ask);
      return;
    }
    this.#waiting.delete(key);
    this.#waiting.set(key, { ask, atMs: this.#clock.monotonicMs() });
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_KEPT && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** Fetches them if they are not there. Those that wait already are put as they were going to be. */
  ensure(key: string, ask: AskDurations): void {
    if (this.take(key) === null) this.refresh(key, this.#waiting.get(key)?.ask ?? ask);
  }

  #isEnough(key: string): boolean {
    const arrived = this.#arrived.get(key);
    return arrived !== undefined && this.#clock.monotonicMs() - arrived.atMs < pauseAfter(arrived);
  }

  #begin(key: string, ask: AskDurations): void {
    const beganMs = this.#clock.monotonicMs();
    this.#fetching = key;
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
        this.#fetching = null;
        this.#next();
      });
  }

  #next(): void {
    const last = [...this.#waiting].at(-1);
    if (last === undefined) return;
    const [key, { ask, atMs }] = last;
    this.#waiting.delete(key);
    // Who still looks at a window has asked again since; nor has any that waits longer.
    if (this.#clock.monotonicMs() - atMs > VALID_MS) this.#waiting.clear();
    else this.#begin(key, ask);
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
