import type { TelemetryNeeds } from "#collectors/shared/promql/telemetry-needs.ts";

import { serviceGraphDialect } from "./dialect.ts";
import { REQUESTS } from "./queries.ts";

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
  series: [],
};
