import type { DialectAsk, DialectQuery, PromSample } from "#collectors/shared/promql/dialect.ts";
import { oneOf, type Matcher, type PromExpression } from "#collectors/shared/promql/expression.ts";
import { parseNodeId } from "#lib/model/ids.ts";

import { CONNECTION_LABELS, DESTINATION_LABELS, DURATION_LABELS, HOST_LABELS, REQUEST_LABELS, type LabelSets } from "./labels.ts";
import {
  ARRIVED,
  CONNECTION_OUTCOMES,
  HALVES,
  LOST,
  narrowed,
  NO_PRINCIPAL,
  not,
  REQUEST_OUTCOMES,
  SENT,
  UNNAMED_SERIES,
  type partition,
} from "./matchers.ts";
import { told } from "./peers.ts";
import { volumeQuestions } from "./volume.ts";

export type Answers = ReadonlyMap<string, readonly PromSample[]>;

export const REQUESTS = "istio_requests_total";
export const DURATIONS = "istio_request_duration_milliseconds";
export const CONNECTIONS = "istio_tcp_connections_opened_total";
const CONNECTIONS_CLOSED = "istio_tcp_connections_closed_total";

/** What is counted where it arrives. All its answers have names that begin with this one. */
interface Arrivals {
  name: string;
  metric: string;
  labels: LabelSets;
  outcomes: ReturnType<typeof partition>;
}

const REQUEST_ARRIVALS: Arrivals = {
  name: "requests-arrived",
  metric: REQUESTS,
  labels: REQUEST_LABELS,
  outcomes: REQUEST_OUTCOMES,
};
const CONNECTION_ARRIVALS: Arrivals = {
  name: "connections-arrived",
  metric: CONNECTIONS,
  labels: CONNECTION_LABELS,
  outcomes: CONNECTION_OUTCOMES,
};

/**
 * What the map is drawn from, for the whole mesh: each metric and side is asked for in parts that have no series in common. Most
 * calls go well, and of those it is not asked how, which is the cheapest that a store can be asked about all edges.
 */
export function countQueries(ask: DialectAsk): DialectQuery[] {
  return [
    ...arrivalQueries(REQUEST_ARRIVALS, ask),
    grown("requests-lost", REQUESTS, REQUEST_LABELS.all, [SENT, LOST], ask),
    grown("requests-sent", REQUESTS, REQUEST_LABELS.all, [SENT, NO_PRINCIPAL, not(LOST)], ask),
    ...arrivalQueries(CONNECTION_ARRIVALS, ask),
    grown("connections-sent", CONNECTIONS, CONNECTION_LABELS.all, [SENT, NO_PRINCIPAL, not(LOST)], ask),
    grown("connections-lost", CONNECTIONS_CLOSED, CONNECTION_LABELS.all, [SENT, LOST], ask),
    ...presenceQueries(ask),
    { ...grown("duration-sum", `${DURATIONS}_sum`, DURATION_LABELS, [ARRIVED], ask), isLate: true },
    { ...grown("duration-sum-sent", `${DURATIONS}_sum`, DURATION_LABELS, [SENT, NO_PRINCIPAL, not(LOST)], ask), isLate: true },
    ...volumeQueries(ask),
  ];
}

const SERVICE = "destination_canonical_service";

/** What callers tell of destinations that they know by a principal, and that would count for themselves. */
const KNOWN = [SENT, not(NO_PRINCIPAL), not(LOST)] as const;
/** Answers that tell which destinations callers know; and which workloads answer for which hosts, and tell of it: with the metric. */
const CALLED = { "called-by-requests": REQUESTS, "called-by-connections": CONNECTIONS };
const HOSTS = { "hosts-of-requests": REQUESTS, "hosts-of-connections": CONNECTIONS };

