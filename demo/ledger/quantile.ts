/** The nearest-rank quantile of ascending numbers: always one that was really measured. `null` when there is none. */
export function quantile(ascending: readonly number[], share: number): number | null {
  const rank = Math.max(1, Math.ceil(share * ascending.length));
  const value = ascending[rank - 1];
  return value === undefined ? null : Math.round(value * 100) / 100;
}
