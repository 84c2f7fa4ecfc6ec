const THINNEST = 1;
const RANGE = 7;

/**
 * Width of an edge in pixels: 1 + 7 * sqrt(rate / largest). An edge whose rate is not known has the thinnest line,
 * and the caller draws it as unknown.
 */
export function edgeWidth(rate: number | null, largest: number): number {
  if (rate === null || rate <= 0 || largest <= 0) return THINNEST;
  return THINNEST + RANGE * Math.sqrt(Math.min(1, rate / largest));
}

/** Length of the arrowhead that fits a line of this width. */
export function arrowLength(width: number): number {
  return 6 + 0.85 * width;
}

/** The largest known rate, the reference of all widths; 0 when none is known. */
export function largestRate(rates: Iterable<number | null>): number {
  let largest = 0;
  for (const rate of rates) if (rate !== null && rate > largest) largest = rate;
  return largest;
}
