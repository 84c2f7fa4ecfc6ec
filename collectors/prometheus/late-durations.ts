import type { WeftError, Result } from "#lib/model/errors.ts";
import type { LatencyHistogram } from "#lib/model/red.ts";
import type { Clock } from "#lib/ports/time.ts";

export type Latencies = ReadonlyMap<string, LatencyHistogram>;

interface Arrived {
  atMs: number;
  costMs: number;
  latencies: Latencies;
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
  take(key: string): { latencies: Latencies; error: WeftError | null } | null {
    const arrived = this.#arrived.get(key);
    return arrived === undefined || this.#clock.monotonicMs() - arrived.atMs > VALID_MS ? null : arrived;
  }

  /** Fetches them unless that is under way, or was done a moment ago. Never throws, and is not waited for. */
  refresh(key: string, ask: () => Promise<Result<Latencies>>): void {
    const arrived = this.#arrived.get(key);
    const nowMs = this.#clock.monotonicMs();
    if (this.#isFetching) return;
    if (arrived !== undefined && nowMs - arrived.atMs < Math.min(VALID_MS, Math.max(LEAST_PAUSE_MS, arrived.costMs * PAUSE_PER_COST)))
      return;
    this.#isFetching = true;
    void ask()
      .then((result) => {
        const atMs = this.#clock.monotonicMs();
        const latencies = result.ok ? result.value : new Map<string, LatencyHistogram>();
        this.#arrived.delete(key);
        this.#arrived.set(key, { atMs, costMs: atMs - nowMs, latencies, error: result.ok ? null : result.error });
        const [oldest] = this.#arrived.keys();
        if (this.#arrived.size > MOST_KEPT && oldest !== undefined) this.#arrived.delete(oldest);
      })
      .finally(() => {
        this.#isFetching = false;
      });
  }
}
