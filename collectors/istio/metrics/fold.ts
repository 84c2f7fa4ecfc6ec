import type { FoldedTraffic, PromSample } from "#collectors/shared/promql/dialect.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { TrafficKey } from "#lib/ports/series-store.ts";

import { Edges, type Edge } from "./edges.ts";
import { flagsOf, isFailed, isLost, protocolOf, transportOf } from "./outcome.ts";
import { isWaypoint, Peers } from "./peers.ts";
import { arrivals, destinationKey, heard, type Answers } from "./queries.ts";
import { TrafficLines } from "./traffic-lines.ts";
import { VOLUME_OF_CONNECTIONS, VOLUME_OF_REQUESTS, volumeAnswers } from "./volume.ts";

type Reporter = "destination" | "waypoint" | "source";
type Hosts = ReadonlyMap<string, string>;

/** A series and the edge that it is about. */
interface Seen {
  sample: PromSample;
  edge: Edge;
  version: string | null;
  reporter: Reporter;
  /** Its caller says that it reached nobody. */
  isNeverArrived: boolean;
}

/**
 * Puts the answers together by the counting rule: a request is counted where it arrived; by its caller where the
 * destination has no proxy, or one that tells nothing, or where it reached nobody. Of several reporters of one edge one is taken
 * whole: destination, then waypoint, then source. `all` = the answers by which hosts are found; see `MetricsDialect.fold`.
 */
export function foldMetrics(answers: Answers, all: Answers = answers): FoldedTraffic {
  const samples = (name: string): readonly PromSample[] => answers.get(name) ?? [];
  const requestsArrived = arrivals("requests-arrived", answers);
  const connectionsArrived = arrivals("connections-arrived", answers);
  const peers = new Peers();
  const { hosts, isSilent } = presenceIn(all);
  const silent = (name: string): readonly PromSample[] => samples(name).filter(isSilent);
  const edges = new Edges();
  const seen = (sample: PromSample, protocol: Protocol): Seen => see(sample, protocol, { peers, hosts, edges });
  const lines = new TrafficLines();

  const addVolumes = (name: string, counting: ReadonlyMap<Edge, Reporter>): void => {
    for (const { part, sample } of volumeAnswers(name, answers)) {
      const one = seen(sample, name === VOLUME_OF_CONNECTIONS ? "tcp" : protocolOf(sample.labels));
      if (counting.get(one.edge) === one.reporter) lines.addVolume(keyOf(one, one.reporter), one.edge, part, sample);
    }
  };

  const requests = [...requestsArrived, ...REQUESTS_TOLD.flatMap(samples), ...silent("requests-sent-silent")].map((sample) =>
    seen(sample, protocolOf(sample.labels)),
  );
  const reporters = strongestReporters(requests);
  countAll(requests, reporters, lines);
  for (const [part, names] of Object.entries(SPREADS)) {
    for (const sample of names.flatMap(samples)) {
      const one = seen(sample, protocolOf(sample.labels));
      const reporter = reporters.get(one.edge);
      if (reporter === one.reporter) lines.addDuration(keyOf(one, reporter), one.edge, part, sample);
    }
  }

  addVolumes(VOLUME_OF_REQUESTS, reporters);

  const connections = [...connectionsArrived, ...CONNECTIONS_TOLD.flatMap(samples), ...silent("connections-sent-silent")].map((sample) =>
    seen(sample, "tcp"),
  );
  const connectionReporters = strongestReporters(connections);
  const isTunnel = tunnelsOf(requests, reporters);
  countAll(
    connections.filter(({ edge }) => !isTunnel(edge, connectionReporters.get(edge))),
    connectionReporters,
    lines,
  );
  addVolumes(VOLUME_OF_CONNECTIONS, connectionReporters);
  return { rows: lines.rows(), notices: [] };
}

/** What callers tell of requests and of connections. */
const REQUESTS_TOLD = ["requests-sent", "requests-lost"] as const;
const CONNECTIONS_TOLD = ["connections-sent", "connections-lost"] as const;

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
function tunnelsOf(
  requests: readonly Seen[],
  reporters: ReadonlyMap<Edge, Reporter>,
): (edge: Edge, teller: Reporter | undefined) => boolean {
  const tellers = new Map<Edge["pair"], Set<Reporter>>();
  for (const { edge, isNeverArrived } of requests) {
    const reporter = reporters.get(edge);
    // A request that reached nobody went through no tunnel.
    if (isNeverArrived || reporter === undefined) continue;
    const known = tellers.get(edge.pair);
    if (known === undefined) tellers.set(edge.pair, new Set([reporter]));
    else known.add(reporter);
  }
  return ({ pair }, teller) => {
    if (isWaypoint(pair.source) || isWaypoint(pair.target)) return true;
    const told = tellers.get(pair);
    // Where no connection ever opened there is no tunnel.
    if (teller === undefined) return false;
    return told !== undefined && !(told.size === 1 && told.has(teller) && teller !== "waypoint");
  };
}

