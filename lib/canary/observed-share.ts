import type { Observation, ObservedLeg } from "#lib/model/change.ts";

import { wilsonInterval, Z_997 } from "./proportions.ts";

/** Fewer requests than this prove nothing about a share. */
export const FEWEST_OBSERVED = 50;

export interface AskedLeg {
  id: string;
  version: string | null;
  /** Asked share, 0 to 1. */
  share: number;
}

/**
 * Whether the split seen in traffic is the one that was asked. A share holds when it lies in the 99.7 % Wilson interval
 * of what was counted, over at least 50 requests; a leg that was emptied holds only with not one request. `null` where
 * two legs bear one version: requests are told apart by version, so nothing can be said of either.
 */
export function observeSplit(legs: readonly AskedLeg[], countOf: ReadonlyMap<string | null, number>, fromMs: number): Observation | null {
  if (new Set(legs.map((leg) => leg.version)).size < legs.length) return null;
  const counts = legs.map((leg) => countOf.get(leg.version) ?? 0);
  const n = counts.reduce((sum, count) => sum + count, 0);
  const observed = legs.map((leg, index): ObservedLeg => {
    const count = counts[index] ?? 0;
    const { low, high } = wilsonInterval(count, n, Z_997);
    return {
      id: leg.id,
      version: leg.version,
      asked: leg.share,
      share: n > 0 ? count / n : null,
      low: n > 0 ? low : null,
      high: n > 0 ? high : null,
      count,
      withinTolerance: n >= FEWEST_OBSERVED && isWithin(leg.share, count, n, low, high),
    };
  });
  return {
    from: new Date(fromMs).toISOString(),
    n,
    legs: observed,
    withinTolerance: observed.length > 0 && observed.every((leg) => leg.withinTolerance),
  };
}

function isWithin(asked: number, count: number, n: number, low: number, high: number): boolean {
  if (asked === 0) return count === 0;
  if (asked === 1) return count === n;
  return asked >= low && asked <= high;
}
