import { levelStretch, pointAlong } from "./curve.ts";
import type { Curve } from "./curve.ts";
import type { DrawnEdge } from "./drawn-graph.ts";
import { overlaps } from "./geometry.ts";
import type { Box, Point, Size } from "./geometry.ts";
import { hasPlaintext } from "./names.ts";

/**
 * How a label stands on its edge: `split` = rate above and errors below a straight line, `above` = both over a level
 * stretch, `pill` = in a frame on the line.
 */
export type LabelForm = "split" | "above" | "pill";

export interface PlacedLabel extends Point {
  edge: DrawnEdge;
  form: LabelForm;
}

/** Shares of the way at which a label may stand, the best first. */
const STOPS = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8] as const;
const CLEARANCE = 3;
const ABOVE = 9;

const SIZES: Readonly<Record<LabelForm, Size>> = {
  split: { width: 52, height: 38 },
  above: { width: 92, height: 16 },
  pill: { width: 60, height: 36 },
};

/** Places labels on their edges, clear of cards and of each other; where nothing is clear, the middle it is. */
export function placeLabels(edges: readonly DrawnEdge[], routes: ReadonlyMap<string, Curve>, cards: readonly Box[]): PlacedLabel[] {
  const taken: Box[] = [];
  const labels: PlacedLabel[] = [];
  for (const edge of edges.toSorted(byUrgency)) {
    const route = routes.get(edge.id);
    if (route === undefined) continue;
    const form = labelForm(edge, route);
    const size = SIZES[form];
    const shift = form === "above" ? -ABOVE : 0;
    const candidates = anchors(route).map((point) => ({ x: point.x, y: point.y + shift }));
    const place = candidates.find((point) => isClear({ ...point, ...size }, cards, taken)) ?? candidates[0] ?? route.start;
    taken.push({ ...place, ...size });
    labels.push({ edge, form, x: Math.round(place.x), y: Math.round(place.y) });
  }
  return labels;
}

function labelForm(edge: DrawnEdge, route: Curve): LabelForm {
  const isLevel = Math.abs(route.start.y - route.end.y) < 1;
  if (route.controls.length === 0 && isLevel) return "split";
  return levelStretch(route, SIZES.above.width) === null ? "pill" : "above";
}

function anchors(route: Curve): Point[] {
  const stretch = levelStretch(route, SIZES.above.width);
  const along = STOPS.map((share) => pointAlong(route, share));
  if (stretch === null) return along;
  return [{ x: (stretch.from.x + stretch.to.x) / 2, y: stretch.from.y }, ...along];
}

const URGENCY = { failing: 3, degraded: 2, healthy: 0, unknown: 0 } as const;

function urgency(edge: DrawnEdge): number {
  return URGENCY[edge.status] + (hasPlaintext(edge.transport) ? 1 : 0);
}

function byUrgency(a: DrawnEdge, b: DrawnEdge): number {
  return urgency(b) - urgency(a) || (a.id < b.id ? -1 : 1);
}

function isClear(box: Box, cards: readonly Box[], taken: readonly Box[]): boolean {
  return !cards.some((card) => overlaps(box, card, CLEARANCE)) && !taken.some((other) => overlaps(box, other, CLEARANCE));
}
