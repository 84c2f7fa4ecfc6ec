import type { DialectAsk, DialectQuery, PromSample } from "#collectors/shared/promql/dialect.ts";
import { oneOf, type PromExpression } from "#collectors/shared/promql/expression.ts";
import { parseNodeId } from "#lib/model/ids.ts";

import { CLUSTER, CONNECTION_LABELS, DESTINATION_LABELS, DURATION_LABELS, HOST_LABELS, REQUEST_LABELS } from "./labels.ts";
import { ARRIVED, LOST, NO_PRINCIPAL, not, SENT } from "./matchers.ts";
import { isWaypoint, NO_REVISION, Peers, told } from "./peers.ts";
import { arrivals, CONNECTIONS, DURATIONS, grown, REQUESTS, spreadQueries, type Answers } from "./queries.ts";

type Labels = PromSample["labels"];

const [NAMESPACE, SERVICE, REVISION] = DESTINATION_LABELS;

/** What callers tell of destinations that they know by a principal, and that would count for themselves. */
const KNOWN = [SENT, not(NO_PRINCIPAL), not(LOST)] as const;
/** Answers that tell which destinations callers know; and which workloads answer for which hosts, and tell of it: with the metric. */
const CALLED = { "called-by-requests": REQUESTS, "called-by-connections": CONNECTIONS };
const HOSTS = { "hosts-of-requests": REQUESTS, "hosts-of-connections": CONNECTIONS };
/** Answers that tell, of destinations that may be silent, which are not. */
const TELLING = { "telling-requests": REQUESTS, "telling-connections": CONNECTIONS };

/**
 * Who is called is seen by what grew in so long, at least: callers go on telling of versions that are gone. Long enough for all windows of
 * a few minutes to share one answer.
 */
const CALLED_MS = 5 * 60_000;

/** Who is called, and who answers, in the whole mesh: one question for all that is selected of it. */
export function presenceQueries({ rangeMs, histograms }: DialectAsk): DialectQuery[] {
  const whole = { rangeMs: Math.max(CALLED_MS, rangeMs), histograms };
  const called = Object.entries(CALLED).map(([name, metric]) => grown(name, metric, DESTINATION_LABELS, KNOWN, whole));
  const hosts = Object.entries(HOSTS).map(([name, metric]): DialectQuery => {
    const of: PromExpression = { kind: "selector", metric, matchers: [ARRIVED] };
    return { name, expression: { kind: "aggregate", op: "group", by: HOST_LABELS, of } };
  });
  return [...called, ...hosts].map((query) => ({ ...query, isPresence: true }));
}

/** All samples of these answers; `null` where one of them was not given. */
function samplesOf(asked: Readonly<Record<string, string>>, answers: Answers): PromSample[] | null {
  const names = Object.keys(asked);
  return names.every((name) => answers.has(name)) ? names.flatMap((name) => answers.get(name) ?? []) : null;
}

/** All that arrived, by the counts alone. */
function arrived(answers: Answers): PromSample[] {
  return [...arrivals("requests-arrived", answers), ...arrivals("connections-arrived", answers)];
}

function nameIn(labels: Labels): string {
  return `${told(labels, NAMESPACE) ?? ""}/${told(labels, SERVICE) ?? ""}`;
}

/** Destinations that tell of themselves. */
class Tellers {
  readonly #byName: ReadonlyMap<string, readonly Labels[]>;

  constructor(samples: readonly PromSample[]) {
    this.#byName = Map.groupBy(
      samples.map(({ labels }) => labels),
      nameIn,
    );
  }

  /**
   * Whether the destination that a caller tells of is among them. What one of both cannot tell apart is not told apart, or what
   * arrived would be counted at both ends.
   */
  has(called: Labels): boolean {
    const [revision, cluster] = [told(called, REVISION), told(called, CLUSTER)];
    const isSame = (label: string, mine: string | null, teller: Labels): boolean => {
      const its = told(teller, label);
      return mine === null || its === null || mine === its;
    };
    const mine = revision === NO_REVISION ? null : revision;
    return (this.#byName.get(nameIn(called)) ?? []).some((teller) => isSame(REVISION, mine, teller) && isSame(CLUSTER, cluster, teller));
  }
}

