import type { ChartSegment, ChartSeries, ChartSpec } from "#components/charts/chart-spec.ts";
import { groupShare } from "#components/charts/red-lines.ts";
import { countTicks, relativeTicks, shareTicks } from "#components/charts/ticks.ts";
import { versionColor } from "#components/ui/version-swatch.tsx";
import { formatAxisPercent, formatCount, formatPercent } from "#lib/client/format.ts";
import type { RedChart } from "#lib/model/red-chart.ts";

export interface EffectLook {
  /** When the change was written; `null` for a plan, which has no moment yet. */
  atMs: number | null;
  /** Words of the mark: `v2 → 0 %`. */
  label: string;
  versions: readonly (string | null)[];
  /** The version whose share is drawn, and its share before and after. */
  told: { version: string; before: number; after: number } | null;
}

const ERRORS_PX = 190;
const SHARE_PX = 92;

function frame(chart: RedChart, look: EffectLook) {
  const from = Date.parse(chart.window.from);
  const to = Date.parse(chart.window.to);
  const zero = look.atMs ?? to;
  return {
    domain: [from, to] as const,
    timeTicks: relativeTicks(from, to, zero, 6),
    formatTime: (t: number) => relativeWord(t - zero),
    ...(look.atMs === null ? {} : { marks: [{ t: look.atMs, label: look.label }], shadeFrom: look.atMs }),
  };
}

function relativeWord(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds === 0 ? "0 s" : `${seconds > 0 ? "+" : "\u2212"}${Math.abs(seconds)} s`;
}

/** Errors per step, a bar for each step, stacked by version. */
export function errorsSpec(chart: RedChart, look: EffectLook): ChartSpec {
  const half = chart.stepMs / 2;
  const groups = chart.series.toSorted((a, b) => indexOf(a.group, look) - indexOf(b.group, look));
  const t = (groups[0]?.t ?? []).map((end) => end - half);
  const series = groups.map((group): ChartSeries => ({
    key: group.group,
    name: group.group,
    color: versionColor(indexOf(group.group, look)),
    kind: "bar",
    stack: "errors",
    values: group.errorCount,
  }));
  const most = Math.max(0, ...t.map((_, index) => series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0)));
  return {
    ...frame(chart, look),
    label: `Errors per ${chart.stepMs / 1_000} seconds by version, before and after the change`,
    height: ERRORS_PX,
    t,
    series,
    ticks: countTicks(most, 3),
    format: formatCount,
    formatTick: formatCount,
  };
}

function piece(start: number, end: number, a: number, b: number): ChartSegment {
  return { from: { t: start, value: a }, to: { t: end, value: b } };
}

/** The share of calls that one version got, against the share that was asked. */
export function shareSpec(chart: RedChart, look: EffectLook): ChartSpec | null {
  const { told } = look;
  if (told === null) return null;
  const observed = groupShare(chart.series, told.version);
  const at = look.atMs;
  const from = Date.parse(chart.window.from);
  const to = Date.parse(chart.window.to);
  const asked =
    at === null
      ? [piece(from, to, told.before, told.before)]
      : [piece(from, at, told.before, told.before), piece(at, at, told.before, told.after), piece(at, to, told.after, told.after)];
  const top = Math.max(told.before, at === null ? 0 : told.after, ...observed.values.map((value) => value ?? 0), 0.01);
  return {
    ...frame(chart, look),
    label: `Share of calls to ${told.version}, asked and observed`,
    height: SHARE_PX,
    t: observed.t,
    series: [
      {
        key: "observed",
        name: "observed",
        color: versionColor(indexOf(told.version, look)),
        kind: "line",
        values: observed.values,
        hasEndDot: true,
      },
    ],
    asked,
    ticks: shareTicks(top, 2),
    format: formatPercent,
    formatTick: formatAxisPercent,
  };
}

function indexOf(version: string, look: EffectLook): number {
  const at = look.versions.indexOf(version);
  return at < 0 ? look.versions.length : at;
}
