import type { LabelNeed, SeriesPick, SeriesRule, TelemetryNeeds } from "#collectors/shared/promql/telemetry-needs.ts";
import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import { printable } from "#lib/routing/printable.ts";

import type { HistogramKind } from "../probe.ts";
import { partlyScopedFinding } from "./scope-checks.ts";
import type { SeriesQuestions } from "./series-questions.ts";

/** Labels that telemetry needs, series that mean something by being there or not, and histograms. */
export async function checkTelemetry(
  ask: SeriesQuestions,
  needs: TelemetryNeeds,
  histograms: Result<HistogramKind> | null,
): Promise<Result<DiagnosisFinding[]>> {
  const findings: DiagnosisFinding[] = [];
  for (const need of needs.labels) {
    const found = await checkLabel(ask, need);
    if (!found.ok) return found;
    findings.push(...found.value);
  }
  for (const rule of needs.series) {
    const holds = await applies(ask, rule);
    if (!holds.ok) return holds;
    if (holds.value.length === 0) continue;
    const { level, code, takesAway, mend, lacking } = rule;
    const text = withNames(rule.text, holds.value);
    const what = `${text.replace(/\.$/, "")}: what is lacking is there`;
    const leftOut = lacking === undefined ? ok(null) : await partlyScopedFinding(ask, lacking, what, rule);
    if (!leftOut.ok) return leftOut;
    findings.push(leftOut.value ?? { level, code, text, takesAway, mend });
  }
  const spread = await checkHistogram(ask, needs, histograms);
  return spread.ok ? ok([...findings, ...spread.value]) : spread;
}

async function checkLabel(
  ask: SeriesQuestions,
  { labels, metric, among = [], level, takesAway, mend }: LabelNeed,
): Promise<Result<DiagnosisFinding[]>> {
  const all = await ask.count(metric, among);
  if (!all.ok || all.value === 0) return all.ok ? ok([]) : all;
  const without = await ask.count(metric, [...among, ...labels.map((label) => ({ label, op: "=" as const, value: "" }))]);
  if (!without.ok || without.value === 0) return without.ok ? ok([]) : without;
  const what = labels.length === 1 ? `the label ${labels[0]}` : `any of the labels ${labels.join(", ")}`;
  const isAll = without.value >= all.value;
  const which = isAll ? `No series of ${metric} has ${what}.` : `${without.value} of ${all.value} series of ${metric} lack ${what}.`;
  // What some lack is read wrong in a part only.
  return ok([{ level: isAll || level !== "error" ? level : "warning", code: `no-${labels[0]}`, text: which, takesAway, mend }]);
}

/** What a rule is about where nothing is told apart. */
const ALL: readonly string[] = [];

async function applies(ask: SeriesQuestions, { given, lacking, per = ALL }: SeriesRule): Promise<Result<string[]>> {
  let about: readonly string[] | null = null;
  for (const { metric, matchers } of given) {
    const there = await namesOf(ask, { metric, matchers }, per);
    if (!there.ok) return there;
    about = [...there.value].filter((name) => about === null || about.includes(name));
    if (about.length === 0) return ok([]);
  }
  if (about === null || lacking === undefined) return ok([...(about ?? [])]);
  const lacked = await namesOf(ask, lacking, per);
  return lacked.ok ? ok(about.filter((name) => !lacked.value.has(name))) : lacked;
}

/** By which values of these labels there are series; without labels, the empty name where there are any. */
async function namesOf(
  ask: SeriesQuestions,
  { metric, matchers }: SeriesPick,
  per: readonly string[],
): Promise<Result<ReadonlySet<string>>> {
  const groups = await ask.groups(metric, per, matchers);
  return groups.ok ? ok(new Set(groups.value.map((labels) => per.map((label) => labels[label] ?? "").join("/")))) : groups;
}

const SHOWN = 3;

function withNames(text: string, names: readonly string[]): string {
  const told = names.filter((name) => name !== "").toSorted();
  if (told.length === 0) return text;
  const more = told.length > SHOWN ? ` and ${told.length - SHOWN} more` : "";
  return `${text.replace(/\.$/, "")}: ${told.slice(0, SHOWN).map(printable).join(", ")}${more}.`;
}

const QUANTILES = "how durations are spread: p50, p95, p99 and the charts of them";
const DURATIONS = "durations: means, p50, p95 and the charts of them";

/** Durations whose sums are there and whose spread is not. */
async function checkHistogram(
  ask: SeriesQuestions,
  { dialect: { durationMetric: metric }, durationsBeside }: TelemetryNeeds,
  histograms: Result<HistogramKind> | null,
): Promise<Result<DiagnosisFinding[]>> {
  if (metric === null || histograms === null) return ok([]);
  if (!histograms.ok) return histograms;
  if (histograms.value !== "none") return ok([]);
  const [sums, buckets] = await Promise.all([ask.count(`${metric}_count`), ask.count(`${metric}_bucket`)]);
  if (!sums.ok) return sums;
  if (!buckets.ok) return buckets;
  if (buckets.value > 0) {
    const text = `The buckets of ${metric} have no label le.`;
    return ok([
      { level: "warning", code: "no-le", text, takesAway: QUANTILES, mend: "Take le out of labeldrop in metric_relabel_configs" },
    ]);
  }
  if (sums.value === 0) return noDurations(ask, metric, durationsBeside);
  for (const name of [`${metric}_bucket`, metric]) {
    const leftOut = await leftOutFinding(ask, name, QUANTILES);
    if (!leftOut.ok || leftOut.value.length > 0) return leftOut;
  }
  const text = `${metric} has sums and no histogram: neither ${metric}_bucket nor a native one.`;
  const mend = `Take ${metric}_bucket out of what metric_relabel_configs drops, or keep native histograms (scrape_native_histograms: true)`;
  return ok([{ level: "warning", code: "no-histogram", text, takesAway: QUANTILES, mend }]);
}

/** There are requests, and no durations at all. */
async function noDurations(ask: SeriesQuestions, metric: string, beside: readonly string[]): Promise<Result<DiagnosisFinding[]>> {
  for (const requests of beside) {
    const there = await ask.count(requests);
    if (!there.ok) return there;
    if (there.value === 0) continue;
    const leftOut = await leftOutFinding(ask, `${metric}_count`, DURATIONS);
    if (!leftOut.ok || leftOut.value.length > 0) return leftOut;
    const text = `There is ${requests}, and no ${metric}.`;
    const mend = `Take ${metric} out of what the proxies' configuration disables and what metric_relabel_configs drops`;
    return ok([{ level: "warning", code: "no-durations", text, takesAway: DURATIONS, mend }]);
  }
  return ok([]);
}

/** Said where it is the scope that leaves this metric out, and nothing else. */
async function leftOutFinding(ask: SeriesQuestions, metric: string, takesAway: string): Promise<Result<DiagnosisFinding[]>> {
  const found = await partlyScopedFinding(ask, { metric, matchers: [] }, `${metric} is there`, { level: "warning", takesAway });
  return found.ok ? ok(found.value === null ? [] : [found.value]) : found;
}
