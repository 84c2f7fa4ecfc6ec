import { ok, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { CountSteps } from "#lib/ports/series-store.ts";
import type { Clock } from "#lib/ports/time.ts";

import { isPrompt, LARGE_SERIES, type DialectQuestions } from "./dialect-questions.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { countRows } from "./mapper.ts";
import { questionKey, stepsWindow } from "./plan-window.ts";
import type { SourceNotices } from "./source-notices.ts";
import type { TrafficCharts } from "./traffic-charts.ts";

/** A step of less is the same one a moment later. */
const LEAST_VALID_MS = 5_000;

interface Parts {
  questions: DialectQuestions;
  charts: TrafficCharts;
  notices: SourceNotices;
  clock: Clock;
}

/** What is known when sparklines are asked for. */
export interface MeshState {
  /** Series that told of the whole mesh; `null` = it was not asked for yet. */
  wholeSeries: number | null;
  /** Whether the store does not answer: what is kept is its last word. */
  isDown: boolean;
  /** Whether the traffic, which is asked for before them, was waited for in vain. */
  isLate: boolean;
}

/** Requests and errors per service in a few steps, which a map may be drawn without. */
export class Sparklines {
  readonly #parts: Parts;
  readonly #kept: KeptAnswers<CountSteps>;
  readonly #refreshing = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#kept = new KeptAnswers(parts.questions.id, parts.clock);
  }

  async countSteps(
    window: TimeWindow,
    points: number,
    { wholeSeries, isDown, isLate }: MeshState,
    signal: AbortSignal | undefined,
  ): Promise<Result<Sourced<CountSteps>>> {
    const key = questionKey(window, this.#parts.clock.nowMs(), points);
    const recent = this.#kept.recent(key, Math.max(LEAST_VALID_MS, (window.toMs - window.fromMs) / points));
    if (recent !== null) return ok(recent);
    // Nobody waits for the sparklines of a large mesh, nor once more for a store that hangs: the map stands without them.
    if (isLate || (wholeSeries ?? 0) > LARGE_SERIES) {
      this.#refresh(key, window, points);
      const older = this.#kept.recent(key, Number.POSITIVE_INFINITY);
      if (older === null) return ok(this.#none(window, points, "are being fetched."));
      return ok(isDown || isLate ? { ...older, coverage: "stale" } : older);
    }
    const counted = await this.#count(key, window, points, signal);
    if (counted.ok || signal?.aborted === true) return counted;
    const stale = this.#kept.orStale(key, counted.error);
    // A map that is kept for worse times is not lost for want of its sparklines.
    return stale.ok || wholeSeries === null ? stale : ok(this.#none(window, points, `are missing: ${counted.error.message}`));
  }

  async #count(key: string, window: TimeWindow, points: number, signal: AbortSignal | undefined): Promise<Result<Sourced<CountSteps>>> {
    const stepMs = (window.toMs - window.fromMs) / points;
    const asked = await this.#parts.charts.steps({ window, stepMs, maxPoints: points, isAsked: isPrompt }, signal);
    if (!asked.ok) return asked;
    const { plan, value: steps, reach: _, ...evidence } = asked.value;
    const isReported = steps.map((step) => step.isReported);
    const told = { ...evidence, value: { window: stepsWindow(plan), stepMs: plan.stepMs, isReported, rows: countRows(steps) } };
    this.#kept.keep(key, "", told);
    return ok(told);
  }

  #refresh(key: string, window: TimeWindow, points: number): void {
    if (this.#refreshing.has(key)) return;
    this.#refreshing.add(key);
    void this.#parts.questions
      .left()
      .then(() => this.#count(key, window, points, undefined))
      .finally(() => this.#refreshing.delete(key));
  }

  /** `why` ends a sentence. */
  #none(window: TimeWindow, points: number, why: string): Sourced<CountSteps> {
    const { questions, notices } = this.#parts;
    const isReported = Array.from({ length: points }, () => false);
    const value = { window, stepMs: (window.toMs - window.fromMs) / points, isReported, rows: [] };
    return { ...questions.nothing(), coverage: "partial", notices: [notices.stepsMissing(why)], value };
  }
}
