import type { FoldedTraffic, PromSample } from "#collectors/shared/promql/dialect.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { TrafficKey } from "#lib/ports/series-store.ts";

import { Counters, type Report, type Reporter } from "./counters.ts";
import { Edges, type Edge } from "./edges.ts";
import { flagsOf, isFailed, isLost, protocolOf, transportOf } from "./outcome.ts";
import { isWaypoint, Peers } from "./peers.ts";
import { hostsIn, SILENT, silenceIn, type Hosts } from "./presence.ts";
import { arrivals, type Answers } from "./queries.ts";
import { TrafficLines } from "./traffic-lines.ts";
import { VOLUME_OF_CONNECTIONS, VOLUME_OF_REQUESTS, volumeAnswers } from "./volume.ts";

/** A series, and what it tells. */
interface Seen extends Report {
  sample: PromSample;
}

/**
 * Puts the answers together by the counting rule: a request is counted where it arrived; by its caller where the
 * destination has no proxy, or one that tells nothing, or where it reached nobody. Of several reporters of one edge and version one is
 * taken whole: destination, then waypoint, then source. `all` = the answers by which hosts are found; see `MetricsDialect.fold`.
 */
export function foldMetrics(answers: Answers, all: Answers = answers): FoldedTraffic {
  const peers = new Peers();
  const hosts = hostsIn(all);
  const isSilent = silenceIn(answers);
  const edges = new Edges();
  const lines = new TrafficLines();
  /** Without a protocol: by its labels. */
  const seen = (sample: PromSample, protocol?: Protocol, isOfSilent = false): Seen =>
    see(sample, protocol ?? protocolOf(sample.labels), isOfSilent, { peers, hosts, edges });
  /** What callers tell of destinations that may be silent is taken of those that are. */
  const seenIn = (name: string, protocol?: Protocol): Seen[] => {
    const samples = answers.get(name) ?? [];
    const isOfSilent = name.endsWith(SILENT);
    return (isOfSilent ? samples.filter(isSilent) : samples).map((sample) => seen(sample, protocol, isOfSilent));
  };

  const addVolumes = (name: string, counters: Counters, protocol?: Protocol): void => {
    for (const { part, sample } of volumeAnswers(name, answers)) {
      const one = seen(sample, protocol, sample.labels["reporter"] === "source" && isSilent(sample));
      if (counters.isCounted(one)) lines.addVolume(keyOf(one, counters), one.edge, part, sample);
    }
  };

  const requests = [
    ...arrivals("requests-arrived", answers).map((sample) => seen(sample)),
    ...REQUESTS_TOLD.flatMap((name) => seenIn(name)),
  ];
  const requestCounters = new Counters(requests);
  countAll(requests, requestCounters, lines);
  for (const [part, names] of Object.entries(SPREADS)) {
    for (const one of names.flatMap((name) => seenIn(name))) {
      if (requestCounters.isCounted(one)) lines.addDuration(keyOf(one, requestCounters), one.edge, part, one.sample);
    }
  }
  addVolumes(VOLUME_OF_REQUESTS, requestCounters);

  const connections = [
    ...arrivals("connections-arrived", answers).map((sample) => seen(sample, "tcp")),
    ...CONNECTIONS_TOLD.flatMap((name) => seenIn(name, "tcp")),
  ];
  const connectionCounters = new Counters(connections);
  const isTunnel = tunnelsOf(requests, requestCounters);
  countAll(
    connections.filter((one) => !isTunnel(one, connectionCounters.strongest(one.edge))),
    connectionCounters,
    lines,
  );
  addVolumes(VOLUME_OF_CONNECTIONS, connectionCounters, "tcp");
  return { rows: lines.rows(), notices: [] };
}

/** What callers tell of requests and of connections. */
const REQUESTS_TOLD = ["requests-sent", "requests-lost", "requests-sent-silent"] as const;
const CONNECTIONS_TOLD = ["connections-sent", "connections-lost", "connections-sent-silent"] as const;

/** Answers that hold durations, by what they tell of them. */
const SPREADS = {
  spread: ["spread-arrived", "spread-sent", "spread-sent-silent"],
  layout: ["layout-arrived", "layout-sent", "layout-sent-silent"],
  sum: ["duration-sum", "duration-sum-sent", "duration-sum-sent-silent"],
} as const;

/**
 * What goes through a tunnel is a connection as well, and an end of a tunnel may be a waypoint: it is counted as requests. Where a
 * destination's own proxy tells of both, or its callers of both, the connections are others beside the requests: to another port.
 */
function tunnelsOf(requests: readonly Seen[], counters: Counters): (one: Seen, teller: Reporter | undefined) => boolean {
  const tellers = new Map<Edge["pair"], Set<Reporter>>();
  for (const { edge, isNeverArrived, isSilent } of requests) {
    const reporter = counters.strongest(edge);
    // A request that reached nobody went through no tunnel. Whose requests its callers tell of has no tunnel of which another tells.
    if (isNeverArrived || isSilent || reporter === undefined) continue;
    const known = tellers.get(edge.pair);
    if (known === undefined) tellers.set(edge.pair, new Set([reporter]));
    else known.add(reporter);
  }
  return ({ edge: { pair }, isSilent }, teller) => {
    if (isWaypoint(pair.source) || isWaypoint(pair.target)) return true;
    const told = tellers.get(pair);
    // Where no connection ever opened there is no tunnel.
    if (teller === undefined || isSilent) return false;
    return told !== undefined && !(told.size === 1 && told.has(teller) && teller !== "waypoint");
  };
}

interface Naming {
  peers: Peers;
  hosts: Hosts;
  edges: Edges;
}

function see(sample: PromSample, protocol: Protocol, isOfSilent: boolean, { peers, hosts, edges }: Naming): Seen {
  const { labels } = sample;
  const reporter = reporterOf(labels["reporter"]);
  return {
    sample,
    edge: edges.between(peers.source(labels), peers.destination(labels) ?? byHost(peers.host(labels), hosts), protocol),
    version: peers.version(labels),
    reporter,
    isNeverArrived: reporter === "source" && isLost(labels),
    isSilent: isOfSilent,
  };
}

function byHost(host: string, hosts: Hosts): string {
  return hosts.get(host) ?? host;
}

function reporterOf(reporter: string | undefined): Reporter {
  return reporter === "source" || reporter === "waypoint" ? reporter : "destination";
}

function countAll(all: readonly Seen[], counters: Counters, lines: TrafficLines): void {
  for (const one of all) {
    const { isNeverArrived, edge } = one;
    const { labels, value } = one.sample;
    if (value <= 0 || !(isNeverArrived || counters.isCounted(one))) continue;
    lines.count(keyOf(one, counters), edge, {
      by: value,
      isLost: isNeverArrived,
      isFailed: isNeverArrived || (edge.protocol !== "tcp" && isFailed(labels)),
      transport: transportOf(labels),
      flags: flagsOf(labels),
    });
  }
}

/** Rows bear the name of the edge's strongest reporter, whoever adds to them. Where nothing arrived only a caller tells. */
function keyOf({ edge, version }: Seen, counters: Counters): TrafficKey {
  const { pair, protocol } = edge;
  const isBySource = (counters.strongest(edge) ?? "source") === "source";
  return { source: pair.source, target: pair.target, protocol, version, reporter: isBySource ? "source" : "destination" };
}
