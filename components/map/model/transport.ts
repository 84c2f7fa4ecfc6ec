import { formatPercent, formatQuantity } from "#lib/client/format.ts";
import type { MeshEdge } from "#lib/model/graph.ts";
import type { EdgeTls, TransportSecurity } from "#lib/model/tls.ts";
import { transportVerdict } from "#lib/security/transport-verdict.ts";

import { hasPlaintext, transportWords } from "./names.ts";

/**
 * The lock that an edge shows. `plaintext` = plaintext was seen in the window, if only among other requests: it flows, so no other
 * fact may hide it. `broken` = its two sides do not fit, or connections were refused for what they showed.
 */
export type Lock = "mutual" | "oneWay" | "plaintext" | "unknown" | "broken";

/** What of an edge its lock is made of. */
export interface EdgeTransport {
  observed: TransportSecurity;
  lock: Lock;
  /** Whether it is broken, be it the lock that it shows or a second fact beside plaintext. */
  isBroken: boolean;
  /** Connections that were refused; `null` = nobody tells. */
  refused: number | null;
}

function hasRefusals(refused: number | null): boolean {
  return refused !== null && refused > 0;
}

/** Whether connections were refused, or its two sides are set so that none can pass. */
export function isBroken({ declared: { client, server }, refused }: EdgeTls): boolean {
  return hasRefusals(refused) || transportVerdict(client, server) === "broken";
}

/** The lock of what was seen alone, as of all who call a node. */
export function lockOfObserved(observed: TransportSecurity): Lock {
  if (hasPlaintext(observed)) return "plaintext";
  return observed === "mutual" || observed === "oneWay" ? observed : "unknown";
}

export function lockOf(tls: EdgeTls): Lock {
  return isBroken(tls) && !hasPlaintext(tls.observed) ? "broken" : lockOfObserved(tls.observed);
}

/** Every lock that holds of an edge, the one that it shows first: refusals stand beside plaintext, neither for the other. */
export function locksOf(tls: EdgeTls): readonly [Lock, ...Lock[]] {
  const lock = lockOf(tls);
  return lock !== "broken" && isBroken(tls) ? [lock, "broken"] : [lock];
}

/** The transport of one edge, or of several that are drawn as one line: what is worst in it shows. */
export function joinTransport(all: readonly EdgeTls[]): EdgeTransport {
  const observed = joinObserved(all.map((tls) => tls.observed));
  const counts = all.map((tls) => tls.refused).filter((count) => count !== null);
  const refused = counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
  const isAnyBroken = all.some(isBroken);
  return { observed, refused, lock: lockOfJoined(all, observed, isAnyBroken), isBroken: isAnyBroken };
}

function lockOfJoined(all: readonly EdgeTls[], observed: TransportSecurity, isAnyBroken: boolean): Lock {
  if (all.some((tls) => hasPlaintext(tls.observed))) return "plaintext";
  if (isAnyBroken) return "broken";
  // Several edges of different kinds without any plaintext: the weakest of them.
  return all.some((tls) => tls.observed === "oneWay") ? "oneWay" : lockOfObserved(observed);
}

function joinObserved(all: readonly TransportSecurity[]): TransportSecurity {
  const known = new Set(all.filter((transport) => transport !== "unknown"));
  const [first] = known;
  if (first === undefined) return "unknown";
  return known.size === 1 ? first : "mixed";
}

const WORST_FIRST: readonly Lock[] = ["plaintext", "broken", "unknown", "oneWay", "mutual"];

/** Sort key: worst first. */
export function lockRank(lock: Lock): number {
  return WORST_FIRST.indexOf(lock);
}

const LOCK_WORDS: Readonly<Record<Lock, string>> = {
  mutual: "mutual TLS",
  oneWay: "TLS, not mutual",
  plaintext: "plaintext seen",
  unknown: "transport not known",
  broken: "refused or cannot pass",
};

/** `43 connections refused`; `null` when none was, or nobody tells. */
export function refusedWords(refused: number | null): string | null {
  return refused !== null && refused > 0 ? `${formatQuantity(refused, "connection")} refused` : null;
}

/** How an edge travels, as one text: nothing that is bad about it is left out. */
export function edgeTransportWords({ observed, isBroken: isTroubled, refused }: Omit<EdgeTransport, "lock">): string {
  const parts = [
    isTroubled && observed === "unknown" ? null : observed === "unknown" ? LOCK_WORDS.unknown : transportWords(observed),
    refusedWords(refused),
  ].filter((part) => part !== null);
  if (isTroubled && refusedWords(refused) === null) parts.push("its two sides do not fit");
  return parts.join(", ");
}

/** The same for one edge, with the share of mutual TLS where it is not all. */
export function tlsWords(tls: EdgeTls): string {
  const words = edgeTransportWords(joinTransport([tls]));
  if (tls.observed !== "mixed" || tls.mutualShare === null) return words;
  return words.replace(transportWords("mixed"), `${formatPercent(tls.mutualShare)} ${transportWords("mutual")}`);
}

/** Nothing came through, and somebody was turned away: there is a line, and no number to put on it. */
export function isRefusedOnly(edge: { rate: number | null; refused: number | null }): boolean {
  return edge.rate === null && hasRefusals(edge.refused);
}

/** Of how many edges each lock holds: one with plaintext and refusals counts under both. */
export function countLocks(edges: readonly MeshEdge[]): Record<Lock, number> {
  const counts: Record<Lock, number> = { mutual: 0, oneWay: 0, plaintext: 0, unknown: 0, broken: 0 };
  for (const edge of edges) for (const lock of locksOf(edge.tls)) counts[lock] += 1;
  return counts;
}
