/** The middle one of some times, rounded to a hundredth of a millisecond. */
export function medianMs(times: readonly number[]): number {
  return quantile(times, 0.5);
}

/** Nearest rank of some measurements, rounded to hundredths; 0 = there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return hundredths(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

/** The middle one of some speeds, in whole things per second. */
export function medianSpeed(speeds: readonly number[]): number {
  return Math.round(quantile(speeds, 0.5));
}

export function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Seconds of CPU that a piece of work took, with the collector of garbage and the system's share: other processes do not count. */
export async function cpuSeconds(work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
