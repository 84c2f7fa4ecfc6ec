import type { TraceComparison } from "#lib/traces/compare-traces.ts";
import type { SpanNode, TraceTree } from "#lib/traces/trace-tree.ts";

/** One line of two trees laid over each other; one side is `null` where only the other trace has the span. */
export interface CompareRow {
  readonly key: string;
  readonly depth: number;
  readonly here: SpanNode | null;
  readonly there: SpanNode | null;
  /** Here less there; `null` = only one side has it. */
  readonly deltaMs: number | null;
}

/** A pair that differs by less than both of these differs as any two requests do. */
const LEAST_MS = 1;
const LEAST_SHARE = 0.1;

/** Both trees as one: matched spans side by side, what only the other trace has below what it would hang under. */
export function compareRows(here: TraceTree, there: TraceTree, comparison: TraceComparison): CompareRow[] {
  const partnerOf = new Map(comparison.pairs.map((pair) => [pair.here, pair]));
  const taken = new Set(comparison.pairs.map((pair) => pair.there));
  const rows: CompareRow[] = [];
  const waiting: { here: SpanNode | null; there: SpanNode | null; depth: number }[] = [];
  const push = (ofHere: readonly SpanNode[], ofThere: readonly SpanNode[], depth: number): void => {
    const lost = ofThere.filter((node) => !taken.has(node)).map((node) => ({ here: null, there: node, depth }));
    const own = ofHere.map((node) => ({ here: node, there: partnerOf.get(node)?.there ?? null, depth }));
    waiting.push(...[...own, ...lost].toReversed());
  };
  push(here.roots, there.roots, 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const deltaMs = next.here === null || next.there === null ? null : next.here.span.durationMs - next.there.span.durationMs;
    rows.push({ ...next, key: `${next.here?.key ?? ""}|${next.there?.key ?? ""}`, deltaMs });
    push(next.here?.children ?? [], next.there?.children ?? [], next.depth + 1);
  }
  return rows;
}

/** How a line differs; `same` = no more than any two requests do. */
export function changeOf({ here, there, deltaMs }: CompareRow): "added" | "lost" | "slower" | "faster" | "same" {
  if (there === null) return "added";
  if (here === null) return "lost";
  const longest = Math.max(here.span.durationMs, there.span.durationMs);
  if (deltaMs === null || Math.abs(deltaMs) < Math.max(LEAST_MS, LEAST_SHARE * longest)) return "same";
  return deltaMs > 0 ? "slower" : "faster";
}
