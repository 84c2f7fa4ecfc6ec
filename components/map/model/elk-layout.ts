import type { ELK, ElkNode } from "elkjs/lib/elk-api";

import { callOrder } from "./call-order.ts";
import type { Point } from "./geometry.ts";
import type { LayoutInput, LayoutNode, Positions } from "./layout-input.ts";
import { alignRows } from "./row-align.ts";

/** Gap between two cards of a column: room for a hull's title, its two borders, and an opened card. */
export const ROW_GAP = 72;
/** Gap between two columns: room for a curve and an edge's label. */
export const COLUMN_GAP = 56;

/** Crossing search grows steeply with the number of lines; large pictures get less of it. */
const THOROUGH_UP_TO = 120;

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.randomSeed": "1",
  "elk.separateConnectedComponents": "false",
  "elk.spacing.nodeNode": String(ROW_GAP),
  "elk.spacing.edgeNode": "20",
  "elk.layered.spacing.nodeNodeBetweenLayers": String(COLUMN_GAP),
  "elk.layered.spacing.edgeNodeBetweenLayers": "10",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "6",
  "elk.edgeRouting": "POLYLINE",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
} as const;

interface Column {
  x: number;
  ids: string[];
}

/**
 * Layered layout, callers left, in two passes of elk: the first finds columns and an order with few crossings; then
 * namespaces are brought together in every column in one common order (so that their hulls cannot overlap), and the
 * second pass gives places for that order. The same input always gives the same places.
 */
export async function layoutWithElk(elk: Pick<ELK, "layout">, input: LayoutInput): Promise<Positions> {
  const order = callOrder(input);
  const rank = new Map(order.map((id, index) => [id, index]));
  const nodes = input.nodes.toSorted((a, b) => rankOf(rank, a.id) - rankOf(rank, b.id));
  const edges = input.edges.toSorted(
    (a, b) => rankOf(rank, a.source) - rankOf(rank, b.source) || rankOf(rank, a.target) - rankOf(rank, b.target),
  );
  const thoroughness = nodes.length > THOROUGH_UP_TO ? "2" : "14";
  const graph = (children: ElkNode[], options: Record<string, string>): ElkNode => ({
    id: "map",
    layoutOptions: { ...OPTIONS, "elk.layered.thoroughness": thoroughness, ...options },
    children,
    edges: edges.map((edge, index) => ({ id: `e${index}`, sources: [edge.source], targets: [edge.target] })),
  });

  const first = await elk.layout(graph(nodes.map(child), {}));
  const columns = columnsOf(centres(first));
  const ordered = orderByGroup(columns, centres(first), input.nodes);

  const byId = new Map(nodes.map((node) => [node.id, node]));
  const children = ordered.flatMap((column, index) =>
    column.ids.flatMap((id) => {
      const node = byId.get(id);
      return node === undefined ? [] : [{ ...child(node), layoutOptions: { "elk.partitioning.partition": String(index) } }];
    }),
  );
  const second = await elk.layout(
    graph(children, {
      "elk.partitioning.activate": "true",
      "elk.layered.crossingMinimization.forceNodeModelOrder": "true",
    }),
  );
  return alignRows(centres(second), ordered, byId);
}

function child(node: LayoutNode): ElkNode {
  return { id: node.id, width: node.width, height: node.height };
}

function rankOf(rank: ReadonlyMap<string, number>, id: string): number {
  return rank.get(id) ?? rank.size;
}

function centres(graph: ElkNode): Map<string, Point> {
  const places = new Map<string, Point>();
  for (const node of graph.children ?? []) {
    const { x = 0, y = 0, width = 0, height = 0 } = node;
    places.set(node.id, { x: x + width / 2, y: y + height / 2 });
  }
  return places;
}

function columnsOf(places: Positions): Column[] {
  const columns: Column[] = [];
  for (const [id, { x }] of [...places].toSorted(([, a], [, b]) => a.x - b.x || a.y - b.y)) {
    const column = columns.at(-1);
    if (column !== undefined && x - column.x < COLUMN_GAP) column.ids.push(id);
    else columns.push({ x, ids: [id] });
  }
  return columns;
}

/** Sorts every column by the mean height of the node's group over all columns, then by the order elk found. */
function orderByGroup(columns: readonly Column[], places: Positions, nodes: readonly LayoutNode[]): Column[] {
  const groupOf = new Map(nodes.map((node) => [node.id, node.group ?? node.id]));
  const heights = new Map<string, number[]>();
  for (const [id, { y }] of places) {
    const group = groupOf.get(id) ?? id;
    const list = heights.get(group);
    if (list === undefined) heights.set(group, [y]);
    else list.push(y);
  }
  const meanOf = (id: string): number => {
    const list = heights.get(groupOf.get(id) ?? id) ?? [];
    return list.reduce((sum, y) => sum + y, 0) / Math.max(1, list.length);
  };
  const key = (id: string): string => groupOf.get(id) ?? id;
  return columns.map((column) => ({
    x: column.x,
    ids: column.ids.toSorted(
      (a, b) => meanOf(a) - meanOf(b) || key(a).localeCompare(key(b), "en") || (places.get(a)?.y ?? 0) - (places.get(b)?.y ?? 0),
    ),
  }));
}
