import { edgeId, type Protocol } from "#lib/model/ids.ts";
import type { Refusal, RefusalReason } from "#lib/model/security.ts";
import type { ServerDemand } from "#lib/model/tls.ts";

import type { RefusalFact } from "./facts.ts";
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

/** Connections that the target's side refused: of what the caller's side refused the target knows nothing. */
export function countRefused(refusals: Iterable<Pick<RefusalFact, "witness" | "count">>): number {
  let sum = 0;
  for (const { witness, count } of refusals) if (witness === "server") sum += count;
  return sum;
}

function whyServer(reason: RefusalReason, target: string, demand: ServerDemand): string {
  const reasons: Record<RefusalReason, string> = {
    plaintext: `plaintext, and ${target} takes ${demand === "strict" ? "mutual TLS" : "TLS"} only`,
    noCertificate: `no certificate was shown, and ${target} demands one`,
    wrongName: `the caller's certificate has a name that ${target} does not accept`,
    untrusted: `the caller's certificate is signed by nobody whom ${target} trusts`,
    expired: "the caller's certificate is outside its dates",
    unknown: `${target} did not tell why`,
  };
  return reasons[reason];
}

function whyCaller(reason: RefusalReason, source: string, target: string): string {
  const reasons: Record<RefusalReason, string> = {
    plaintext: `${target} answers in plaintext, and ${source} asks for TLS`,
    noCertificate: `${target} showed no certificate`,
    wrongName: `the certificate of ${target} has a name that ${source} does not accept`,
    untrusted: `the certificate of ${target} is signed by nobody whom ${source} trusts`,
    expired: `the certificate of ${target} is outside its dates`,
    unknown: `${source} did not tell why it refused ${target}`,
  };
  return reasons[reason];
}

/** The refusals of one edge in words, the most frequent reason first: one sentence per witness and reason. */
export function refusalSentences(
  refusals: readonly Pick<RefusalFact, "source" | "target" | "witness" | "reason" | "count">[],
  demand: ServerDemand,
): string[] {
  const counts = new Map<string, { why: string; count: number }>();
  for (const { source, target, witness, reason, count } of refusals) {
    const [caller, server] = [source === null ? "the caller" : nodePath(source), nodePath(target)];
    const why = witness === "server" ? whyServer(reason, server, demand) : whyCaller(reason, caller, server);
    const known = counts.get(why) ?? { why, count: 0 };
    known.count += count;
    counts.set(why, known);
  }
  return [...counts.values()]
    .toSorted((a, b) => b.count - a.count || (a.why < b.why ? -1 : 1))
    .map(({ why, count }) => `${countWords(count, "connection")} refused: ${why}`);
}

/** A refusal as it is shown. */
export function toRefusal(fact: RefusalFact): Refusal {
  return {
    source: fact.source,
    target: fact.target,
    witness: fact.witness,
    reason: fact.reason,
    claimed: peerIdentityOrNull(fact.claimed),
    address: fact.address,
    count: fact.count,
    firstSeen: new Date(fact.firstSeenMs).toISOString(),
    lastSeen: new Date(fact.lastSeenMs).toISOString(),
  };
}

function nameOf({ target, source, witness, reason, address, claimed }: RefusalFact): string {
  return [target, source, witness, reason, address, claimed].join("|");
}

/** Most frequent first; what is equal stands in an order that does not depend on who told it first. */
export function sortRefusals<T extends RefusalFact>(refusals: readonly T[]): T[] {
  return refusals.toSorted((a, b) => b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1));
}
