import type { DialectAsk, DialectQuery, MetricsDialect } from "#collectors/shared/promql/dialect.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { Topology } from "#lib/model/topology.ts";
import type { CountSteps, TrafficRow, TrafficStep, TrafficSteps } from "#lib/ports/series-store.ts";
import type { MetricsSource, ProxyDetail, TopologySource, TrafficSum } from "#lib/ports/sources.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

import { askQueries, type Answers } from "./ask-queries.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { LateDurations, type Durations } from "./late-durations.ts";
import { byStep, countRows, instantSamples, durationsOf, selectRows, stepOf, toldBy, topologyOf, withDurations } from "./mapper.ts";
import { alignmentOf, countedRange, isLive, planSteps, planWindow, type StepPlan, type StoreTime, widenedNotice } from "./plan-window.ts";
import type { HistogramKind } from "./probe.ts";
import { SourceNotices } from "./source-notices.ts";
import { skewFinding, statusOf } from "./status.ts";
import type { PrometheusStore } from "./store.ts";

export interface PrometheusSourceOptions {
  id: string;
  dialect: MetricsDialect;
  store: PrometheusStore;
  /** A chart has at most so many steps. Default 2,000. */
  maxPoints?: number | undefined;
}

/** Also says who exists, as far as traffic tells. `signal` gives a question up that nobody waits for any more. */
export interface PrometheusSource extends MetricsSource, TopologySource {
  status(): SourceStatus;
  traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>>;
  trafficSteps(window: TimeWindow, stepMs: number, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSteps>>>;
  countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>>;
}

/** Assumed where neither targets nor samples tell. */
const USUAL_SCRAPE_MS = 15_000;
const MAX_POINTS = 2_000;
/** Durations of this many sources or targets are waited for: they are a few series. */
const FEW = 20;
/** A mesh with more series than this has its sparklines fetched behind the reader's back. */
const LARGE_SERIES = 1_000;
const PAST_VALID_MS = 30_000;
const TOPOLOGY_MS = 5 * 60_000;
/** Steps with more rows than this are not kept for worse times. */
const MOST_KEPT_ROWS = 50_000;
/** After so many samples other work gets its turn. */
const YIELD_SAMPLES = 5_000;

/**
 * Traffic of a mesh out of a store that is asked in PromQL, in the words of one dialect. One question per metric for the whole
 * mesh; where the store does not answer, the last good answer with coverage `stale`. Errors: those of `PrometheusClient`.
 */
export function createPrometheusSource(options: PrometheusSourceOptions, parts: { clock: Clock; scheduler: Scheduler }): PrometheusSource {
  return new StoreSource(options, parts);
}

class StoreSource implements PrometheusSource {
  readonly id: string;
  readonly #dialect: MetricsDialect;
  readonly #store: PrometheusStore;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #maxPoints: number;
  readonly #sums: KeptAnswers<TrafficSum>;
  readonly #steps: KeptAnswers<TrafficSteps>;
  readonly #sparks: KeptAnswers<CountSteps>;
  readonly #durations: LateDurations;
  readonly #notices: SourceNotices;
  readonly #refreshing = new Set<string>();
  #scrapeMs: number | null = null;
  /** The last answer about the whole mesh. */
  #whole: { answer: Sourced<TrafficSum>; series: number } | null = null;
  #newestMs: number | null = null;

  constructor(
    { id, dialect, store, maxPoints = MAX_POINTS }: PrometheusSourceOptions,
    { clock, scheduler }: { clock: Clock; scheduler: Scheduler },
  ) {
    this.id = id;
    this.#dialect = dialect;
    this.#store = store;
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#maxPoints = maxPoints;
    this.#sums = new KeptAnswers(id, clock);
    this.#steps = new KeptAnswers(id, clock);
    this.#sparks = new KeptAnswers(id, clock);
    this.#durations = new LateDurations(clock);
    this.#notices = new SourceNotices(id, dialect);
  }

  get reportMs(): number {
    return this.#scrapeMs ?? USUAL_SCRAPE_MS;
  }

