import { reachFinding } from "#collectors/shared/reach-finding.ts";
import type { QueryScope } from "#collectors/shared/promql/render.ts";
import type { TelemetryNeeds } from "#collectors/shared/promql/telemetry-needs.ts";
import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { ExaminedSource } from "#lib/ports/examined-source.ts";
import type { Clock } from "#lib/ports/time.ts";

import { skewFinding } from "../status.ts";
import type { PrometheusStore } from "../store.ts";
import { retentionOf, shortHistory, shortRetention, type Retention } from "./history-checks.ts";
import { clusters, duplicateScrapes, failingTargets, freshness, intervalFinding, replicas } from "./scrape-checks.ts";
import { partlyScopedFinding, scopeFinding } from "./scope-checks.ts";
import { SeriesQuestions } from "./series-questions.ts";
import { labelLimit, MORE_LABELS, newbornSeries } from "./store-limits.ts";
import { checkTelemetry } from "./telemetry-checks.ts";

interface StoreExamination {
  id: string;
  url: string;
  store: PrometheusStore;
  /** What may be there, strongest first. */
  needs: readonly TelemetryNeeds[];
  /** The reader said that these are there. */
  areChosen: boolean;
  /** Labels that every selector has. */
  queryScope: QueryScope;
  clock: Clock;
}

const LOOKED_AT_MS = 5 * 60_000;

/** Examines one store: whether it can be asked, what it holds, and whether that can be read whole. */
export function examineStore(examination: StoreExamination): ExaminedSource {
  const { id, url } = examination;
  return {
    id,
    kind: "prometheus",
    address: url,
    async examine() {
      const found = await examineAll(examination);
      if (found.ok) return found.value;
      const isKnown = examination.store.probe.lastFacts() !== null;
      const at = { id, url, program: "Prometheus, or what speaks its HTTP interface", probe: "/api/v1/query?query=1", isKnown };
      return [reachFinding(at, found.error)];
    },
  };
}

async function examineAll(examination: StoreExamination): Promise<Result<DiagnosisFinding[]>> {
  const { store, needs, areChosen, queryScope, clock } = examination;
  const facts = await store.probe.facts();
  if (!facts.ok) return facts;
  // By the store's own clock: one that is wrong is said to be wrong, and not to hold nothing.
  const ask = new SeriesQuestions(store, clock.nowMs() + store.client.skewMs - facts.value.hidesNewestMs, queryScope);
  const findings: DiagnosisFinding[] = [];
  const there: TelemetryNeeds[] = [];
  const absent: TelemetryNeeds[] = [];
  const retention = await retentionOf(store);
  for (const need of needs) {
    const metric = await presentMetric(ask, need);
    if (!metric.ok) return metric;
    if (metric.value === null) {
      absent.push(need);
      continue;
    }
    there.push(need);
    const examined = await examineTelemetry(ask, need, metric.value, { store, retention, clock });
    if (!examined.ok) return examined;
    findings.push(...examined.value);
  }
  for (const need of areChosen ? absent : []) {
    const takesAway = `every edge that ${need.dialect.id} would tell of`;
    findings.push((await whyAbsent(ask, need, { takesAway, isPart: there.length > 0 })) ?? absentFinding(need, takesAway));
  }
  if (there.length === 0 && !areChosen) findings.push(...(await nothingFindings(examination, ask)));
  findings.push(...shortRetention(retention), ...(await failingTargets(store)), ...clockFindings(store), ...warnings(ask));
  const reads = there.map(({ dialect }) => dialect.reads).join(", ");
  const text = `${facts.value.product} answers${reads === "" ? "" : `, and holds ${reads}`}.`;
  return ok([{ level: "fine", code: "reached", text, takesAway: null, mend: null }, ...findings]);
}

/** The first of the dialect's metrics that is there now. */
async function presentMetric(ask: SeriesQuestions, { dialect }: TelemetryNeeds): Promise<Result<string | null>> {
  for (const metric of dialect.metrics) {
    const many = await ask.count(metric);
    if (!many.ok) return many;
    if (many.value > 0) return ok(metric);
  }
  return ok(null);
}

