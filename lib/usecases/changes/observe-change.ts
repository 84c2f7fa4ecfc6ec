import type { Change, Observation } from "#lib/model/change.ts";
import { observeSplit } from "#lib/canary/observed-share.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import type { MetricsSource } from "#lib/ports/sources.ts";

/** Windows longer than this may be widened by the store to its coarse steps. */
const FINE_REACH_MS = 240_000;
const COARSE_STEP_MS = 10_000;

/**
 * When counting may start: the last proof, plus what an old request may still take, plus the time before it that one report
 * can cover.
 */
export function observedFromMs(record: ChangeRecord, provenMs: number, reportMs: number): number {
  return provenMs + record.settleMs + reportMs;
}

/**
 * Counts the requests of the affected callers since the change was live. `null` while nothing can be counted yet, no
 * source gives metrics, or a version that is called tells nothing. Requests, not attempts: the share of a leg is not moved by retries.
 */
export async function observeChange(
  change: Change,
  record: ChangeRecord,
  provenMs: number,
  nowMs: number,
  metrics: MetricsSource | null,
): Promise<Observation | null> {
  if (metrics === null) return null;
  const exactMs = observedFromMs(record, provenMs, metrics.reportMs);
  const fromMs =
    nowMs - exactMs > FINE_REACH_MS ? Math.ceil(exactMs / COARSE_STEP_MS) * COARSE_STEP_MS : Math.ceil(exactMs / 1_000) * 1_000;
  const toMs = Math.floor(nowMs / 1_000) * 1_000;
  if (toMs <= fromMs) return null;
  const answer = await metrics.traffic({ fromMs, toMs }, { targets: [change.target], sources: change.callers });
  if (!answer.ok) return null;
  const countOf = new Map<string | null, number>();
  const sentTo = new Map<string | null, number>();
  for (const { key, traffic } of answer.value.value.rows) {
    countOf.set(key.version, (countOf.get(key.version) ?? 0) + traffic.count);
    sentTo.set(key.version, (sentTo.get(key.version) ?? 0) + traffic.callerCount);
  }
  // A version that is called and counts nothing is silent, not empty: what it got is not known.
  if (change.legs.some(({ version }) => (countOf.get(version) ?? 0) === 0 && (sentTo.get(version) ?? 0) > 0)) return null;
  const legs = change.legs.map((leg) => ({ id: leg.id, version: leg.version, share: leg.after.share }));
  return observeSplit(legs, countOf, fromMs);
}
