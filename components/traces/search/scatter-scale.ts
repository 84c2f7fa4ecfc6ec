import { logTicks, timeTicks, valueTicks } from "#components/charts/ticks.ts";
import type { TraceSearch } from "#lib/model/trace.ts";

/** One axis of the plot: values to px and back, and where its labels stand. */
export interface Scale {
  toPx: (value: number) => number;
  toValue: (px: number) => number;
  ticks: readonly number[];
}

/** What is drawn inside the axes, px from the picture's top left corner. */
export interface PlotArea {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type DurationAxis = "log" | "linear";

/** The shortest duration that an axis is made for, ms: a microsecond. What is shorter stands at the foot of a logarithmic one. */
const SHORTEST_MS = 0.001;
const LABEL_PX = 90;

/** Time along the bottom, left to right. */
export function timeScale(domain: readonly [number, number], area: PlotArea, zoneMs: number): Scale & { stepMs: number } {
  const [from, to] = domain;
  const span = Math.max(1, to - from);
  const { ticks, stepMs } = timeTicks(from, to, Math.max(2, Math.floor(area.width / LABEL_PX)), zoneMs);
  return {
    toPx: (ms) => area.left + ((ms - from) / span) * area.width,
    toValue: (px) => from + ((px - area.left) / Math.max(1, area.width)) * span,
    ticks,
    stepMs,
  };
}

/** Durations upwards, from 0 (linear) or from the power below the shortest (logarithmic). */
export function durationScale(axis: DurationAxis, durationsMs: readonly number[], area: PlotArea): Scale {
  const largest = durationsMs.reduce((most, ms) => Math.max(most, ms), 0);
  const bottom = area.top + area.height;
  if (axis === "linear") {
    const ticks = valueTicks(largest === 0 ? 0 : Math.max(SHORTEST_MS, largest));
    const top = ticks.at(-1) ?? 1;
    return {
      toPx: (ms) => bottom - (ms / top) * area.height,
      toValue: (px) => ((bottom - px) / Math.max(1, area.height)) * top,
      ticks,
    };
  }
  const positive = durationsMs.filter((ms) => ms > 0);
  const least = positive.reduce((least, ms) => Math.min(least, ms), largest > 0 ? largest : 1);
  const ticks = logTicks(Math.max(SHORTEST_MS, least), Math.max(SHORTEST_MS, largest));
  const low = Math.log(ticks[0] ?? 1);
  const high = Math.log(ticks.at(-1) ?? 10);
  const range = Math.max(Number.EPSILON, high - low);
  return {
    toPx: (ms) => bottom - Math.max(0, (Math.log(Math.max(SHORTEST_MS, ms)) - low) / range) * area.height,
    toValue: (px) => Math.exp(low + ((bottom - px) / Math.max(1, area.height)) * range),
    ticks,
  };
}

/** The labels that have room between them: all, or every second, third … from the bottom. */
export function spacedTicks(scale: Scale, leastPx: number): number[] {
  const [first, second] = scale.ticks;
  if (first === undefined || second === undefined) return [...scale.ticks];
  const gap = Math.abs(scale.toPx(second) - scale.toPx(first));
  const every = gap <= 0 ? 1 : Math.max(1, Math.ceil(leastPx / gap));
  return scale.ticks.filter((_, index) => index % every === 0);
}

/**
 * The stretch that the plot shows: what was asked for, but no further back than traces are loaded, or were looked for. An
 * empty half of the plot would say that nothing happened then.
 */
export function loadedDomain(asked: readonly [number, number], { items, hasMore, searchedTo }: TraceSearch): [number, number] {
  const starts = items.map((trace) => Date.parse(trace.startedAt));
  const [from, to] = asked;
  const lookedTo = searchedTo === null ? from : Math.max(from, Date.parse(searchedTo));
  // A stretch is asked for without its first instant, in which the oldest trace began.
  const loadedFrom = hasMore && starts.length > 0 ? starts.reduce((least, ms) => Math.min(least, ms), to) - 1 : lookedTo;
  return timeDomain([loadedFrom, to], starts);
}

/** A stretch, made wider where an answer's clock runs ahead or behind. */
export function timeDomain(asked: readonly [number, number], startsMs: readonly number[]): [number, number] {
  const from = startsMs.reduce((least, ms) => Math.min(least, ms), asked[0]);
  const to = startsMs.reduce((most, ms) => Math.max(most, ms), asked[1]);
  return [from, Math.max(to, from + 1)];
}
