import { formatDuration } from "#lib/client/format.ts";
import type { RedChart } from "#lib/model/red-chart.ts";

import type { ChartSeries, ChartSpec } from "./chart-spec.ts";
import { timeFrame, type RedLook } from "./red-specs.ts";
import { requestDots } from "./request-dots.ts";
import { logTicks } from "./ticks.ts";

/** p50, p95 and p99 of all calls on a logarithmic axis, since the slow ones are worlds away from the rest. */
export function durationSpec(chart: RedChart, look: RedLook): ChartSpec {
  const all = chart.series[0];
  const frame = timeFrame(chart, look);
  const quantiles = [
    { key: "p99", values: all?.p99Ms ?? [], color: "var(--text-3)", width: 1 },
    { key: "p95", values: all?.p95Ms ?? [], color: "var(--text-2)", width: 1.5 },
    { key: "p50", values: all?.p50Ms ?? [], color: "var(--q-50)", width: 2 },
  ];
  const known = quantiles
    .flatMap((one) => one.values)
    .filter((value) => value !== null)
    .filter((value) => value > 0);
  const ticks = logTicks(Math.min(...known, 1_000), Math.max(...known, 1));
  return {
    ...frame,
    label: "Median, 95th and 99th percentile of the duration",
    t: all?.t ?? [],
    // A logarithmic axis has no zero: a duration of 0 ms stands at its foot.
    series: quantiles.map((one): ChartSeries => ({
      key: one.key,
      name: one.key,
      color: one.color,
      kind: "line",
      width: one.width,
      values: one.values.map((value) => (value === null ? null : Math.max(value, ticks[0] ?? 1))),
    })),
    dots: requestDots(look.exemplars ?? [], frame.domain, (one) => one.durationMs),
    ticks,
    isLog: true,
    format: formatDuration,
    formatTick: formatDuration,
  };
}
