import { readNumber } from "./sample-value.ts";

/** A native histogram as bounds and counts between them; the last count lies above the last bound. */
export interface NativeHistogram {
  bounds: readonly number[];
  counts: readonly number[];
  sum: number;
  count: number;
}

/** What a server keeps of one histogram at most is 160 buckets a side; many joined ones have more. */
const MAX_BUCKETS = 10_000;

/**
 * `{count, sum, buckets: [[rule, "lower", "upper", "count"], …]}` of the HTTP interface, in order of bounds. Stretches that no
 * bucket covers are empty buckets here, so that nothing is thought to lie in them. `null` = it holds values that are no
 * numbers, as after a staleness mark; `undefined` = it is no histogram.
 */
export function readHistogram(value: unknown): NativeHistogram | null | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { count: countText, sum: sumText, buckets = [] } = value as { count?: unknown; sum?: unknown; buckets?: unknown };
  if (typeof countText !== "string" || typeof sumText !== "string" || !Array.isArray(buckets) || buckets.length > MAX_BUCKETS) {
    return undefined;
  }
  const [count, sum] = [readNumber(countText), readNumber(sumText)];
  if (count === null || sum === null) return undefined;
  const read = readBuckets(buckets);
  if (read === undefined) return undefined;
  return Number.isFinite(count) && Number.isFinite(sum) && read !== null ? { ...read, sum, count } : null;
}

function readBuckets(buckets: readonly unknown[]): Pick<NativeHistogram, "bounds" | "counts"> | null | undefined {
  const bounds: number[] = [];
  const counts: number[] = [];
  let above = 0;
  for (const bucket of buckets) {
    if (!Array.isArray(bucket) || bucket.length !== 4) return undefined;
    const [lower, upper, count] = bucket.slice(1).map((text: unknown) => (typeof text === "string" ? readNumber(text) : null));
    if (lower === null || upper === null || count === null || lower === undefined || upper === undefined || count === undefined) {
      return undefined;
    }
    if (Number.isNaN(lower) || Number.isNaN(upper) || !Number.isFinite(count)) return null;
    const last = bounds.at(-1);
    if (Number.isFinite(lower) && lower > (last ?? 0)) {
      bounds.push(lower);
      counts.push(0);
    }
    if (upper === Number.POSITIVE_INFINITY) above += count;
    else {
      bounds.push(upper);
      counts.push(count);
    }
  }
  return { bounds, counts: [...counts, above] };
}