/** What answers tell of who there is. */
interface Presence {
  hosts: Hosts;
  /** Whether nobody but its callers tells of the destination of a series. */
  isSilent: (sample: PromSample) => boolean;
}

const presences = new WeakMap<Answers, Presence>();

/** Worked out once: all steps of one range are put together by the same. */
function presenceIn(all: Answers): Presence {
  const known = presences.get(all);
  if (known !== undefined) return known;
  const tellers = heard(all);
  const keys = new Set(tellers.map(destinationKey));
  const isSilent = (sample: PromSample): boolean => !keys.has(destinationKey(sample));
  const silent = ["requests-sent-silent", "connections-sent-silent"].flatMap((name) => (all.get(name) ?? []).filter(isSilent));
  const presence = { hosts: hostNames([...tellers, ...silent], new Peers()), isSilent };
  presences.set(all, presence);
  return presence;
}

/** Hosts, and the workload that answers for each where there is just one: a caller may know the host alone. */
function hostNames(arrived: readonly PromSample[], peers: Peers): Hosts {
  /** `null` = several. */
  const workloads = new Map<string, string | null>();
  for (const { labels } of arrived) {
    const workload = peers.destination(labels);
    if (workload === null) continue;
    const host = peers.host(labels);
    const known = workloads.get(host);
    // A waypoint takes connections for all the hosts behind it.
    if (known === null || known === workload || isWaypoint(workload)) continue;
    workloads.set(host, known === undefined ? workload : null);
  }
  return new Map([...workloads].flatMap(([host, workload]) => (workload === null ? [] : [[host, workload]])));
}

function see(sample: PromSample, protocol: Protocol, { peers, hosts, edges }: { peers: Peers; hosts: Hosts; edges: Edges }): Seen {
  const { labels } = sample;
  const reporter = reporterOf(labels["reporter"]);
  return {
    sample,
    edge: edges.between(peers.source(labels), peers.destination(labels) ?? byHost(peers.host(labels), hosts), protocol),
    version: peers.version(labels),
    reporter,
    isNeverArrived: reporter === "source" && isLost(labels),
  };
}

function byHost(host: string, hosts: Hosts): string {
  return hosts.get(host) ?? host;
}

function reporterOf(reporter: string | undefined): Reporter {
  return reporter === "source" || reporter === "waypoint" ? reporter : "destination";
}

const RANK: Readonly<Record<Reporter, number>> = { destination: 0, waypoint: 1, source: 2 };

/** Who counts an edge. A request that reached nobody is told by its caller and says nothing about that. */
function strongestReporters(all: readonly Seen[]): ReadonlyMap<Edge, Reporter> {
  const strongest = new Map<Edge, Reporter>();
  for (const { edge, reporter, isNeverArrived } of all) {
    if (isNeverArrived) continue;
    const known = strongest.get(edge);
    if (known === undefined || RANK[reporter] < RANK[known]) strongest.set(edge, reporter);
  }
  return strongest;
}

function countAll(all: readonly Seen[], reporters: ReadonlyMap<Edge, Reporter>, lines: TrafficLines): void {
  for (const one of all) {
    const { isNeverArrived, edge } = one;
    const { labels, value } = one.sample;
    // An edge on which nothing ever arrived is still one that its target's side would count, had it a proxy.
    const reporter = reporters.get(edge) ?? "source";
    if (value <= 0 || (!isNeverArrived && one.reporter !== reporter)) continue;
    lines.count(keyOf(one, reporter), edge, {
      by: value,
      isLost: isNeverArrived,
      isFailed: isNeverArrived || (edge.protocol !== "tcp" && isFailed(labels)),
      transport: transportOf(labels),
      flags: flagsOf(labels),
    });
  }
}

function keyOf({ edge: { pair, protocol }, version }: Seen, reporter: Reporter): TrafficKey {
  return { source: pair.source, target: pair.target, protocol, version, reporter: reporter === "source" ? "source" : "destination" };
}
