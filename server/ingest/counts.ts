import type { RefusalCause } from "./refusal.ts";
import { MANNERS } from "./refusal.ts";

/** Upper bounds of the buckets of commit durations, milliseconds; one more bucket holds what is above. */
export const COMMIT_BOUNDS_MS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000];

/** What happened since the start, in numbers that only grow. */
export interface IngestCounts {
  /** Requests with spans, metrics or logs that were taken. */
  requests: number;
  /** Their bytes, decompressed. */
  bytes: number;
  /** Spans that were sent in them, by what became of each: the three add up to `received`. */
  received: number;
  kept: number;
  duplicate: number;
  rejected: number;
  metricPoints: number;
  logRecords: number;
  refused: Record<RefusalCause, number>;
  commits: number;
  failedCommits: number;
  commitMs: number;
  /** Number of commits per bucket of `COMMIT_BOUNDS_MS`. */
  commitBuckets: number[];
}

export function emptyCounts(): IngestCounts {
  const causes = Object.keys(MANNERS) as RefusalCause[];
  return {
    requests: 0,
    bytes: 0,
    received: 0,
    kept: 0,
    duplicate: 0,
    rejected: 0,
    metricPoints: 0,
    logRecords: 0,
    refused: Object.fromEntries(causes.map((cause) => [cause, 0])) as Record<RefusalCause, number>,
    commits: 0,
    failedCommits: 0,
    commitMs: 0,
    commitBuckets: [...COMMIT_BOUNDS_MS, Infinity].map(() => 0),
  };
}

/** Counts of a worker that is gone, plus those of the one that took its place. */
export function addCounts(a: IngestCounts, b: IngestCounts): IngestCounts {
  const causes = Object.keys(a.refused) as RefusalCause[];
  return {
    requests: a.requests + b.requests,
    bytes: a.bytes + b.bytes,
    received: a.received + b.received,
    kept: a.kept + b.kept,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
    metricPoints: a.metricPoints + b.metricPoints,
    logRecords: a.logRecords + b.logRecords,
    refused: Object.fromEntries(causes.map((cause) => [cause, a.refused[cause] + b.refused[cause]])) as Record<RefusalCause, number>,
    commits: a.commits + b.commits,
    failedCommits: a.failedCommits + b.failedCommits,
    commitMs: a.commitMs + b.commitMs,
    commitBuckets: a.commitBuckets.map((count, index) => count + (b.commitBuckets[index] ?? 0)),
  };
}

export function countCommit(counts: IngestCounts, elapsedMs: number): void {
  const above = COMMIT_BOUNDS_MS.findIndex((bound) => elapsedMs <= bound);
  const bucket = above === -1 ? COMMIT_BOUNDS_MS.length : above;
  counts.commits++;
  counts.commitMs += elapsedMs;
  counts.commitBuckets[bucket] = (counts.commitBuckets[bucket] ?? 0) + 1;
}