  async traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>> {
    if (selectsNothing(select)) return ok({ ...this.#nothing(), value: { window, sources: [this.id], rows: [] } });
    const key = this.#keyOf(window, select ?? null);
    const time = await this.#time();
    if (!time.ok) return this.#sums.orStale(key, time.error);
    const plan = planWindow(window, time.value);
    const exact = String(plan.window.toMs);
    const validMs = isLive(window, time.value.nowMs) ? alignmentOf(time.value.scrapeMs) : PAST_VALID_MS;
    const recent = this.#sums.recent(key, validMs, exact);
    if (recent !== null) return ok(this.#attach(key, recent, select));
    const summed = await this.#sum(key, plan.window, select, signal);
    if (!summed.ok) return signal?.aborted === true ? summed : this.#staleSum(key, summed.error, select);
    const answer = summed.value;
    if (plan.isWidened) {
      answer.notices.push(widenedNotice(this.id, window.toMs - window.fromMs, plan.window.toMs - plan.window.fromMs, time.value.scrapeMs));
    }
    this.#sums.keep(key, exact, answer);
    return ok(this.#attach(key, answer, select));
  }

  async trafficSteps(
    window: TimeWindow,
    stepMs: number,
    select?: TrafficSelect,
    signal?: AbortSignal,
  ): Promise<Result<Sourced<TrafficSteps>>> {
    if (selectsNothing(select)) return ok({ ...this.#nothing(), value: { window, stepMs, steps: [] } });
    const key = this.#keyOf(window, [stepMs, select ?? null]);
    const asked = await this.#askSteps(window, stepMs, this.#maxPoints, select, () => true, signal);
    if (!asked.ok) return signal?.aborted === true ? asked : this.#steps.orStale(key, asked.error);
    const { plan, ...answer } = asked.value;
    const value = { window: windowOf(plan), stepMs: plan.stepMs, steps: answer.value };
    const notices =
      isNarrow(select) || this.#dialect.durationMetric === null ? answer.notices : [...answer.notices, this.#notices.durationsUnasked(FEW)];
    const told = { ...answer, notices, value };
    if (value.steps.reduce((many, { rows }) => many + rows.length, 0) <= MOST_KEPT_ROWS) this.#steps.keep(key, "", told);
    return ok(told);
  }

  async countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>> {
    const key = this.#keyOf(window, points);
    const recent = this.#sparks.recent(key, Math.max(5_000, (window.toMs - window.fromMs) / points));
    if (recent !== null) return ok(recent);
    // Nobody waits for the sparklines of a large mesh: the map stands without them.
    if ((this.#whole?.series ?? 0) > LARGE_SERIES) {
      this.#refreshSparks(key, window, points);
      const older = this.#sparks.recent(key, Number.POSITIVE_INFINITY);
      return ok(older === null ? this.#noSparks(window, points, "are being fetched.") : this.#asItStands(older));
    }
    const counted = await this.#countSteps(key, window, points, signal);
    if (counted.ok || signal?.aborted === true) return counted;
    const stale = this.#sparks.orStale(key, counted.error);
    // A map that is kept for worse times is not lost for want of its sparklines.
    return stale.ok || this.#whole === null ? stale : ok(this.#noSparks(window, points, `are missing: ${counted.error.message}`));
  }

  async topology(signal?: AbortSignal): Promise<Result<Sourced<Topology>>> {
    const toMs = Math.floor(this.#clock.nowMs() / 1_000) * 1_000;
    const known =
      this.#whole === null ? await this.traffic({ fromMs: toMs - TOPOLOGY_MS, toMs }, undefined, signal) : ok(this.#whole.answer);
    if (!known.ok) return known;
    return ok(this.#asItStands({ ...known.value, value: topologyOf(known.value.value.rows) }));
  }

  /** Errors: NOT_FOUND always: a store of metrics knows no proxies. */
  proxy(id: string): Promise<Result<Sourced<ProxyDetail>>> {
    return Promise.resolve(err(new WeftError("NOT_FOUND", `${this.id} knows no proxy ${JSON.stringify(id)}.`, { sourceId: this.id })));
  }

  status(): SourceStatus {
    return statusOf(this.id, this.#dialect, this.#store, { newestMs: this.#newestMs, isEmpty: this.#whole?.series === 0 });
  }

  async #sum(
    key: string,
    window: TimeWindow,
    select: TrafficSelect | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Result<Sourced<TrafficSum>>> {
    const isWaited = isNarrow(select);
    const ask = await this.#ask(window.toMs - window.fromMs, window, select, isWaited);
    if (!ask.ok) return ask;
    const every = this.#dialect.counts(ask.value);
    const counts = isWaited ? every : every.filter(isPrompt);
    const durations = isWaited ? this.#dialect.durations(ask.value) : [];
    const answers = await this.#put([...counts, ...durations], window, signal);
    if (!answers.ok) return answers;
    const folded = this.#fold([...counts, ...durations], answers.value, ask.value);
    const series = answers.value.series.reduce((many, one) => many + one.length, 0);
    if (series > 0) this.#newestMs = Math.max(this.#newestMs ?? 0, window.toMs);
    const lacksHistograms = isWaited && series > 0 && this.#dialect.durationMetric !== null && ask.value.histograms === "none";
    const evidence = this.#evidence(answers.value, [
      ...folded.notices,
      ...(lacksHistograms ? [this.#notices.noHistograms()] : []),
      ...(series === 0 && select === undefined ? [this.#notices.empty()] : []),
    ]);
    const answer = { ...evidence, value: { window, sources: [this.id], rows: toldBy(this.id, selectRows(folded.rows, select)) } };
    if (select === undefined) this.#whole = { answer, series };
    if (!isWaited && series > 0)
      this.#durations.refresh(key, (publish) => this.#fetchDurations(counts, answers.value, window, select, publish));
    return ok(answer);
  }

  /** Averages first. Folded together with the counts, as only both tell whose durations an edge has. */
  async #fetchDurations(
    counts: readonly DialectQuery[],
    counted: Answers,
    window: TimeWindow,
    select: TrafficSelect | undefined,
    publish: (found: Durations) => void,
  ): Promise<Result<Durations>> {
    const ask = await this.#ask(window.toMs - window.fromMs, window, select, true);
    if (!ask.ok) return ask;
    const queries = [...counts];
    const series = [...counted.series];
    const late = this.#dialect.counts(ask.value).filter((query) => !isPrompt(query));
    for (const more of [late, this.#dialect.durations(ask.value)]) {
      if (more.length === 0) continue;
      const answers = await this.#put(more, window, undefined);
      if (!answers.ok) return answers;
      queries.push(...more);
      series.push(...answers.value.series);
      publish(durationsOf(this.#fold(queries, { ...counted, series }, ask.value).rows));
    }
    return ok(durationsOf(this.#fold(queries, { ...counted, series }, ask.value).rows));
  }

  #attach(key: string, answer: Sourced<TrafficSum>, select: TrafficSelect | undefined): Sourced<TrafficSum> {
    if (isNarrow(select) || this.#dialect.durationMetric === null || answer.value.rows.length === 0) return answer;
    const late = this.#durations.take(key);
    const rows = late === null ? answer.value.rows : toldBy(this.id, withDurations(answer.value.rows, late.found));
    const notices = [...answer.notices];
    if (late === null || !late.isWhole) notices.push(this.#notices.durationsPending());
    else if (late.error !== null) notices.push(this.#notices.durationsMissing(late.error));
    else if (![...late.found.values()].some(({ latency }) => latency !== null)) notices.push(this.#notices.noHistograms());
    return { ...answer, notices, value: { ...answer.value, rows } };
  }

  #staleSum(key: string, error: WeftError, select: TrafficSelect | undefined): Result<Sourced<TrafficSum>> {
    const stale = this.#sums.orStale(key, error);
    return stale.ok ? ok(this.#attach(key, stale.value, select)) : stale;
  }

  async #askSteps(
    window: TimeWindow,
    stepMs: number,
    maxPoints: number,
    select: TrafficSelect | undefined,
    isAsked: (query: DialectQuery) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<Result<Sourced<TrafficStep[]> & { plan: StepPlan }>> {
    const time = await this.#time();
    if (!time.ok) return time;
    const plan = planSteps(window, stepMs, maxPoints, time.value);
    const isWaited = isNarrow(select);
    const ask = await this.#ask(plan.stepMs, windowOf(plan), select, isWaited);
    if (!ask.ok) return ask;
    const queries = [...this.#dialect.counts(ask.value).filter(isAsked), ...(isWaited ? this.#dialect.durations(ask.value) : [])];
    const range = { fromMs: plan.firstMs, toMs: plan.lastMs, stepMs: plan.stepMs };
    const answers = await askQueries(queries, ({ expression }) => this.#store.client.queryRange(expression, range, { signal }));
    if (!answers.ok) return answers;
    const steps: TrafficStep[] = [];
    const notices: Notice[] = plan.isWidened ? [widenedNotice(this.id, stepMs, plan.stepMs, time.value.scrapeMs)] : [];
    let sinceYield = 0;
    for (const [index, samples] of byStep(queries, answers.value.series, plan, ask.value.scale).entries()) {
      const folded = this.#dialect.fold(samples, ask.value);
      steps.push(stepOf(plan, index, samples, selectRows(folded.rows, select)));
      if (index === 0) notices.push(...folded.notices);
      for (const one of samples.values()) sinceYield += one.length;
      if (sinceYield < YIELD_SAMPLES) continue;
      sinceYield = 0;
      await this.#turn();
    }
    return ok({ ...this.#evidence(answers.value, notices), value: steps, plan });
  }

  async #countSteps(
    key: string,
    window: TimeWindow,
    points: number,
    signal: AbortSignal | undefined,
  ): Promise<Result<Sourced<CountSteps>>> {
    const asked = await this.#askSteps(window, (window.toMs - window.fromMs) / points, points, undefined, isPrompt, signal);
    if (!asked.ok) return asked;
    const { plan, value: steps, ...evidence } = asked.value;
    const isReported = steps.map((step) => step.isReported);
    const told = { ...evidence, value: { window: windowOf(plan), stepMs: plan.stepMs, isReported, rows: countRows(steps) } };
    this.#sparks.keep(key, "", told);
    return ok(told);
  }

  #refreshSparks(key: string, window: TimeWindow, points: number): void {
    if (this.#refreshing.has(key)) return;
    this.#refreshing.add(key);
    void this.#countSteps(key, window, points, undefined).finally(() => this.#refreshing.delete(key));
  }

  #noSparks(window: TimeWindow, points: number, why: string): Sourced<CountSteps> {
    const value = {
      window,
      stepMs: (window.toMs - window.fromMs) / points,
      isReported: Array.from({ length: points }, () => false),
      rows: [],
    };
    return { ...this.#nothing(), coverage: "partial", notices: [this.#notices.stepsMissing(why)], value };
  }

  async #time(): Promise<Result<StoreTime>> {
    const facts = await this.#store.probe.facts();
    if (!facts.ok) return facts;
    const scrape = await this.#store.probe.scrapeMs(this.#dialect.metrics);
    if (!scrape.ok) return scrape;
    if (scrape.value !== null) this.#scrapeMs = scrape.value;
    return ok({ scrapeMs: this.reportMs, hidesNewestMs: facts.value.hidesNewestMs, nowMs: this.#clock.nowMs() });
  }

  async #ask(rangeMs: number, window: TimeWindow, select: TrafficSelect | undefined, needsHistograms: boolean): Promise<Result<Ask>> {
    let histograms: HistogramKind = "none";
    const { durationMetric } = this.#dialect;
    if (needsHistograms && durationMetric !== null) {
      const found = await this.#store.probe.histograms(durationMetric, window);
      if (!found.ok) return found;
      histograms = found.value;
    }
    return ok({ ...countedRange(rangeMs, this.reportMs, !this.#store.client.isVictoriaMetrics), select, histograms });
  }

  #put(queries: readonly DialectQuery[], window: TimeWindow, signal: AbortSignal | undefined): Promise<Result<Answers>> {
    return askQueries(queries, ({ expression }) => this.#store.client.query(expression, window.toMs, { signal }));
  }

  #fold(queries: readonly DialectQuery[], answers: Answers, ask: Ask): { rows: TrafficRow[]; notices: Notice[] } {
    const samples = new Map(queries.map(({ name }, index) => [name, instantSamples(answers.series[index] ?? [], ask.scale)]));
    return this.#dialect.fold(samples, ask);
  }

  #evidence({ provenance, notices, isPartial }: Answers, more: readonly Notice[]): Omit<Sourced<unknown>, "value"> {
    const skew = skewFinding(this.#store.client.id, this.#store.client.skewMs);
    const all = [...notices, ...more];
    if (skew !== null) all.unshift(this.#notices.clockSkew(skew));
    return {
      provenance: provenance.map((one) => ({ ...one, source: this.id })),
      notices: all.map((notice) => ({ ...notice, source: this.id })),
      coverage: isPartial ? "partial" : "complete",
    };
  }

  /** What was kept is as good as the store's last word. */
  #asItStands<T>(kept: Sourced<T>): Sourced<T> {
    return this.status().state === "down" ? { ...kept, coverage: "stale" } : kept;
  }

  #nothing(): Omit<Sourced<unknown>, "value"> {
    const provenance = [{ source: this.id, kind: "prometheus", query: "nothing was asked", observedAt: null }];
    return { provenance, notices: [], coverage: "complete" };
  }

  /** A window that ends now is the same question a moment later; a past one is itself. */
  #keyOf(window: TimeWindow, what: unknown): string {
    const end = isLive(window, this.#clock.nowMs()) ? "now" : window.toMs;
    return JSON.stringify([Math.round(window.toMs - window.fromMs), end, what]);
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => void this.#scheduler.after(0, resolve));
  }
}

/** What a dialect is asked, and by what the increases in the answers are multiplied. */
interface Ask extends DialectAsk {
  scale: number;
}

/** Whether the map waits for it. */
function isPrompt({ isLate }: DialectQuery): boolean {
  return isLate !== true;
}

function windowOf({ firstMs, lastMs, stepMs }: StepPlan): TimeWindow {
  return { fromMs: firstMs - stepMs, toMs: lastMs };
}

function selectsNothing(select: TrafficSelect | undefined): boolean {
  return select?.sources?.length === 0 || select?.targets?.length === 0;
}

function isNarrow(select: TrafficSelect | undefined): boolean {
  const count = Math.min(select?.sources?.length ?? Number.POSITIVE_INFINITY, select?.targets?.length ?? Number.POSITIVE_INFINITY);
  return count <= FEW;
}
