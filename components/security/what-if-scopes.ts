import { nameOfId } from "#components/map/model/names.ts";
import { printScope } from "#lib/client/security-queries.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { WhatIf, WhatIfScope, WorkloadPosture } from "#lib/model/security.ts";

import { DEMAND_WORDS } from "./security-words.ts";

export const MESH_SCOPE: WhatIfScope = { kind: "mesh", id: null };

/** Name of what is asked about: `ledger`, `namespace payments`, `the mesh`. */
export function scopeName(scope: WhatIfScope): string {
  if (scope.kind === "mesh" || scope.id === null) return "the mesh";
  return scope.kind === "namespace" ? `namespace ${scope.id}` : nameOfId(scope.id);
}

export interface ScopeOption {
  value: string;
  scope: WhatIfScope;
  name: string;
  /** What tells it from the others: its demand, or how many workloads it has. */
  note: string;
}

export interface ScopeOptions {
  workloads: ScopeOption[];
  namespaces: ScopeOption[];
}

function option(scope: WhatIfScope, name: string, note: string): ScopeOption {
  return { value: printScope(scope), scope, name, note };
}

function openRank({ demand }: WorkloadPosture): number {
  return demand === "permissive" || demand === "off" ? 0 : 1;
}

/** What can be asked about: every workload, permissive ones first, and every namespace of theirs. */
export function scopeOptions(workloads: readonly WorkloadPosture[]): ScopeOptions {
  const sorted = workloads.toSorted((a, b) => openRank(a) - openRank(b) || nameOfId(a.id).localeCompare(nameOfId(b.id), "en"));
  const counts = new Map<string, number>();
  for (const { id } of workloads) {
    const { namespace } = parseNodeId(id);
    if (namespace !== null) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return {
    workloads: sorted.map((one) => option({ kind: "workload", id: one.id }, nameOfId(one.id), DEMAND_WORDS[one.demand])),
    namespaces: [...counts]
      .toSorted(([a], [b]) => a.localeCompare(b, "en"))
      .map(([id, count]) => option({ kind: "namespace", id }, id, String(count))),
  };
}

/** What is worth asking first: a workload that is called in plaintext, else one that would let it in, else everything. */
export function proposedScope(workloads: readonly WorkloadPosture[]): WhatIfScope {
  const open = workloads.filter((one) => one.demand === "permissive").toSorted((a, b) => a.id.localeCompare(b.id, "en"));
  const first = open.find((one) => one.plaintextCallers.length > 0) ?? open[0];
  return first === undefined ? MESH_SCOPE : { kind: "workload", id: first.id };
}

/** What an empty list of callers means; `null` where the list of workloads says it, or where callers are there. */
export function noCallersWords({
  callers,
  workloads,
  observedSince,
}: Pick<WhatIf, "callers" | "workloads" | "observedSince">): string | null {
  if (callers.length > 0 || workloads.length === 0) return null;
  if (observedSince === null) return "Nobody watches who calls, so no caller can be named.";
  if (workloads.every(({ standing }) => standing === "already"))
    return "Plaintext is refused already, so no caller stands to lose anything.";
  return workloads.length === 1
    ? "No call to it was seen for as long as callers are watched."
    : "No call to any of these workloads was seen for as long as callers are watched.";
}

export type WhatIfWorkload = WhatIf["workloads"][number];

/** Why STRICT cannot be reviewed for a workload now, as a sentence; `null` when it can. `refusal` = no write is open at all. */
export function reviewRefusal(workload: WhatIfWorkload, refusal: string | null): string | null {
  if (workload.standing === "already") return "It is strict already.";
  if (workload.standing === "notSteerable") return workload.reason ?? "Weft cannot write what it demands.";
  if (workload.objectId === null) return "The object that holds its demand is not known.";
  return refusal;
}
