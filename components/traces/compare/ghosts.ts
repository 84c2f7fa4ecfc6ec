import type { TraceComparison } from "#lib/traces/compare-traces.ts";
import { endMs, mainRoot, type TraceTree } from "#lib/traces/trace-tree.ts";

import type { Ghost } from "../waterfall/span-bar.tsx";

/** Matched spans of the other trace by the key of the span here, both traces laid on the start of their main roots. */
export function ghostsOf(comparison: TraceComparison, here: TraceTree, there: TraceTree): Map<string, Ghost> {
  const shiftMs = (mainRoot(here)?.span.startMs ?? 0) - (mainRoot(there)?.span.startMs ?? 0);
  return new Map(
    comparison.pairs.map((pair) => [
      pair.here.key,
      { startMs: pair.there.span.startMs + shiftMs, endMs: endMs(pair.there.span) + shiftMs },
    ]),
  );
}
