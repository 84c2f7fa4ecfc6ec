import { observeDemand } from "#lib/canary/observed-demand.ts";
import type { DemandChange } from "#lib/model/change.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import type { SecuritySource } from "#lib/ports/security.ts";

import { countCalls, refusedByDemand, seeCallers } from "./callers-seen.ts";
import type { Sighting } from "./observe-change.ts";
import { observedWindow } from "./observed-window.ts";

/**
 * Counts who was let in and who was refused since the demand was live. `null` while nothing can be counted yet, or no
 * source tells of the workload's callers.
 */
export async function observeDemandChange(
  change: DemandChange,
  record: ChangeRecord,
  provenMs: number,
  nowMs: number,
  sources: readonly SecuritySource[],
): Promise<Sighting | null> {
  const { proxies } = record.write;
  const seen = await seeCallers(sources, change.target, proxies, (reportMs) => observedWindow(record, { provenMs, nowMs, reportMs }));
  if (seen === null) return null;
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
