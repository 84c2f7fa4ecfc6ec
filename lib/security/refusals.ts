import { edgeId, type Protocol } from "#lib/model/ids.ts";
import type { Refusal, RefusalReason } from "#lib/model/security.ts";
import type { RefusedConnections } from "#lib/model/security-facts.ts";

import { peerIdentityOrNull } from "./peer-identity.ts";
import { countWords, nodePath } from "./wording.ts";

export interface EdgeKey {
  id: string;
  source: string;
  target: string;
  protocol: Protocol;
}

/** The protocol of an edge of which nothing but its ends is known: that of the target's other edges, else HTTP. */
export function guessProtocol(edges: Iterable<{ target: string; protocol: Protocol }>): (target: string) => Protocol {
  const byTarget = new Map<string, Protocol>();
  for (const { target, protocol } of edges) {
    const known = byTarget.get(target);
    if (known === undefined || protocol === "http" || (protocol === "grpc" && known === "tcp")) byTarget.set(target, protocol);
  }
  return (target) => byTarget.get(target) ?? "http";
}

/**
 * The edge of each refusal. A connection that was refused has no protocol yet: it belongs to the first edge of its pair,
 * so that it is counted once. A pair without an edge gets one. Refusals of nobody known belong to none.
 */
export function placeRefusals<T extends { source: string | null; target: string; count: number }>(
  edges: Iterable<EdgeKey>,
  refusals: readonly T[],
): { byEdge: Map<string, T[]>; added: EdgeKey[] } {
  const known = [...edges];
  const protocolOf = guessProtocol(known);
  const byPair = new Map<string, EdgeKey>();
  const targets = new Set(refusals.map(({ target }) => target));
  for (const edge of known) {
    if (!targets.has(edge.target)) continue;
    const pair = `${edge.source}|${edge.target}`;
    const first = byPair.get(pair);
    if (first === undefined || edge.id < first.id) byPair.set(pair, edge);
  }
  const byEdge = new Map<string, T[]>();
  const added: EdgeKey[] = [];
  for (const refusal of refusals) {
    const { source, target, count } = refusal;
    if (source === null || count <= 0) continue;
    const pair = `${source}|${target}`;
    let edge = byPair.get(pair);
    if (edge === undefined) {
      const protocol = protocolOf(target);
      edge = { id: edgeId(source, target, protocol), source, target, protocol };
      byPair.set(pair, edge);
      added.push(edge);
    }
    const own = byEdge.get(edge.id);
    if (own === undefined) byEdge.set(edge.id, [refusal]);
    else own.push(refusal);
  }
  return { byEdge, added };
}

/** All refused connections, whoever refused: a side that is refused tells of it as an error, which is no refusal of its own. */
export function countRefused(refusals: Iterable<Pick<RefusedConnections, "count">>): number {
  let sum = 0;
  for (const { count } of refusals) sum += count;
  return sum;
}

type Reasoned = Pick<RefusedConnections, "source" | "target" | "witness" | "reason" | "certificateRefused">;

/** What the server's side refused then: what it demands by now may be something else. */
function whyServer({ reason, certificateRefused = false }: Reasoned): string {
  const reasons: Record<RefusalReason, string> = {
    plaintext: "plaintext was refused then",
    noCertificate: "no certificate was shown, and one was demanded then",
    wrongName: "the caller's certificate had a name that was not accepted",
    untrusted: "the caller's certificate was signed by nobody who is trusted there",
    expired: "the caller's certificate was outside its dates",
    unknown: certificateRefused ? "the caller's certificate was not accepted" : "why was not told",
  };
  return reasons[reason];
}

function whyCaller({ reason, certificateRefused = false }: Reasoned, target: string): string {
  const reasons: Record<RefusalReason, string> = {
    plaintext: `${target} answered in plaintext, and was asked for TLS`,
    noCertificate: `${target} showed no certificate`,
    wrongName: `the certificate of ${target} had a name that was not accepted`,
    untrusted: `the certificate of ${target} was signed by nobody who is trusted there`,
    expired: `the certificate of ${target} was outside its dates`,
    unknown: certificateRefused ? `the certificate of ${target} was not accepted` : "why was not told",
  };
  return reasons[reason];
}

/** The refusals of one edge in words, the most frequent reason first: one sentence per side that refused and reason. */
export function refusalSentences(refusals: readonly (Reasoned & Pick<RefusedConnections, "count">)[]): string[] {
  const counts = new Map<string, { why: string; count: number }>();
  for (const refusal of refusals) {
    const { source, target, witness, count } = refusal;
    const [caller, server] = [source === null ? "the caller" : nodePath(source), nodePath(target)];
    const why = witness === "server" ? `${server}: ${whyServer(refusal)}` : `${caller}: ${whyCaller(refusal, server)}`;
    const known = counts.get(why) ?? { why, count: 0 };
    known.count += count;
    counts.set(why, known);
  }
  return [...counts.values()]
    .toSorted((a, b) => b.count - a.count || (a.why < b.why ? -1 : 1))
    .map(({ why, count }) => `${countWords(count, "connection")} refused by ${why}`);
}

/** A refusal as it is shown. */
export function toRefusal(fact: RefusedConnections): Refusal {
  return {
    source: fact.source,
    target: fact.target,
    witness: fact.witness,
    reason: fact.reason,
    certificateRefused: fact.certificateRefused ?? false,
    claimed: peerIdentityOrNull(fact.claimed),
    address: fact.address,
    count: fact.count,
    firstSeen: new Date(fact.firstSeenMs).toISOString(),
    lastSeen: new Date(fact.lastSeenMs).toISOString(),
  };
}

function nameOf({ target, source, witness, reason, address, claimed }: RefusedConnections): string {
  return [target, source, witness, reason, address, claimed].join("|");
}

/** Most frequent first; what is equal stands in an order that does not depend on who told it first. */
export function sortRefusals<T extends RefusedConnections>(refusals: readonly T[]): T[] {
  return refusals.toSorted((a, b) => b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1));
}
