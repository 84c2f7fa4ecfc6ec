import type { LatencyHistogram } from "#lib/model/red.ts";
import { emptyHistogram, histogramTotal, mergeHistograms } from "#lib/red/histogram.ts";

import { normalTail } from "./proportions.ts";

export interface RankComparison {
  /** Probability that a random duration of `a` is longer than one of `b`; ties count half. 0.5 = no difference. */
  slowerShare: number;
  /** Two-sided p-value, normal approximation with tie correction. */
  p: number;
}

/**
 * Mann-Whitney U test on two histograms: durations in one bucket are ties, and the variance is corrected for them.
 * `null` when one side is empty. Source: H. B. Mann and D. R. Whitney (1947); tie correction as in E. L. Lehmann,
 * "Nonparametrics" (1975), section 1.4.
 */
export function compareDurations(a: LatencyHistogram, b: LatencyHistogram): RankComparison | null {
  const na = histogramTotal(a);
  const nb = histogramTotal(b);
  if (na === 0 || nb === 0) return null;
  const layout = mergeHistograms(emptyHistogram(a.boundsMs), emptyHistogram(b.boundsMs));
  const countsA = mergeHistograms(layout, a).counts;
  const countsB = mergeHistograms(layout, b).counts;
  const n = na + nb;
  let below = 0;
  let u = 0;
  let ties = 0;
  for (const [index, inA] of countsA.entries()) {
    const inB = countsB[index] ?? 0;
    u += inA * (below + inB / 2);
    below += inB;
    const tied = inA + inB;
    ties += tied ** 3 - tied;
  }
  const variance = n > 1 ? ((na * nb) / 12) * (n + 1 - ties / (n * (n - 1))) : 0;
  const slowerShare = u / (na * nb);
  if (variance <= 0) return { slowerShare, p: 1 };
  const z = (u - (na * nb) / 2) / Math.sqrt(variance);
  return { slowerShare, p: Math.min(1, 2 * normalTail(Math.abs(z))) };
}
