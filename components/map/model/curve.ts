import type { Point } from "./geometry.ts";

/**
 * A smooth line of quadratic pieces: from `start`, around each control point, to `end`; two pieces meet in the middle
 * between their controls. Without controls it is straight. This is how the canvas draws it.
 */
export interface Curve {
  start: Point;
  controls: Point[];
  end: Point;
}

/** How far a bend reaches into the gap between two stops. */
const REACH = 0.42;
const LEVEL = 0.5;

/** Leaves level, passes each stop (its near and far end) level, arrives level. */
export function curveThrough(start: Point, stops: readonly (readonly [Point, Point])[], end: Point): Curve {
  const controls: Point[] = [];
  let from = start;
  stops.forEach(([near, far]) => {
    controls.push(...bend(from, near), near, far);
    from = far;
  });
  controls.push(...bend(from, end));
  return { start, controls, end };
}

function bend(from: Point, to: Point): Point[] {
  if (Math.abs(from.y - to.y) < LEVEL) return [];
  const reach = (to.x - from.x) * REACH;
  return [
    { x: from.x + reach, y: from.y },
    { x: to.x - reach, y: to.y },
  ];
}

/** Points along the curve, the ends included, for what the canvas does not tell: labels and tests. */
export function sampleCurve(curve: Curve, perPiece = 12): Point[] {
  const { start, controls, end } = curve;
  if (controls.length === 0) {
    return Array.from({ length: perPiece + 1 }, (_, step) => mix(start, end, step / perPiece));
  }
  const points: Point[] = [start];
  let from = start;
  controls.forEach((control, index) => {
    const following = controls[index + 1];
    const to = following === undefined ? end : mix(control, following, 0.5);
    for (let step = 1; step <= perPiece; step += 1) points.push(quadratic(from, control, to, step / perPiece));
    from = to;
  });
  return points;
}

export function curveLength(curve: Curve): number {
  const points = sampleCurve(curve);
  return points.reduce((sum, point, index) => {
    const previous = points[index - 1];
    return previous === undefined ? sum : sum + Math.hypot(point.x - previous.x, point.y - previous.y);
  }, 0);
}

/** The point at a share (0 to 1) of the curve's length. */
export function pointAlong(curve: Curve, share: number): Point {
  const points = sampleCurve(curve);
  const lengths = points.map((point, index) => {
    const previous = points[index - 1];
    return previous === undefined ? 0 : Math.hypot(point.x - previous.x, point.y - previous.y);
  });
  let rest = lengths.reduce((sum, length) => sum + length, 0) * share;
  for (let index = 1; index < points.length; index += 1) {
    const length = lengths[index] ?? 0;
    const from = points[index - 1];
    const to = points[index];
    if (from !== undefined && to !== undefined && rest <= length) return mix(from, to, length === 0 ? 0 : rest / length);
    rest -= length;
  }
  return curve.end;
}

function mix(a: Point, b: Point, t: number): Point {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

function quadratic(a: Point, control: Point, b: Point, t: number): Point {
  return mix(mix(a, control, t), mix(control, b, t), t);
}

/** The longest level stretch of a curve: where a label sits best. `null` when it never runs level for long. */
export function levelStretch(curve: Curve, least = 40): { from: Point; to: Point } | null {
  const points = sampleCurve(curve);
  let best: { from: Point; to: Point } | null = null;
  let from = points[0];
  for (const point of points) {
    if (from === undefined || Math.abs(point.y - from.y) > LEVEL) from = point;
    const length = Math.abs(point.x - from.x);
    if (length >= least && (best === null || length > Math.abs(best.to.x - best.from.x))) best = { from, to: point };
  }
  return best;
}
