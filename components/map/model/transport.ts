import { formatPercent, formatQuantity } from "#lib/client/format.ts";
import type { MeshEdge } from "#lib/model/graph.ts";
import type { EdgeTls, TransportSecurity } from "#lib/model/tls.ts";
import { transportVerdict } from "#lib/security/transport-verdict.ts";

import { hasPlaintext, transportWords } from "./names.ts";

/**
 * The lock that an edge shows. `broken` = its two sides do not fit, or connections were refused for what they showed; it
 * goes before all others, for it is news. `plaintext` = plaintext was seen, if only among other requests.
 */
export type Lock = "mutual" | "oneWay" | "plaintext" | "unknown" | "broken";

/** What of an edge its lock is made of. */
export interface EdgeTransport {
  observed: TransportSecurity;
  lock: Lock;
  /** Connections that were refused; `null` = nobody tells. */
  refused: number | null;
}

function hasRefusals(refused: number | null): boolean {
  return refused !== null && refused > 0;
}

function isBroken({ declared: { client, server } }: EdgeTls): boolean {
  return transportVerdict(client, server) === "broken";
}

/** The lock of what was seen alone, as of all who call a node. */
export function lockOfObserved(observed: TransportSecurity): Lock {
  if (hasPlaintext(observed)) return "plaintext";
  return observed === "mutual" || observed === "oneWay" ? observed : "unknown";
}

export function lockOf(tls: EdgeTls): Lock {
  return isBroken(tls) || hasRefusals(tls.refused) ? "broken" : lockOfObserved(tls.observed);
}

/** The transport of one edge, or of several that are drawn as one line: what is worst in it shows. */
export function joinTransport(all: readonly EdgeTls[]): EdgeTransport {
  const observed = joinObserved(all.map((tls) => tls.observed));
  const counts = all.map((tls) => tls.refused).filter((count) => count !== null);
  const refused = counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
  const lock = all.some((tls) => lockOf(tls) === "broken") ? "broken" : lockOfJoined(all, observed);
  return { observed, refused, lock };
}

function lockOfJoined(all: readonly EdgeTls[], observed: TransportSecurity): Lock {
  if (all.some((tls) => hasPlaintext(tls.observed))) return "plaintext";
  // Several edges of different kinds without any plaintext: the weakest of them.
  return all.some((tls) => tls.observed === "oneWay") ? "oneWay" : lockOfObserved(observed);
}

function joinObserved(all: readonly TransportSecurity[]): TransportSecurity {
  const known = new Set(all.filter((transport) => transport !== "unknown"));
  const [first] = known;
  if (first === undefined) return "unknown";
  return known.size === 1 ? first : "mixed";
}

const WORST_FIRST: readonly Lock[] = ["broken", "plaintext", "unknown", "oneWay", "mutual"];

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
export function edgeTransportWords({ observed, lock, refused }: EdgeTransport): string {
  const parts = [
    lock === "broken" && observed === "unknown" ? null : observed === "unknown" ? LOCK_WORDS.unknown : transportWords(observed),
    refusedWords(refused),
  ].filter((part) => part !== null);
  if (lock === "broken" && refusedWords(refused) === null) parts.push("its two sides do not fit");
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

/** How many edges show which lock. */
export function countLocks(edges: readonly MeshEdge[]): Record<Lock, number> {
  const counts: Record<Lock, number> = { mutual: 0, oneWay: 0, plaintext: 0, unknown: 0, broken: 0 };
  for (const edge of edges) counts[lockOf(edge.tls)] += 1;
  return counts;
}
