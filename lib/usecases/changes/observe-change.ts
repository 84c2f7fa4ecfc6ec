import type { ChangeRecord } from "#lib/ports/change-journal.ts";

import type { WatchSources } from "./callers-seen.ts";
import { observeDemandChange } from "./observe-demand-change.ts";
import { observeSplitChange } from "./observe-split-change.ts";
import type { Sighting } from "./sighting.ts";

/** `null` while nothing can be counted yet, or nobody tells: then nothing holds. */
export async function observeChange(
  record: ChangeRecord,
  provenMs: number,
  nowMs: number,
  sources: WatchSources,
): Promise<Sighting | null> {
  const { change } = record;
  if (change.kind === "demand") return observeDemandChange(change, record, provenMs, nowMs, sources);
  const observed = await observeSplitChange(change, record, provenMs, nowMs, sources.metrics);
  return observed && { change: { ...change, observed }, holds: observed.withinTolerance };
}
