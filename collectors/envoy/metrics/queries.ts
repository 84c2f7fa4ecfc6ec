import type { DialectAsk, DialectQuery } from "#collectors/shared/promql/dialect.ts";
import type { Matcher, PromExpression } from "#collectors/shared/promql/expression.ts";

import { identityLabels, type ProxyLabels } from "./labels.ts";

/** A metric, the labels that its sums are kept apart by besides the proxy's own, and what its series must have. */
interface Metric {
  name: string;
  metric: string;
  by: readonly string[];
  matchers?: readonly Matcher[];
}

/** Envoy's own tags and Istio's: one of the two is there. */
const CLUSTER = ["envoy_cluster_name", "cluster_name"];
const OUTCOME = ["weft_code", "weft_flags", "weft_grpc"];
/** `weft_addr` is left out: an address would make a series of every caller, and nothing in a store tells whose it is. */
const CALLER = ["weft_peer", "weft_attempt"];

export const CLASSES = "envoy_cluster_upstream_rq_xx";
/**
 * Under Istio's tags the metric of classes is called like the one of codes, and both tell every request; under Envoy's own
 * it holds codes alone.
 */
export const CLASSES_OR_CODES = "envoy_cluster_upstream_rq";
export const ARRIVALS = "envoy_weft_inbound_requests_total";
export const DEPARTURES = "envoy_weft_outbound_requests_total";
export const UPSTREAM_TIME = "envoy_cluster_upstream_rq_time";

const NOT_ENVOYS_OWN: Matcher = { label: "envoy_response_code", op: "=", value: "" };

const COUNTED: readonly Metric[] = [
  { name: "classes", metric: CLASSES, by: [...CLUSTER, "envoy_response_code_class", "response_code_class"] },
  {
    name: "classes-or-codes",
    metric: CLASSES_OR_CODES,
    by: [...CLUSTER, "response_code_class", "response_code"],
    matchers: [NOT_ENVOYS_OWN],
  },
  { name: "arrivals", metric: ARRIVALS, by: [...CALLER, "weft_tls", ...OUTCOME] },
  { name: "departures", metric: DEPARTURES, by: ["weft_cluster", ...OUTCOME] },
  {
    name: "connection-arrivals",
    metric: "envoy_weft_inbound_connections_total",
    by: ["weft_peer", "weft_tls", "weft_flags", "weft_type"],
  },
  { name: "connection-departures", metric: "envoy_weft_outbound_connections_total", by: ["weft_cluster", "weft_flags", "weft_type"] },
];

/** Histograms, by the name of the series that the mapping of a proxy's own statistics knows. */
export const HISTOGRAMS = [
  { name: "upstream-time", metric: UPSTREAM_TIME, by: CLUSTER },
  { name: "arrival-time", metric: "envoy_weft_inbound_duration_ms", by: CALLER },
  { name: "departure-time", metric: "envoy_weft_outbound_duration_ms", by: ["weft_cluster"] },
] as const;

export const METRIC_OF: ReadonlyMap<string, string> = new Map(COUNTED.map(({ name, metric }) => [name, metric]));

/** What the map is drawn from. A label may name its service in many ways, so that nothing is narrowed: all proxies are asked for. */
export function countQueries(labels: ProxyLabels, ask: DialectAsk): DialectQuery[] {
  const own = identityLabels(labels);
  return [
    ...COUNTED.map(({ name, metric, by, matchers = [] }) => grown(name, metric, [...own, ...by], ask, matchers)),
    ...HISTOGRAMS.flatMap(({ name, metric, by }) => [
      grown(`${name}-sum`, `${metric}_sum`, [...own, ...by], ask),
      grown(`${name}-count`, `${metric}_count`, [...own, ...by], ask),
    ]),
  ];
}

/** How durations are spread; and how many series have each bound, since proxies may be set to different ones. */
export function durationQueries(labels: ProxyLabels, ask: DialectAsk): DialectQuery[] {
  const own = identityLabels(labels);
  return HISTOGRAMS.flatMap(({ name, metric, by }) => spreadQueries(name, metric, [...own, ...by], ask));
}

function spreadQueries(name: string, metric: string, by: readonly string[], ask: DialectAsk): DialectQuery[] {
  if (ask.histograms === "none") return [];
  if (ask.histograms === "native") return [grown(`${name}-spread`, metric, by, ask)];
  const buckets = `${metric}_bucket`;
  if (ask.histograms === "vmrange") return [grown(`${name}-spread`, buckets, [...by, "vmrange"], ask)];
  const layout: PromExpression = {
    kind: "aggregate",
    op: "count",
    by: [...by, "le"],
    of: { kind: "selector", metric: buckets, matchers: [] },
  };
  return [grown(`${name}-spread`, buckets, [...by, "le"], ask), { name: `${name}-layout`, expression: layout }];
}

function grown(name: string, metric: string, by: readonly string[], ask: DialectAsk, matchers: readonly Matcher[] = []): DialectQuery {
  const of: PromExpression = { kind: "selector", metric, matchers, rangeMs: ask.rangeMs };
  return { name, expression: { kind: "aggregate", op: "sum", by, of: { kind: "call", name: "increase", args: [of] } } };
}
