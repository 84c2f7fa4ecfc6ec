import type { MetricsDialect } from "#collectors/shared/promql/dialect.ts";

import { foldMetrics } from "./fold.ts";
import { presenceQueries, silentQueries } from "./presence.ts";
import { countQueries, CONNECTIONS, DURATIONS, durationQueries, REQUESTS, unnamedQueries } from "./queries.ts";

/** Istio's own metrics, as sidecars, gateways, waypoints and ztunnels write them. */
export const istioDialect: MetricsDialect = {
  id: "istio",
  reads: "Istio's metrics of requests and connections",
  metrics: [REQUESTS, CONNECTIONS],
  durationMetric: DURATIONS,
  counts: (ask) => [...countQueries(ask), ...presenceQueries(ask)],
  durations: durationQueries,
  more: (answers, ask) => [...unnamedQueries(answers, ask), ...silentQueries(answers, ask)],
  fold: (answers, _, all) => foldMetrics(answers, all),
};
