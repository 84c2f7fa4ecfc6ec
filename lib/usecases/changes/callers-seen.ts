import type { Coverage, Notice, Provenance } from "#lib/model/evidence.ts";
import type { RefusedCaller } from "#lib/model/routing.ts";
import type { RefusalReason } from "#lib/model/security.ts";
import type { DemandObservation } from "#lib/model/change.ts";
import type { ObservedCalls, SecurityFacts, SecuritySource } from "#lib/ports/security.ts";

/** What one source tells of one workload's callers, with its evidence. */
export interface CallersSeen {
  facts: SecurityFacts;
  calls: ObservedCalls[];
  /** Whether all of the named proxies tell. What a silent one saw is not known. */
  isWhole: boolean;
  provenance: Provenance[];
  notices: Notice[];
  coverage: Coverage;
}

/** Refusals that a demand makes. A wrong name or a certificate that has ended is refused whatever is demanded. */
const BY_DEMAND: ReadonlySet<RefusalReason> = new Set(["plaintext", "noCertificate", "unknown"]);

/**
 * What the strongest source that knows the workload tells of its callers; the numbers of two sources are never summed.
 * `null` where no source answers, or none knows the workload.
 */
export async function seeCallers(
  sources: readonly SecuritySource[],
  workload: string,
  proxies: readonly string[],
  windowOf: (reportMs: number) => { fromMs: number | null; toMs: number } | null,
  signal?: AbortSignal,
): Promise<CallersSeen | null> {
  for (const source of sources) {
    const reportMs = source.reportMs ?? 0;
    const window = windowOf(reportMs);
    if (window === null) continue;
    const answer = await source.security(window, signal);
    if (!answer.ok) continue;
    const { value: facts, provenance, notices, coverage } = answer.value;
    const calls = facts.calls.filter((call) => call.target === workload);
    const listening = new Set(facts.listeners.filter((one) => one.nodeId === workload).map((one) => one.proxyId));
    const isKnown = calls.length > 0 || listening.size > 0 || facts.refusals.some((one) => one.target === workload);
    if (!isKnown) continue;
    const isWhole = coverage === "complete" || (coverage === "partial" && proxies.every((id) => listening.has(id)));
    return { facts, calls, isWhole, provenance, notices, coverage };
  }
  return null;
}

/** Callers that showed no certificate, by caller and address; those that called most come first. */
export function withoutCertificate(calls: readonly ObservedCalls[]): RefusedCaller[] {
  const callers = new Map<string, { source: string; address: string | null; count: number; lastSeenMs: number }>();
  for (const { source, address, count, lastSeenMs, transport } of calls) {
    if (transport === "mutual") continue;
    const key = JSON.stringify([source, address]);
    const known = callers.get(key);
    callers.set(key, {
      source,
      address,
      count: count + (known?.count ?? 0),
      lastSeenMs: Math.max(lastSeenMs, known?.lastSeenMs ?? lastSeenMs),
    });
  }
  return [...callers.values()]
    .toSorted((a, b) => b.count - a.count || (a.source < b.source ? -1 : 1))
    .map(({ lastSeenMs, ...caller }) => ({ ...caller, lastSeen: new Date(lastSeenMs).toISOString() }));
}

/** Connections that a workload refused for what it demands, by caller and address. Only its own side is asked: each is counted once. */
export function refusedByDemand(facts: SecurityFacts, workload: string): DemandObservation["refused"] {
  const callers = new Map<string, DemandObservation["refused"][number]>();
  for (const { source, address, count, target, witness, reason } of facts.refusals) {
    if (target !== workload || witness !== "server" || !BY_DEMAND.has(reason) || count === 0) continue;
    const key = JSON.stringify([source, address]);
    callers.set(key, { source, address, count: count + (callers.get(key)?.count ?? 0) });
  }
  return [...callers.values()];
}

/** Requests of one transport. */
export function countCalls(calls: readonly ObservedCalls[], transport: ObservedCalls["transport"]): number {
  return calls.reduce((all, call) => all + (call.transport === transport ? call.count : 0), 0);
}
