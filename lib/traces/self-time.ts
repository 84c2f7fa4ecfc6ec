import { endMs, type SpanNode, type TraceTree } from "./trace-tree.ts";

/** The time of a span in which none of its children ran, milliseconds: its duration less the union of them. */
export function selfTimeMs({ span, children }: SpanNode): number {
  const until = endMs(span);
  let coveredMs = 0;
  let reached = span.startMs;
  // Children come in order of start: what lies behind `reached` is covered already.
  for (const child of children) {
    const from = Math.max(child.span.startMs, reached);
    const to = Math.min(endMs(child.span), until);
    if (to <= from) continue;
    coveredMs += to - from;
    reached = to;
  }
  return Math.max(0, span.durationMs - coveredMs);
}

/** Own time of every span, by key. */
export function selfTimes(tree: TraceTree): Map<string, number> {
  return new Map(tree.nodes.map((node) => [node.key, selfTimeMs(node)]));
}
