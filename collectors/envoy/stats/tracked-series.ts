import type { Series } from "./exposition.ts";
import { isSecurityName, SECURITY_STATS, securitySeries, type SecurityCounter, type SecurityReading } from "./security-series.ts";

/** Outcome of requests or connections, as the stats access logger tags them. */
interface Outcome {
  /** HTTP status; 0 = none was sent; `null` = not tagged. */
  code: number | null;
  /** Response flags, e.g. `["URX", "UF"]`. */
  flags: readonly string[];
  /** gRPC status; `null` for what is no gRPC call. */
  grpc: number | null;
}

/** Who called, as far as the connection tells; empty strings where it does not. */
interface Caller {
  peer: string;
  address: string;
}

/** A counter that Weft turns into traffic. Histograms are counters too, one for each bound. */
export type CountedSeries =
  | ({ kind: "inbound"; tls: string; attempt: number } & Caller & Outcome)
  | ({ kind: "inbound-duration"; attempt: number; boundMs: number } & Caller)
  | ({ kind: "outbound"; cluster: string; route: string } & Outcome)
  | { kind: "outbound-duration"; cluster: string; boundMs: number }
  | ({ kind: "inbound-connection"; tls: string; flags: readonly string[]; event: string } & Caller)
  | { kind: "outbound-connection"; cluster: string; flags: readonly string[]; event: string }
  | { kind: "cluster-class"; cluster: string; codeClass: number }
  | { kind: "cluster-duration"; cluster: string; boundMs: number }
  | SecurityCounter;

/** A value that is read as it stands. */
export type ReadSeries =
  | { kind: "uptime" }
  | { kind: "state" }
  | { kind: "config-change" }
  | { kind: "secret-change" }
  | { kind: "route-update"; config: string; outcome: "success" | "rejected" | "failure" }
  | { kind: "breaker"; cluster: string; breaker: string }
  | SecurityReading;

export type TrackedSeries = CountedSeries | ReadSeries;

const LOGGED = [
  String.raw`weft\.(in|out)bound_`,
  String.raw`server\.(uptime|state)$`,
  String.raw`cluster_manager\.cluster_(added|modified|removed)$`,
  String.raw`listener_manager\.listener_(added|modified|removed|in_place_updated)$`,
  String.raw`http\..+\.rds\..+\.update_(success|rejected|failure)$`,
  String.raw`sds\..+\.update_(success|rejected)$`,
  String.raw`cluster\..+\.circuit_breakers\.(default|high)\.(cx|cx_pool|rq|rq_pending|rq_retry)_open$`,
  ...SECURITY_STATS,
];

const BUILT_IN = [String.raw`cluster\..+\.upstream_rq_([1-5]xx|time)$`];

/** RE2 over Envoy's own dotted names. Anchored, so that a cluster called `weft` is not meant. */
export function statsFilter(options: { withClusterStats: boolean }): string {
  return `^(${[...LOGGED, ...(options.withClusterStats ? BUILT_IN : [])].join("|")})`;
}

type Reader = (labels: Series["labels"]) => TrackedSeries | null;

const READERS: Readonly<Record<string, Reader>> = {
  envoy_weft_inbound_requests_total: (labels) => ({
    kind: "inbound",
    ...caller(labels),
    ...outcome(labels),
    tls: known(labels["weft_tls"]),
    attempt: attempt(labels),
  }),
  envoy_weft_inbound_duration_ms_bucket: (labels) =>
    withBound(labels, (boundMs) => ({ kind: "inbound-duration", ...caller(labels), attempt: attempt(labels), boundMs })),
  envoy_weft_outbound_requests_total: (labels) => ({
    kind: "outbound",
    cluster: known(labels["weft_cluster"]),
    route: known(labels["weft_route"]),
    ...outcome(labels),
  }),
  envoy_weft_outbound_duration_ms_bucket: (labels) =>
    withBound(labels, (boundMs) => ({ kind: "outbound-duration", cluster: known(labels["weft_cluster"]), boundMs })),
  envoy_weft_inbound_connections_total: (labels) => ({
    kind: "inbound-connection",
    ...caller(labels),
    tls: known(labels["weft_tls"]),
    flags: flags(labels),
    event: known(labels["weft_type"]),
  }),
  envoy_weft_outbound_connections_total: (labels) => ({
    kind: "outbound-connection",
    cluster: known(labels["weft_cluster"]),
    flags: flags(labels),
    event: known(labels["weft_type"]),
  }),
  envoy_cluster_upstream_rq_xx: (labels) => {
    const codeClass = number(labels["envoy_response_code_class"] ?? labels["response_code_class"]);
    return codeClass === null ? null : { kind: "cluster-class", cluster: clusterOf(labels), codeClass };
  },
  envoy_cluster_upstream_rq_time_bucket: (labels) =>
    withBound(labels, (boundMs) => ({ kind: "cluster-duration", cluster: clusterOf(labels), boundMs })),
  envoy_server_uptime: () => ({ kind: "uptime" }),
  envoy_server_state: () => ({ kind: "state" }),
};

