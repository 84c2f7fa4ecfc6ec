import type { DialectAsk, DialectQuery, PromSample } from "#collectors/shared/promql/dialect.ts";
import { oneOf, type Matcher, type PromExpression } from "#collectors/shared/promql/expression.ts";
import { parseNodeId } from "#lib/model/ids.ts";

import { CLUSTER, CONNECTION_LABELS, DESTINATION_LABELS, DURATION_LABELS, HOST_LABELS, REQUEST_LABELS } from "./labels.ts";
import { ARRIVED, LOST, NO_PRINCIPAL, not, SENT } from "./matchers.ts";
import { isWaypoint, NO_REVISION, Peers, told } from "./peers.ts";
import { arrivals, CONNECTIONS, DURATIONS, grown, REQUESTS, spreadQueries, type Answers } from "./queries.ts";

type Labels = PromSample["labels"];

const [NAMESPACE, SERVICE, REVISION] = DESTINATION_LABELS;

/** What callers tell of destinations that they know by a principal, and that would count for themselves. */
const KNOWN = [SENT, not(NO_PRINCIPAL), not(LOST)] as const;
/** Answers that tell which destinations callers know: with the metric. Callers go on telling of those that are gone. */
const CALLED = { "called-by-requests": REQUESTS, "called-by-connections": CONNECTIONS };
/** Which of them were called of late, for the whole mesh. */
const LATELY = { "called-lately-requests": REQUESTS, "called-lately-connections": CONNECTIONS };
/** Which workloads answer for which hosts, and tell of it. */
const HOSTS = { "hosts-of-requests": REQUESTS, "hosts-of-connections": CONNECTIONS };
/** Which of several destinations tell of themselves. */
const TELLING = { "telling-requests": REQUESTS, "telling-connections": CONNECTIONS };

const LATELY_MS = 5 * 60_000;

/** Who is called, and who answers, in the whole mesh: one answer serves all that is selected of it. */
export function presenceQueries(ask: DialectAsk): DialectQuery[] {
  const standing = [...present(CALLED, DESTINATION_LABELS, KNOWN), ...present(HOSTS, HOST_LABELS, [ARRIVED])];
  if (!isWhole(ask)) return standing;
  // Ranges of many lengths ask alike.
  const rangeMs = LATELY_MS * 2 ** Math.max(0, Math.ceil(Math.log2(ask.rangeMs / LATELY_MS)));
  const lately = growing(LATELY, KNOWN, { rangeMs, histograms: ask.histograms });
  return [...standing, ...lately.map((query) => ({ ...query, isPresence: true }))];
}

/** Whether all that arrives is asked for. */
function isWhole({ select }: DialectAsk): boolean {
  return select?.sources === undefined && select?.targets === undefined;
}

function present(asked: Readonly<Record<string, string>>, by: readonly string[], matchers: readonly Matcher[]): DialectQuery[] {
  return Object.entries(asked).map(([name, metric]) => {
    const of: PromExpression = { kind: "selector", metric, matchers };
    return { name, expression: { kind: "aggregate", op: "group", by, of }, isPresence: true };
  });
}

function growing(asked: Readonly<Record<string, string>>, matchers: readonly Matcher[], ask: DialectAsk): DialectQuery[] {
  return Object.entries(asked).map(([name, metric]) => grown(name, metric, DESTINATION_LABELS, matchers, ask));
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
   * arrived would be counted at both ends; nor is one without a name known not to be.
   */
  has(called: Labels): boolean {
    if (told(called, SERVICE) === null) return true;
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
function silentDestinations(answers: Answers, ask: DialectAsk): string[] {
  const called = samplesOf(CALLED, answers);
  const hosts = samplesOf(HOSTS, answers);
  if (called === null || hosts === null) return [];
  const answering = new Tellers(hosts);
  const silent = isWhole(ask) ? silentInMesh(answers, called, answering) : called.filter(({ labels }) => !answering.has(labels));
  const targets = ask.select?.targets;
  const wanted = targets === undefined ? null : new Set(targets.map((id) => parseNodeId(id).service));
  const names = new Set(silent.flatMap(({ labels }) => told(labels, SERVICE) ?? []));
  // A waypoint tells of what passes, under the names of those behind it.
  return [...names].filter((name) => wanted?.has(name) !== false && !isWaypoint(name));
}

/** In the whole mesh it is seen from the counts themselves which services tell, and which versions; but not in which cluster. */
function silentInMesh(answers: Answers, called: readonly PromSample[], answering: Tellers): PromSample[] {
  const telling = new Tellers(arrived(answers));
  const isTold = ({ labels }: PromSample): boolean => {
    if (!telling.has(labels) || !answering.has({ ...labels, [REVISION]: "" })) return false;
    // A version that told in this range, and answers nowhere any more, is gone.
    return answering.has(labels) || !answering.has({ ...labels, [CLUSTER]: "" });
  };
  const lately = (samplesOf(LATELY, answers) ?? []).filter((sample) => sample.value > 0 && !isTold(sample));
  const services = called.filter(({ labels }) => !telling.has({ ...labels, [REVISION]: "", [CLUSTER]: "" }));
  return [...services, ...lately];
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
    ...growing(TELLING, [ARRIVED, named], whole),
    grown(`requests-sent${SILENT}`, REQUESTS, [...REQUEST_LABELS.all, CLUSTER], among, ask),
    grown(`connections-sent${SILENT}`, CONNECTIONS, [...CONNECTION_LABELS.all, CLUSTER], among, ask),
    { ...grown(`duration-sum-sent${SILENT}`, `${DURATIONS}_sum`, [...DURATION_LABELS, CLUSTER], among, ask), isLate: true },
    ...spreadQueries(`-sent${SILENT}`, [...DURATION_LABELS, CLUSTER], among, ask),
  ];
}

/**
 * Whether nobody but its callers tells of the destination of a series: in the range of these answers, or this one step of it. Nobody
 * is where it was not answered who tells.
 */
export function silenceIn(answers: Answers): (sample: PromSample) => boolean {
  const telling = samplesOf(TELLING, answers);
  if (telling === null) return () => false;
  const tellers = new Tellers(telling);
  return ({ labels }) => !tellers.has(labels);
}

/** The workload that answers for a host, where there is just one: a caller may know the host alone. */
export type Hosts = ReadonlyMap<string, string>;

const found = new WeakMap<Answers, Hosts>();

/** Worked out once: all steps of one range are put together by the same. */
export function hostsIn(all: Answers): Hosts {
  const known = found.get(all);
  if (known !== undefined) return known;
  const isSilent = silenceIn(all);
  const silent = ["requests-sent-silent", "connections-sent-silent"].flatMap((name) => (all.get(name) ?? []).filter(isSilent));
  const hosts = hostNames([...arrived(all), ...Object.keys(HOSTS).flatMap((name) => all.get(name) ?? []), ...silent], new Peers());
  found.set(all, hosts);
  return hosts;
}

function hostNames(samples: readonly PromSample[], peers: Peers): Hosts {
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
