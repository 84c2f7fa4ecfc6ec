import type { SpanStoreStats } from "#lib/ports/span-store.ts";

import { addCounts, type IngestCounts } from "./counts.ts";

/** Different reasons of rejected spans that are kept for the Sources page. */
export const KEPT_REASONS = 5;

/** How the intake stands; the worker tells it once a second. */
export interface IngestStats {
  counts: IngestCounts;
  /** The first different reasons why spans were rejected. */
  reasons: string[];
  /** Epoch milliseconds; `null` = never. */
  lastSpanAtMs: number | null;
  lastTroubleAtMs: number | null;
  /** Why the newest write failed; `null` = it went well, or there was none. */
  storeError: string | null;
  /** Bytes that wait to be written, and of bodies that are being read. */
  queueBytes: number;
  readingBytes: number;
  /** Services and peers that are told apart, and spans counted under `__overflow__` because there were too many. */
  services: number;
  overflowSpans: number;
  /** Retention has more to remove. */
  isRetaining: boolean;
  store: SpanStoreStats;
}

/** The stats of a worker that took the place of another: counts go on, and what was last known stays known. */
export function followStats(earlier: IngestStats | null, stats: IngestStats): IngestStats {
  if (earlier === null) return stats;
  return {
    ...stats,
    counts: addCounts(earlier.counts, stats.counts),
    reasons: [...new Set([...earlier.reasons, ...stats.reasons])].slice(0, KEPT_REASONS),
    lastSpanAtMs: stats.lastSpanAtMs ?? earlier.lastSpanAtMs,
    lastTroubleAtMs: stats.lastTroubleAtMs ?? earlier.lastTroubleAtMs,
    overflowSpans: earlier.overflowSpans + stats.overflowSpans,
  };
}
