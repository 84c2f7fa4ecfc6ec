import type { DialectAsk, DialectQuery, PromSample } from "#collectors/shared/promql/dialect.ts";
import type { Matcher, PromExpression } from "#collectors/shared/promql/expression.ts";

import { CLUSTER, CONNECTION_LABELS, DURATION_LABELS, REQUEST_LABELS, type LabelSets } from "./labels.ts";
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
    { ...grown("duration-sum", `${DURATIONS}_sum`, DURATION_LABELS, [ARRIVED], ask), isLate: true },
    { ...grown("duration-sum-sent", `${DURATIONS}_sum`, DURATION_LABELS, [SENT, NO_PRINCIPAL, not(LOST)], ask), isLate: true },
    ...volumeQueries(ask),
  ];
}

/** All reporters of one edge are a few series: who counts it is seen from the answers. */
function volumeQueries(ask: DialectAsk): DialectQuery[] {
  const asked = volumeQuestions(ask);
  if (asked === null) return [];
  return asked.questions.map(({ part, metric }) => grown(`${asked.name}${part}`, metric, [...DURATION_LABELS, CLUSTER], [], ask));
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
  const sent = [SENT, NO_PRINCIPAL, not(LOST)];
  return [...spreadQueries("-arrived", DURATION_LABELS, [ARRIVED], ask), ...spreadQueries("-sent", DURATION_LABELS, sent, ask)];
}

/** `by` without the label that tells buckets apart. */
export function spreadQueries(suffix: string, by: readonly string[], matchers: readonly Matcher[], ask: DialectAsk): DialectQuery[] {
  const name = `spread${suffix}`;
  const buckets = `${DURATIONS}_bucket`;
  if (ask.histograms === "none") return [];
  if (ask.histograms === "native") return [grown(name, DURATIONS, by, matchers, ask)];
  if (ask.histograms === "vmrange") return [grown(name, buckets, [...by, "vmrange"], matchers, ask)];
  const labels = [...by, "le"];
  return [grown(name, buckets, labels, matchers, ask), counted(`layout${suffix}`, buckets, labels, matchers, ask)];
}

/** How many series there are: proxies may be set to different bounds, and only those that all have can be summed up. */
function counted(name: string, metric: string, by: readonly string[], matchers: readonly Matcher[], ask: DialectAsk): DialectQuery {
  const selector: PromExpression = { kind: "selector", metric, matchers: [...matchers, ...narrowed(ask)] };
  return { name, expression: { kind: "aggregate", op: "count", by, of: selector } };
}

/** How much counters grew over the range, in sum. */
export function grown(name: string, metric: string, by: readonly string[], matchers: readonly Matcher[], ask: DialectAsk): DialectQuery {
  const selector: PromExpression = { kind: "selector", metric, matchers: [...matchers, ...narrowed(ask)], rangeMs: ask.rangeMs };
  return { name, expression: { kind: "aggregate", op: "sum", by, of: { kind: "call", name: "increase", args: [selector] } } };
}
