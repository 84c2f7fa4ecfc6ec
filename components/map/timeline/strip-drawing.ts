import { changeLabel } from "./change-label.ts";
import type { RedSeries } from "#lib/model/red-chart.ts";
import type { Change } from "#lib/model/change.ts";

/** Pixels of the strip's picture: requests above, errors below, times at the foot. */
export const STRIP = { height: 103, rateTop: 24, rateBase: 56, errorTop: 60, errorBase: 82, right: 12 } as const;

export interface StripScale {
  from: number;
  to: number;
  width: number;
}

export function stripX(t: number, scale: StripScale): number {
  return ((t - scale.from) / Math.max(1, scale.to - scale.from)) * (scale.width - STRIP.right);
}

/** The moment under a point of the picture, to the whole second; beyond an end it is that end. */
export function stripTime(x: number, { from, to, width }: StripScale): number {
  const share = x / Math.max(1, width - STRIP.right);
  return Math.round(Math.min(to, Math.max(from, from + share * (to - from))) / 1_000) * 1_000;
}

/** Index of the step that ends nearest to a moment; -1 without steps. */
export function nearestIndex(times: readonly number[], t: number): number {
  let best = -1;
  times.forEach((time, index) => {
    if (best < 0 || Math.abs(time - t) < Math.abs((times[best] ?? 0) - t)) best = index;
  });
  return best;
}

export interface StripPaths {
  line: string;
  area: string;
  bars: { x: number; y: number; width: number; height: number }[];
  /** Errors per second of the tallest bar. */
  mostErrors: number;
}

/** The mesh's requests as a line from zero, and its errors as bars. Gaps stay gaps. */
export function stripPaths(series: RedSeries | undefined, stepMs: number, scale: StripScale): StripPaths {
  const t = series?.t ?? [];
  const rate = series?.rate ?? [];
  const errors = t.map((_, index) => errorsPerSecond(series, index, stepMs));
  const mostRate = Math.max(1e-9, ...rate.map((value) => value ?? 0));
  const mostErrors = Math.max(0, ...errors.map((value) => value ?? 0));
  let line = "";
  let area = "";
  let run: [number, number][] = [];
  const close = (): void => {
    const first = run[0];
    const last = run.at(-1);
    if (first !== undefined && last !== undefined) {
      const path = run.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
      line += path;
      area += `${path}L${last[0].toFixed(1)} ${STRIP.rateBase}L${first[0].toFixed(1)} ${STRIP.rateBase}Z`;
    }
    run = [];
  };
  t.forEach((at, index) => {
    const value = rate[index];
    if (value === null || value === undefined) close();
    else run.push([stripX(at, scale), STRIP.rateBase - (value / mostRate) * (STRIP.rateBase - STRIP.rateTop)]);
  });
  close();
  const step = stripX(scale.from + stepMs, scale);
  const bars = t.flatMap((at, index) => {
    const value = errors[index] ?? null;
    if (value === null || value === 0) return [];
    const height = Math.max(1, (value / mostErrors) * (STRIP.errorBase - STRIP.errorTop));
    return [{ x: stripX(at, scale) - step + 1, y: STRIP.errorBase - height, width: Math.max(1, step - 2), height }];
  });
  return { line, area, bars: bars.filter((bar) => bar.x >= 0), mostErrors };
}

export function errorsPerSecond(series: RedSeries | undefined, index: number, stepMs: number): number | null {
  const count = series?.errorCount[index];
  return count === null || count === undefined ? null : count / (stepMs / 1_000);
}

export interface StripMark {
  id: string;
  t: number;
  x: number;
  label: string;
  /** Where the label stands; `null` = it has no room beside its neighbours' flags and labels. */
  side: "left" | "right" | null;
}

const LETTER = 5.3;
/** Half a flag and the gap to its label. */
const FLAG = 8;

/** When a change took hold; a change that never did stands where it was asked. */
function momentOf(change: Change): number {
  return Date.parse(change.timings.acceptedAt ?? change.timings.askedAt);
}

/** The changes inside the strip, oldest first, with the labels that have room. */
export function stripMarks(changes: readonly Change[], scale: StripScale): StripMark[] {
  const inside = changes
    .map((change) => ({ id: change.id, t: momentOf(change), label: changeLabel(change) }))
    .filter((mark) => mark.t >= scale.from && mark.t <= scale.to)
    .toSorted((a, b) => a.t - b.t);
  let takenUpTo = 0;
  return inside.map((mark, index): StripMark => {
    const x = stripX(mark.t, scale);
    const next = inside[index + 1];
    const length = FLAG + mark.label.length * LETTER;
    const limit = next === undefined ? scale.width : stripX(next.t, scale) - FLAG;
    const side = x + length <= limit ? "right" : x - length >= takenUpTo ? "left" : null;
    takenUpTo = side === "right" ? x + length : x + FLAG;
    return { ...mark, x, side };
  });
}
