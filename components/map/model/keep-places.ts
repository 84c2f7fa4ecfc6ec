import { overlaps } from "./geometry.ts";
import type { Box, Point } from "./geometry.ts";
import type { LayoutInput, LayoutNode, Positions } from "./layout-input.ts";

const CLEARANCE = 56;
const STEP = 24;
const TRIES = 400;

/**
 * Kept places win: every node that had a place keeps it. A new node goes where the fresh layout has it relative to
 * its neighbours that kept theirs, moved up or down to the nearest free spot.
 */
export function keepPlaces(kept: Positions, fresh: Positions, input: LayoutInput): Positions {
  const places = new Map<string, Point>();
  const boxes: Box[] = [];
  for (const node of input.nodes) {
    const place = kept.get(node.id);
    if (place === undefined) continue;
    places.set(node.id, place);
    boxes.push({ ...place, width: node.width, height: node.height });
  }
  for (const node of input.nodes) {
    if (places.has(node.id)) continue;
    const suggested = fresh.get(node.id) ?? { x: 0, y: 0 };
    const shift = meanShift(neighbours(node.id, input), kept, fresh);
    const place = nearestFree({ x: suggested.x + shift.x, y: suggested.y + shift.y }, node, boxes);
    places.set(node.id, place);
    boxes.push({ ...place, width: node.width, height: node.height });
  }
  return places;
}

/** How far the kept places lie from the fresh ones, over these nodes, or over all when none of them was kept. */
function meanShift(ids: readonly string[], kept: Positions, fresh: Positions): Point {
  const near = shiftOver(ids, kept, fresh);
  return near ?? shiftOver([...kept.keys()], kept, fresh) ?? { x: 0, y: 0 };
}

function shiftOver(ids: readonly string[], kept: Positions, fresh: Positions): Point | null {
  let n = 0;
  let x = 0;
  let y = 0;
  for (const id of ids) {
    const from = fresh.get(id);
    const to = kept.get(id);
    if (from === undefined || to === undefined) continue;
    n += 1;
    x += to.x - from.x;
    y += to.y - from.y;
  }
  return n === 0 ? null : { x: Math.round(x / n), y: Math.round(y / n) };
}

function neighbours(id: string, input: LayoutInput): string[] {
  return input.edges.flatMap((edge) => {
    if (edge.source === id) return [edge.target];
    return edge.target === id ? [edge.source] : [];
  });
}

function nearestFree(wanted: Point, node: LayoutNode, boxes: readonly Box[]): Point {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const offset = Math.ceil(attempt / 2) * STEP * (attempt % 2 === 0 ? 1 : -1);
    const place = { x: wanted.x, y: wanted.y + offset };
    const box = { ...place, width: node.width, height: node.height };
    if (!boxes.some((other) => overlaps(box, other, CLEARANCE / 2))) return place;
  }
  const lowest = Math.max(...boxes.map((box) => box.y + box.height / 2));
  return { x: wanted.x, y: lowest + CLEARANCE + node.height / 2 };
}
