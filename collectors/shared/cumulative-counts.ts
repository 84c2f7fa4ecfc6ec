import type { LatencyHistogram } from "#lib/model/red.ts";

/**
 * Durations from counts that are cumulative: `upTo` = how many took at most this long, by their bound, `Infinity` for all of
 * them; a bound that is missing adds nothing. Bounds in milliseconds, in order. Proxies estimate a bound inside one of their
 * own bins, so a step may round below 0; it counts as 0.
 */
export function fromCumulative(upTo: ReadonlyMap<number, number>, boundsMs: readonly number[]): LatencyHistogram {
  let below = 0;
  const counts = [...boundsMs, Infinity].map((bound) => {
    const reached = Math.max(below, upTo.get(bound) ?? 0);
    const count = reached - below;
    below = reached;
    return count;
  });
  return { boundsMs, counts };
}
