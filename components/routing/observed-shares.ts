import { wilsonInterval, Z_95 } from "#lib/canary/proportions.ts";
import type { SplitLeg } from "#lib/model/routing.ts";

import type { ObservedShare } from "./split-editor.tsx";

/** Shares that the legs got of a window's calls, with their 95 % Wilson interval. Legs whose calls are not told stay `null`. */
export function observedShares(
  legs: readonly SplitLeg[],
  versions: readonly { version: string | null; red: { count: number | null } }[],
): ObservedShare[] {
  const countOf = (leg: SplitLeg) => versions.find((one) => one.version === leg.version)?.red.count ?? (versions.length > 0 ? 0 : null);
  const counts = legs.map(countOf);
  const n = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return legs.map((leg, index) => {
    const count = counts[index] ?? null;
    if (count === null || n === 0) return { legId: leg.id, share: null, low: null, high: null };
    const { low, high } = wilsonInterval(count, n, Z_95);
    return { legId: leg.id, share: count / n, low, high };
  });
}
