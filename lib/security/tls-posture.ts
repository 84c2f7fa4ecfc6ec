import { observedTransport } from "#lib/graph/transport.ts";
import { edgeId } from "#lib/model/ids.ts";
import type { DeclaredBy, ObservedCaller, TlsPosture } from "#lib/model/security.ts";
import type { ServerDemand, TransportSecurity, TransportVerdict } from "#lib/model/tls.ts";
import type { DeclaredTransport } from "#lib/model/topology.ts";

import { firstExpiries } from "./certificate-view.ts";
import { evidenceOf } from "./evidence.ts";
import type { CallFact, DialFact, EdgeLoad, ListenerFact, RefusalFact, SecurityPicture, Told } from "./facts.ts";
import { peerIdentityOrNull } from "./peer-identity.ts";
import { type EdgeKey, guessProtocol, placeRefusals, sortRefusals, toRefusal } from "./refusals.ts";
import { agreementOf, joinClients, joinDemands, joinVerdicts, transportVerdict } from "./transport-verdict.ts";
import { DEMAND_WORDS, TRANSPORT_WORDS } from "./wording.ts";

export interface PostureFacts {
  picture: SecurityPicture;
  /** The map's edges of the window. */
  loads: readonly EdgeLoad[];
  /** What the configuration of callers says, and who says so. */
  declared: readonly DeclaredTransport[];
  declaredBy: string;
  /** What each node demands by the topology. */
  demands: ReadonlyMap<string, ServerDemand>;
  /** End of the window. */
  toMs: number;
}

/** Everything that is known of one edge, found once so that no edge looks through all facts. */
interface EdgeFacts extends EdgeKey {
  load: EdgeLoad | null;
  calls: Told<CallFact>[];
  dials: readonly Told<DialFact>[];
  listeners: readonly Told<ListenerFact>[];
  refusals: Told<RefusalFact>[];
}

const NO_TRANSPORT = { mutual: 0, oneWay: 0, plaintext: 0 };

/** Every pair that carried calls, is set up to, called within memory, or was refused. Nobody calls himself over the mesh. */
function collectEdges({ picture, loads, declared }: PostureFacts): EdgeFacts[] {
  const edges = new Map<string, EdgeFacts>();
  const byPair = new Map<string, EdgeFacts>();
  const dialsOf = Map.groupBy(picture.dials, ({ source, target }) => `${source}|${target}`);
  const listenersOf = Map.groupBy(picture.listeners, ({ nodeId }) => nodeId);
  const add = (key: EdgeKey, load: EdgeLoad | null): EdgeFacts => {
    const pair = `${key.source}|${key.target}`;
    const { id, source, target, protocol } = key;
    const dials = dialsOf.get(pair) ?? [];
    const edge: EdgeFacts = {
      id,
      source,
      target,
      protocol,
      load,
      calls: [],
      dials,
      listeners: listenersOf.get(target) ?? [],
      refusals: [],
    };
    edges.set(id, edge);
    if (!byPair.has(pair)) byPair.set(pair, edge);
    return edge;
  };
  for (const load of loads.toSorted((a, b) => (a.id < b.id ? -1 : 1))) add(load, load);
  // A call of a protocol that the map does not count for its pair belongs to the edge that the map has.
  const counted = new Map(byPair);
  for (const call of picture.calls) {
    const { source, target, protocol } = call;
    const id = edgeId(source, target, protocol);
    const edge = edges.get(id) ?? counted.get(`${source}|${target}`) ?? add({ id, source, target, protocol }, null);
    edge.calls.push(call);
  }
  const protocolOf = guessProtocol(edges.values());
  for (const { source, target } of [...picture.dials, ...declared]) {
    if (source === target || byPair.has(`${source}|${target}`)) continue;
    const protocol = protocolOf(target);
    add({ id: edgeId(source, target, protocol), source, target, protocol }, null);
  }
  const placed = placeRefusals(edges.values(), picture.refusals);
  for (const key of placed.added) add(key, null);
  for (const [id, refusals] of placed.byEdge) edges.get(id)?.refusals.push(...refusals);
  return [...edges.values()];
}

/** Those of several that say something; all of them where none does. */
function telling<T extends string>(says: readonly T[]): (T | "unknown")[] {
  const told = new Set(says.filter((one) => one !== "unknown"));
  return told.size > 0 ? [...told] : ["unknown"];
}

function declarationsOf(edge: EdgeFacts, client: TransportSecurity, demand: ServerDemand) {
  const clients = telling<TransportSecurity>(edge.dials.length > 0 ? edge.dials.map(({ transport }) => transport) : [client]);
  const servers = telling<ServerDemand>(edge.listeners.length > 0 ? edge.listeners.map(({ demand: own }) => own) : [demand]);
  const shownClient = client === "unknown" ? joinClients(clients) : client;
  const shownServer = demand === "unknown" ? joinDemands(servers) : demand;
  // A side that only one of the two kinds of facts knows is judged by what is known of it.
  const judgedClients = clients[0] === "unknown" ? [shownClient] : clients;
  const judgedServers = servers[0] === "unknown" ? [shownServer] : servers;
  const verdicts: TransportVerdict[] = judgedClients.flatMap((one) => judgedServers.map((other) => transportVerdict(one, other)));
  const clientBy: DeclaredBy[] = edge.dials.map(({ proxyId, name, transport }) => ({
    proxyId,
    place: name,
    says: TRANSPORT_WORDS[transport],
  }));
  const serverBy: DeclaredBy[] = edge.listeners.map(({ proxyId, listener, demand: own }) => ({
    proxyId,
    place: listener,
    says: DEMAND_WORDS[own],
  }));
  return { client: shownClient, clientBy, server: shownServer, serverBy, verdict: joinVerdicts(verdicts), verdicts };
}

