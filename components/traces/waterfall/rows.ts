/** What folding needs to know of a span: spans stand in one list, each before its descendants. */
export interface FoldNode {
  /** Stable name within its trace. */
  readonly key: string;
  readonly depth: number;
  /** Index of the parent; -1 = none in this list. */
  readonly parent: number;
  /** How many descendants follow it directly. */
  readonly size: number;
}

/** Keys of the spans whose descendants are put away. */
export type Folded = ReadonlySet<string>;

export const NOTHING_FOLDED: Folded = new Set();

/** Indexes of the spans that are shown, in order: every span without a folded ancestor. */
export function visibleRows(nodes: readonly FoldNode[], folded: Folded): number[] {
  const rows: number[] = [];
  let index = 0;
  while (index < nodes.length) {
    const node = nodes[index];
    if (node === undefined) break;
    rows.push(index);
    index += folded.has(node.key) ? node.size + 1 : 1;
  }
  return rows;
}

/** Place of a span among the shown rows; -1 = it is folded away. */
export function rowOf(rows: readonly number[], index: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = rows[middle] ?? 0;
    if (at === index) return middle;
    if (at < index) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Row of the nearest ancestor that is shown, or of the span itself. */
export function nearestRowOf(nodes: readonly FoldNode[], rows: readonly number[], index: number): number {
  for (let at = index; at >= 0; at = nodes[at]?.parent ?? -1) {
    const row = rowOf(rows, at);
    if (row >= 0) return row;
  }
  return rows.length === 0 ? -1 : 0;
}

export function toggleFold(folded: Folded, key: string): Folded {
  const next = new Set(folded);
  if (!next.delete(key)) next.add(key);
  return next;
}

export function foldAll(nodes: readonly FoldNode[]): Folded {
  return new Set(nodes.filter((node) => node.size > 0).map((node) => node.key));
}

/** Opens exactly the ways to the wanted spans; everything beside them is folded. */
export function foldAllBut<Node extends FoldNode>(nodes: readonly Node[], isWanted: (node: Node) => boolean): Folded {
  const opened = new Set<number>();
  nodes.forEach((node, index) => {
    if (!isWanted(node)) return;
    for (let at = nodes[index]?.parent ?? -1; at >= 0 && !opened.has(at); at = nodes[at]?.parent ?? -1) opened.add(at);
  });
  return new Set(nodes.filter((node, index) => node.size > 0 && !opened.has(index)).map((node) => node.key));
}

/** Opens every ancestor of a span, so that it is shown. The same set where nothing had to be opened. */
export function reveal(nodes: readonly FoldNode[], folded: Folded, index: number): Folded {
  const closed: string[] = [];
  for (let at = nodes[index]?.parent ?? -1; at >= 0; at = nodes[at]?.parent ?? -1) {
    const key = nodes[at]?.key;
    if (key !== undefined && folded.has(key)) closed.push(key);
  }
  if (closed.length === 0) return folded;
  const next = new Set(folded);
  for (const key of closed) next.delete(key);
  return next;
}

/** Folds the deepest level that is still open. */
export function foldOneLevel(nodes: readonly FoldNode[], folded: Folded): Folded {
  const open = visibleRows(nodes, folded).filter((index) => {
    const node = nodes[index];
    return node !== undefined && node.size > 0 && !folded.has(node.key);
  });
  const deepest = open.reduce((most, index) => Math.max(most, nodes[index]?.depth ?? 0), -1);
  return new Set([...folded, ...keysAtDepth(nodes, open, deepest)]);
}

/** Opens the shallowest level that is folded. */
export function openOneLevel(nodes: readonly FoldNode[], folded: Folded): Folded {
  const closed = visibleRows(nodes, folded).filter((index) => folded.has(nodes[index]?.key ?? ""));
  const shallowest = closed.reduce((least, index) => Math.min(least, nodes[index]?.depth ?? 0), Number.POSITIVE_INFINITY);
  const next = new Set(folded);
  for (const key of keysAtDepth(nodes, closed, shallowest)) next.delete(key);
  return next;
}

function keysAtDepth(nodes: readonly FoldNode[], indexes: readonly number[], depth: number): string[] {
  return indexes.flatMap((index) => {
    const node = nodes[index];
    return node !== undefined && node.depth === depth ? [node.key] : [];
  });
}
