import { callOrder } from "./call-order.ts";
import type { Point } from "./geometry.ts";
import type { LayoutInput, LayoutNode, Positions } from "./layout-input.ts";

const COLUMN_GAP = 64;
const ROW_GAP = 72;
const SWEEPS = 4;
/** Circles everywhere make one long chain of columns; it is folded into about this many. */
const MOST_COLUMNS = 7;

/**
 * A plain layered layout for graphs that are too dense for a careful one in reasonable time: columns by the longest way
 * from a caller that nobody calls (calls that would lead back are ignored), namespaces together in one common order,
 * rows by the mean height of the callers. Takes milliseconds for thousands of edges; same input, same places.
 */
export function quickLayout(input: LayoutInput): Positions {
  const order = callersFirst(input);
  const rank = new Map(order.map((id, index) => [id, index]));
  const forward = input.edges.filter((edge) => (rank.get(edge.source) ?? 0) < (rank.get(edge.target) ?? 0));
  const byId = new Map(input.nodes.map((node) => [node.id, node]));
  const columns = fold(columnsByDepth(order, forward, byId));
  const callers = new Map<string, string[]>();
  for (const { source, target } of forward) callers.set(target, [...(callers.get(target) ?? []), source]);

  let places = stack(columns);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const current = places;
    const wanted = (node: LayoutNode): number => meanHeight([node.id, ...(callers.get(node.id) ?? [])], current);
    const groups = groupHeights(input.nodes, wanted);
    const key = (node: LayoutNode): number => groups.get(node.group ?? node.id) ?? 0;
    for (const [index, column] of columns.entries()) {
      columns[index] = column.toSorted((a, b) => key(a) - key(b) || wanted(a) - wanted(b) || (a.id < b.id ? -1 : 1));
    }
    places = stack(columns);
  }
  return places;
}

/** Callers before callees: only a call that closes a circle leads back. */
function callersFirst(input: LayoutInput): string[] {
  const callees = calleesOf(input.edges);
  const seen = new Set<string>();
  const finished: string[] = [];
  for (const start of callOrder(input).toReversed()) {
    const stack = [{ id: start, isLeaving: false }];
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      if (step.isLeaving) finished.push(step.id);
      if (step.isLeaving || seen.has(step.id)) continue;
      seen.add(step.id);
      stack.push({ id: step.id, isLeaving: true }, ...(callees.get(step.id) ?? []).map((id) => ({ id, isLeaving: false })));
    }
  }
  return finished.toReversed();
}

function calleesOf(edges: LayoutInput["edges"]): Map<string, string[]> {
  const callees = new Map<string, string[]>();
  for (const { source, target } of edges) {
    const list = callees.get(source);
    if (list === undefined) callees.set(source, [target]);
    else list.push(target);
  }
  return callees;
}

function columnsByDepth(order: readonly string[], forward: LayoutInput["edges"], byId: ReadonlyMap<string, LayoutNode>): LayoutNode[][] {
  const callees = calleesOf(forward);
  const depth = new Map<string, number>();
  // Every kept edge goes from an earlier to a later id of the order, so one walk along it settles all depths.
  for (const id of order) {
    const own = depth.get(id) ?? 0;
    depth.set(id, own);
    for (const callee of callees.get(id) ?? []) depth.set(callee, Math.max(depth.get(callee) ?? 0, own + 1));
  }
  const columns: LayoutNode[][] = [];
  for (const id of order) {
    const node = byId.get(id);
    if (node !== undefined) (columns[depth.get(id) ?? 0] ??= []).push(node);
  }
  return columns.filter((column) => column.length > 0);
}

/** Many columns with hardly anything in them say nothing about order any more: neighbours are put together. */
function fold(columns: readonly LayoutNode[][]): LayoutNode[][] {
  const count = columns.reduce((sum, column) => sum + column.length, 0);
  if (columns.length <= MOST_COLUMNS || count / columns.length >= 2) return [...columns];
  const height = Math.ceil(count / MOST_COLUMNS);
  const nodes = columns.flat();
  return Array.from({ length: Math.ceil(count / height) }, (_, index) => nodes.slice(index * height, (index + 1) * height));
}

function stack(columns: readonly LayoutNode[][]): Map<string, Point> {
  const places = new Map<string, Point>();
  let x = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((node) => node.width));
    let y = -column.reduce((sum, node) => sum + node.height + ROW_GAP, -ROW_GAP) / 2;
    for (const node of column) {
      places.set(node.id, { x: Math.round(x + width / 2), y: Math.round(y + node.height / 2) });
      y += node.height + ROW_GAP;
    }
    x += width + COLUMN_GAP;
  }
  return places;
}

function meanHeight(ids: readonly string[], places: Positions): number {
  return ids.reduce((sum, id) => sum + (places.get(id)?.y ?? 0), 0) / ids.length;
}

function groupHeights(nodes: readonly LayoutNode[], heightOf: (node: LayoutNode) => number): Map<string, number> {
  const sums = new Map<string, { sum: number; n: number }>();
  for (const node of nodes) {
    const group = node.group ?? node.id;
    const { sum, n } = sums.get(group) ?? { sum: 0, n: 0 };
    sums.set(group, { sum: sum + heightOf(node), n: n + 1 });
  }
  return new Map([...sums].map(([group, { sum, n }]) => [group, sum / n]));
}
