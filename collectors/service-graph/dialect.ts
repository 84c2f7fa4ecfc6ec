import type { MetricsDialect } from "#collectors/shared/promql/dialect.ts";

import { foldMetrics } from "./fold.ts";
import { countQueries, durationQueries, REQUESTS, SERVER_TIME } from "./queries.ts";

/** Service graphs that were made of spans: by Tempo's metrics generator, or by the OpenTelemetry Collector's servicegraph connector. */
export const serviceGraphDialect: MetricsDialect = {
  id: "service-graph",
  reads: "service graphs made of spans",
  metrics: [REQUESTS],
  durationMetric: SERVER_TIME,
  counts: countQueries,
  durations: durationQueries,
  fold: foldMetrics,
};
