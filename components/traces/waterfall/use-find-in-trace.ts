import { useDeferredValue, useMemo } from "react";

import { findMatches, nextMatch } from "./find-matches.ts";
import type { TraceView } from "./trace-view.ts";

export interface FindInView {
  /** Indexes of matching spans, in order. */
  readonly matches: readonly number[];
  readonly matchSet: ReadonlySet<number>;
  /** Key of the match after a span, or before it; `null` = nothing matches. */
  readonly next: (from: number, by: 1 | -1) => string | null;
}

/** Spans that the find text meets. Looked for a moment later than typed, so that typing stays quick in a huge trace. */
export function useFindInTrace({ nodes }: TraceView, text: string): FindInView {
  const calm = useDeferredValue(text);
  const matches = useMemo(() => findMatches(nodes, calm), [nodes, calm]);
  const matchSet = useMemo(() => new Set(matches), [matches]);
  const next = (from: number, by: 1 | -1): string | null => nodes[nextMatch(matches, from, by) ?? -1]?.key ?? null;
  return { matches, matchSet, next };
}
