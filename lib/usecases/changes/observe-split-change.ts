import type { Observation, SplitChange } from "#lib/model/change.ts";
import { observeSplit } from "#lib/canary/observed-share.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import type { MetricsSource, ToldRow } from "#lib/ports/sources.ts";

import { observedWindow } from "./observed-window.ts";

/**
 * Counts the requests of the affected callers since the change was live, by the strongest source that saw any. `null` while
 * nothing can be counted yet, no source gives metrics, or a version that is called tells nothing. Requests, not attempts: the
 * share of a leg is not moved by retries.
 */
export async function observeSplitChange(
  change: SplitChange,
  record: ChangeRecord,
  provenMs: number,
  nowMs: number,
  metrics: MetricsSource | null,
): Promise<Observation | null> {
  const [strongest, ...weaker] = metrics?.layers ?? (metrics === null ? [] : [metrics]);
  if (strongest === undefined) return null;
  const callsBy = async (source: MetricsSource): Promise<CallsSince | "too early" | null> => {
    // Each from where its own reports hold nothing older: a store that is scraped once a minute must not keep the proxies waiting.
    const window = observedWindow(record, { provenMs, nowMs, reportMs: source.reportMs });
    if (window === null) return "too early";
    const answer = await source.traffic(window, { targets: [change.target], sources: change.callers });
    if (!answer.ok) return null;
    // A store may look at more than it was asked for, and that is of before the change.
    if (answer.value.value.window.fromMs < window.fromMs) return "too early";
    return { rows: answer.value.value.rows, fromMs: window.fromMs };
  };
  const first = await callsBy(strongest);
  if (first === "too early") return null;
  if (first !== null && first.rows.length > 0) return observationOf(change, first);
  for (const source of weaker) {
    const calls = await callsBy(source);
    if (calls !== null && calls !== "too early" && calls.rows.length > 0) return observationOf(change, calls);
  }
  return first === null ? null : observationOf(change, first);
}

/** What was counted since a moment, epoch milliseconds. */
interface CallsSince {
  rows: readonly ToldRow[];
  fromMs: number;
}

function observationOf(change: SplitChange, { rows, fromMs }: CallsSince): Observation | null {
  const countOf = new Map<string | null, number>();
  const sentTo = new Map<string | null, number>();
  for (const { key, traffic } of rows) {
    countOf.set(key.version, (countOf.get(key.version) ?? 0) + traffic.count);
    sentTo.set(key.version, (sentTo.get(key.version) ?? 0) + traffic.callerCount);
  }
  // A version that is called and counts nothing is silent, not empty: what it got is not known.
  if (change.legs.some(({ version }) => (countOf.get(version) ?? 0) === 0 && (sentTo.get(version) ?? 0) > 0)) return null;
  const legs = change.legs.map((leg) => ({ id: leg.id, version: leg.version, share: leg.after.share }));
  return observeSplit(legs, countOf, fromMs);
}
