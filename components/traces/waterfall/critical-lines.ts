import type { TimeRange } from "./zoom.ts";

/** The drawing's own width; it is stretched to the timeline's. */
export const CRITICAL_WIDTH = 4_000;

/**
 * Stretches of the critical path as one path of level lines; empty = none in sight. Stretches that would touch on any
 * screen are drawn as one, so that a span with thousands of children still has a short path.
 */
export function criticalLines(critical: readonly (readonly [number, number])[], range: TimeRange): string {
  const scale = CRITICAL_WIDTH / (range.toMs - range.fromMs);
  let d = "";
  let reached = -2;
  for (const [fromMs, toMs] of critical) {
    if (toMs < range.fromMs || fromMs > range.toMs) continue;
    const from = Math.max(0, Math.floor((fromMs - range.fromMs) * scale));
    const to = Math.min(CRITICAL_WIDTH, Math.max(from + 4, Math.ceil((toMs - range.fromMs) * scale)));
    if (from > reached + 1) d += `M${from} 1H${to}`;
    else if (to > reached) d += `H${to}`;
    reached = Math.max(reached, to);
  }
  return d;
}
