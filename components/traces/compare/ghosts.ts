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

/** Whether both begin with the same operation of the same service: only then an ordinary one tells what this one should have been. */
export function haveSameRoot(here: TraceTree, there: TraceTree): boolean {
  const [a, b] = [mainRoot(here), mainRoot(there)];
  return a !== null && b !== null && a.resource.service === b.resource.service && a.span.name === b.span.name;
}
