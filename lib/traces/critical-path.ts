import { endMs, mainRoot, type SpanNode, type TraceTree } from "./trace-tree.ts";

/** A stretch of time that one span is answerable for, milliseconds from the start of the trace. */
export interface CriticalSegment {
  /** Key of the node. */
  key: string;
  spanId: string;
  fromMs: number;
  toMs: number;
}

interface Frame {
  node: SpanNode;
  /** Nothing of this span before this instant counts: its caller was not there yet. */
  fromMs: number;
  /** Down from here the time of this span is not shared out yet. */
  cursorMs: number;
  /** By end, last first. */
  children: readonly SpanNode[];
  next: number;
}

/**
 * The spans that the root waited for, in order of time: shorten any of these stretches and the root ends earlier.
 *
 * Walks backward from the root's end. At every instant the time belongs to the child that had begun by then and finished
 * last, back to that child's start, and inside it to its own children by the same rule. What no child covers is the
 * span's own. A child that outlives its caller counts up to the caller's end only, one that began before it only from
 * the caller's start. Where two children overlap, the later-finishing one owns the overlap: the earlier one could have
 * taken longer without anybody waiting for it.
 *
 * The segments do not overlap and cover the main root from start to end exactly. Empty for a root that took no time.
 */
export function findCriticalPath(tree: Pick<TraceTree, "roots">): CriticalSegment[] {
  const root = mainRoot(tree);
  if (root === null) return [];
  const backward: CriticalSegment[] = [];
  const own = ({ key, span }: SpanNode, fromMs: number, toMs: number): void => {
    if (fromMs < toMs) backward.push({ key, spanId: span.spanId, fromMs, toMs });
  };
  const frames: Frame[] = [frameOf(root, root.span.startMs, endMs(root.span))];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const child = frame.children[frame.next++];
    if (child === undefined) {
      own(frame.node, frame.fromMs, frame.cursorMs);
      frames.pop();
      continue;
    }
    const toMs = Math.min(endMs(child.span), frame.cursorMs);
    const fromMs = Math.max(child.span.startMs, frame.fromMs);
    if (fromMs >= toMs) continue;
    own(frame.node, toMs, frame.cursorMs);
    frame.cursorMs = fromMs;
    frames.push(frameOf(child, fromMs, toMs));
  }
  return backward.toReversed();
}

function frameOf(node: SpanNode, fromMs: number, cursorMs: number): Frame {
  const children = node.children.length < 2 ? node.children : node.children.toSorted((a, b) => endMs(b.span) - endMs(a.span));
  return { node, fromMs, cursorMs, children, next: 0 };
}

/** How long each span owns the critical path by itself and with all below it. By key; absent = not on the path. */
export interface CriticalTimes {
  /** Length of the whole path. */
  totalMs: number;
  ownMs: ReadonlyMap<string, number>;
  withDescendantsMs: ReadonlyMap<string, number>;
}

/** Adds the path up by span. */
export function criticalTimes(tree: TraceTree, path: readonly CriticalSegment[] = findCriticalPath(tree)): CriticalTimes {
  const ownMs = new Map<string, number>();
  let totalMs = 0;
  for (const { key, fromMs, toMs } of path) {
    ownMs.set(key, (ownMs.get(key) ?? 0) + (toMs - fromMs));
    totalMs += toMs - fromMs;
  }
  const withDescendantsMs = new Map(ownMs);
  for (const { key, parent } of tree.nodes.toReversed()) {
    const ms = withDescendantsMs.get(key);
    if (ms !== undefined && parent !== null) withDescendantsMs.set(parent.key, (withDescendantsMs.get(parent.key) ?? 0) + ms);
  }
  return { totalMs, ownMs, withDescendantsMs };
}
