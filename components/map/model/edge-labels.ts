import { levelStretch, pointAlong, sampleCurve } from "./curve.ts";
import type { Curve } from "./curve.ts";
import type { DrawnEdge } from "./drawn-graph.ts";
import { labelLines, lineWidth } from "./edge-label-words.ts";
import { bottom, contains, overlaps, top } from "./geometry.ts";
import type { Box, Point, Size } from "./geometry.ts";

/**
 * How a label stands on its edge: `split` = rate above and errors below a straight line, `stack` = both on one side of
 * it, `above` = both in one line over a level stretch, `pill` = in a frame on the line.
 */
export type LabelForm = "split" | "stack" | "above" | "pill";

export interface PlacedLabel extends Point {
  edge: DrawnEdge;
  form: LabelForm;
  /** What it covers. */
  boxes: readonly Box[];
}

interface Candidate {
  form: LabelForm;
  at: Point;
  /** What the label covers there; the line between the parts of a `split` stays free. */
  boxes: Box[];
}

/** Shares of the way at which a label may stand, the best first. */
const STOPS = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8] as const;
const CLEARANCE = 2;
/** Heights of one line of text, of two, and of two in a frame. */
const LINE_HEIGHT = 14;
const STACK_HEIGHT = 30;
const PILL_HEIGHT = 36;
/** Between two texts in one line; on both sides of a frame's text. */
const GAP = 6;
const PADDING = 7;
/** Distance of a line of text, and of two, from the edge that they belong to. */
const LINE_AWAY = 14;
const STACK_AWAY = 21;
/** Free room between an upright edge and the text beside it. */
const BESIDE_GAP = 9;

/** Places labels on their edges, clear of cards, of other edges and of each other, as far as there is such a place. */
export function placeLabels(edges: readonly DrawnEdge[], routes: ReadonlyMap<string, Curve>, cards: readonly Box[]): PlacedLabel[] {
  const lines = [...routes].map(([id, route]) => ({ id, points: sampleCurve(route) }));
  const taken: Box[] = [];
  const labels: PlacedLabel[] = [];
  for (const edge of edges.toSorted(byUrgency)) {
    const route = routes.get(edge.id);
    if (route === undefined) continue;
    const others = lines.filter((line) => line.id !== edge.id).flatMap((line) => line.points);
    const sizes = sizesOf(edge);
    const candidates = [...candidatesFor(route, sizes), ...beyondCards(pointAlong(route, 0.5), sizes.stack, cards)];
    const best = candidates.reduce((one, other) => (cost(other, cards, taken, others) < cost(one, cards, taken, others) ? other : one));
    taken.push(...best.boxes);
    labels.push({ edge, form: best.form, boxes: best.boxes, x: Math.round(best.at.x), y: Math.round(best.at.y) });
  }
  return labels;
}

interface LabelSizes {
  line: Size;
  stack: Size;
  above: Size;
  pill: Size;
}

function sizesOf(edge: DrawnEdge): LabelSizes {
  const [first, second] = labelLines(edge).map(lineWidth);
  const width = Math.max(first ?? 0, second ?? 0);
  return {
    line: { width, height: LINE_HEIGHT },
    stack: { width, height: STACK_HEIGHT },
    above: { width: (first ?? 0) + GAP + (second ?? 0), height: LINE_HEIGHT },
    pill: { width: width + 2 * PADDING, height: PILL_HEIGHT },
  };
}

function candidatesFor(route: Curve, sizes: LabelSizes): [Candidate, ...Candidate[]] {
  const middle = pointAlong(route, 0.5);
  const isLevel = Math.abs(route.start.y - route.end.y) < 1;
  if (route.controls.length === 0 && isLevel) {
    const shifted = (y: number): Point => ({ x: middle.x, y: middle.y + y });
    return [
      { form: "split", at: middle, boxes: [box(shifted(-LINE_AWAY), sizes.line), box(shifted(LINE_AWAY), sizes.line)] },
      { form: "stack", at: shifted(STACK_AWAY), boxes: [box(shifted(STACK_AWAY), sizes.stack)] },
      { form: "stack", at: shifted(-STACK_AWAY), boxes: [box(shifted(-STACK_AWAY), sizes.stack)] },
    ];
  }
  if (route.controls.length === 0) {
    const away = BESIDE_GAP + sizes.stack.width / 2;
    const beside = (x: number): Point => ({ x: middle.x + x, y: middle.y });
    return [
      { form: "stack", at: beside(away), boxes: [box(beside(away), sizes.stack)] },
      { form: "stack", at: beside(-away), boxes: [box(beside(-away), sizes.stack)] },
    ];
  }
  const pills = STOPS.map((share) => pointAlong(route, share)).map((at): Candidate => ({ form: "pill", at, boxes: [box(at, sizes.pill)] }));
  const stretch = levelStretch(route, sizes.above.width);
  const over = stretch === null ? null : { x: (stretch.from.x + stretch.to.x) / 2, y: stretch.from.y - 9 };
  const first: Candidate =
    over === null
      ? { form: "pill", at: middle, boxes: [box(middle, sizes.pill)] }
      : { form: "above", at: over, boxes: [box(over, sizes.above)] };
  return [first, ...pills];
}

/** Where the gap between cards is narrower than the label: just below or above those cards, still at the middle of the line. */
function beyondCards(middle: Point, size: Size, cards: readonly Box[]): Candidate[] {
  const covered = cards.filter((card) => overlaps(box(middle, size), card, CLEARANCE));
  if (covered.length === 0) return [];
  const away = CLEARANCE + 1 + size.height / 2;
  const below = { x: middle.x, y: Math.max(...covered.map(bottom)) + away };
  const above = { x: middle.x, y: Math.min(...covered.map(top)) - away };
  return [below, above].map((at): Candidate => ({ form: "stack", at, boxes: [box(at, size)] }));
}

function box(at: Point, size: Size): Box {
  return { ...at, ...size };
}

/** What stands in the way: a card is worst, then another label, then a line; of equals the first candidate wins. */
function cost(candidate: Candidate, cards: readonly Box[], taken: readonly Box[], others: readonly Point[]): number {
  let sum = 0;
  for (const part of candidate.boxes) {
    sum += 10_000 * cards.filter((card) => overlaps(part, card, CLEARANCE)).length;
    sum += 100 * taken.filter((other) => overlaps(part, other, CLEARANCE)).length;
    sum += others.some((point) => contains(part, point, CLEARANCE)) ? 1 : 0;
  }
  return sum;
}

const URGENCY = { failing: 3, degraded: 2, healthy: 0, unknown: 0 } as const;

function urgency(edge: DrawnEdge): number {
  return URGENCY[edge.status] + (edge.lock === "plaintext" || edge.isBroken ? 1 : 0);
}

function byUrgency(a: DrawnEdge, b: DrawnEdge): number {
  return urgency(b) - urgency(a) || (a.id < b.id ? -1 : 1);
}
