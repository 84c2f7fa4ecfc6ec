import { columnsOf } from "./columns.ts";
import type { Column, PlacedCard } from "./columns.ts";
import { bottom, clamp, left, right, top } from "./geometry.ts";
import type { Point } from "./geometry.ts";

const SIDE_PAD = 14;
const TOP_PAD = 14;
const TITLE_PAD = 30;
const TITLE_REACH = 60;
const BOTTOM_PAD = 16;
const RADIUS = 18;
const CORNER_STEPS = 6;
const SHOULDER_STEPS = 12;

/** The area of one namespace, or of one part of it where foreign cards stand between its parts. */
export interface Hull {
  namespace: string;
  /** Closed outline, clockwise from the upper left. */
  outline: Point[];
  /** Where the name stands (left end of its baseline). */
  title: Point;
}

/** Cards of one namespace directly above each other in one column. */
interface Run {
  column: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Outlines around the cards of each namespace. Neighbouring columns are joined by a shoulder whose two sides follow
 * one curve, so that hulls which keep one order in every column never touch.
 */
export function namespaceHulls(cards: readonly PlacedCard[]): Hull[] {
  const columns = columnsOf(cards);
  const hulls: Hull[] = [];
  const names = new Set(cards.flatMap((card) => (card.group === null ? [] : [card.group])));
  for (const namespace of [...names].toSorted()) {
    for (const chain of chainsOf(runsOf(namespace, columns), columns)) hulls.push(outlineOf(namespace, chain, cards));
  }
  return hulls;
}

function runsOf(namespace: string, columns: readonly Column[]): Run[] {
  const runs: Run[] = [];
  columns.forEach((column, index) => {
    let run: Run | null = null;
    for (const card of column.cards) {
      if (card.group !== namespace) {
        run = null;
        continue;
      }
      if (run === null) {
        run = { column: index, left: left(card), right: right(card), top: top(card), bottom: bottom(card) };
        runs.push(run);
        continue;
      }
      run.left = Math.min(run.left, left(card));
      run.right = Math.max(run.right, right(card));
      run.bottom = bottom(card);
    }
  });
  return runs;
}

/** Joins runs of neighbouring columns, the nearest in height first; a run has at most one neighbour on each side. */
function chainsOf(runs: readonly Run[], columns: readonly Column[]): Run[][] {
  const next = new Map<Run, Run>();
  const joined = new Set<Run>();
  const pairs = runs.flatMap((from) =>
    runs
      .filter((to) => to.column === from.column + 1 && isShoulderFree(from, to, columns))
      .map((to) => ({ from, to, distance: Math.abs(from.top + from.bottom - to.top - to.bottom) })),
  );
  for (const { from, to } of pairs.toSorted((a, b) => a.distance - b.distance)) {
    if (next.has(from) || joined.has(to)) continue;
    next.set(from, to);
    joined.add(to);
  }
  return runs
    .filter((run) => !joined.has(run))
    .map((start) => {
      const chain: Run[] = [];
      for (let run: Run | undefined = start; run !== undefined; run = next.get(run)) chain.push(run);
      return chain;
    });
}

/** Shoulders live in the gap between two columns, where no card stands; columns that touch cannot be joined. */
function isShoulderFree(from: Run, to: Run, columns: readonly Column[]): boolean {
  const a = columns[from.column];
  const b = columns[to.column];
  return a !== undefined && b !== undefined && b.left - a.right >= 2 * SIDE_PAD;
}

/** Nothing stands directly above, whose line down would run through the title. */
function isOpenAbove(run: Run, cards: readonly PlacedCard[]): boolean {
  return !cards.some((card) => {
    const gap = run.top - bottom(card);
    return gap > 0 && gap < TITLE_REACH && left(card) < run.right && right(card) > run.left;
  });
}

function outlineOf(namespace: string, chain: readonly Run[], cards: readonly PlacedCard[]): Hull {
  const open = chain.filter((run) => isOpenAbove(run, cards));
  const highest = (open.length > 0 ? open : chain).reduce((best, run) => (run.top < best.top ? run : best));
  const padded = chain.map((run) => ({
    ...run,
    left: run.left - SIDE_PAD,
    right: run.right + SIDE_PAD,
    top: run.top - (run === highest ? TITLE_PAD : TOP_PAD),
    bottom: run.bottom + BOTTOM_PAD,
  }));
  const upper = edgeAlong(padded, (run) => run.top);
  const lower = edgeAlong(padded, (run) => run.bottom).toReversed();
  return {
    namespace,
    outline: roundCorners(upper, lower),
    title: { x: highest.left + 2, y: highest.top - 10 },
  };
}

function edgeAlong(runs: readonly Run[], heightOf: (run: Run) => number): Point[] {
  const points: Point[] = [];
  runs.forEach((run, index) => {
    const previous = runs[index - 1];
    if (previous !== undefined) points.push(...shoulder(previous, run, heightOf(previous), heightOf(run)));
    else points.push({ x: run.left, y: heightOf(run) });
    if (index === runs.length - 1) points.push({ x: run.right, y: heightOf(run) });
  });
  return points;
}

function shoulder(from: Run, to: Run, y1: number, y2: number): Point[] {
  return Array.from({ length: SHOULDER_STEPS + 1 }, (_, step) => {
    const t = step / SHOULDER_STEPS;
    const eased = t * t * (3 - 2 * t);
    return { x: from.right + (to.left - from.right) * t, y: y1 + (y2 - y1) * eased };
  });
}

/** Rounds the four outer corners: the ends of the upper and of the lower edge. */
function roundCorners(upper: readonly Point[], lower: readonly Point[]): Point[] {
  const upperLeft = upper[0];
  const upperRight = upper.at(-1);
  const lowerRight = lower[0];
  const lowerLeft = lower.at(-1);
  if (!upperLeft || !upperRight || !lowerRight || !lowerLeft) return [];
  const leftRadius = clamp((lowerLeft.y - upperLeft.y) / 2, 0, RADIUS);
  const rightRadius = clamp((lowerRight.y - upperRight.y) / 2, 0, RADIUS);
  return [
    ...arc(upperLeft.x + leftRadius, upperLeft.y + leftRadius, leftRadius, 180),
    ...upper.slice(1, -1),
    ...arc(upperRight.x - rightRadius, upperRight.y + rightRadius, rightRadius, 270),
    ...arc(lowerRight.x - rightRadius, lowerRight.y - rightRadius, rightRadius, 0),
    ...lower.slice(1, -1),
    ...arc(lowerLeft.x + leftRadius, lowerLeft.y - leftRadius, leftRadius, 90),
  ];
}

function arc(cx: number, cy: number, radius: number, fromDegrees: number): Point[] {
  return Array.from({ length: CORNER_STEPS + 1 }, (_, step) => {
    const angle = ((fromDegrees + (90 * step) / CORNER_STEPS) * Math.PI) / 180;
    return { x: cx + radius * Math.cos(angle), y: cy + radius * Math.sin(angle) };
  });
}

/** Whether a point lies inside an outline (even-odd rule). */
export function isInside(outline: readonly Point[], point: Point): boolean {
  let inside = false;
  outline.forEach((a, index) => {
    const b = outline[(index + 1) % outline.length];
    if (b === undefined || a.y > point.y === b.y > point.y) return;
    if (point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  });
  return inside;
}
