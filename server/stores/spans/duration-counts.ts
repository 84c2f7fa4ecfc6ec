/** Upper bounds of the buckets of every rollup, milliseconds; one more bucket holds what is above the last. */
export const BOUNDS_MS: readonly number[] = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300, 350, 400, 500, 700, 1_000, 2_500, 5_000, 10_000,
];

const BOUNDS_NS = BOUNDS_MS.map((bound) => bound * 1_000_000);

/** Bucket `(bounds[i-1], bounds[i]]` of a duration. */
export function bucketOf(durationNs: number): number {
  let low = 0;
  let high = BOUNDS_NS.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((BOUNDS_NS[middle] ?? 0) < durationNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function noCounts(): number[] {
  return Array.from({ length: BOUNDS_MS.length + 1 }, () => 0);
}

/** Eight bytes hold any count that is exact as a JS number. */
const scratch = new Uint8Array((BOUNDS_MS.length + 1) * 8);

/** Most buckets of a minute are empty or small: one byte each (LEB128), and none after the last that is not empty. */
export function encodeCounts(counts: readonly number[]): Uint8Array {
  let buckets = counts.length;
  while (buckets > 0 && (counts[buckets - 1] ?? 0) <= 0) buckets--;
  let length = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    let count = counts[bucket] ?? 0;
    while (count > 127) {
      scratch[length++] = (count % 128) + 128;
      count = Math.floor(count / 128);
    }
    scratch[length++] = count;
  }
  return scratch.slice(0, length);
}

/** Adds what `encodeCounts` wrote onto `counts`, which may be shorter. */
export function addEncoded(counts: number[], bytes: Uint8Array): void {
  let bucket = 0;
  let value = 0;
  let weight = 1;
  for (const byte of bytes) {
    value += (byte % 128) * weight;
    if (byte > 127) {
      weight *= 128;
      continue;
    }
    counts[bucket] = (counts[bucket] ?? 0) + value;
    bucket++;
    value = 0;
    weight = 1;
  }
}
