import type { Trace } from "#lib/model/trace.ts";

import type { SpanNode, TraceTree } from "./trace-tree.ts";
import { durationWords, nameWords } from "./words.ts";

/** How far one process's clock was found off. Positive = its spans seemed to come too late, so they were moved earlier. */
export interface ClockOffset {
  /** Index into the trace's `resources`. */
  resource: number;
  service: string;
  instance: string | null;
  /** Of its spans the one that was moved furthest, milliseconds: positive = its clock is ahead, negative = behind. */
  aheadMs: number;
  /** Spans that were moved. */
  spans: number;
}

/** What correcting the clocks of a trace would do. */
export interface ClockSkew {
  /** Milliseconds to add to a span's start, by key of its node. A span that stays is not in it. */
  shiftMs: ReadonlyMap<string, number>;
  /** Processes whose spans were moved, furthest first; empty = every clock agrees. */
  clocks: readonly ClockOffset[];
  /** The same as sentences. */
  notices: readonly string[];
}

/** Many senders read their clock in whole milliseconds: less than this is no sign of a wrong one. */
const LEAST_MS = 1;

/**
 * Finds processes whose clocks cannot be right: a child of another process cannot begin before its parent, nor after a
 * parent that ended well. Such a child is put into the middle of its parent, as if the way there and back took equally
 * long; one that lasts longer than its parent is only moved to its beginning. What follows in the same process moves along.
 * Other viewers also move a child that ends after its parent; that is no proof of anything, for work often goes on after its
 * caller gave up, and a consumer takes up its message when it likes. Spans of one process are never moved against each other.
 */
export function findClockSkew(tree: TraceTree): ClockSkew {
  const shiftMs = new Map<string, number>();
  const clocks = new Map<number, ClockOffset>();
  // Parents come before their children, so each finds its parent already moved.
  for (const node of tree.nodes) {
    const shift = shiftOf(node, shiftMs);
    if (shift === 0) continue;
    shiftMs.set(node.key, shift);
    note(clocks, node, shift);
  }
  const found = [...clocks.values()].toSorted((a, b) => Math.abs(b.aheadMs) - Math.abs(a.aheadMs) || a.resource - b.resource);
  return { shiftMs, clocks: found, notices: found.map(sentenceOf) };
}

function shiftOf(node: SpanNode, shiftMs: ReadonlyMap<string, number>): number {
  const { parent, span } = node;
  if (parent === null) return 0;
  const parentShift = shiftMs.get(parent.key) ?? 0;
  if (parent.span.resource === span.resource) return parentShift;
  const parentStart = parent.span.startMs + parentShift;
  const spareMs = parent.span.durationMs - span.durationMs;
  const isEarly = span.startMs < parentStart - LEAST_MS;
  if (spareMs < 0 || span.kind === "consumer") return isEarly ? parentStart - span.startMs : 0;
  // A parent that failed may have given up before its child was even begun.
  const isLate = !parent.span.isError && span.startMs > parentStart + parent.span.durationMs + LEAST_MS;
  return isEarly || isLate ? parentStart + spareMs / 2 - span.startMs : 0;
}

function note(clocks: Map<number, ClockOffset>, { span, resource }: SpanNode, shift: number): void {
  const known = clocks.get(span.resource);
  if (known === undefined) {
    const { service, instance } = resource;
    clocks.set(span.resource, { resource: span.resource, service, instance, aheadMs: -shift, spans: 1 });
    return;
  }
  known.spans++;
  if (Math.abs(shift) > Math.abs(known.aheadMs)) known.aheadMs = -shift;
}

function sentenceOf({ service, instance, aheadMs }: ClockOffset): string {
  const who = instance === null ? nameWords(service) : `${nameWords(service)} (${nameWords(instance)})`;
  return `The clock of ${who} is ${durationWords(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead" : "behind"}; corrected.`;
}

const NANOS_PER_MS = 1_000_000;

/** The trace as correct clocks would have told it: moved spans with their events, in order of start, from a new beginning. */
export function correctClocks(trace: Trace, tree: TraceTree, skew: ClockSkew): Trace {
  if (skew.shiftMs.size === 0) return trace;
  const shiftOfSpan = new Map(tree.nodes.map((node) => [node.span, skew.shiftMs.get(node.key) ?? 0]));
  const moved = trace.spans.map((span) => ({ span, shift: shiftOfSpan.get(span) ?? 0 }));
  const beginMs = moved.reduce((least, { span, shift }) => Math.min(least, span.startMs + shift), Number.POSITIVE_INFINITY);
  const spans = moved
    .map(({ span, shift }) => ({
      ...span,
      startMs: span.startMs + shift - beginMs,
      events: span.events.map((event) => ({ ...event, atMs: event.atMs + shift - beginMs })),
    }))
    .toSorted((a, b) => a.startMs - b.startMs);
  const startUnixNano = BigInt(trace.startUnixNano) + BigInt(Math.round(beginMs * NANOS_PER_MS));
  return {
    ...trace,
    startUnixNano: startUnixNano.toString(),
    startedAt: new Date(Number(startUnixNano / BigInt(NANOS_PER_MS))).toISOString(),
    durationMs: spans.reduce((latest, span) => Math.max(latest, span.startMs + span.durationMs), 0),
    spans,
  };
}
