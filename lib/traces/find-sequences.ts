import { criticalTimes, type CriticalTimes } from "./critical-path.ts";
import { type Callee, calleeOf } from "./span-facts.ts";
import { endMs, type SpanNode, type TraceTree } from "./trace-tree.ts";

/** The same piece of work several times in a row, one after the other. */
export interface SpanSequence {
  /** What they have in common: who did it, for whom, and what. */
  service: string;
  /** Version of that service; `null` = not told. */
  version: string | null;
  operation: string;
  parentKey: string | null;
  /** Who was called; `null` = the spans are no calls, or nobody tells. */
  callee: Callee | null;
  count: number;
  /** Sum of their durations. */
  totalMs: number;
  /** Part of the critical path that they and everything below them own, 0 to 1. */
  criticalShare: number;
  /** In order of start. */
  keys: string[];
}

/** Two spans that overlap by less than this follow each other: clocks within one machine are read in microseconds. */
const TOUCH_MS = 1;
const TOUCH_SHARE = 0.1;

/**
 * Consecutive siblings of one service and name, each begun when the one before had ended. Those that own most of the
 * critical path come first. What runs at once is no sequence: nobody waits for it twice.
 */
export function findSequences(tree: TraceTree, times: CriticalTimes = criticalTimes(tree)): SpanSequence[] {
  const found: SpanSequence[] = [];
  const families = [tree.roots, ...tree.nodes.map((node) => node.children)];
  for (const siblings of families) {
    let run: SpanNode[] = [];
    for (const node of siblings) {
      const last = run.at(-1);
      if (last !== undefined && follows(last, node)) {
        run.push(node);
        continue;
      }
      if (run.length > 1) found.push(sequenceOf(run, times));
      run = [node];
    }
    if (run.length > 1) found.push(sequenceOf(run, times));
  }
  return found.toSorted((a, b) => b.criticalShare - a.criticalShare || b.totalMs - a.totalMs);
}

function follows(before: SpanNode, after: SpanNode): boolean {
  const [a, b] = [before.resource, after.resource];
  if (before.span.name !== after.span.name || a.service !== b.service || a.namespace !== b.namespace) return false;
  const touch = Math.min(TOUCH_MS, TOUCH_SHARE * Math.min(before.span.durationMs, after.span.durationMs));
  return after.span.startMs >= endMs(before.span) - touch;
}

function sequenceOf(run: readonly SpanNode[], times: CriticalTimes): SpanSequence {
  const [first] = run as readonly [SpanNode, ...SpanNode[]];
  const criticalMs = run.reduce((sum, { key }) => sum + (times.withDescendantsMs.get(key) ?? 0), 0);
  return {
    service: first.resource.service,
    version: first.resource.version,
    operation: first.span.name,
    parentKey: first.parent?.key ?? null,
    callee: calleeOf(first),
    count: run.length,
    totalMs: run.reduce((sum, { span }) => sum + span.durationMs, 0),
    criticalShare: times.totalMs > 0 ? criticalMs / times.totalMs : 0,
    keys: run.map(({ key }) => key),
  };
}
