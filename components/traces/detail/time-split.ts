import type { SpanNode } from "../waterfall/trace-view.ts";

/** A part of a span's time: its own, or that of one service below it. */
export interface TimePart {
  readonly service: string;
  readonly isOwn: boolean;
  readonly colour: number;
  readonly ms: number;
}

/**
 * Whose time a span's time was: every instant in which children ran belongs to them, in equal parts where several ran at
 * once, and the rest is its own. The parts add up to the span's duration. Most first, its own last; empty = an instant.
 */
export function timeSplit(nodes: readonly SpanNode[], index: number): TimePart[] {
  const span = nodes[index];
  if (span === undefined || span.endMs <= span.startMs) return [];
  const children = childrenOf(nodes, index).filter((child) => child.endMs > span.startMs && child.startMs < span.endMs);
  const edges = children.flatMap((child) => [
    { ms: Math.max(span.startMs, child.startMs), child, isStart: true },
    { ms: Math.min(span.endMs, child.endMs), child, isStart: false },
  ]);
  edges.sort((a, b) => a.ms - b.ms);
  const running = new Map<SpanNode, true>();
  const byService = new Map<string, { colour: number; ms: number }>();
  let ownMs = 0;
  let at = span.startMs;
  const share = (untilMs: number): void => {
    const ms = untilMs - at;
    at = untilMs;
    if (ms <= 0) return;
    if (running.size === 0) ownMs += ms;
    for (const { resource, colour } of running.keys()) {
      const known = byService.get(resource.service);
      byService.set(resource.service, { colour, ms: (known?.ms ?? 0) + ms / running.size });
    }
  };
  for (const { ms, child, isStart } of edges) {
    share(ms);
    if (isStart) running.set(child, true);
    else running.delete(child);
  }
  share(span.endMs);
  const parts = [...byService].map(([service, { colour, ms }]) => ({ service, isOwn: false, colour, ms }));
  parts.sort((a, b) => b.ms - a.ms);
  return ownMs > 0 ? [...parts, { service: span.resource.service, isOwn: true, colour: span.colour, ms: ownMs }] : parts;
}

function childrenOf(nodes: readonly SpanNode[], index: number): SpanNode[] {
  const children: SpanNode[] = [];
  const end = index + (nodes[index]?.size ?? 0);
  for (let at = index + 1; at <= end;) {
    const child = nodes[at];
    if (child === undefined) break;
    children.push(child);
    at += child.size + 1;
  }
  return children;
}
