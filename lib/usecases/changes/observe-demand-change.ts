import { observeDemand } from "#lib/canary/observed-demand.ts";
import type { DemandChange } from "#lib/model/change.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";

import { countCalls, refusedByDemand, seeCallers, type WatchSources } from "./callers-seen.ts";
import { COARSE_STEP_MS, observedFromMs, observedWindow } from "./observed-window.ts";
import type { Sighting } from "./sighting.ts";

/**
 * Counts who was let in and who was refused since the demand was live. `null` while nothing can be counted yet, or no
 * source tells of the workload's callers.
 */
export async function observeDemandChange(
  change: DemandChange,
  record: ChangeRecord,
  provenMs: number,
  nowMs: number,
  sources: WatchSources,
): Promise<Sighting | null> {
  const seen = await seeCallers(sources, {
    workload: change.target,
    proxies: record.write.proxies,
    windowOf: (reportMs) => observedWindow(record, { provenMs, nowMs, reportMs }, COARSE_STEP_MS),
  });
  // A window that was widened to before the proof would count calls that were let in rightly.
  if (seen === null || seen.facts.window.fromMs < observedFromMs(record, provenMs, 0)) return null;
  const { facts, calls, isWhole } = seen;
  const counts = {
    mutual: countCalls(calls, "mutual"),
    oneWay: countCalls(calls, "oneWay"),
    plaintext: countCalls(calls, "plaintext"),
    refused: refusedByDemand(facts, change.target),
    isWhole,
  };
  const { observation, explanation } = observeDemand(change.after, counts, facts.window);
  const { holds } = observation;
  const said = holds || change.state === "observed" ? explanation : (explanation ?? change.explanation);
  // Of a change that is live in part it is told which proxies are missing.
  const told = change.state === "partly-live" ? change.explanation : said;
  return { change: { ...change, observed: observation, explanation: told }, holds };
}
