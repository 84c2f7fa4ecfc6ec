import type { MetricsDialect } from "#collectors/shared/promql/dialect.ts";
import type { TelemetryNeeds } from "#collectors/shared/promql/telemetry-needs.ts";

import { USUAL_LABELS } from "./labels.ts";
import { ARRIVALS, CLASSES, CLASSES_OR_CODES } from "./queries.ts";

const KEEP = "Keep cluster statistics: proxyStatsMatcher.inclusionPrefixes [cluster.outbound], and no labeldrop of their tags";

/** What Envoy's statistics need to be read whole, in the names that its own tags or Istio's give them. */
export function envoyNeeds(dialect: MetricsDialect, serviceLabels: readonly string[] = USUAL_LABELS.service): TelemetryNeeds {
  const naming = serviceLabels.filter((label) => label !== "job");
  const [first = "job", ...others] = naming;
  return {
    dialect,
    collect: "Scrape each Envoy at /stats/prometheus of its admin address, with labels that say whose it is",
    durationsBeside: [CLASSES, CLASSES_OR_CODES],
    clusterLabels: ["cluster"],
    labels: [CLASSES, CLASSES_OR_CODES].flatMap((metric) => [
      {
        labels: ["envoy_cluster_name", "cluster_name"] as const,
        metric,
        level: "error" as const,
        takesAway: "whom the Envoys called: no edge can be drawn",
        mend: KEEP,
      },
      {
        labels: [first, ...others] as const,
        metric,
        level: "warning" as const,
        takesAway: "whose the Envoys are: they are called by their job",
        mend: "Name the label that has it: sourceLabels: { service: [LABEL] }, or add one with relabel_configs",
      },
    ]),
    series: [
      {
        code: "name-clash",
        level: "info",
        given: [
          { metric: CLASSES_OR_CODES, matchers: [{ label: "response_code_class", op: "!=", value: "" }] },
          { metric: CLASSES_OR_CODES, matchers: [{ label: "response_code", op: "!=", value: "" }] },
        ],
        text: `Istio's tags give classes and codes of answers one name, ${CLASSES_OR_CODES}: a plain sum counts each request twice. Weft counts the classes alone.`,
        takesAway: "nothing here; other dashboards may read twice as much",
        mend: `Write ${CLASSES_OR_CODES}{response_code_class!=""} in queries of your own`,
      },
      ...[CLASSES, CLASSES_OR_CODES].map((metric) => ({
        code: "no-logger",
        level: "info" as const,
        given: [{ metric, matchers: [] }],
        lacking: { metric: ARRIVALS, matchers: [] },
        text: "The Envoys have no stats access logger.",
        takesAway: "callers by identity, retries told from first attempts, encryption as the destination saw it",
        mend: "Add the logger of collectors/envoy/README.md",
      })),
    ],
  };
}
