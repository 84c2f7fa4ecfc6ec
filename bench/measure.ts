/** The middle one of some times, rounded to a hundredth of a millisecond. */
export function medianMs(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 100) / 100;
}