async function examineTelemetry(
  ask: SeriesQuestions,
  needs: TelemetryNeeds,
  metric: string,
  { store, retention, clock }: { store: PrometheusStore; retention: Retention | null; clock: Clock },
): Promise<Result<DiagnosisFinding[]>> {
  const { durationMetric } = needs.dialect;
  const scrape = await store.probe.scrapeMs([metric]);
  if (!scrape.ok) return scrape;
  const checks = [
    await checkTelemetry(
      ask,
      needs,
      durationMetric === null ? null : await store.probe.histograms(durationMetric, { fromMs: ask.atMs - LOOKED_AT_MS, toMs: ask.atMs }),
    ),
    await freshness(ask, metric, scrape.value),
    await duplicateScrapes(ask, metric),
    await replicas(ask, metric),
    await clusters(ask, metric, needs.clusterLabels),
    await shortHistory(store, ask, needs, { scrapeMs: scrape.value, retention, clock }),
  ];
  const findings = [
    ...intervalFinding(metric, scrape.value),
    ...(await labelLimit(store, ask, needs, metric)),
    ...(await newbornSeries(store, ask, metric)),
  ];
  for (const check of checks) {
    if (!check.ok) return check;
    findings.push(...check.value);
  }
  return ok(findings);
}

function absentFinding({ dialect, collect }: TelemetryNeeds, takesAway: string): DiagnosisFinding {
  return {
    level: "error",
    code: `no-${dialect.id}`,
    text: `It holds nothing of ${dialect.reads} (${dialect.metrics.join(", ")}), which telemetry names.`,
    takesAway,
    mend: `${collect}; or take ${dialect.id} out of telemetry`,
  };
}

/** It has stopped, or the scope leaves it out; `null` = nothing of it was ever seen. `isPart` = other telemetry is there, in the scope. */
async function whyAbsent(
  ask: SeriesQuestions,
  { dialect }: TelemetryNeeds,
  { takesAway, isPart }: { takesAway: string; isPart: boolean },
): Promise<DiagnosisFinding | null> {
  for (const metric of dialect.metrics) {
    const was = await ask.wasThere(metric);
    if (was.ok && was.value) {
      const text = `${metric} was there within the last hour, and is not any more: nothing new comes.`;
      const mend = "See on its page of targets what became of the jobs that scrape the mesh";
      return { level: "error", code: "stopped", text, takesAway, mend };
    }
    const consequence = { level: "error" as const, takesAway };
    const pick = { metric, matchers: [] };
    const leftOut = isPart
      ? await partlyScopedFinding(ask, pick, `${metric} is there`, consequence)
      : await scopeFinding(ask, pick, consequence);
    if (leftOut.ok && leftOut.value !== null) return leftOut.value;
  }
  return null;
}

/** Why nothing is there: it has stopped, or the scope leaves it out, or it was never collected. */
async function nothingFindings({ id, store, needs }: StoreExamination, ask: SeriesQuestions): Promise<DiagnosisFinding[]> {
  const takesAway = `everything that ${id} would tell`;
  for (const need of needs) {
    const why = await whyAbsent(ask, need, { takesAway, isPart: false });
    if (why !== null) return [why];
  }
  const known = needs.map(({ dialect }) => dialect.reads).join(", ");
  const text = `It holds none of what Weft reads: ${known}.`;
  const ways = needs.map(({ collect }) => collect);
  if (store.client.isVictoriaMetrics) ways.push(`Where they are scraped already, let it take their labels: ${MORE_LABELS}`);
  return [{ level: "error", code: "nothing-there", text, takesAway, mend: ways.join("; or: ") }];
}

function clockFindings({ client }: PrometheusStore): DiagnosisFinding[] {
  const skew = skewFinding(client.id, client.skewMs);
  if (skew === null) return [];
  const takesAway = "the newest minutes, or their rightness: both clocks are asked about one moment";
  return [{ level: "warning", code: "clock-skew", text: skew.text, takesAway, mend: skew.mend }];
}

function warnings(ask: SeriesQuestions): DiagnosisFinding[] {
  return ask.notices.map(({ level, code, text, mend }) =>
    level === "info"
      ? { level, code, text, takesAway: null, mend }
      : { level, code, text, takesAway: "parts of its answers", mend: mend ?? `See the log of ${ask.id}, and its page of status` },
  );
}
