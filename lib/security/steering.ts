import type { ServerDemand } from "#lib/model/tls.ts";

/** A place where a workload's demand is written. */
export interface DemandPlace {
  id: string;
  workload: string;
  demand: ServerDemand;
  location: string;
  /** Why it cannot be made strict; `null` when it can, or it is so already. */
  problem: string | null;
}

/** By workload, what can be written; and why nothing can for a workload that is not among them. */
export interface Steering {
  places: ReadonlyMap<string, readonly DemandPlace[]>;
  missing: string;
}

/** The place to write to: one that is not strict yet and can be made so before all others. */
export function placeOf(steering: Steering, workload: string): { place: DemandPlace | null; reason: string | null } {
  const rank = ({ demand, problem }: DemandPlace): number => (problem !== null ? 2 : demand === "strict" ? 1 : 0);
  const [best] = (steering.places.get(workload) ?? []).toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  if (best === undefined) return { place: null, reason: steering.missing };
  return best.problem === null ? { place: best, reason: null } : { place: null, reason: best.problem };
}
