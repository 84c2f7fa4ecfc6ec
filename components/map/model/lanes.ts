import type { Column } from "./columns.ts";
import { bottom, clamp, top } from "./geometry.ts";

/** An edge that has to pass a column on its way. */
export interface LaneRequest {
  edge: string;
  column: number;
  /** Height at which it would pass if nothing stood there. */
  wanted: number;
  /** Edges that share a gap are put in this order, so that they do not cross in it. */
  sortBy: readonly [number, number];
}

export interface Gap {
  low: number;
  high: number;
}

/** Room that a lane keeps to the cards above and below. */
export const LANE_MARGIN = 14;
const LANE = 13;

/** Height of every requested lane, by `laneKey`: in the nearest gap between cards, side by side where several share it. */
export function laneHeights(requests: readonly LaneRequest[], columns: readonly Column[]): Map<string, number> {
  const shared = new Map<string, { gap: Gap; requests: LaneRequest[] }>();
  for (const request of requests) {
    const column = columns[request.column];
    if (column === undefined) continue;
    const gap = nearestGap(gapsOf(column, LANE_MARGIN), request.wanted);
    const key = `${request.column} ${gap.low}`;
    const group = shared.get(key);
    if (group === undefined) shared.set(key, { gap, requests: [request] });
    else group.requests.push(request);
  }
  const heights = new Map<string, number>();
  for (const { gap, requests: group } of shared.values()) spread(group, gap, heights);
  return heights;
}

export function laneKey(edge: string, column: number): string {
  return `${column} ${edge}`;
}

/** The free gaps of a column between its cards, with `margin` kept to them; the outer two are open-ended. */
export function gapsOf(column: Column, margin: number): Gap[] {
  const gaps: Gap[] = [];
  let low = -Infinity;
  for (const card of column.cards) {
    const high = top(card) - margin;
    if (high >= low) gaps.push({ low, high });
    low = Math.max(low, bottom(card) + margin);
  }
  gaps.push({ low, high: Infinity });
  return gaps;
}

function nearestGap(gaps: readonly Gap[], wanted: number): Gap {
  const distance = (gap: Gap): number => Math.abs(clamp(wanted, gap.low, gap.high) - wanted);
  return gaps.reduce((best, gap) => (distance(gap) < distance(best) ? gap : best));
}

function spread(requests: readonly LaneRequest[], gap: Gap, heights: Map<string, number>): void {
  const sorted = requests.toSorted((a, b) => a.sortBy[0] - b.sortBy[0] || a.sortBy[1] - b.sortBy[1] || (a.edge < b.edge ? -1 : 1));
  const room = gap.high - gap.low;
  const step = Math.min(LANE, room / Math.max(1, sorted.length - 1));
  const half = (step * (sorted.length - 1)) / 2;
  const mean = sorted.reduce((sum, request) => sum + clamp(request.wanted, gap.low, gap.high), 0) / sorted.length;
  const centre = clamp(mean, gap.low + half, gap.high - half);
  sorted.forEach((request, index) => {
    heights.set(laneKey(request.edge, request.column), centre - half + index * step);
  });
}
