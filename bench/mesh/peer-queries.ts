/** By which a map tells edges apart at least. */
const EDGE = "source_workload_namespace, source_canonical_service, destination_workload_namespace, destination_canonical_service";
/** By which a console groups that asks for each namespace. */
const GROUPS = [
  "source_cluster",
  "source_workload_namespace",
  "source_workload",
  "source_canonical_service",
  "source_canonical_revision",
  "destination_cluster",
  "destination_service_namespace",
  "destination_service",
  "destination_service_name",
  "destination_workload_namespace",
  "destination_workload",
  "destination_canonical_service",
  "destination_canonical_revision",
  "request_protocol",
  "response_code",
  "grpc_response_status",
  "response_flags",
].join(", ");

/** One question that answers with every edge's rate: nothing that draws the whole mesh asks for less. */
export function floorQuery(mesh: string): string {
  return `sum by (${EDGE}) (rate(istio_requests_total{reporter="destination", mesh="${mesh}"}[1m]))`;
}

/** Six rates and one p95, as they are asked for a namespace by consoles that go from one to the next. */
export function namespaceQueries(mesh: string, namespace: string): string[] {
  const rate = (metric: string, matchers: string): string => `sum by (${GROUPS}) (rate(${metric}{mesh="${mesh}", ${matchers}}[1m]))`;
  const into = `destination_workload_namespace="${namespace}"`;
  const outOf = `source_workload_namespace="${namespace}"`;
  const unserved =
    `reporter="source", source_workload_namespace!="${namespace}", destination_workload_namespace="unknown", ` +
    `destination_workload="unknown", destination_service=~".*[.]${namespace}[.].*"`;
  const buckets = `istio_request_duration_milliseconds_bucket{mesh="${mesh}", reporter="destination", ${into}}[1m]`;
  return [
    rate("istio_requests_total", unserved),
    rate("istio_requests_total", `reporter="source", source_workload_namespace!="${namespace}", ${into}`),
    rate("istio_requests_total", `reporter=~"destination|waypoint", ${into}`),
    rate("istio_requests_total", `reporter=~"source|waypoint", ${outOf}`),
    rate("istio_tcp_sent_bytes_total", `reporter=~"destination|waypoint", ${into}`),
    rate("istio_tcp_sent_bytes_total", `reporter=~"source|waypoint", ${outOf}`),
    `histogram_quantile(0.95, sum by (le, ${EDGE}) (rate(${buckets})))`,
  ];
}
