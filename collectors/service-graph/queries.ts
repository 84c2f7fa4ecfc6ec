import type { DialectAsk, DialectQuery } from "#collectors/shared/promql/dialect.ts";
import { escapeRegex, type Matcher, type PromExpression } from "#collectors/shared/promql/expression.ts";
import { EDGE_LABELS, SERVICE_GRAPH } from "#collectors/shared/service-graph/edge-labels.ts";
import { INTERNET_ID, parseNodeId } from "#lib/model/ids.ts";

export const REQUESTS = `${SERVICE_GRAPH}_total`;
const FAILED = `${SERVICE_GRAPH}_failed_total`;
export const SERVER_TIME = `${SERVICE_GRAPH}_server_seconds`;
const CLIENT_TIME = `${SERVICE_GRAPH}_client_seconds`;

/** Whose durations only the caller measured: what the server's side says of them is 0. */
const VIRTUAL: Matcher = { label: "connection_type", op: "=", value: "virtual_node" };

/** The two histograms of durations, and what is asked of each. */
export const TIMES = [
  { side: "server", metric: SERVER_TIME, matchers: [] as readonly Matcher[] },
  { side: "client", metric: CLIENT_TIME, matchers: [VIRTUAL] },
] as const;

export function countQueries(ask: DialectAsk): DialectQuery[] {
  return [
    grown("requests", REQUESTS, EDGE_LABELS, [], ask),
    grown("failed", FAILED, EDGE_LABELS, [], ask),
    ...TIMES.flatMap(({ side, metric, matchers }) => [
      grown(`${side}-sum`, `${metric}_sum`, EDGE_LABELS, matchers, ask),
      grown(`${side}-count`, `${metric}_count`, EDGE_LABELS, matchers, ask),
    ]),
  ];
}

export function durationQueries(ask: DialectAsk): DialectQuery[] {
  return TIMES.flatMap(({ side, metric, matchers }) => spread(side, metric, matchers, ask));
}

function spread(side: string, metric: string, matchers: readonly Matcher[], ask: DialectAsk): DialectQuery[] {
  if (ask.histograms === "none") return [];
  if (ask.histograms === "native") return [grown(`${side}-spread`, metric, EDGE_LABELS, matchers, ask)];
  const buckets = `${metric}_bucket`;
  if (ask.histograms === "vmrange") return [grown(`${side}-spread`, buckets, [...EDGE_LABELS, "vmrange"], matchers, ask)];
  const by = [...EDGE_LABELS, "le"];
  const of: PromExpression = { kind: "selector", metric: buckets, matchers: [...matchers, ...narrowed(ask)] };
  return [
    grown(`${side}-spread`, buckets, by, matchers, ask),
    // Several generators may be set to different bounds.
    { name: `${side}-layout`, expression: { kind: "aggregate", op: "count", by, of } },
  ];
}

function grown(name: string, metric: string, by: readonly string[], matchers: readonly Matcher[], ask: DialectAsk): DialectQuery {
  const selector: PromExpression = { kind: "selector", metric, matchers: [...matchers, ...narrowed(ask)], rangeMs: ask.rangeMs };
  return { name, expression: { kind: "aggregate", op: "sum", by, of: { kind: "call", name: "increase", args: [selector] } } };
}

function narrowed({ select }: DialectAsk): Matcher[] {
  return [...named("client", select?.sources), ...named("server", select?.targets)];
}

/** Only where every node has the name that its label has: what was spelled out for being odd, or stands for nobody, may be any. */
function named(label: string, ids: readonly string[] | undefined): Matcher[] {
  const names = (ids ?? []).map((id) => (id === INTERNET_ID ? "user" : parseNodeId(id).service));
  if (names.length === 0 || names.some((name) => name.includes("\\") || name === "unidentified")) return [];
  return [{ label, op: "=~", value: [...new Set(names)].map(escapeRegex).join("|") }];
}
