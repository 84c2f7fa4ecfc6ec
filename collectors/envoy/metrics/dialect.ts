import type { MetricsDialect } from "#collectors/shared/promql/dialect.ts";

import { foldMetrics } from "./fold.ts";
import { USUAL_LABELS, type ProxyLabels } from "./labels.ts";
import { ARRIVALS, CLASSES, CLASSES_OR_CODES, countQueries, DEPARTURES, durationQueries, UPSTREAM_TIME } from "./queries.ts";

/** Envoy's own statistics in a store, with its tags or with Istio's, and those of the recommended logger where they are kept. */
export function createEnvoyDialect(labels: Partial<ProxyLabels> = {}): MetricsDialect {
  const own: ProxyLabels = { ...USUAL_LABELS, ...labels };
  return {
    id: "envoy",
    reads: "Envoy's own statistics",
    metrics: [CLASSES, CLASSES_OR_CODES, ARRIVALS, DEPARTURES],
    durationMetric: UPSTREAM_TIME,
    counts: (ask) => countQueries(own, ask),
    durations: (ask) => durationQueries(own, ask),
    fold: (answers) => foldMetrics(answers, own),
  };
}
