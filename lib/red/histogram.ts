import type { LatencyHistogram } from "#lib/model/red.ts";

/** A histogram without a single duration in it, in the given layout. */
export function emptyHistogram(boundsMs: readonly number[]): LatencyHistogram {
  return { boundsMs, counts: Array.from({ length: boundsMs.length + 1 }, () => 0) };
}

function hasSameBounds(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((bound, index) => bound === b[index]));
}

/**
 * Adds two histograms. Where their layouts differ, the result has the bounds of both, and each count stays at its own
 * upper bound: cumulative counts at every bound of the coarser one remain exact, and no duration moves up a bucket.
 */
export function mergeHistograms(a: LatencyHistogram, b: LatencyHistogram): LatencyHistogram {
  if (hasSameBounds(a.boundsMs, b.boundsMs)) {
    return { boundsMs: a.boundsMs, counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)) };
  }
  const boundsMs = [...new Set([...a.boundsMs, ...b.boundsMs])].toSorted((x, y) => x - y);
  const counts = Array.from({ length: boundsMs.length + 1 }, () => 0);
  for (const part of [a, b]) {
    part.counts.forEach((count, index) => {
      const bound = part.boundsMs[index];
      const slot = bound === undefined ? boundsMs.length : boundsMs.indexOf(bound);
      counts[slot] = (counts[slot] ?? 0) + count;
    });
  }
  return { boundsMs, counts };
}

/** Many histograms at once, as `mergeHistograms` would one after the other. Order does not matter. */
export function sumHistograms(parts: readonly LatencyHistogram[]): LatencyHistogram | null {
  const [first, ...rest] = parts;
  if (first === undefined || rest.length === 0) return first ?? null;
  if (!rest.every((part) => hasSameBounds(first.boundsMs, part.boundsMs))) return rest.reduce(mergeHistograms, first);
  const counts = [...first.counts];
  for (const part of rest) for (let slot = 0; slot < counts.length; slot++) counts[slot] = (counts[slot] ?? 0) + (part.counts[slot] ?? 0);
  return { boundsMs: first.boundsMs, counts };
}

export function histogramTotal({ counts }: LatencyHistogram): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

/**
 * The duration below which a share `q` (0 to 1) of the requests stayed, milliseconds, linear inside the bucket.
 * `null` without any request or any bound. What lies above the last bound answers that bound: the true value is not
 * known there.
 */
export function quantileMs(histogram: LatencyHistogram, q: number): number | null {
  const total = histogramTotal(histogram);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  // Asked three times for every edge of the map: an iterator's pairs would be most of its garbage.
  for (let index = 0; index < histogram.counts.length; index++) {
    const count = histogram.counts[index] ?? 0;
    if (count > 0 && below + count >= rank) {
      const upper = histogram.boundsMs[index];
      if (upper === undefined) return histogram.boundsMs.at(-1) ?? null;
      const lower = histogram.boundsMs[index - 1] ?? 0;
      return lower + (upper - lower) * Math.max(0, (rank - below) / count);
    }
    below += count;
  }
  return histogram.boundsMs.at(-1) ?? null;
}