const BREAKER = /^envoy_cluster_circuit_breakers_(?:default|high)_(cx|cx_pool|rq|rq_pending|rq_retry)_open$/;
const BREAKER_NAMES: Readonly<Record<string, string>> = {
  cx: "connections",
  cx_pool: "connection pools",
  rq: "requests",
  rq_pending: "pending requests",
  rq_retry: "retries",
};
const ROUTE_UPDATE = /^envoy_http_rds_update_(success|rejected|failure)$/;
const SECRET_CHANGE = "envoy_sds_update_success";
const CONFIG_CHANGE = /^envoy_(?:cluster_manager_cluster|listener_manager_listener)_(?:added|modified|removed|in_place_updated)$/;

/** Whether `trackSeries` may know series of that name: sums and counts of histograms, say, it does not. */
export function isTrackedName(name: string): boolean {
  if (Object.hasOwn(READERS, name) || name === SECRET_CHANGE) return true;
  return CONFIG_CHANGE.test(name) || BREAKER.test(name) || ROUTE_UPDATE.test(name) || isSecurityName(name);
}

/** What a series means to Weft; `null` = nothing. */
export function trackSeries(series: Series): TrackedSeries | null {
  const { name, labels } = series;
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (reader !== undefined) return reader(labels);
  if (CONFIG_CHANGE.test(name)) return { kind: "config-change" };
  if (name === SECRET_CHANGE) return { kind: "secret-change" };
  const breaker = BREAKER.exec(name)?.[1];
  if (breaker !== undefined) return { kind: "breaker", cluster: clusterOf(labels), breaker: BREAKER_NAMES[breaker] ?? breaker };
  const update = ROUTE_UPDATE.exec(name)?.[1];
  if (update !== "success" && update !== "rejected" && update !== "failure") return securitySeries(series);
  return { kind: "route-update", config: labels["envoy_rds_route_config"] ?? labels["rds_route_config"] ?? "", outcome: update };
}

/** Envoy writes an empty tag or `-` for what it does not know. */
function known(value: string | undefined): string {
  return value === undefined || value === "-" ? "" : value;
}

function number(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : null;
}

/** In Istio's proxies the default tags have no prefix. */
function clusterOf(labels: Series["labels"]): string {
  return known(labels["envoy_cluster_name"] ?? labels["cluster_name"]);
}

function caller(labels: Series["labels"]): Caller {
  return { peer: known(labels["weft_peer"]), address: known(labels["weft_addr"]) };
}

function outcome(labels: Series["labels"]): Outcome {
  return { code: number(labels["weft_code"]), flags: flags(labels), grpc: number(labels["weft_grpc"]) };
}

function flags(labels: Series["labels"]): readonly string[] {
  return known(labels["weft_flags"])
    .split(",")
    .filter((flag) => flag !== "");
}

/** No tag, or none that is a number, is a first attempt. */
function attempt(labels: Series["labels"]): number {
  return Math.max(1, number(labels["weft_attempt"]) ?? 1);
}

function withBound(labels: Series["labels"], make: (boundMs: number) => TrackedSeries): TrackedSeries | null {
  const le = labels["le"] ?? "";
  const boundMs = le === "+Inf" ? Infinity : Number(le);
  return le === "" || Number.isNaN(boundMs) || boundMs <= 0 ? null : make(boundMs);
}
