import type { TraceSearchChange, TraceSearchState } from "#lib/client/trace-search-params.ts";
import type { TraceService } from "#lib/model/trace.ts";
import { nameWords } from "#lib/traces/words.ts";

import { versionsMeant } from "./name-options.ts";

export interface CanaryPreset {
  label: string;
  change: TraceSearchChange;
}

/**
 * Compares the last version of the chosen service with the others: versions stand in the order of their colours, baseline
 * first, so the last is the candidate. `null` = no service is chosen, or it has fewer than two versions.
 */
export function canaryPreset(state: TraceSearchState, services: readonly TraceService[]): CanaryPreset | null {
  if (state.service === "") return null;
  const versions = versionsMeant(state.service, services);
  const candidate = versions.at(-1);
  const [baseline] = versions;
  if (candidate === undefined || baseline === undefined || versions.length < 2) return null;
  const against = versions.length === 2 ? `stable ${nameWords(baseline)}` : "the others";
  return {
    label: `Compare canary ${nameWords(candidate)} with ${against}`,
    // A condition on one version would leave the other out.
    change: { version: null, selVersion: candidate, diff: true },
  };
}