/**
 * Names of destinations with a principal of which, or of one version or cluster of which, no proxy tells anything: it is not scraped,
 * kept in another store, or told to be silent. None where it was not answered who there is.
 */
function silentDestinations(answers: Answers, { select }: DialectAsk): string[] {
  const called = samplesOf(CALLED, answers);
  const hosts = samplesOf(HOSTS, answers);
  if (called === null || hosts === null) return [];
  const tellers = new Tellers(hosts);
  // Who there is was perhaps asked a minute ago; in the whole mesh it is seen at once who has fallen silent.
  const heard = select === undefined ? new Set(arrived(answers).map(({ labels }) => nameIn(labels))) : null;
  const names = called.flatMap(({ labels, value }) => {
    const name = told(labels, SERVICE);
    return name === null || value <= 0 || (tellers.has(labels) && heard?.has(nameIn(labels)) !== false) ? [] : [name];
  });
  const wanted = select?.targets === undefined ? null : new Set(select.targets.map((id) => parseNodeId(id).service));
  return [...new Set(names)].filter((name) => wanted?.has(name) !== false);
}

/** How the names of answers end in which callers tell of destinations that may be silent. */
export const SILENT = "-silent";

/** More names than these are not listed: everything that callers tell is asked for. */
const MOST_LISTED = 100;

/**
 * What callers tell of destinations that are silent: nobody else does. And who of the same name is not, in the same range. Nothing
 * where there are none.
 */
export function silentQueries(answers: Answers, ask: DialectAsk): DialectQuery[] {
  const names = silentDestinations(answers, ask);
  if (names.length === 0) return [];
  const named = names.length > MOST_LISTED ? not({ label: SERVICE, op: "=~", value: "unknown|" }) : oneOf(SERVICE, names);
  const among = [...KNOWN, named];
  const whole = { ...ask, select: undefined };
  return [
    ...Object.entries(TELLING).map(([name, metric]) => grown(name, metric, DESTINATION_LABELS, [ARRIVED, named], whole)),
    grown(`requests-sent${SILENT}`, REQUESTS, [...REQUEST_LABELS.all, CLUSTER], among, ask),
    grown(`connections-sent${SILENT}`, CONNECTIONS, [...CONNECTION_LABELS.all, CLUSTER], among, ask),
    { ...grown(`duration-sum-sent${SILENT}`, `${DURATIONS}_sum`, [...DURATION_LABELS, CLUSTER], among, ask), isLate: true },
    ...spreadQueries(`-sent${SILENT}`, [...DURATION_LABELS, CLUSTER], among, ask),
  ];
}

/** What answers tell of who there is. */
export interface Presence {
  /** The workload that answers for a host, where there is just one: a caller may know the host alone. */
  hosts: ReadonlyMap<string, string>;
  /** Whether nobody but its callers tells of the destination of a series. */
  isSilent: (sample: PromSample) => boolean;
}

const presences = new WeakMap<Answers, Presence>();

/** Worked out once: all steps of one range are put together by the same. */
export function presenceIn(all: Answers): Presence {
  const known = presences.get(all);
  if (known !== undefined) return known;
  const telling = samplesOf(TELLING, all);
  const tellers = telling === null ? null : new Tellers(telling);
  const isSilent = ({ labels }: PromSample): boolean => tellers?.has(labels) === false;
  const silent = ["requests-sent-silent", "connections-sent-silent"].flatMap((name) => (all.get(name) ?? []).filter(isSilent));
  const named = [...arrived(all), ...Object.keys(HOSTS).flatMap((name) => all.get(name) ?? []), ...silent];
  const presence = { hosts: hostNames(named, new Peers()), isSilent };
  presences.set(all, presence);
  return presence;
}

function hostNames(samples: readonly PromSample[], peers: Peers): ReadonlyMap<string, string> {
  /** `null` = several. */
  const workloads = new Map<string, string | null>();
  for (const { labels } of samples) {
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
