import { bottom, clamp, left, right, top } from "./geometry.ts";
import type { Box, Point } from "./geometry.ts";

export type Side = "left" | "right" | "top" | "bottom";

/** One end of an edge on a card: which side, and where the edge comes from or goes to, for the order along the side. */
export interface EdgeEnd {
  edge: string;
  card: string;
  side: Side;
  /** The end's neighbour along the edge; ends are sorted by it so that edges leave a card without crossing. */
  towards: Point;
  /** Breaks ties between ends that go to the same place. */
  order: string;
  /** The card at the other end stands level with this one, so that a straight line is possible. */
  isLevel: boolean;
}

const SPREAD = 14;
/** On an opened card there is room, and labels between the ends need it. */
const WIDE_SPREAD = 30;
const OPENED_HEIGHT = 100;
/** Share of a side, and at most these pixels, that stay free at its corners. */
const CORNER_SHARE = 0.2;
const CORNER = 14;

/** Places the ends of all edges along the sides of their cards, evenly, in the order of where they go. */
export function spreadEnds(ends: readonly EdgeEnd[], cards: ReadonlyMap<string, Box>): Map<EdgeEnd, Point> {
  const sides = new Map<string, EdgeEnd[]>();
  for (const end of ends) {
    const key = `${end.card} ${end.side}`;
    const list = sides.get(key);
    if (list === undefined) sides.set(key, [end]);
    else list.push(end);
  }
  const places = new Map<EdgeEnd, Point>();
  for (const list of sides.values()) {
    const card = cards.get(list[0]?.card ?? "");
    if (card === undefined) continue;
    const isUpright = list[0]?.side === "left" || list[0]?.side === "right";
    const along = (end: EdgeEnd): number => (isUpright ? end.towards.y : end.towards.x);
    const across = (end: EdgeEnd): number => (isUpright ? Math.abs(end.towards.x - card.x) : Math.abs(end.towards.y - card.y));
    const middle = isUpright ? card.y : card.x;
    const sorted = list.toSorted((a, b) => {
      const apart = along(a) - along(b);
      if (Math.abs(apart) > 0.5) return apart;
      // On one line the farther end is put outside, so that its longer curve does not cut the nearer one.
      const outside = Math.sign(along(a) - middle) || 1;
      return (across(a) - across(b)) * outside || (a.order < b.order ? -1 : 1);
    });
    const side = isUpright ? card.height : card.width;
    const length = side - 2 * Math.min(CORNER, side * CORNER_SHARE);
    const gap =
      sorted.length < 2 ? 0 : Math.min(isUpright && card.height > OPENED_HEIGHT ? WIDE_SPREAD : SPREAD, length / (sorted.length - 1));
    const offsets = sorted.map((_, index) => (index - (sorted.length - 1) / 2) * gap);
    const shift = levelShift(sorted, offsets, length);
    sorted.forEach((end, index) => places.set(end, onSide(card, end.side, (offsets[index] ?? 0) + shift)));
  }
  return places;
}

/** Moves all ends of a side together so that the level ones run straight, as far as the side is long. */
function levelShift(ends: readonly EdgeEnd[], offsets: readonly number[], length: number): number {
  const level = offsets.filter((_, index) => ends[index]?.isLevel === true);
  if (level.length === 0) return 0;
  const wanted = -level.reduce((sum, offset) => sum + offset, 0) / level.length;
  const room = length / 2 - (offsets.at(-1) ?? 0);
  return clamp(wanted, -room, room);
}

function onSide(card: Box, side: Side, offset: number): Point {
  if (side === "left") return { x: left(card), y: card.y + offset };
  if (side === "right") return { x: right(card), y: card.y + offset };
  if (side === "top") return { x: card.x + offset, y: top(card) };
  return { x: card.x + offset, y: bottom(card) };
}
