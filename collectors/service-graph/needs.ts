import type { TelemetryNeeds } from "#collectors/shared/promql/telemetry-needs.ts";
import { SERVICE_GRAPH } from "#collectors/shared/service-graph/edge-labels.ts";

import { serviceGraphDialect } from "./dialect.ts";
import { REQUESTS, SERVER_TIME } from "./queries.ts";

const DIMENSIONS = "Take client and server out of labeldrop in metric_relabel_configs";

/** What service graphs that were made of spans need to be read whole. */
export const serviceGraphNeeds: TelemetryNeeds = {
  dialect: serviceGraphDialect,
  collect: "Let Tempo's metrics generator (processor service-graphs) or the OpenTelemetry Collector's servicegraph connector write into it",
  durationsBeside: [REQUESTS],
  clusterLabels: ["cluster"],
  labels: [
    { labels: ["client"], metric: REQUESTS, level: "error", takesAway: "who called: no edge can be drawn", mend: DIMENSIONS },
    { labels: ["server"], metric: REQUESTS, level: "error", takesAway: "who was called: no edge can be drawn", mend: DIMENSIONS },
  ],
  series: ["duration_seconds", "duration_milliseconds", "server_milliseconds"].map((older) => ({
    code: "older-durations",
    level: "warning" as const,
    given: [{ metric: `${SERVICE_GRAPH}_${older}_count`, matchers: [] }],
    lacking: { metric: `${SERVER_TIME}_count`, matchers: [] },
    text: `Durations have the older name ${SERVICE_GRAPH}_${older}, which Weft does not read from a store.`,
    takesAway: "durations: means, p50, p95 and the charts of them",
    mend: "Start the Collector without the feature gates connector.servicegraph.legacyLatencyMetricNames and connector.servicegraph.legacyLatencyUnitMs",
  })),
};
