import type { Matcher } from "#collectors/shared/promql/expression.ts";
import type { LabelNeed, TelemetryNeeds } from "#collectors/shared/promql/telemetry-needs.ts";

import { istioDialect } from "./dialect.ts";
import { ARRIVED } from "./matchers.ts";
import { CONNECTIONS, REQUESTS } from "./queries.ts";

const GRPC: Matcher = { label: "request_protocol", op: "=", value: "grpc" };

function mendOf(label: string): string {
  return `Take REMOVE of ${label} out of the Telemetry resource's tagOverrides, and ${label} out of labeldrop in metric_relabel_configs`;
}

function need(label: string, level: LabelNeed["level"], takesAway: string, among: readonly Matcher[] = []): LabelNeed {
  return { labels: [label], metric: REQUESTS, among, level, takesAway, mend: mendOf(label) };
}

/** What Istio's metrics need to be read whole. Both configurations of Istio and of the scraper can take labels away. */
export const istioNeeds: TelemetryNeeds = {
  dialect: istioDialect,
  collect: "Scrape the sidecars, gateways and waypoints at :15020/stats/prometheus (Istio's PodMonitor envoy-stats-monitor)",
  durationsBeside: [REQUESTS],
  clusterLabels: ["source_cluster", "destination_cluster", "cluster"],
  labels: [
    need("reporter", "error", "every edge: it is not known which side counted"),
    need("response_code", "error", "errors of HTTP: every request reads as good"),
    need("source_canonical_service", "warning", "callers by their service: they are named by their workload, or not at all"),
    need("destination_canonical_service", "warning", "destinations by their service: they are named by their workload or host"),
    need("destination_canonical_revision", "warning", "versions, and with them the observed share of a split"),
    need("connection_security_policy", "warning", "whether traffic was encrypted: every edge reads unknown", [ARRIVED]),
    need("response_flags", "warning", "requests that reached nobody (no endpoint, refused, open breaker)"),
    need("destination_principal", "warning", "which callers already count at their destination: more series are asked for than needed"),
    need("request_protocol", "warning", "gRPC and TCP as such: everything reads as HTTP"),
    need("grpc_response_status", "warning", "errors of gRPC: every call reads as good", [GRPC]),
  ],
  series: [
    {
      code: "only-callers-tell",
      level: "warning",
      given: [{ metric: REQUESTS, matchers: [{ label: "reporter", op: "=", value: "source" }] }],
      lacking: { metric: REQUESTS, matchers: [ARRIVED] },
      text: 'Only callers tell of requests (reporter="source"), no destination does.',
      takesAway: "whether traffic was encrypted, and calls from outside the mesh",
      mend: "Scrape the destinations' sidecars too, and take server out of what the Telemetry resource disables",
    },
    {
      code: "http-untold",
      level: "warning",
      per: ["destination_workload_namespace", "destination_canonical_service"],
      given: [
        {
          metric: REQUESTS,
          matchers: [
            { label: "reporter", op: "=", value: "source" },
            { label: "destination_principal", op: "!~", value: "unknown|" },
          ],
        },
        { metric: CONNECTIONS, matchers: [{ label: "reporter", op: "=", value: "destination" }] },
      ],
      lacking: { metric: REQUESTS, matchers: [ARRIVED] },
      text: "Sidecars send HTTP to workloads that tell of connections only, as those of ambient mode do without a waypoint.",
      takesAway: "requests, errors and durations of these edges: they read as TCP",
      mend: "Give their namespace a waypoint: istioctl waypoint apply -n NAMESPACE --enroll-namespace",
    },
  ],
};
