import { z } from "zod";

import type { TelemetryNeeds } from "#collectors/shared/promql/telemetry-needs.ts";
import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";

import type { PrometheusStore } from "../store.ts";
import type { SeriesQuestions } from "./series-questions.ts";

const SAMPLED = 20;
const LOOKED_AT_MS = 5 * 60_000;
/** What VictoriaMetrics takes of one series where nothing else is set, its name counted: 30 labels, or 40 in newer versions. */
const USUAL_LIMITS = new Set([30, 40]);

const SeriesList = z.object({ data: z.array(z.record(z.string(), z.string())) });
type Labels = z.infer<typeof SeriesList>["data"][number];

const hasJustSoMany = (labels: Labels): boolean => USUAL_LIMITS.has(Object.keys(labels).length);

/**
 * Whether series had more labels than VictoriaMetrics takes. Before 1.108 it cuts them off without a word: series have just so
 * many, and lack some that are needed. Since then it leaves such series out: those with one label less, the number of durations,
 * have just so many, and their buckets are missing. Empty where it does not tell.
 */
export async function labelLimit(
  store: PrometheusStore,
  ask: SeriesQuestions,
  { labels: needed, dialect }: TelemetryNeeds,
  metric: string,
): Promise<DiagnosisFinding[]> {
  if (!store.client.isVictoriaMetrics) return [];
  const own = needed.flatMap((need) => (need.metric === metric ? [need.labels] : []));
  const cut = cutFinding(metric, await someSeries(store, ask, metric), own);
  const { durationMetric } = dialect;
  if (cut !== null || durationMetric === null) return cut === null ? [] : [cut];
  const buckets = await someSeries(store, ask, `${durationMetric}_bucket`);
  if (buckets.length > 0) {
    const found = cutFinding(`${durationMetric}_bucket`, buckets, [["le", "vmrange"]]);
    return found === null ? [] : [found];
  }
  const full = (await someSeries(store, ask, `${durationMetric}_count`)).find(hasJustSoMany);
  if (full === undefined) return [];
  const many = Object.keys(full).length;
  return [
    limitFinding(
      `Series of ${durationMetric}_count have just ${many} labels, and there are no buckets, which have one more: VictoriaMetrics leaves out series with more than ${many}.`,
    ),
  ];
}

async function someSeries({ client }: PrometheusStore, ask: SeriesQuestions, name: string): Promise<Labels[]> {
  const parameters = {
    "match[]": ask.selectorOf(name),
    start: (ask.atMs - LOOKED_AT_MS) / 1_000,
    end: ask.atMs / 1_000,
    limit: SAMPLED,
  };
  const told = await client.about({ path: "/api/v1/series", parameters, maxBytes: 1024 * 1024 }, SeriesList);
  return told.ok ? told.value.data : [];
}

/** `wanted`: of each of these, series need one. */
function cutFinding(name: string, some: readonly Labels[], wanted: readonly (readonly string[])[]): DiagnosisFinding | null {
  for (const labels of some.filter(hasJustSoMany)) {
    const lost = wanted.filter((any) => any.every((label) => labels[label] === undefined)).map(([label]) => label ?? "");
    if (lost.length === 0) continue;
    const many = Object.keys(labels).length;
    return limitFinding(
      `Series of ${name} have just ${many} labels, which is how many VictoriaMetrics keeps of each, and lack ${lost.join(", ")}.`,
    );
  }
  return null;
}

/** Setting by which it takes what a mesh's series have. */
export const MORE_LABELS = "-maxLabelsPerTimeseries=60";

function limitFinding(text: string): DiagnosisFinding {
  const mend = `Start it with ${MORE_LABELS} (vminsert and vmagent too), or drop labels that nobody needs with relabel_configs`;
  return { level: "error", code: "label-limit", text, takesAway: "what these labels and series would tell", mend };
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
