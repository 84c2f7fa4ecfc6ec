import type { DialectAsk, DialectQuery } from "#collectors/shared/promql/dialect.ts";
import { escapeRegex, type Matcher, type PromExpression } from "#collectors/shared/promql/expression.ts";
import { parseNodeId } from "#lib/model/ids.ts";

import { CONNECTION_LABELS, DURATION_LABELS, REQUEST_LABELS } from "./labels.ts";

export const REQUESTS = "istio_requests_total";
export const DURATIONS = "istio_request_duration_milliseconds";
export const CONNECTIONS = "istio_tcp_connections_opened_total";
const CONNECTIONS_CLOSED = "istio_tcp_connections_closed_total";

/** Both see a request where it arrives. */
const ARRIVED: Matcher = { label: "reporter", op: "=~", value: "destination|waypoint" };
const SENT: Matcher = { label: "reporter", op: "=", value: "source" };
/**
 * Without mutual TLS a caller does not learn whom it speaks to. A destination without a proxy of its own is always among
 * these, so that only this part of what callers tell has to be asked for. A label that was taken away matches too.
 */
const NO_PRINCIPAL: Matcher = { label: "destination_principal", op: "=~", value: "unknown|" };
/** No endpoint, connect failure, overflow, no such cluster: the request reached nobody. */
const LOST: Matcher = { label: "response_flags", op: "=~", value: "(.*,)?(UH|UF|UO|NC|NR|CONNECT|TLS_FAILURE|H2_HANDSHAKE_FAILURE)(,.*)?" };

/** What the map is drawn from: one query for each metric and side, for the whole mesh. */
export function countQueries(ask: DialectAsk): DialectQuery[] {
  const requests = (name: string, matchers: readonly Matcher[]): DialectQuery => grown(name, REQUESTS, REQUEST_LABELS, matchers, ask);
  return [
    requests("requests-arrived", [ARRIVED]),
    requests("requests-lost", [SENT, LOST]),
    requests("requests-sent", [SENT, NO_PRINCIPAL]),
    grown("connections-arrived", CONNECTIONS, CONNECTION_LABELS, [ARRIVED], ask),
    grown("connections-sent", CONNECTIONS, CONNECTION_LABELS, [SENT, NO_PRINCIPAL], ask),
    grown("connections-lost", CONNECTIONS_CLOSED, CONNECTION_LABELS, [SENT, LOST], ask),
    grown("duration-sum", `${DURATIONS}_sum`, DURATION_LABELS, [ARRIVED], ask),
    grown("duration-sum-sent", `${DURATIONS}_sum`, DURATION_LABELS, [SENT, NO_PRINCIPAL], ask),
  ];
}

/** How durations are spread, where they arrived; and at callers for destinations without a proxy. */
export function durationQueries(ask: DialectAsk): DialectQuery[] {
  if (ask.histograms === "none") return [];
  if (ask.histograms === "native")
    return [
      grown("spread-arrived", DURATIONS, DURATION_LABELS, [ARRIVED], ask),
      grown("spread-sent", DURATIONS, DURATION_LABELS, [SENT, NO_PRINCIPAL], ask),
    ];
  const metric = `${DURATIONS}_bucket`;
  if (ask.histograms === "vmrange") {
    const labels = [...DURATION_LABELS, "vmrange"];
    return [grown("spread-arrived", metric, labels, [ARRIVED], ask), grown("spread-sent", metric, labels, [SENT, NO_PRINCIPAL], ask)];
  }
  const labels = [...DURATION_LABELS, "le"];
  return [
    grown("spread-arrived", metric, labels, [ARRIVED], ask),
    counted("layout-arrived", metric, labels, [ARRIVED], ask),
    grown("spread-sent", metric, labels, [SENT, NO_PRINCIPAL], ask),
    counted("layout-sent", metric, labels, [SENT, NO_PRINCIPAL], ask),
  ];
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

/**
 * What the labels allow of what was selected. A peer that could not be named, or whose label was taken away, may be any:
 * it stays in, and is filtered after it was folded.
 */
function narrowed({ select }: DialectAsk): Matcher[] {
  return [
    ...namedOrUnknown("source_canonical_service", select?.sources),
    ...namedOrUnknown("destination_canonical_service", select?.targets),
  ];
}

function namedOrUnknown(label: string, ids: readonly string[] | undefined): Matcher[] {
  const nodes = (ids ?? []).map(parseNodeId);
  if (nodes.length === 0 || nodes.some(({ kind }) => kind !== "service")) return [];
  const names = [...new Set(nodes.map(({ service }) => escapeRegex(service)))];
  return [{ label, op: "=~", value: [...names, "unknown", ""].join("|") }];
}
