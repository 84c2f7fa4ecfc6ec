import type { TraceBounds } from "#lib/client/trace-search-params.ts";
import type { TraceSummary } from "#lib/model/trace.ts";

import type { PlotArea, Scale } from "./scatter-scale.ts";

export interface Point {
  x: number;
  y: number;
}

/** px from the picture's top left corner. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A trace in the plot. */
export interface TracePoint extends Point {
  trace: TraceSummary;
}

export interface PlotScales {
  area: PlotArea;
  time: Scale;
  duration: Scale;
}

/** Less than this is a click. */
const DRAG_PX = 4;
/** A side this near to the plot's edge is open: it holds whatever lies beyond. */
const EDGE_PX = 3;

export function isDrag(start: Point, end: Point): boolean {
  return Math.abs(end.x - start.x) >= DRAG_PX || Math.abs(end.y - start.y) >= DRAG_PX;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** The rectangle between two corners, whichever was first, held inside the plot. */
export function rectOf(start: Point, end: Point, area: PlotArea): Rect {
  const xs = [start.x, end.x].map((x) => clamp(x, area.left, area.left + area.width)).toSorted((a, b) => a - b);
  const ys = [start.y, end.y].map((y) => clamp(y, area.top, area.top + area.height)).toSorted((a, b) => a - b);
  const [left = 0, right = 0] = xs;
  const [top = 0, bottom = 0] = ys;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Three significant digits, outwards: a bound that reads well never leaves out what lay inside. */
export function roundOut(ms: number, direction: "down" | "up"): number {
  if (!(ms > 0)) return 0;
  const step = 10 ** (Math.floor(Math.log10(ms)) - 2);
  const steps = ms / step;
  // A value that is a round one already must not be pushed on by its last binary digit.
  const near = Math.round(steps);
  const whole = Math.abs(steps - near) < 1e-9 ? near : direction === "down" ? Math.floor(steps) : Math.ceil(steps);
  return Number((whole * step).toPrecision(3));
}

/** What a rectangle selects. A side on the plot's edge is open, and so is an axis that was hardly moved along. */
export function boundsOf(rect: Rect, { area, time, duration }: PlotScales): TraceBounds {
  const right = rect.x + rect.width;
  const bottom = rect.y + rect.height;
  const isAnyTime = rect.width < DRAG_PX;
  const isAnyDuration = rect.height < DRAG_PX;
  return {
    fromMs: isAnyTime || rect.x - area.left <= EDGE_PX ? null : Math.floor(time.toValue(rect.x)),
    toMs: isAnyTime || area.left + area.width - right <= EDGE_PX ? null : Math.ceil(time.toValue(right)),
    minMs: isAnyDuration || area.top + area.height - bottom <= EDGE_PX ? null : roundOut(duration.toValue(bottom), "down"),
    maxMs: isAnyDuration || rect.y - area.top <= EDGE_PX ? null : roundOut(duration.toValue(rect.y), "up"),
  };
}

/** A selection among traces that are not all there reaches no further back than they do: nobody knows what lies before. */
export function heldToLoaded(bounds: TraceBounds, loadedFromMs: number): TraceBounds {
  if (bounds.fromMs === null && bounds.toMs === null) return bounds;
  const fromMs = Math.max(bounds.fromMs ?? loadedFromMs, loadedFromMs);
  return { ...bounds, fromMs, toMs: bounds.toMs === null ? null : Math.max(bounds.toMs, fromMs) };
}

/** Where a selection is drawn; `null` = it lies outside the plot. */
export function rectOfBounds(bounds: TraceBounds, { area, time, duration }: PlotScales): Rect | null {
  const left = bounds.fromMs === null ? area.left : time.toPx(bounds.fromMs);
  const right = bounds.toMs === null ? area.left + area.width : time.toPx(bounds.toMs);
  const bottom = bounds.minMs === null ? area.top + area.height : duration.toPx(bounds.minMs);
  const top = bounds.maxMs === null ? area.top : duration.toPx(bounds.maxMs);
  const isOutside = right < area.left || left > area.left + area.width || bottom < area.top || top > area.top + area.height;
  return isOutside || right < left || bottom < top ? null : rectOf({ x: left, y: top }, { x: right, y: bottom }, area);
}

/** Whether a trace lies in a selection: started after `fromMs` and not after `toMs`, as the API counts; durations with both ends. */
export function isWithin(trace: Pick<TraceSummary, "startedAt" | "durationMs">, bounds: TraceBounds): boolean {
  const start = Date.parse(trace.startedAt);
  if (bounds.fromMs !== null && start <= bounds.fromMs) return false;
  if (bounds.toMs !== null && start > bounds.toMs) return false;
  if (bounds.minMs !== null && trace.durationMs < bounds.minMs) return false;
  return bounds.maxMs === null || trace.durationMs <= bounds.maxMs;
}

/** The point nearest to a place, no further off than `mostPx`; `null` = none is that near. */
export function nearestPoint<P extends Point>(points: readonly P[], place: Point, mostPx: number): P | null {
  let best: P | null = null;
  let least = mostPx * mostPx;
  for (const point of points) {
    const distance = (point.x - place.x) ** 2 + (point.y - place.y) ** 2;
    if (distance <= least) {
      least = distance;
      best = point;
    }
  }
  return best;
}

function inTime<P extends Point>(points: readonly P[]): P[] {
  return points.toSorted((a, b) => a.x - b.x || a.y - b.y);
}

/** A point so many steps further in order of time, no further than the ends; from nowhere a step leads to the newest. */
export function stepPoint<P extends Point>(points: readonly P[], current: P | null, step: number): P | null {
  const ordered = inTime(points);
  if (current === null) return (step === Number.NEGATIVE_INFINITY ? ordered[0] : ordered.at(-1)) ?? null;
  return ordered[clamp(ordered.indexOf(current) + step, 0, ordered.length - 1)] ?? null;
}

/** The place of a point in order of time, from 0; the last place where there is no point. */
export function placeInTime<P extends Point>(points: readonly P[], current: P | null): number {
  return current === null ? Math.max(0, points.length - 1) : inTime(points).indexOf(current);
}