/** Who is called; and who answers, where what arrived is asked for in part only. */
function presenceQueries(ask: DialectAsk): DialectQuery[] {
  const called = present(CALLED, DESTINATION_LABELS, KNOWN);
  return ask.select === undefined ? called : [...called, ...present(HOSTS, HOST_LABELS, [ARRIVED])];
}

/** Who there is, in the whole mesh: one question for all that is selected of it. */
function present(asked: Readonly<Record<string, string>>, by: readonly string[], matchers: readonly Matcher[]): DialectQuery[] {
  return Object.entries(asked).map(([name, metric]) => {
    const of: PromExpression = { kind: "selector", metric, matchers };
    return { name, expression: { kind: "aggregate", op: "group", by, of }, isPresence: true };
  });
}

/** All that tells of itself, by these answers. */
export function heard(answers: Answers): PromSample[] {
  return [
    ...arrivals("requests-arrived", answers),
    ...arrivals("connections-arrived", answers),
    ...Object.keys(HOSTS).flatMap((name) => answers.get(name) ?? []),
  ];
}

/** By which a destination is told from others. */
export function destinationKey({ labels }: PromSample): string {
  return JSON.stringify(DESTINATION_LABELS.map((label) => told(labels, label)));
}

/**
 * Names of destinations with a principal of which no proxy tells anything: it is not scraped, kept in another store, or told to be
 * silent. Who has no name for his caller may tell of himself under one of his own. None where it was not answered who there is.
 */
function silentDestinations(answers: Answers, { select }: DialectAsk): string[] {
  const asked = [...Object.keys(CALLED), ...(select === undefined ? [] : Object.keys(HOSTS))];
  if (!asked.every((name) => answers.has(name))) return [];
  const known = new Set(heard(answers).map(destinationKey));
  const called = Object.keys(CALLED).flatMap((name) => answers.get(name) ?? []);
  const names = called.flatMap((sample) => (known.has(destinationKey(sample)) ? [] : (told(sample.labels, SERVICE) ?? [])));
  const wanted = select?.targets === undefined ? null : new Set(select.targets.map((id) => parseNodeId(id).service));
  return [...new Set(names)].filter((name) => wanted?.has(name) !== false);
}

/** More names than these are not listed: everything that callers tell is asked for. */
const MOST_LISTED = 100;

/** What callers tell of destinations that are silent: nobody else does. Nothing where there are none. */
export function silentQueries(answers: Answers, ask: DialectAsk): DialectQuery[] {
  const names = silentDestinations(answers, ask);
  if (names.length === 0) return [];
  const among = [...KNOWN, names.length > MOST_LISTED ? not({ label: SERVICE, op: "=~", value: "unknown|" }) : oneOf(SERVICE, names)];
  return [
    grown("requests-sent-silent", REQUESTS, REQUEST_LABELS.all, among, ask),
    grown("connections-sent-silent", CONNECTIONS, CONNECTION_LABELS.all, among, ask),
    { ...grown("duration-sum-sent-silent", `${DURATIONS}_sum`, DURATION_LABELS, among, ask), isLate: true },
    ...spreadQueries("-sent-silent", among, ask),
  ];
}

/** All reporters of one edge are a few series: who counts it is seen from the answers. */
function volumeQueries(ask: DialectAsk): DialectQuery[] {
  const asked = volumeQuestions(ask);
  if (asked === null) return [];
  return asked.questions.map(({ part, metric }) => grown(`${asked.name}${part}`, metric, DURATION_LABELS, [], ask));
}

function arrivalQueries({ name, metric, labels, outcomes }: Arrivals, ask: DialectAsk): DialectQuery[] {
  // Few services have few series: asked for with all their labels at once, they cost less than several questions.
  if (ask.select !== undefined) return [grown(name, metric, labels.all, [ARRIVED], ask)];
  return [
    ...HALVES.map((half, index) => grown(`${name}-${index + 1}`, metric, labels.few, [ARRIVED, ...outcomes.rest, half], ask)),
    ...outcomes.parts.map((part, index) => grown(`${name}-outcome-${index + 1}`, metric, labels.result, [ARRIVED, ...part], ask)),
  ];
}

