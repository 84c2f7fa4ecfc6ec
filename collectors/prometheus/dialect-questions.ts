import type { DialectAsk, DialectQuery, FoldedTraffic, MetricsDialect } from "#collectors/shared/promql/dialect.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

import { askQueries, joinAnswers, type Answers } from "./ask-queries.ts";
import type { PromAnswer } from "./client.ts";
import { instantSamples, type Samples } from "./mapper.ts";
import { countedRange, type StoreTime } from "./plan-window.ts";
import type { HistogramKind } from "./probe.ts";
import type { SourceNotices } from "./source-notices.ts";
import { StoreReach } from "./reach.ts";
import { PresenceAnswers } from "./presence-answers.ts";
import { skewFinding } from "./status.ts";
import type { PrometheusStore } from "./store.ts";

/** What a dialect is asked, and by what the increases in the answers are multiplied. */
export interface ScaledAsk extends DialectAsk {
  scale: number;
}

/** Assumed where neither targets nor samples tell. */
const USUAL_SCRAPE_MS = 15_000;
/** Durations of this many sources or targets are waited for: they are a few series. */
export const FEW = 20;
/** By then an answer has left that was being made. */
const LEFT_MS = 200;
/** What more than this many series answer is a large mesh: only what it cannot be drawn without is waited for. */
export const LARGE_SERIES = 1_000;

interface Parts {
  id: string;
  dialect: MetricsDialect;
  store: PrometheusStore;
  notices: SourceNotices;
  clock: Clock;
  scheduler: Scheduler;
}

/** Puts the questions of one dialect to one store, and folds the answers. Errors: those of `PrometheusClient`. */
export class DialectQuestions {
  readonly id: string;
  readonly dialect: MetricsDialect;
  readonly #store: PrometheusStore;
  readonly #notices: SourceNotices;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #reach: StoreReach;
  readonly #presence: PresenceAnswers;
  #scrapeMs: number | null = null;

  constructor({ id, dialect, store, notices, clock, scheduler }: Parts) {
    this.id = id;
    this.dialect = dialect;
    this.#store = store;
    this.#notices = notices;
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#reach = new StoreReach(store.client, dialect.metrics, clock);
    this.#presence = new PresenceAnswers(store.client, clock);
  }

  /** How often there is something new, as far as is known. */
  get reportMs(): number {
    return this.#scrapeMs ?? USUAL_SCRAPE_MS;
  }

