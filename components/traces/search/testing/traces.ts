import type { TraceSummary } from "#lib/model/trace.ts";

/** A trace for a test: one service, one millisecond, no failure, unless said otherwise. */
export function traceAt(startMs: number, part: Partial<TraceSummary> = {}): TraceSummary {
  return {
    id: Math.round(startMs).toString(16).padStart(32, "0"),
    root: { service: "web", namespace: "shop", version: null, operation: "GET /" },
    hasRoot: true,
    startedAt: new Date(startMs).toISOString(),
    durationMs: 1,
    spans: 1,
    errors: 0,
    services: [{ service: "web", namespace: "shop", spans: 1, errors: 0, versions: [] }],
    status: "ok",
    ...part,
  };
}
