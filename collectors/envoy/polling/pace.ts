/** How the last question to a proxy went. */
export interface Asked {
  /** From the start of the poll to now, milliseconds. */
  sinceStartMs: number;
  /** How long the statistics took, milliseconds; `null` when they did not come. */
  answeredInMs: number | null;
  /** Failures in a row, this one included. */
  failures: number;
}

/** An answer that takes longer is a burden to the proxy, which answers its admin on one thread. */
const SLOW_MS = 100;

/** A dead proxy is asked again this often at the latest. */
const LONGEST_PAUSE_MS = 5_000;

/** Milliseconds until the next poll: the interval, twice as long for a slow proxy, doubling for one that fails. */
export function nextPollIn(intervalMs: number, { sinceStartMs, answeredInMs, failures }: Asked): number {
  const pause =
    failures > 0 ? failurePause(intervalMs, failures) : answeredInMs !== null && answeredInMs > SLOW_MS ? 2 * intervalMs : intervalMs;
  return Math.max(0, pause - sinceStartMs);
}

function failurePause(intervalMs: number, failures: number): number {
  return Math.min(intervalMs * 2 ** Math.min(failures - 1, 16), Math.max(LONGEST_PAUSE_MS, intervalMs));
}
