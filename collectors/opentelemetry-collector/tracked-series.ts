import { plainIdPart, plainName } from "#collectors/shared/plain-name.ts";
import { edgeOf, SERVICE_GRAPH, type GraphEdge } from "#collectors/shared/service-graph/edge-labels.ts";
import type { Series } from "#collectors/shared/exposition/series.ts";
import { serviceId, unknownId, type Protocol } from "#lib/model/ids.ts";

/** Requests of one edge. `failed`: the connector's label of that name. */
interface OfEdge {
  edge: GraphEdge;
  failed: "true" | "false" | null;
}

/** Spans by which a service tells what reached it; who called is not told. */
export interface OfService {
  target: string;
  /** As its spans tell it, for comparing with the names in edges. */
  service: string;
  version: string | null;
  protocol: Protocol;
}

/** A counter of the two connectors that Weft turns into traffic. Histograms are counters too, one for each bound. */
export type CountedSeries =
  | ({ kind: "requests" } & OfEdge)
  | ({ kind: "failures" } & OfEdge)
  | ({ kind: "duration"; boundMs: number } & OfEdge)
  | ({ kind: "calls"; isFailed: boolean } & OfService)
  | ({ kind: "call-duration"; boundMs: number } & OfService);

type Labels = Readonly<Record<string, string>>;

/**
 * An exporter may put a namespace of its own before every name, and a unit behind it. `duration` is what `server` was called
 * before (connector.servicegraph.legacyLatencyMetricNames), without a part for the caller.
 */
const GRAPH = new RegExp(
  `^(?:.*_)?${SERVICE_GRAPH}_(?:(total)|(failed)_total|(server|client|duration)(?:_(seconds|milliseconds))?_bucket)$`,
);
/** `traces_span_metrics_…`; nothing before it with connector.spanmetrics.legacyMetricNames. Without suffixes an exporter leaves out `_total`. */
const SPANS = /^(?:.*_)?(?:(calls)(?:_total)?|(?:duration|latency)(?:_(seconds|milliseconds))?_bucket)$/;

/** Whether `trackSeries` may know series of that name: an exporter shows whatever the Collector was sent. */
export function isTrackedName(name: string): boolean {
  return GRAPH.test(withUnderscores(name)) || SPANS.test(withUnderscores(name));
}

/** What a series means; `null` = nothing. */
export function trackSeries({ name, labels }: Series): CountedSeries | null {
  const plain = plainNames(labels);
  const graph = GRAPH.exec(withUnderscores(name));
  if (graph !== null) return edgeSeries(graph, plain);
  const spans = SPANS.exec(withUnderscores(name));
  return spans === null ? null : serviceSeries(spans, plain);
}

function edgeSeries([, total, failures, side, unit = "seconds"]: RegExpExecArray, labels: Labels): CountedSeries | null {
  const edge = edgeOf(labels);
  if (edge === null) return null;
  const of: OfEdge = { edge, failed: labels["failed"] === "true" || labels["failed"] === "false" ? labels["failed"] : null };
  if (total !== undefined) return { kind: "requests", ...of };
  if (failures !== undefined) return { kind: "failures", ...of };
  const boundMs = boundOf(labels, unit);
  const timedBy = side === "duration" ? "server" : side;
  return boundMs === null || timedBy !== edge.timedBy ? null : { kind: "duration", boundMs, ...of };
}

/** The kinds of spans with which a request or a message reaches a service. */
const ARRIVING: Readonly<Record<string, Protocol>> = { SPAN_KIND_SERVER: "http", SPAN_KIND_CONSUMER: "tcp" };

function serviceSeries([, calls, unit = "milliseconds"]: RegExpExecArray, labels: Labels): CountedSeries | null {
  const arriving = ARRIVING[labels["span_kind"] ?? ""];
  const service = labels["service_name"] ?? labels["service"] ?? "";
  if (arriving === undefined || service === "") return null;
  const namespace = labels["service_namespace"] ?? labels["k8s_namespace_name"] ?? "";
  const version = labels["service_version"] ?? "";
  const isGrpc = (labels["rpc_system"] ?? labels["rpc_system_name"]) === "grpc";
  const of: OfService = {
    target: namespace === "" ? unknownId(plainIdPart(service)) : serviceId(plainIdPart(namespace), plainIdPart(service)),
    service,
    version: version === "" ? null : plainName(version),
    protocol: isGrpc ? "grpc" : arriving,
  };
  const status = labels["status_code"] ?? labels["otel_status_code"] ?? "";
  if (calls !== undefined) return { kind: "calls", isFailed: FAILED.has(status), ...of };
  const boundMs = boundOf(labels, unit);
  return boundMs === null ? null : { kind: "call-duration", boundMs, ...of };
}

/** By the name of the protocol's enumeration, or by OpenTelemetry's attribute `otel.status_code`. */
const FAILED: ReadonlySet<string> = new Set(["STATUS_CODE_ERROR", "ERROR"]);

function boundOf(labels: Labels, unit: string): number | null {
  const le = labels["le"] ?? "";
  if (le === "+Inf") return Infinity;
  const bound = Number(le) * (unit === "seconds" ? 1_000 : 1);
  // Times a thousand, 0.001 and its like are no whole numbers any more.
  return le === "" || !Number.isFinite(bound) || bound <= 0 ? null : Number(bound.toPrecision(12));
}

/** A newer exporter may write names with their dots, in quotes. */
function withUnderscores(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_:]/g, "_");
}

function plainNames(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [withUnderscores(name), value]));
}