/** All labels of what arrived between ends of which one has no name; nothing where all have. */
export function unnamedQueries(answers: Answers, ask: DialectAsk): DialectQuery[] {
  if (ask.select !== undefined) return [];
  return [REQUEST_ARRIVALS, CONNECTION_ARRIVALS].flatMap(({ name, metric, labels }) => {
    const lacking = new Set(partsOf(name, answers).map((sample) => lackingLabel(sample)));
    return UNNAMED_SERIES.filter((one) => lacking.has(one.lacking)).map((one) =>
      grown(unnamedName(name, one.lacking), metric, labels.all, [ARRIVED, ...one.matchers], ask),
    );
  });
}

/** All that arrived: where series were asked for once more with all their labels, that answer stands for them. */
export function arrivals(name: "requests-arrived" | "connections-arrived", answers: Answers): PromSample[] {
  const wholes = UNNAMED_SERIES.flatMap(({ lacking }) => {
    const samples = answers.get(unnamedName(name, lacking));
    return samples === undefined ? [] : [{ lacking, samples }];
  });
  const parts = partsOf(name, answers);
  if (wholes.length === 0) return parts;
  const asked = new Set(wholes.map(({ lacking }) => lacking));
  return [...parts.filter((sample) => !asked.has(lackingLabel(sample) ?? "")), ...wholes.flatMap(({ samples }) => samples)];
}

function partsOf(name: string, answers: Answers): PromSample[] {
  return [...answers].flatMap(([part, samples]) => (part.startsWith(name) && !part.startsWith(unnamedName(name, "")) ? samples : []));
}

function unnamedName(name: string, lacking: string): string {
  return `${name}-lacking-${lacking}`;
}

/** The first label whose lack hides an end's name; `null` = both have theirs. */
function lackingLabel({ labels }: PromSample): string | null {
  for (const { lacking } of UNNAMED_SERIES) if (told(labels, lacking) === null) return lacking;
  return null;
}

/** How durations are spread, where they arrived; and at callers for destinations without a proxy. */
export function durationQueries(ask: DialectAsk): DialectQuery[] {
  return [...spreadQueries("-arrived", [ARRIVED], ask), ...spreadQueries("-sent", [SENT, NO_PRINCIPAL, not(LOST)], ask)];
}

function spreadQueries(suffix: string, matchers: readonly Matcher[], ask: DialectAsk): DialectQuery[] {
  const name = `spread${suffix}`;
  const buckets = `${DURATIONS}_bucket`;
  if (ask.histograms === "none") return [];
  if (ask.histograms === "native") return [grown(name, DURATIONS, DURATION_LABELS, matchers, ask)];
  if (ask.histograms === "vmrange") return [grown(name, buckets, [...DURATION_LABELS, "vmrange"], matchers, ask)];
  const labels = [...DURATION_LABELS, "le"];
  return [grown(name, buckets, labels, matchers, ask), counted(`layout${suffix}`, buckets, labels, matchers, ask)];
}

/** How many series there are: proxies may be set to different bounds, and only those that all have can be summed up. */
function counted(name: string, metric: string, by: readonly string[], matchers: readonly Matcher[], ask: DialectAsk): DialectQuery {
  const selector: PromExpression = { kind: "selector", metric, matchers: [...matchers, ...narrowed(ask)] };
  return { name, expression: { kind: "aggregate", op: "count", by, of: selector } };
}

function grown(name: string, metric: string, by: readonly string[], matchers: readonly Matcher[], ask: DialectAsk): DialectQuery {
  const selector: PromExpression = { kind: "selector", metric, matchers: [...matchers, ...narrowed(ask)], rangeMs: ask.rangeMs };
  return { name, expression: { kind: "aggregate", op: "sum", by, of: { kind: "call", name: "increase", args: [selector] } } };
}
