import { z } from "zod";

import type { TelemetryNeeds } from "#collectors/shared/promql/telemetry-needs.ts";
import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";

import type { PrometheusStore } from "../store.ts";
import type { SeriesQuestions } from "./series-questions.ts";

const SAMPLED = 20;
const LOOKED_AT_MS = 5 * 60_000;
/** What VictoriaMetrics keeps of one series where nothing else is set, its name counted: 30 labels, or 40 in newer versions. */
const USUAL_LIMITS = new Set([30, 40]);

const SeriesList = z.object({ data: z.array(z.record(z.string(), z.string())) });

/**
 * Whether series were cut to as many labels as VictoriaMetrics keeps, which it does without a word: then they have just so many, and
 * lack some that are needed. Empty where it does not tell.
 */
export async function labelLimit(
  { client }: PrometheusStore,
  ask: SeriesQuestions,
  { labels: needed, dialect }: TelemetryNeeds,
  metric: string,
): Promise<DiagnosisFinding[]> {
  if (!client.isVictoriaMetrics) return [];
  const buckets = `${dialect.durationMetric ?? metric}_bucket`;
  for (const name of dialect.durationMetric === null ? [metric] : [metric, buckets]) {
    const parameters = {
      "match[]": ask.selectorOf(name),
      start: (ask.atMs - LOOKED_AT_MS) / 1_000,
      end: ask.atMs / 1_000,
      limit: SAMPLED,
    };
    const told = await client.about({ path: "/api/v1/series", parameters, maxBytes: 1024 * 1024 }, SeriesList);
    if (!told.ok) continue;
    const wanted = name === buckets ? [["le", "vmrange"]] : needed.flatMap((need) => (need.metric === name ? [need.labels] : []));
    for (const labels of told.value.data) {
      const many = Object.keys(labels).length;
      const lost = wanted.filter((any) => any.every((label) => labels[label] === undefined)).map(([label]) => label ?? "");
      if (!USUAL_LIMITS.has(many) || lost.length === 0) continue;
      const text = `Series of ${name} have just ${many} labels, which is how many VictoriaMetrics keeps of each, and lack ${lost.join(", ")}.`;
      const mend =
        "Start it with -maxLabelsPerTimeseries=60 (vminsert and vmagent too), or drop labels that nobody needs with relabel_configs";
      return [{ level: "error", code: "label-limit", text, takesAway: "what the labels that were dropped would tell", mend }];
    }
  }
  return [];
}

const NEWBORN_RANGE = "15m";
/** Less than this share of all is within what a store that extrapolates can know anyway. */
const WORTH_SAYING = 0.01;

/**
 * What series held when they were first seen, of targets that were scraped before: a Prometheus counts growth between samples, and there
 * is none before the first. VictoriaMetrics counts it.
 */
export async function newbornSeries({ client }: PrometheusStore, ask: SeriesQuestions, metric: string): Promise<DiagnosisFinding[]> {
  if (client.isVictoriaMetrics) return [];
  const before = `offset ${NEWBORN_RANGE}`;
  const hidden = await ask.number(
    metric,
    (series) =>
      `sum((min_over_time(${series}[${NEWBORN_RANGE}]) unless ${series} ${before}) and on (job, instance) group by (job, instance) (${series} ${before}))`,
  );
  if (!hidden.ok || hidden.value === null || hidden.value === 0) return [];
  const counted = await ask.number(metric, (series) => `sum(increase(${series}[${NEWBORN_RANGE}]))`);
  if (!counted.ok) return [];
  const share = hidden.value / (hidden.value + (counted.value ?? 0));
  if (share < WORTH_SAYING) return [];
  return [
    {
      level: "info",
      code: "newborn-series",
      text: `Series of ${metric} that came up within 15 minutes held ${Math.round(hidden.value)} when they were first seen, ${Math.round(share * 100)} % of all: growth is counted from then on.`,
      takesAway: "the first requests of a new kind, such as the first failures of an edge",
      mend: "Set a shorter scrape_interval; or keep the metrics in VictoriaMetrics, which counts them; or let Weft read the proxies too: --proxies DIR",
    },
  ];
}
