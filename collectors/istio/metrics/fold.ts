import type { FoldedTraffic, PromSample } from "#collectors/shared/promql/dialect.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { TrafficKey } from "#lib/ports/series-store.ts";

import { flagsOf, isFailed, isLost, protocolOf, transportOf } from "./outcome.ts";
import { destinationHost, destinationVersion, destinationWorkload, isWaypoint, sourceNode } from "./peers.ts";
import { arrivals } from "./queries.ts";
import { TrafficLines } from "./traffic-lines.ts";

export type Answers = ReadonlyMap<string, readonly PromSample[]>;

type Labels = PromSample["labels"];
type Reporter = "destination" | "waypoint" | "source";
type Hosts = ReadonlyMap<string, string>;

/** A series and the edge that it is about. */
interface Seen {
  sample: PromSample;
  source: string;
  target: string;
  version: string | null;
  protocol: Protocol;
  reporter: Reporter;
}

/**
 * Puts the answers together by the counting rule: a request is counted where it arrived; by its caller where the
 * destination has no proxy, or where it reached nobody. Of several reporters of one edge one is taken whole: destination,
 * then waypoint, then source.
 */
export function foldMetrics(answers: Answers): FoldedTraffic {
  const samples = (name: string): readonly PromSample[] => answers.get(name) ?? [];
  const requestsArrived = arrivals("requests-arrived", answers);
  const connectionsArrived = arrivals("connections-arrived", answers);
  const hosts = hostNames([...requestsArrived, ...connectionsArrived]);
  const lines = new TrafficLines();

  const requests = [...requestsArrived, ...samples("requests-sent"), ...samples("requests-lost")].map((sample) =>
    seen(sample, hosts, protocolOf(sample.labels)),
  );
  const reporters = strongestReporters(requests);
  countAll(requests, reporters, lines);
  for (const [part, names] of Object.entries(SPREADS)) {
    for (const sample of names.flatMap(samples)) {
      const one = seen(sample, hosts, protocolOf(sample.labels));
      const reporter = reporters.get(edgeOf(one));
      if (reporter === one.reporter) lines.addDuration(keyOf(one, reporter), part, sample);
    }
  }

  // What goes through a tunnel is a connection as well, and an end of a tunnel may be a waypoint: it is counted as requests.
  // A request that reached nobody went through none.
  const asRequests = new Set(requests.filter((one) => !isNeverArrived(one)).map(({ source, target }) => `${source}|${target}`));
  const connections = [...connectionsArrived, ...samples("connections-sent"), ...samples("connections-lost")]
    .map((sample) => seen(sample, hosts, "tcp"))
    .filter(({ source, target }) => !asRequests.has(`${source}|${target}`) && !isWaypoint(source) && !isWaypoint(target));
  countAll(connections, strongestReporters(connections), lines);
  return { rows: lines.rows(), notices: [] };
}

/** Answers that hold durations, by what they tell of them. */
const SPREADS = {
  spread: ["spread-arrived", "spread-sent"],
  layout: ["layout-arrived", "layout-sent"],
  sum: ["duration-sum", "duration-sum-sent"],
} as const;

/** Hosts, and the workload that answers for each where there is just one: a caller may know the host alone. */
function hostNames(arrived: readonly PromSample[]): Hosts {
  const workloads = new Map<string, Set<string>>();
  for (const { labels } of arrived) {
    const workload = destinationWorkload(labels);
    // A waypoint takes connections for all the hosts behind it.
    if (workload === null || isWaypoint(workload)) continue;
    const host = destinationHost(labels);
    workloads.set(host, (workloads.get(host) ?? new Set()).add(workload));
  }
  return new Map([...workloads].flatMap(([host, [first, ...others]]) => (first === undefined || others.length > 0 ? [] : [[host, first]])));
}

function seen(sample: PromSample, hosts: Hosts, protocol: Protocol): Seen {
  const { labels } = sample;
  const host = destinationHost(labels);
  return {
    sample,
    source: sourceNode(labels),
    target: destinationWorkload(labels) ?? hosts.get(host) ?? host,
    version: destinationVersion(labels),
    protocol,
    reporter: reporterOf(labels),
  };
}

function reporterOf(labels: Labels): Reporter {
  const reporter = labels["reporter"];
  return reporter === "source" || reporter === "waypoint" ? reporter : "destination";
}

const RANK: Readonly<Record<Reporter, number>> = { destination: 0, waypoint: 1, source: 2 };

/** Who counts an edge. A request that reached nobody is told by its caller and says nothing about that. */
function strongestReporters(all: readonly Seen[]): ReadonlyMap<string, Reporter> {
  const strongest = new Map<string, Reporter>();
  for (const one of all) {
    if (isNeverArrived(one)) continue;
    const known = strongest.get(edgeOf(one));
    if (known === undefined || RANK[one.reporter] < RANK[known]) strongest.set(edgeOf(one), one.reporter);
  }
  return strongest;
}

function countAll(all: readonly Seen[], reporters: ReadonlyMap<string, Reporter>, lines: TrafficLines): void {
  for (const one of all) {
    const { labels, value } = one.sample;
    // An edge on which nothing ever arrived is still one that its target's side would count, had it a proxy.
    const reporter = reporters.get(edgeOf(one)) ?? "source";
    const isLostHere = isNeverArrived(one);
    if (value <= 0 || (!isLostHere && one.reporter !== reporter)) continue;
    lines.count(keyOf(one, reporter), {
      by: value,
      isLost: isLostHere,
      isFailed: isLostHere || (one.protocol !== "tcp" && isFailed(labels)),
      transport: transportOf(labels),
      flags: flagsOf(labels),
    });
  }
}

function isNeverArrived({ reporter, sample }: Seen): boolean {
  return reporter === "source" && isLost(sample.labels);
}

function edgeOf({ source, target, protocol }: Seen): string {
  return `${source}|${target}|${protocol}`;
}

function keyOf({ source, target, version, protocol }: Seen, reporter: Reporter): TrafficKey {
  return { source, target, protocol, version, reporter: reporter === "source" ? "source" : "destination" };
}
