import { ok, type Result } from "#lib/model/errors.ts";
import type { ProofBaseline } from "#lib/ports/write-target.ts";

import type { AdminClient } from "../admin/client.ts";

/** What one proxy had counted before a write; `null` when it could not be asked. */
export type Baseline = ProofBaseline[string];
/** How often a proxy refused a file: what it would not take (`rejected`) and what it could not parse (`failed`). */
export type RefusalCount = { rejected: number; failed: number };

type CountingAdmin = Pick<AdminClient, "processStart" | "stats">;

/** Sums the refusals of all subscriptions whose statistics match `filter` (RE2). */
export async function readRefusals(admin: CountingAdmin, filter: string, signal?: AbortSignal): Promise<Result<RefusalCount>> {
  const answer = await admin.stats(filter, signal);
  if (!answer.ok) return answer;
  const counts = { rejected: 0, failed: 0 };
  for (const [name, value] of answer.value) {
    if (name.endsWith(".update_rejected")) counts.rejected += value;
    else counts.failed += value;
  }
  return ok(counts);
}

/** Start of the running process, epoch milliseconds; `null` when it does not say. */
async function readStart(admin: CountingAdmin, signal?: AbortSignal): Promise<number | null> {
  const answer = await admin.processStart(signal);
  const ms = answer.ok ? Date.parse(answer.value) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** What a proxy had refused before a write; `null` when it cannot be asked. */
export async function readBaseline(admin: CountingAdmin, filter: string, signal?: AbortSignal): Promise<Baseline> {
  const [counts, startedAtMs] = await Promise.all([readRefusals(admin, filter, signal), readStart(admin, signal)]);
  return counts.ok ? { ...counts.value, startedAtMs } : null;
}

/** Whom to judge: what it had refused before the write, and when the file was written (epoch milliseconds; `null` = not known). */
export interface Judged {
  admin: CountingAdmin;
  baseline: Baseline;
  writtenAtMs: number | null;
}

/**
 * What a proxy refused since the write, in words; `null` when nothing. The process' start costs a proxy some milliseconds, so it is asked for only when the counters alone leave it open.
 */
export async function judgeRefusals(
  { admin, baseline, writtenAtMs }: Judged,
  counts: RefusalCount,
  signal?: AbortSignal,
): Promise<string | null> {
  const isOpen = counts.rejected + counts.failed > 0;
  const plain = describeRefusals(counts, baseline, null, writtenAtMs);
  if (plain !== null || !isOpen) return plain;
  return describeRefusals(counts, baseline, await readStart(admin, signal), writtenAtMs);
}

/**
 * What a proxy refused since the write, in words; `null` when nothing. A process that started after the baseline counts
 * from 0. Without a baseline (the proxy could not be reached then) only a process that started after the write can be judged.
 */
export function describeRefusals(
  now: RefusalCount,
  baseline: Baseline,
  startedAtMs: number | null,
  writtenAtMs: number | null,
): string | null {
  const from = countFrom(now, baseline, startedAtMs, writtenAtMs);
  if (from === null) return null;
  const rejected = now.rejected - from.rejected;
  const failed = now.failed - from.failed;
  const counters = [
    ...(rejected > 0 ? [`update_rejected rose by ${rejected}`] : []),
    ...(failed > 0 ? [`update_failure rose by ${failed}`] : []),
  ];
  if (counters.length === 0) return null;
  return `It refused the new file (${counters.join(", ")}) and keeps what it had; the reason stands in its own log.`;
}

const NOTHING: RefusalCount = { rejected: 0, failed: 0 };

function countFrom(now: RefusalCount, baseline: Baseline, startedAtMs: number | null, writtenAtMs: number | null): RefusalCount | null {
  if (baseline === null || baseline === undefined) {
    const isNewer = startedAtMs !== null && writtenAtMs !== null && startedAtMs >= writtenAtMs;
    return isNewer ? NOTHING : null;
  }
  const hasRestarted = startedAtMs !== null && baseline.startedAtMs !== null && startedAtMs > baseline.startedAtMs;
  // Counters never fall within the life of a process.
  const hasFallen = now.rejected < baseline.rejected || now.failed < baseline.failed;
  return hasRestarted || hasFallen ? NOTHING : baseline;
}
