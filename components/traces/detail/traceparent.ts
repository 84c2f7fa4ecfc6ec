/** The W3C header that names a span (https://www.w3.org/TR/trace-context/), sampled; `null` where an id has not its form. */
export function traceparentOf(traceId: string, spanId: string): string | null {
  return /^[0-9a-f]{32}$/.test(traceId) && /^[0-9a-f]{16}$/.test(spanId) ? `00-${traceId}-${spanId}-01` : null;
}

const YOUNG_MS = 30_000;
const AGAIN_MS = 5_000;

/** When to ask for a trace again: its spans may still be coming while it is young. `false` = never by itself. */
export function askAgainMs(trace: { startedAt: string; durationMs: number } | undefined, nowMs: number): number | false {
  if (trace === undefined) return false;
  const age = nowMs - (Date.parse(trace.startedAt) + trace.durationMs);
  return age < YOUNG_MS ? AGAIN_MS : false;
}
