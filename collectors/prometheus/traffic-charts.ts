import type { DialectQuery } from "#collectors/shared/promql/dialect.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import { weakerCoverage, type Notice, type Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { TrafficStep, TrafficSteps } from "#lib/ports/series-store.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";
import { reachNotice } from "#lib/red/memory-reach.ts";

import { FEW, isNarrow, samplesOf, type DialectQuestions } from "./dialect-questions.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { boundsOf, byStep, isReported, selectRows } from "./mapper.ts";
import { countedFromMs, planSteps, questionKey, stepsWindow, widenedNotice, type StepPlan } from "./plan-window.ts";
import type { SourceNotices } from "./source-notices.ts";

/** Steps with more rows than this are not kept for worse times. */
const MOST_KEPT_ROWS = 50_000;
/** After so many samples other work gets its turn. */
const YIELD_SAMPLES = 5_000;

/** What is asked about the steps of a window. */
export interface StepsWanted {
  window: TimeWindow;
  stepMs: number;
  maxPoints: number;
  select?: TrafficSelect | undefined;
  isAsked: (query: DialectQuery) => boolean;
}

/** Traffic of windows in steps. */
export class TrafficCharts {
  readonly #questions: DialectQuestions;
  readonly #notices: SourceNotices;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #maxPoints: number;
  readonly #kept: KeptAnswers<TrafficSteps>;

  constructor(questions: DialectQuestions, notices: SourceNotices, maxPoints: number, parts: { clock: Clock; scheduler: Scheduler }) {
    this.#questions = questions;
    this.#notices = notices;
    this.#clock = parts.clock;
    this.#scheduler = parts.scheduler;
    this.#maxPoints = maxPoints;
    this.#kept = new KeptAnswers(questions.id, parts.clock);
  }

  async trafficSteps(
    window: TimeWindow,
    stepMs: number,
    select: TrafficSelect | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Result<Sourced<TrafficSteps>>> {
    const key = questionKey(window, this.#clock.nowMs(), [stepMs, select ?? null]);
    const asked = await this.steps({ window, stepMs, maxPoints: this.#maxPoints, select, isAsked: () => true }, signal);
    if (!asked.ok) return signal?.aborted === true ? asked : this.#kept.orStale(key, asked.error);
    const { plan, reach, ...answer } = asked.value;
    const value = { window: stepsWindow(plan), stepMs: plan.stepMs, steps: answer.value };
    const isWhole = isNarrow(select) || this.#questions.dialect.durationMetric === null;
    const told = {
      ...answer,
      notices: [...(reach === null ? [] : [reach]), ...answer.notices, ...(isWhole ? [] : [this.#notices.durationsUnasked(FEW)])],
      coverage: reach === null ? answer.coverage : weakerCoverage(answer.coverage, "partial"),
      value,
    };
    if (value.steps.reduce((many, { rows }) => many + rows.length, 0) <= MOST_KEPT_ROWS) this.#kept.keep(key, "", told);
    return ok(told);
  }

  /** The steps, asked for anew, how they were planned, and what is to be said where the store's data does not reach over them. */
  async steps(
    { window, stepMs, maxPoints, select, isAsked }: StepsWanted,
    signal: AbortSignal | undefined,
  ): Promise<Result<Sourced<TrafficStep[]> & { plan: StepPlan; reach: Notice | null }>> {
    const time = await this.#questions.time();
    if (!time.ok) return time;
    const plan = planSteps(window, stepMs, maxPoints, time.value);
    const isWaited = isNarrow(select);
    const { dialect, id } = this.#questions;
    const ask = await this.#questions.ask(plan.stepMs, stepsWindow(plan), select, isWaited);
    if (!ask.ok) return ask;
    const queries = [...dialect.counts(ask.value).filter(isAsked), ...(isWaited ? dialect.durations(ask.value) : [])];
    const range = { fromMs: plan.firstMs, toMs: plan.lastMs, stepMs: plan.stepMs };
    const [answers, kept] = await Promise.all([
      this.#questions.steps(queries, range, ask.value, signal),
      this.#questions.keptFromMs(stepsWindow(plan), signal),
    ]);
    if (!answers.ok) return answers;
    const keptFromMs = kept.ok ? kept.value : null;
    const reach = kept.ok
      ? reachNotice(stepsWindow(plan), { source: id, keptFromMs, mend: this.#notices.reachMend })
      : this.#notices.reachUnknown(kept.error);
    const sinceMs = countedFromMs(keptFromMs, time.value.scrapeMs);
    const steps: TrafficStep[] = [];
    const notices: Notice[] = plan.isWidened ? [widenedNotice(id, stepMs, plan.stepMs, time.value.scrapeMs)] : [];
    const all = samplesOf(answers.value, ask.value);
    let isFirst = true;
    let sinceYield = 0;
    for (const [index, samples] of byStep(answers.value, plan, ask.value.scale).entries()) {
      const bounds = boundsOf(plan, index);
      // What was counted of only a part of a step is no count of the step.
      if (bounds.fromMs < sinceMs) {
        steps.push({ ...bounds, isReported: false, rows: [] });
        continue;
      }
      const folded = dialect.fold(samples, ask.value, all);
      steps.push({ ...bounds, isReported: isReported(samples), rows: selectRows(folded.rows, select) });
      if (isFirst) notices.push(...folded.notices);
      isFirst = false;
      for (const one of samples.values()) sinceYield += one.length;
      if (sinceYield < YIELD_SAMPLES) continue;
      sinceYield = 0;
      await this.#turn();
    }
    return ok({ ...this.#questions.evidence(answers.value, notices), value: steps, plan, reach });
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => void this.#scheduler.after(0, resolve));
  }
}
