import { drawsFor, exponentialMs } from "../random/draws.ts";

export interface Arrivals {
  /** Starts calling, or takes on a new rate from now on. 0 pauses. */
  setRate(perSecond: number): void;
}

/** A caller that is due this late missed its turn for good: after a pause of the machine there must be no burst. */
const MAX_LATE_MS = 1_000;

/**
 * Open-loop arrivals of a Poisson process: due whether or not earlier calls were answered. The n-th arrival of a seed always comes
 * with the number n, whatever pauses lie between.
 */
export function poissonArrivals(seed: number, label: string, onArrival: (index: number) => void): Arrivals {
  const draws = drawsFor(seed, "arrivals", label);
  let rate = 0;
  let index = 0;
  let dueMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const wait = (): void => {
    timer = setTimeout(run, Math.max(0, dueMs - performance.now()));
  };
  const run = (): void => {
    const now = performance.now();
    if (now - dueMs > MAX_LATE_MS) dueMs = now;
    while (dueMs <= now) {
      onArrival(index);
      index += 1;
      dueMs += exponentialMs(draws, rate);
    }
    wait();
  };

  return {
    setRate(perSecond) {
      if (perSecond === rate) return;
      clearTimeout(timer);
      rate = perSecond;
      if (rate <= 0) return;
      dueMs = performance.now() + exponentialMs(draws, rate);
      wait();
    },
  };
}
