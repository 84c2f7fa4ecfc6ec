import { observedTransport } from "#lib/graph/transport.ts";
import type { TransportCounts } from "#lib/model/red.ts";
import type { TlsPosture } from "#lib/model/security.ts";
import type { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";
import type { DeclaredTransport } from "#lib/model/topology.ts";
import type { ObservedCalls } from "#lib/model/security-facts.ts";

import { joinCalls, toCaller } from "./callers.ts";
import { firstExpiries } from "./certificate-view.ts";
import { collectEdges, type EdgeFacts } from "./collect-edges.ts";
import { clientSide, declarationsOf, serverSide } from "./declarations.ts";
import { evidenceOf, listenerEvidence } from "./evidence.ts";
import type { EdgeLoad, SecurityPicture } from "./facts.ts";
import { createIdentityReader, type IdentityReader } from "./peer-identity.ts";
import { sortRefusals, toRefusal } from "./refusals.ts";
import { agreementOf } from "./transport-verdict.ts";
import { createWording, type Wording } from "./wording.ts";

export interface PostureFacts {
  picture: SecurityPicture;
  /** The map's edges of the window. */
  loads: readonly EdgeLoad[];
  /** What the configuration of callers says, and who says so. */
  declared: readonly DeclaredTransport[];
  declaredBy: string;
  /** By source: when it last read how proxies are set up; `null` and sources that are not in it = not known. */
  readAt: ReadonlyMap<string, string | null>;
  /** What each node demands by the topology. */
  demands: ReadonlyMap<string, ServerDemand>;
  /** End of the window. */
  toMs: number;
}

/** The calls of the window by transport, as their source counts them. */
function countsOf(calls: readonly ObservedCalls[]): TransportCounts {
  const counts = { mutual: 0, oneWay: 0, plaintext: 0 };
  for (const { transport, count } of calls) counts[transport] += count;
  return counts;
}

/** What all edges of one answer share, each worked out once. */
interface Shared {
  words: Wording;
  identityOf: IdentityReader;
  expiries: ReadonlyMap<string, string>;
  declared: ReadonlyMap<string, DeclaredTransport>;
  targetOf: (edge: EdgeFacts) => { server: ReturnType<typeof serverSide>; evidence: TlsPosture["evidence"] };
  windowEnd: string;
}

/** The target's side of its edges: all callers meet the same listeners. */
function createTargets(facts: PostureFacts, words: Wording): Shared["targetOf"] {
  const known = new Map<string, ReturnType<Shared["targetOf"]>>();
  return ({ target, listeners }) => {
    const found = known.get(target) ?? {
      server: serverSide(listeners, facts.demands.get(target) ?? "unknown"),
      evidence: listenerEvidence(target, listeners, { words, readAt: facts.readAt }),
    };
    known.set(target, found);
    return found;
  };
}

/** Instants of the oldest call that came as `observed` says, and of the last one of any kind; `null` = none was seen. */
function spanOf(
  calls: readonly ObservedCalls[],
  observed: TransportSecurity,
  words: Wording,
): { since: string | null; lastSeen: string | null } {
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const { transport, firstSeenMs, lastSeenMs } of calls) {
    if ((observed === "mixed" || transport === observed) && firstSeenMs < firstMs) firstMs = firstSeenMs;
    if (lastSeenMs > lastMs) lastMs = lastSeenMs;
  }
  return {
    since: firstMs === Infinity ? null : words.instant(firstMs),
    lastSeen: lastMs === -Infinity ? null : words.instant(lastMs),
  };
}

function distinctTexts(texts: readonly (string | null)[]): string[] {
  const distinct: string[] = [];
  for (const text of texts) if (text !== null && text !== "" && !distinct.includes(text)) distinct.push(text);
  return distinct.length < 2 ? distinct : distinct.toSorted();
}

function buildPosture(facts: PostureFacts, edge: EdgeFacts, shared: Shared): TlsPosture {
  const client = shared.declared.get(edge.pair)?.client ?? "unknown";
  const { server, evidence: serverEvidence } = shared.targetOf(edge);
  const { declared, verdicts } = declarationsOf(clientSide(edge.dials, client), server);
  const transport = edge.load?.transport ?? countsOf(edge.calls);
  const { observed, mutualShare } = observedTransport(transport);
  const calls = joinCalls(edge.calls);
  const span = spanOf(calls, observed, shared.words);
  const versions = distinctTexts(calls.map(({ tlsVersion }) => tlsVersion));
  const showsCertificate = declared.client === "mutual" || declared.client === "mixed" || transport.mutual > 0;
  const refusals = sortRefusals(edge.refusals);
  const evidence = evidenceOf(
    {
      source: edge.source,
      target: edge.target,
      protocol: edge.protocol,
      load: edge.load,
      calls,
      dials: edge.dials,
      refusals,
      client,
      declaredBy: facts.declaredBy,
      readAt: facts.readAt,
      windowEnd: shared.windowEnd,
      observed,
      since: span.since,
    },
    shared.words,
  );
  return {
    id: edge.id,
    source: edge.source,
    target: edge.target,
    protocol: edge.protocol,
    declared,
    observed: {
      transport: observed,
      mutual: transport.mutual,
      oneWay: transport.oneWay,
      plaintext: transport.plaintext,
      mutualShare,
      tlsVersions: versions.length > 0 ? versions : distinctTexts(edge.dials.flatMap(({ tlsVersions }) => tlsVersions)),
      ciphers: distinctTexts(edge.dials.flatMap(({ ciphers }) => ciphers)),
      since: span.since,
      lastSeen: span.lastSeen,
    },
    agreement: agreementOf(observed, verdicts),
    callers: calls.map((call) => toCaller(call, shared.identityOf, shared.words)),
    refusals: refusals.map(toRefusal),
    callerExpiresAt: showsCertificate ? (shared.expiries.get(edge.source) ?? null) : null,
    rate: edge.load?.rate ?? null,
    evidence: evidence.concat(serverEvidence),
  };
}

/** Plaintext first, then what is refused or cannot work, then what is not known; what is well comes last. */
function badness({ observed, declared, refusals, agreement }: TlsPosture): number {
  if (observed.transport === "plaintext") return 0;
  if (observed.transport === "mixed") return 1;
  if (refusals.length > 0 || declared.verdict === "broken") return 2;
  if (agreement === "differs") return 3;
  return { unknown: 4, oneWay: 5, mutual: 6 }[observed.transport];
}

/**
 * The transport of every edge, worst first: what both sides are set to beside what was seen, neither guessed from the
 * other. Counts of transport are the map's of the same window; of an edge that the map does not have yet, its callers'.
 */
export function buildPostures(facts: PostureFacts): TlsPosture[] {
  const words = createWording();
  const declared = new Map(facts.declared.map((one) => [`${one.source}|${one.target}`, one]));
  const shared: Shared = {
    words,
    identityOf: createIdentityReader(),
    expiries: firstExpiries(facts.picture.certificates),
    declared,
    targetOf: createTargets(facts, words),
    windowEnd: new Date(facts.toMs).toISOString(),
  };
  return collectEdges({ picture: facts.picture, loads: facts.loads, declared })
    .map((edge) => {
      const posture = buildPosture(facts, edge, shared);
      return { posture, rank: badness(posture), rate: posture.rate ?? -1 };
    })
    .toSorted((a, b) => a.rank - b.rank || b.rate - a.rate || (a.posture.id < b.posture.id ? -1 : 1))
    .map(({ posture }) => posture);
}
