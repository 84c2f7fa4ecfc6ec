import { wilsonInterval, Z_95 } from "#lib/canary/proportions.ts";
import type { RedSeries } from "#lib/model/red-chart.ts";

/** Values over time; `null` = gap. */
export interface Points {
  t: number[];
  values: (number | null)[];
}

/** Error shares over time with their 95 % Wilson interval; `null` where there was no call to fail. */
export interface ShareBand extends Points {
  bands: ([number, number] | null)[];
}

interface Bins {
  t: number[];
  count: (number | null)[];
  errors: (number | null)[];
}

/**
 * Sums of a group's counts in bins of `binMs`. Bins lie on round times, so that a live chart keeps its past as it was; the
 * newest may still be filling. A bin of gaps is a gap.
 */
function bins(series: RedSeries, binMs: number): Bins {
  const result: Bins = { t: [], count: [], errors: [] };
  let open = Number.NaN;
  series.t.forEach((t, index) => {
    const bin = Math.ceil(t / binMs);
    if (bin !== open) {
      result.t.push(t);
      result.count.push(null);
      result.errors.push(null);
      open = bin;
    }
    const last = result.t.length - 1;
    result.t[last] = t;
    result.count[last] = plus(result.count[last] ?? null, series.count[index] ?? null);
    result.errors[last] = plus(result.errors[last] ?? null, series.errorCount[index] ?? null);
  });
  return result;
}

function plus(sum: number | null, value: number | null): number | null {
  return value === null ? sum : (sum ?? 0) + value;
}

/** Error shares of a group in bins of `binMs`, each with its interval. */
export function errorShares(series: RedSeries, binMs: number): ShareBand {
  const { t, count, errors } = bins(series, binMs);
  const values = count.map((n, index) => (n === null || n === 0 ? null : (errors[index] ?? 0) / n));
  const bands = count.map((n, index): [number, number] | null => {
    if (n === null || n === 0) return null;
    const { low, high } = wilsonInterval(errors[index] ?? 0, n, Z_95);
    return [low, high];
  });
  return { t, values, bands };
}

/** How many steps make one bin, so that about `wanted` bins fill the chart. */
export function binFactor(steps: number, wanted: number): number {
  return Math.max(1, Math.round(steps / wanted));
}

/** Share of the calls that one group got in each step, of all groups together; `null` where nobody got any. */
export function groupShare(all: readonly RedSeries[], group: string): Points {
  const own = all.find((series) => series.group === group);
  const t = own?.t ?? all[0]?.t ?? [];
  const values = t.map((_, index) => {
    const counts = all.map((series) => series.count[index] ?? null).filter((count) => count !== null);
    const n = counts.reduce((sum, count) => sum + count, 0);
    return n === 0 ? null : (own?.count[index] ?? 0) / n;
  });
  return { t, values };
}

/** Step of a chart over a window, as the API spells it: fine where the ring is fine, about sixty points. */
export function stepFor(windowMs: number): string {
  if (windowMs <= 60_000) return "2s";
  if (windowMs <= 300_000) return "5s";
  if (windowMs <= 900_000) return "10s";
  return "60s";
}
