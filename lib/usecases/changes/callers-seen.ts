import type { Coverage, Notice, Provenance } from "#lib/model/evidence.ts";
import type { RefusedCaller } from "#lib/model/routing.ts";
import type { RefusalReason } from "#lib/model/security.ts";
import type { DemandObservation } from "#lib/model/change.ts";
import type { ObservedCalls, SecurityFacts } from "#lib/model/security-facts.ts";

import type { MeshSources } from "../context.ts";

/** Numbers of traffic are kept for this long. */
const LONGEST_KEPT_MS = 3_600_000;

/** What one source tells of one workload's callers, with its evidence. */
export interface CallersSeen {
  facts: SecurityFacts;
  calls: ObservedCalls[];
  /** Whether all of the workload's proxies tell. What a silent one saw is not known. */
  isWhole: boolean;
  provenance: Provenance[];
  notices: Notice[];
  coverage: Coverage;
}

/** Refusals that a demand makes. A wrong name or a certificate that has ended is refused whatever is demanded. */
const BY_DEMAND: ReadonlySet<RefusalReason> = new Set(["plaintext", "noCertificate", "unknown"]);

/** The sources that a look at callers rests on. */
export type WatchSources = Pick<MeshSources, "security" | "topology" | "metrics">;

interface Asked {
  /** Node id. */
  workload: string;
  /** Ids of the proxies that take its calls. */
  proxies: readonly string[];
  /** The window for a source whose reports cover so much time before they are booked; `null` = nothing to ask it yet. */
  windowOf: (reportMs: number) => { fromMs: number | null; toMs: number } | null;
}

/**
 * What the strongest source that knows the workload tells of its callers; the numbers of two sources are never summed.
 * `null` where no source answers, or none knows the workload.
 */
export async function seeCallers(sources: WatchSources, asked: Asked, signal?: AbortSignal): Promise<CallersSeen | null> {
  const { workload } = asked;
  for (const source of sources.security) {
    const window = asked.windowOf(source.reportMs);
    if (window === null) continue;
    const answer = await source.security(window, signal);
    if (!answer.ok) continue;
    const { value: facts, provenance, notices, coverage } = answer.value;
    const calls = facts.calls.filter((call) => call.target === workload);
    const hasRefused = facts.refusals.some((one) => one.target === workload && one.witness === "server");
    if (calls.length === 0 && !hasRefused && !facts.listeners.some((one) => one.nodeId === workload)) continue;
    const isSilent = calls.length === 0 && !hasRefused && (await isCalled(sources, workload, window));
    const isWhole = !isSilent && (coverage === "complete" || (coverage === "partial" && (await areLive(sources, asked.proxies, signal))));
    return { facts, calls, isWhole, provenance, notices, coverage };
  }
  return null;
}

/** Whether all of the proxies answer now, where others of the mesh do not. */
async function areLive(sources: WatchSources, proxies: readonly string[], signal?: AbortSignal): Promise<boolean> {
  const live = new Set<string>();
  for (const source of sources.topology) {
    const answer = await source.topology(signal);
    if (answer.ok) for (const { id, state } of answer.value.value.proxies) if (state === "live") live.add(id);
  }
  return proxies.every((id) => live.has(id));
}

/** Whether anybody says that the workload is called: then one of which no caller is told is silent, not idle. */
async function isCalled(
  { metrics }: WatchSources,
  target: string,
  { fromMs, toMs }: { fromMs: number | null; toMs: number },
): Promise<boolean> {
  if (metrics === null) return false;
  const answer = await metrics.traffic({ fromMs: Math.max(fromMs ?? 0, toMs - LONGEST_KEPT_MS), toMs }, { targets: [target] });
  return answer.ok && answer.value.value.rows.some(({ traffic }) => traffic.count + traffic.callerCount > 0);
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
  for (const { source, address, count, target, witness, reason, certificateRefused } of facts.refusals) {
    if (target !== workload || witness !== "server" || !BY_DEMAND.has(reason) || certificateRefused === true || count === 0) continue;
    const key = JSON.stringify([source, address]);
    callers.set(key, { source, address, count: count + (callers.get(key)?.count ?? 0) });
  }
  return [...callers.values()];
}

/** Requests of one transport. */
export function countCalls(calls: readonly ObservedCalls[], transport: ObservedCalls["transport"]): number {
  return calls.reduce((all, call) => all + (call.transport === transport ? call.count : 0), 0);
}
