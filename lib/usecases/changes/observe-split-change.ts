import type { Observation, SplitChange } from "#lib/model/change.ts";
import { observeSplit } from "#lib/canary/observed-share.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import type { MetricsSource } from "#lib/ports/sources.ts";

import { observedWindow } from "./observed-window.ts";

/**
 * Counts the requests of the affected callers since the change was live. `null` while nothing can be counted yet, no
 * source gives metrics, or a version that is called tells nothing. Requests, not attempts: the share of a leg is not moved by retries.
 */
export async function observeSplitChange(
  change: SplitChange,
  record: ChangeRecord,
  provenMs: number,
  nowMs: number,
  metrics: MetricsSource | null,
): Promise<Observation | null> {
  if (metrics === null) return null;
  const window = observedWindow(record, { provenMs, nowMs, reportMs: metrics.reportMs });
  if (window === null) return null;
  const answer = await metrics.traffic(window, { targets: [change.target], sources: change.callers });
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
  return observeSplit(legs, countOf, window.fromMs);
}