const CALLER_ORDER = { plaintext: 0, oneWay: 1, mutual: 2 } as const;

/** Plaintext before all others, then the most frequent; one that is told in parts is one. */
function callersOf(calls: readonly CallFact[]): ObservedCaller[] {
  const joined = new Map<string, CallFact>();
  for (const call of calls) {
    const key = JSON.stringify([call.transport, call.identity, call.address, call.tlsVersion]);
    const known = joined.get(key);
    joined.set(
      key,
      known === undefined
        ? call
        : {
            ...known,
            count: known.count + call.count,
            firstSeenMs: Math.min(known.firstSeenMs, call.firstSeenMs),
            lastSeenMs: Math.max(known.lastSeenMs, call.lastSeenMs),
          },
    );
  }
  return [...joined]
    .toSorted(
      ([aKey, a], [bKey, b]) =>
        CALLER_ORDER[a.transport] - CALLER_ORDER[b.transport] || b.count - a.count || b.lastSeenMs - a.lastSeenMs || (aKey < bKey ? -1 : 1),
    )
    .map(([, call]) => ({
      identity: peerIdentityOrNull(call.identity),
      address: call.address,
      transport: call.transport,
      tlsVersion: call.tlsVersion,
      count: call.count,
      firstSeen: new Date(call.firstSeenMs).toISOString(),
      lastSeen: new Date(call.lastSeenMs).toISOString(),
    }));
}

/** The first of some instants; `null` where there is none. */
function firstInstant(instantsMs: readonly number[]): string | null {
  const firstMs = instantsMs.reduce((first, instant) => (instant < first ? instant : first), Infinity);
  return firstMs === Infinity ? null : new Date(firstMs).toISOString();
}

function lastInstant(instantsMs: readonly number[]): string | null {
  const lastMs = instantsMs.reduce((last, instant) => (instant > last ? instant : last), -Infinity);
  return lastMs === -Infinity ? null : new Date(lastMs).toISOString();
}

function sortedTexts(texts: Iterable<string | null>): string[] {
  return [...new Set(texts)].filter((text): text is string => text !== null && text !== "").toSorted();
}

function buildPosture(facts: PostureFacts, edge: EdgeFacts, client: TransportSecurity, expiries: ReadonlyMap<string, string>): TlsPosture {
  const { verdicts, ...declared } = declarationsOf(edge, client, facts.demands.get(edge.target) ?? "unknown");
  const transport = edge.load?.transport ?? NO_TRANSPORT;
  const { observed, mutualShare } = observedTransport(transport);
  const isLike = (call: CallFact): boolean => observed === "mixed" || call.transport === observed;
  const versions = sortedTexts(edge.calls.map(({ tlsVersion }) => tlsVersion));
  const showsCertificate = declared.client === "mutual" || declared.client === "mixed" || transport.mutual > 0;
  const refusals = sortRefusals(edge.refusals);
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
      tlsVersions: versions.length > 0 ? versions : sortedTexts(edge.dials.flatMap(({ tlsVersions }) => tlsVersions)),
      ciphers: sortedTexts(edge.dials.flatMap(({ ciphers }) => ciphers)),
      since: firstInstant(edge.calls.filter(isLike).map(({ firstSeenMs }) => firstSeenMs)),
      lastSeen: lastInstant(edge.calls.map(({ lastSeenMs }) => lastSeenMs)),
    },
    agreement: agreementOf(observed, verdicts),
    callers: callersOf(edge.calls),
    refusals: refusals.map(toRefusal),
    callerExpiresAt: showsCertificate ? (expiries.get(edge.source) ?? null) : null,
    rate: edge.load?.rate ?? null,
    evidence: evidenceOf({ ...edge, refusals, client, demand: declared.server, declaredBy: facts.declaredBy, toMs: facts.toMs }),
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
 * other. Counts of transport are the map's of the same window.
 */
export function buildPostures(facts: PostureFacts): TlsPosture[] {
  const expiries = firstExpiries(facts.picture.certificates);
  const clients = new Map(facts.declared.map(({ source, target, client }) => [`${source}|${target}`, client]));
  return collectEdges(facts)
    .map((edge) => buildPosture(facts, edge, clients.get(`${edge.source}|${edge.target}`) ?? "unknown", expiries))
    .map((posture) => ({ posture, rank: badness(posture) }))
    .toSorted((a, b) => a.rank - b.rank || (b.posture.rate ?? -1) - (a.posture.rate ?? -1) || (a.posture.id < b.posture.id ? -1 : 1))
    .map(({ posture }) => posture);
}
