import { ok, type Result } from "#lib/model/errors.ts";
import { weakerCoverage, type Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { TrafficSum } from "#lib/ports/sources.ts";
import type { Clock } from "#lib/ports/time.ts";
import { reachNotice } from "#lib/red/memory-reach.ts";

import type { AnswerDeadline } from "./answer-deadline.ts";
import { joinAnswers, seriesIn, type Answers } from "./ask-queries.ts";
import { isNarrow, isPrompt, LARGE_SERIES, type DialectQuestions } from "./dialect-questions.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { LateDurations, type Durations } from "./late-durations.ts";
import { durationsOf, selectRows, toldBy, withDurations } from "./mapper.ts";
import { alignmentOf, isLive, keptPart, planWindow, questionKey, widenedNotice } from "./plan-window.ts";
import type { SourceNotices } from "./source-notices.ts";

const PAST_VALID_MS = 30_000;

/** A question as it is put. */
interface Planned {
  key: string;
  window: TimeWindow;
  select: TrafficSelect | undefined;
  /** Whether the window ended when it was asked for; it may have taken the store a while since. */
  isNow: boolean;
}

/** The whole mesh in a window that ended when it was asked for. */
export interface PresentMesh {
  answer: Sourced<TrafficSum>;
  series: number;
  /** By the monotonic clock. */
  atMs: number;
}

/**
 * Traffic of windows as a whole. What a map is drawn from is waited for, what else there is to know comes behind it and is put in
 * when it is there: averages of a large mesh, and how durations are spread.
 */
export class TrafficSums {
  readonly #questions: DialectQuestions;
  readonly #notices: SourceNotices;
  readonly #deadline: AnswerDeadline;
  readonly #clock: Clock;
  readonly #sums: KeptAnswers<TrafficSum>;
  readonly #durations: LateDurations;
  #wholeSeries: number | null = null;
  #now: PresentMesh | null = null;
  #newestMs: number | null = null;

  constructor(questions: DialectQuestions, notices: SourceNotices, deadline: AnswerDeadline, clock: Clock) {
    this.#questions = questions;
    this.#notices = notices;
    this.#deadline = deadline;
    this.#clock = clock;
    this.#sums = new KeptAnswers(questions.id, clock);
    this.#durations = new LateDurations(clock);
  }

  /** Series that told of the whole mesh, of whatever time; `null` = it was not asked for yet. */
  get wholeSeries(): number | null {
    return this.#wholeSeries;
  }

  /** The last answer about the whole mesh as it is now; `null` = it was not asked for yet. */
  get now(): PresentMesh | null {
    return this.#now;
  }

  /** End of the newest window of which anything was told. */
  get newestMs(): number | null {
    return this.#newestMs;
  }

  async traffic(
    window: TimeWindow,
    select: TrafficSelect | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Result<Sourced<TrafficSum>>> {
    const nowMs = this.#clock.nowMs();
    const key = questionKey(window, nowMs, select ?? null);
    const told = await this.#deadline.within(this.#answer({ key, window, select, isNow: isLive(window, nowMs) }, nowMs, signal));
    if (told.ok || signal?.aborted === true) return told;
    const stale = this.#sums.orStale(key, told.error);
    return stale.ok ? ok(this.#attach(key, stale.value, select)) : stale;
  }

  async #answer(asked: Planned, nowMs: number, signal: AbortSignal | undefined): Promise<Result<Sourced<TrafficSum>>> {
    const { key, window, select, isNow } = asked;
    const time = await this.#questions.time();
    if (!time.ok) return time;
    const plan = planWindow(window, { ...time.value, nowMs });
    const exact = String(plan.window.toMs);
    const validMs = isNow ? alignmentOf(time.value.scrapeMs) : PAST_VALID_MS;
    const recent = this.#sums.recent(key, validMs, exact);
    if (recent !== null) {
      if (!isNarrow(select) && recent.value.rows.length > 0)
        this.#durations.ensure(key, (publish) => this.#fetchDurations(null, { ...asked, window: recent.value.window }, publish));
      return ok(this.#attach(key, recent, select));
    }
    const summed = await this.#sumKept({ ...asked, window: plan.window }, time.value.scrapeMs, signal);
    if (!summed.ok) return summed;
    const answer = summed.value;
    if (plan.isWidened) {
      const { fromMs, toMs } = plan.window;
      answer.notices.push(widenedNotice(this.#questions.id, window.toMs - window.fromMs, toMs - fromMs, time.value.scrapeMs));
    }
    this.#sums.keep(key, exact, answer);
    return ok(this.#attach(key, answer, select));
  }

  /** Of a window that begins before the store's data the part that is kept, with a word about that. */
  async #sumKept(asked: Planned, scrapeMs: number, signal: AbortSignal | undefined): Promise<Result<Sourced<TrafficSum>>> {
    const kept = await this.#questions.keptFromMs(asked.window, signal);
    const keptFromMs = kept.ok ? kept.value : null;
    const { id } = this.#questions;
    // Who cannot say how far back he reaches may still know what was asked for.
    const notice = kept.ok
      ? reachNotice(asked.window, { source: id, keptFromMs, mend: this.#notices.reachMend })
      : this.#notices.reachUnknown(kept.error);
    const window = keptPart(asked.window, keptFromMs, scrapeMs);
    if (notice === null) return this.#sum(asked, signal);
    if (window.fromMs === window.toMs) {
      return ok({ ...this.#questions.nothing(), coverage: "partial", notices: [notice], value: { window, sources: [id], rows: [] } });
    }
    const summed = await this.#sum({ ...asked, window }, signal);
    if (!summed.ok) return summed;
    const { coverage, notices } = summed.value;
    return ok({ ...summed.value, coverage: weakerCoverage(coverage, "partial"), notices: [notice, ...notices] });
  }

  async #sum(asked: Planned, signal: AbortSignal | undefined): Promise<Result<Sourced<TrafficSum>>> {
    const { key, window, select, isNow } = asked;
    const isWaited = isNarrow(select);
    const { dialect, id } = this.#questions;
    const ask = await this.#questions.ask(window.toMs - window.fromMs, window, select, isWaited);
    if (!ask.ok) return ask;
    const counts = dialect.counts(ask.value);
    const first = isWaited ? [...counts, ...dialect.durations(ask.value)] : counts.filter(isPrompt);
    const prompt = await this.#questions.counts(first, window, ask.value, signal);
    if (!prompt.ok) return prompt;
    const late = [...counts, ...this.#questions.needed(prompt.value, ask.value)].filter((query) => !isPrompt(query));
    const isSmall = !isWaited && late.length > 0 && seriesIn(prompt.value) <= LARGE_SERIES;
    const rest = isSmall ? await this.#questions.instant(late, window, signal) : null;
    if (rest?.ok === false) return rest;
    const answers = rest === null ? prompt.value : joinAnswers(prompt.value, rest.value);
    const { rows, notices } = this.#questions.fold(answers, ask.value);
    const series = seriesIn(answers);
    if (series > 0) this.#newestMs = Math.max(this.#newestMs ?? 0, window.toMs);
    const isEmpty = series === 0 && select === undefined;
    const lacksHistograms = isWaited && series > 0 && dialect.durationMetric !== null && ask.value.histograms === "none";
    const evidence = this.#questions.evidence(answers, [
      ...notices,
      ...(lacksHistograms ? [this.#notices.noHistograms()] : []),
      ...(isEmpty ? [this.#notices.empty()] : []),
    ]);
    const coverage = isEmpty ? weakerCoverage(evidence.coverage, "partial") : evidence.coverage;
    const answer = { ...evidence, coverage, value: { window, sources: [id], rows: toldBy(id, selectRows(rows, select)) } };
    if (select === undefined) {
      this.#wholeSeries = series;
      // Who took part in a moment of the past is not who is there now.
      if (isNow) this.#now = { answer, series, atMs: this.#clock.monotonicMs() };
    }
    if (!isWaited && series > 0) this.#durations.refresh(key, (publish) => this.#fetchDurations(answers, asked, publish));
    return ok(answer);
  }

  /**
   * Averages first. Folded together with the counts, as only both tell whose durations an edge has: they are asked for again
   * where they were not kept, as they are large.
   */
  async #fetchDurations(
    known: Answers | null,
    { window, select }: Planned,
    publish: (found: Durations) => void,
  ): Promise<Result<Durations>> {
    await this.#questions.left();
    const ask = await this.#questions.ask(window.toMs - window.fromMs, window, select, true);
    if (!ask.ok) return ask;
    const { dialect } = this.#questions;
    const prompt = dialect.counts(ask.value).filter(isPrompt);
    const told = known === null ? await this.#questions.counts(prompt, window, ask.value, undefined) : ok(known);
    if (!told.ok) return told;
    const counted = told.value;
    const names = new Set(counted.queries.map(({ name }) => name));
    const late = dialect.counts(ask.value).filter((query) => !isPrompt(query) && !names.has(query.name));
    let answers = counted;
    let found: Durations = new Map();
    for (const queries of [late, [...dialect.durations(ask.value), ...this.#questions.needed(counted, ask.value)]]) {
      if (queries.length === 0) continue;
      const more = await this.#questions.instant(queries, window, undefined);
      if (!more.ok) return more;
      answers = joinAnswers(answers, more.value);
      found = durationsOf(this.#questions.fold(answers, ask.value).rows);
      publish(found);
    }
    return ok(found);
  }

  #attach(key: string, answer: Sourced<TrafficSum>, select: TrafficSelect | undefined): Sourced<TrafficSum> {
    if (isNarrow(select) || this.#questions.dialect.durationMetric === null || answer.value.rows.length === 0) return answer;
    const late = this.#durations.take(key);
    const rows = late === null ? answer.value.rows : toldBy(this.#questions.id, withDurations(answer.value.rows, late.found));
    const notices = [...answer.notices];
    if (late === null || !late.isWhole)
      notices.push(this.#notices.durationsPending(rows.some(({ traffic }) => traffic.durations !== undefined)));
    else if (late.error !== null) notices.push(this.#notices.durationsMissing(late.error));
    else if (![...late.found.values()].some(({ latency }) => latency !== null)) notices.push(this.#notices.noHistograms());
    return { ...answer, notices, value: { ...answer.value, rows } };
  }
}
