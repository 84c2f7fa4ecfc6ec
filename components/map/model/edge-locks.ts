import { curveLength, pointAlong } from "./curve.ts";
import type { Curve } from "./curve.ts";
import type { DrawnEdge } from "./drawn-graph.ts";
import type { PlacedLabel } from "./edge-labels.ts";
import { overlaps } from "./geometry.ts";
import type { Box, Point } from "./geometry.ts";
import type { Lock } from "./transport.ts";

/** The lock of an edge that has no label, on its line. */
export interface PlacedLock extends Point {
  id: string;
  lock: Lock;
}

/** Shares of the way at which a lock may stand, the best first. */
const STOPS = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74] as const;
const SIZE = 18;
/** On a shorter line a lock would hide that there is one. */
const LEAST_LENGTH = 40;

/**
 * The locks of edges without a label: on the line near its middle, never on a card, and clear of labels and of each other as far as
 * there is such a place. An edge that is too short, or runs behind cards, has none here.
 */
export function placeLocks(
  edges: readonly DrawnEdge[],
  routes: ReadonlyMap<string, Curve>,
  cards: readonly Box[],
  labels: readonly PlacedLabel[],
): PlacedLock[] {
  const labelled = new Set(labels.map((label) => label.edge.id));
  const taken: Box[] = labels.flatMap((label) => label.boxes);
  const locks: PlacedLock[] = [];
  for (const edge of edges) {
    const route = routes.get(edge.id);
    if (route === undefined || labelled.has(edge.id) || curveLength(route) < LEAST_LENGTH) continue;
    const free = STOPS.map((share) => boxAt(pointAlong(route, share))).filter((box) => !cards.some((card) => overlaps(box, card)));
    const best = free.find((box) => !taken.some((other) => overlaps(box, other))) ?? free[0];
    if (best === undefined) continue;
    taken.push(best);
    locks.push({ id: edge.id, lock: edge.lock, x: Math.round(best.x), y: Math.round(best.y) });
  }
  return locks;
}

function boxAt(point: Point): Box {
  return { ...point, width: SIZE, height: SIZE };
}
