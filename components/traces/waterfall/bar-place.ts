import { lengthOf, type TimeRange } from "./zoom.ts";

export interface BarPlace {
  /** Shares of the width, 0 to 1, cut to what is in sight. */
  readonly left: number;
  readonly width: number;
  /** The bar goes on beyond that side. */
  readonly isCutLeft: boolean;
  readonly isCutRight: boolean;
}

/** Where a stretch of time lies on the timeline; `null` = out of sight. */
export function barPlace(startMs: number, endMs: number, range: TimeRange): BarPlace | null {
  if (endMs < range.fromMs || startMs > range.toMs) return null;
  const from = Math.max(startMs, range.fromMs);
  const to = Math.min(endMs, range.toMs);
  return {
    left: (from - range.fromMs) / lengthOf(range),
    width: Math.max(0, to - from) / lengthOf(range),
    isCutLeft: startMs < range.fromMs,
    isCutRight: endMs > range.toMs,
  };
}

export type LabelPlace = "inside" | "right" | "left";

/** More than a character of the label takes at 10 px: a label that is placed by this never runs over an edge. */
const CHARACTER_PX = 6;
const GAP_PX = 6;
/** In a shorter bar the label would hide most of its colour. */
const INSIDE_FROM_PX = 120;

/** Room that a label takes, with the air around it. */
export function labelWidthPx(text: string): number {
  return text.length * CHARACTER_PX + GAP_PX;
}

/** Beside the bar at the right where there is room, else inside at its right end, else at its left. */
export function labelPlace(bar: Pick<BarPlace, "left" | "width">, widthPx: number, label: string): LabelPlace {
  const needs = labelWidthPx(label);
  const barPx = bar.width * widthPx;
  if (barPx >= Math.max(2 * needs + GAP_PX, INSIDE_FROM_PX)) return "inside";
  const rightRoom = widthPx - (bar.left + bar.width) * widthPx;
  if (rightRoom >= needs) return "right";
  const leftRoom = bar.left * widthPx;
  return leftRoom >= needs ? "left" : "inside";
}
