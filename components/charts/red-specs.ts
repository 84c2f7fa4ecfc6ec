import { FAILING_FROM } from "#components/ui/tone.ts";
import { versionColor, versionDash } from "#components/ui/version-swatch.tsx";
import { formatAxisNumber, formatAxisPercent, formatClock, formatDuration, formatNumber, formatPercent } from "#lib/client/format.ts";
import type { RedChart, RedSeries } from "#lib/model/red-chart.ts";
import type { Exemplar } from "#lib/model/trace.ts";

import type { ChartMark, ChartSeries, ChartSpec } from "./chart-spec.ts";
import { requestDots } from "./request-dots.ts";
import { binFactor, errorShares } from "./red-lines.ts";
import { shareTicks, timeTicks, valueTicks } from "./ticks.ts";

export interface RedLook {
  marks?: readonly ChartMark[];
  isCompact?: boolean;
  height?: number;
  /** Requests that stand for the durations and the errors. */
  exemplars?: readonly Exemplar[];
  /** Stacks the versions' requests, so that the top line is all of them. */
  isStacked?: boolean;
}

export interface RedSpecs {
  rate: ChartSpec;
  errors: ChartSpec;
  p95: ChartSpec;
}

const COMPACT_PX = 56;
const FULL_PX = 208;
const ERROR_BINS = 20;
const MOST_TIMES = 6;

function maxOf(values: readonly (number | null)[]): number {
  return Math.max(0, ...values.map((value) => value ?? 0));
}

/** Largest sum of several lines at one moment. */
function maxStack(lines: readonly (readonly (number | null)[])[]): number {
  const length = Math.max(0, ...lines.map((line) => line.length));
  return Math.max(0, ...Array.from({ length }, (_, index) => lines.reduce((sum, line) => sum + (line[index] ?? 0), 0)));
}

/** Series in the order of their colours; a group that the order does not name comes last. */
function ordered(chart: RedChart, names: readonly (string | null)[]): { series: RedSeries; index: number }[] {
  return chart.series
    .map((series) => {
      const at = names.findIndex((name) => name === series.group || (name === null && series.group in GROUP_NAMES));
      return { series, index: at < 0 ? names.length : at };
    })
    .toSorted((a, b) => a.index - b.index);
}

/** The frame that the charts of one answer share: its times. */
export function timeFrame(chart: RedChart, look: RedLook) {
  const domain = [Date.parse(chart.window.from), Date.parse(chart.window.to)] as const;
  const zoneMs = -new Date(domain[1]).getTimezoneOffset() * 60_000;
  const times = timeTicks(domain[0], domain[1], MOST_TIMES, zoneMs);
  return {
    domain,
    timeTicks: times.ticks,
    formatTime: (t: number) => (times.stepMs < 60_000 ? formatClock(t) : formatClock(t).slice(0, 5)),
    marks: (look.marks ?? []).filter((mark) => mark.t >= domain[0] && mark.t <= domain[1]),
    height: look.height ?? (look.isCompact === true ? COMPACT_PX : FULL_PX),
    ...(look.isCompact === true ? { isCompact: true } : {}),
  };
}

/** What the API calls the calls whose version nobody told, and the line that holds everything. */
const GROUP_NAMES: Readonly<Record<string, string>> = { unknown: "no version", all: "all" };

function lineLook(series: RedSeries, index: number) {
  return { key: series.group, name: GROUP_NAMES[series.group] ?? series.group, color: versionColor(index), dash: versionDash(index) };
}

/** Requests, error shares and p95 of every version, ready to draw. */
export function redSpecs(chart: RedChart, names: readonly (string | null)[], look: RedLook): RedSpecs {
  const frame = timeFrame(chart, look);
  const groups = ordered(chart, names);
  const t = groups[0]?.series.t ?? [];
  const factor = binFactor(t.length, look.isCompact === true ? ERROR_BINS : ERROR_BINS * 1.5);
  const shares = groups.map(({ series, index }) => ({ ...lineLook(series, index), ...errorShares(series, factor * chart.stepMs) }));
  const rates = groups.map(({ series }) => series.rate);
  const isStacked = look.isStacked === true;

  const rate = groups.map(({ series, index }): ChartSeries => ({
    ...lineLook(series, index),
    kind: isStacked ? "area" : "line",
    ...(isStacked ? { stack: "all" } : { hasEndDot: true }),
    values: series.rate,
  }));
  const errors = shares.map(({ key, name, color, dash, values, bands }): ChartSeries => ({
    key,
    name,
    color,
    dash,
    kind: "line",
    values,
    bands,
    hasEndDot: true,
  }));
  const p95 = groups.map(({ series, index }): ChartSeries => ({
    ...lineLook(series, index),
    kind: "line",
    values: series.p95Ms,
    hasEndDot: true,
  }));
  const about = look.isCompact === true ? 2 : 4;
  // The shade of a rare version may reach to the top; the axis follows the lines, so that they stay readable.
  const errorTop = Math.max(0.01, maxOf(shares.flatMap((one) => one.values)) * 1.15);
  return {
    rate: {
      ...frame,
      t,
      label: `Requests per second${names.length > 1 ? " by version" : ""}`,
      series: rate,
      ticks: valueTicks(isStacked ? maxStack(rates) : maxOf(rates.flat()), about),
      format: formatNumber,
      formatTick: formatAxisNumber,
    },
    errors: {
      ...frame,
      t: shares[0]?.t ?? [],
      label: `Error share${names.length > 1 ? " by version" : ""}`,
      series: errors,
      ticks: shareTicks(errorTop, about),
      // A single request has no share: the failed ones stand on the foot of the chart.
      dots: requestDots(
        (look.exemplars ?? []).filter((one) => one.isError),
        frame.domain,
        () => 0,
      ),
      limit: { value: FAILING_FROM, label: `limit ${formatAxisPercent(FAILING_FROM)}` },
      format: formatPercent,
      formatTick: formatAxisPercent,
    },
    p95: {
      ...frame,
      t,
      label: `95th percentile of the duration${names.length > 1 ? " by version" : ""}`,
      series: p95,
      dots: requestDots(look.exemplars ?? [], frame.domain, (one) => one.durationMs),
      ticks: valueTicks(maxOf(groups.flatMap(({ series }) => series.p95Ms)), about),
      format: formatDuration,
      formatTick: look.isCompact === true ? formatAxisNumber : formatDuration,
    },
  };
}
