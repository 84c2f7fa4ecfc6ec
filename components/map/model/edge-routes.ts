import { columnsOf } from "./columns.ts";
import type { Column, PlacedCard } from "./columns.ts";
import { curveThrough } from "./curve.ts";
import type { Curve } from "./curve.ts";
import { spreadEnds } from "./edge-ends.ts";
import type { EdgeEnd, Side } from "./edge-ends.ts";
import type { Point } from "./geometry.ts";
import { gapsOf, LANE_MARGIN, laneHeights, laneKey } from "./lanes.ts";
import type { LaneRequest } from "./lanes.ts";

export interface RouteInput {
  id: string;
  source: string;
  target: string;
}

/** With more lines than this, lanes would fill the picture: lines then run behind the cards. */
export const DENSE_LINES = 300;

interface Draft {
  edge: RouteInput;
  start: EdgeEnd;
  end: EdgeEnd;
  /** Columns that the edge passes between its ends, in the order of its way. */
  passes: number[];
}

/**
 * The curve of every edge: it leaves and reaches the cards' sides, ends spread in the order of where they go, and
 * passes each column in between through a free lane, so that it never crosses a card (as long as there are not so many
 * that lanes would fill the picture). Edges whose ends are not both
 * placed have no route.
 */
export function edgeRoutes(edges: readonly RouteInput[], cards: readonly PlacedCard[]): Map<string, Curve> {
  const columns = columnsOf(cards);
  const columnOf = new Map<string, number>();
  columns.forEach((column, index) => {
    for (const card of column.cards) columnOf.set(card.id, index);
  });
  const byId = new Map(cards.map((card) => [card.id, card]));
  const drafts = edges.flatMap((edge) => {
    const source = byId.get(edge.source);
    const target = byId.get(edge.target);
    if (source === undefined || target === undefined) return [];
    const draft = draftOf(edge, source, target, columns, columnOf);
    return [edges.length > DENSE_LINES ? { ...draft, passes: [] } : draft];
  });

  const lanes = laneHeights(
    drafts.flatMap((draft) => laneRequests(draft, columns, byId)),
    columns,
  );
  for (const draft of drafts) aimAtLanes(draft, columns, lanes);
  const ends = spreadEnds(
    drafts.flatMap((draft) => [draft.start, draft.end]),
    byId,
  );

  const routes = new Map<string, Curve>();
  for (const draft of drafts) {
    const from = ends.get(draft.start);
    const to = ends.get(draft.end);
    if (from === undefined || to === undefined) continue;
    routes.set(draft.edge.id, curveOf(draft, from, to, columns, lanes));
  }
  return routes;
}

function draftOf(
  edge: RouteInput,
  source: PlacedCard,
  target: PlacedCard,
  columns: readonly Column[],
  columnOf: ReadonlyMap<string, number>,
): Draft {
  const a = columnOf.get(source.id) ?? 0;
  const b = columnOf.get(target.id) ?? 0;
  const sides = a === b ? sidesInColumn(source, target, columns[a]) : sidesAcross(a < b);
  const way = Math.sign(b - a);
  const isLevel = Math.abs(source.y - target.y) < 1 && Math.abs(a - b) === 1;
  const passes = Array.from({ length: Math.max(0, Math.abs(b - a) - 1) }, (_, step) => a + way * (step + 1));
  return {
    edge,
    start: { edge: edge.id, card: source.id, side: sides[0], towards: target, order: edge.id, isLevel },
    end: { edge: edge.id, card: target.id, side: sides[1], towards: source, order: edge.id, isLevel },
    passes,
  };
}

function sidesAcross(isForward: boolean): [Side, Side] {
  return isForward ? ["right", "left"] : ["left", "right"];
}

/** Neighbours in a column are joined straight up or down; others by an arc on the right of the column. */
function sidesInColumn(source: PlacedCard, target: PlacedCard, column: Column | undefined): [Side, Side] {
  if (source.id === target.id || column === undefined) return ["right", "right"];
  const a = column.cards.indexOf(source);
  const b = column.cards.indexOf(target);
  if (Math.abs(a - b) !== 1) return ["right", "right"];
  return a < b ? ["bottom", "top"] : ["top", "bottom"];
}

function laneRequests(draft: Draft, columns: readonly Column[], cards: ReadonlyMap<string, PlacedCard>): LaneRequest[] {
  const source = cards.get(draft.edge.source);
  const target = cards.get(draft.edge.target);
  if (source === undefined || target === undefined) return [];
  return draft.passes.map((index) => {
    const column = columns[index];
    const middle = column === undefined ? 0 : (column.left + column.right) / 2;
    const t = target.x === source.x ? 0.5 : (middle - source.x) / (target.x - source.x);
    return {
      edge: draft.edge.id,
      column: index,
      wanted: source.y + (target.y - source.y) * t,
      sortBy: [target.y, source.y],
    };
  });
}

function aimAtLanes(draft: Draft, columns: readonly Column[], lanes: ReadonlyMap<string, number>): void {
  const place = (index: number | undefined): Point | null => {
    const y = index === undefined ? undefined : lanes.get(laneKey(draft.edge.id, index));
    const column = index === undefined ? undefined : columns[index];
    return y === undefined || column === undefined ? null : { x: (column.left + column.right) / 2, y };
  };
  draft.start.towards = place(draft.passes[0]) ?? draft.start.towards;
  draft.end.towards = place(draft.passes.at(-1)) ?? draft.end.towards;
}

function curveOf(draft: Draft, from: Point, to: Point, columns: readonly Column[], lanes: ReadonlyMap<string, number>): Curve {
  if (draft.start.side === "top" || draft.start.side === "bottom") return { start: from, controls: [], end: to };
  if (draft.start.side === draft.end.side) return loop(from, to, columns);
  const way = Math.sign(to.x - from.x);
  const last = draft.passes.length - 1;
  const stops = draft.passes.flatMap((index, at): [Point, Point][] => {
    const column = columns[index];
    const lane = lanes.get(laneKey(draft.edge.id, index));
    if (column === undefined || lane === undefined) return [];
    const afterStart = at === 0 ? straighten(lane, from.y, column) : lane;
    const y = at === last ? straighten(afterStart, to.y, column) : afterStart;
    const near = { x: way > 0 ? column.left : column.right, y };
    const far = { x: way > 0 ? column.right : column.left, y };
    return [[near, far]];
  });
  return curveThrough(from, stops, to);
}

const NEARLY = 12;

/** A lane that lies nearly level with an end of its edge takes that height, where nothing stands in the way. */
function straighten(lane: number, end: number, column: Column): number {
  if (Math.abs(lane - end) > NEARLY) return lane;
  return gapsOf(column, LANE_MARGIN).some((gap) => end >= gap.low && end <= gap.high) ? end : lane;
}

/** An arc that leaves a column on the right and comes back to it; of a service that calls itself, at its corner. */
function loop(from: Point, to: Point, columns: readonly Column[]): Curve {
  const column = columns.find((candidate) => candidate.left < from.x && candidate.right >= from.x);
  const out = (column?.right ?? from.x) + 30;
  return {
    start: from,
    controls: [
      { x: out, y: from.y },
      { x: out, y: to.y },
    ],
    end: to,
  };
}