  async time(): Promise<Result<StoreTime>> {
    const facts = await this.#store.probe.facts();
    if (!facts.ok) return facts;
    const scrape = await this.#store.probe.scrapeMs(this.dialect.metrics);
    if (!scrape.ok) return scrape;
    if (scrape.value !== null) this.#scrapeMs = scrape.value;
    return ok({ scrapeMs: this.reportMs, hidesNewestMs: facts.value.hidesNewestMs, nowMs: this.#clock.nowMs() });
  }

  /** The instant at which the store's data begins; `null` where it reaches over the window, or where there is none at all. */
  keptFromMs(window: TimeWindow, signal: AbortSignal | undefined): Promise<Result<number | null>> {
    return this.#reach.keptFromMs(window, this.reportMs, this.#clock.nowMs(), signal);
  }

  /** What to ask so that counters tell of `rangeMs`. It is found out which histograms there are only where they are needed. */
  async ask(rangeMs: number, window: TimeWindow, select: TrafficSelect | undefined, needsHistograms: boolean): Promise<Result<ScaledAsk>> {
    let histograms: HistogramKind = "none";
    const { durationMetric } = this.dialect;
    if (needsHistograms && durationMetric !== null) {
      const found = await this.#store.probe.histograms(durationMetric, window);
      if (!found.ok) return found;
      histograms = found.value;
    }
    return ok({ ...countedRange(rangeMs, this.reportMs, !this.#store.client.isVictoriaMetrics), select, histograms });
  }

  /** Resolves when the answer that is being made has left: what is asked behind it would take the machine's time from it. */
  left(): Promise<void> {
    return new Promise((resolve) => void this.#scheduler.after(LEFT_MS, resolve));
  }

  /** Answers about a window's end. */
  instant(queries: readonly DialectQuery[], { toMs }: TimeWindow, signal: AbortSignal | undefined): Promise<Result<Answers>> {
    return askQueries(queries, ({ expression }) => this.#store.client.query(expression, toMs, { signal }));
  }

  /** As `instant`, for counts: with what turns out to be needed besides. */
  counts(
    queries: readonly DialectQuery[],
    { toMs }: TimeWindow,
    ask: ScaledAsk,
    signal: AbortSignal | undefined,
  ): Promise<Result<Answers>> {
    return this.#withMore(queries, ask, (query) =>
      query.isPresence === true ? this.#presence.ask(query, toMs, signal) : this.#store.client.query(query.expression, toMs, { signal }),
    );
  }

  /** As `counts`, at every step of a range. */
  steps(
    queries: readonly DialectQuery[],
    range: { fromMs: number; toMs: number; stepMs: number },
    ask: ScaledAsk,
    signal: AbortSignal | undefined,
  ): Promise<Result<Answers>> {
    return this.#withMore(queries, ask, (query) =>
      query.isPresence === true
        ? this.#presence.ask(query, range.toMs, signal)
        : this.#store.client.queryRange(query.expression, range, { signal }),
    );
  }

  fold(answers: Answers, ask: ScaledAsk): FoldedTraffic {
    return this.dialect.fold(samplesOf(answers, ask), ask);
  }

  /** What turns out to be needed besides, given these answers, and is not among them. */
  needed(answers: Answers, ask: ScaledAsk): DialectQuery[] {
    if (this.dialect.more === undefined) return [];
    const known = new Set(answers.queries.map(({ name }) => name));
    return this.dialect.more(samplesOf(answers, ask), ask).filter(({ name }) => !known.has(name));
  }

  evidence({ series, provenance, notices, isPartial }: Answers, more: readonly Notice[]): Omit<Sourced<unknown>, "value"> {
    const skew = skewFinding(this.#store.client.id, this.#store.client.skewMs);
    const each = series.flat();
    const unusable = each.filter(({ points }) => points.length === 0).length;
    const all = [...notices, ...(unusable === 0 ? [] : [this.#notices.notNumbers(unusable === each.length)]), ...more];
    if (skew !== null) all.unshift(this.#notices.clockSkew(skew));
    return {
      provenance: provenance.map((one) => ({ ...one, source: this.id })),
      notices: all.map((notice) => ({ ...notice, source: this.id })),
      coverage: isPartial || unusable > 0 ? "partial" : "complete",
    };
  }

  /** Evidence of an answer for which the store was not asked. */
  nothing(): Omit<Sourced<unknown>, "value"> {
    const provenance = [{ source: this.id, kind: "prometheus", query: "nothing was asked", observedAt: null }];
    return { provenance, notices: [], coverage: "complete" };
  }

  async #withMore(
    queries: readonly DialectQuery[],
    ask: ScaledAsk,
    put: (query: DialectQuery) => Promise<Result<PromAnswer>>,
  ): Promise<Result<Answers>> {
    const answers = await askQueries(queries, put);
    if (!answers.ok) return answers;
    // Who did not ask for what may come late does not wait for more of it.
    const isLateAsked = queries.some((query) => !isPrompt(query));
    const needed = this.needed(answers.value, ask).filter((query) => isLateAsked || isPrompt(query));
    if (needed.length === 0) return answers;
    const more = await askQueries(needed, put);
    return more.ok ? ok(joinAnswers(answers.value, more.value)) : more;
  }
}

/** By the names of the questions; of a series with several points the last one. */
export function samplesOf({ queries, series }: Answers, { scale }: ScaledAsk): Samples {
  return new Map(queries.map(({ name }, index) => [name, instantSamples(series[index] ?? [], scale)]));
}

/** Whether the map of a large mesh waits for it. */
export function isPrompt({ isLate }: DialectQuery): boolean {
  return isLate !== true;
}

export function isNarrow(select: TrafficSelect | undefined): boolean {
  const count = Math.min(select?.sources?.length ?? Number.POSITIVE_INFINITY, select?.targets?.length ?? Number.POSITIVE_INFINITY);
  return count <= FEW;
}
