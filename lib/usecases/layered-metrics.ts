import type { Sourced } from "#lib/model/evidence.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { CountSteps, TrafficSteps } from "#lib/ports/series-store.ts";
import type { MetricsSource, TrafficSum } from "#lib/ports/sources.ts";
import { NOTHING_KEPT, PARTLY_KEPT } from "#lib/red/memory-reach.ts";

import { failedEvidence, joinEvidence, type EvidenceOf } from "./join-evidence.ts";
import { mergeCounts, mergeSteps, mergeTold } from "./merge-told.ts";

/** What covers this share of the best is as good as the best. */
const AS_GOOD = 0.9;

/** Those that reach over the window before those that do not, else in their order: a memory that has just begun tells less than a store. */
function byReach<T>(all: readonly T[], reachOf: (one: T) => number): T[] {
  const enough = AS_GOOD * Math.max(0, ...all.map(reachOf));
  return [...all.filter((one) => reachOf(one) >= enough), ...all.filter((one) => reachOf(one) < enough)];
}

/** A store that hides what is newest, or ends its windows at common instants, tells of one up to so much earlier. */
const EARLIER_MS = 60_000;

/** Which share of the window it covers, 0 to 1; a little earlier is as good. */
function covering(window: TimeWindow, covered: TimeWindow): number {
  const earlierMs = Math.min(EARLIER_MS, Math.max(0, window.toMs - covered.toMs));
  const shared = Math.min(window.toMs, covered.toMs + earlierMs) - Math.max(window.fromMs, covered.fromMs + earlierMs);
  return Math.max(0, shared) / Math.max(1, window.toMs - window.fromMs);
}

/** The share of steps of which it tells; `null` = it tells of nobody. */
function stepsReach({ steps }: TrafficSteps): number | null {
  return steps.some((step) => step.rows.length > 0) ? reported(steps.map((step) => step.isReported)) : null;
}

function reported(steps: readonly boolean[]): number {
  return steps.filter(Boolean).length / Math.max(1, steps.length);
}

/** Windows of the sources whose numbers are of another than the answer's. */
function otherWindows(sums: readonly TrafficSum[], { fromMs, toMs }: TimeWindow): Pick<TrafficSum, "windows"> {
  const others = sums.filter(({ window }) => window.fromMs !== fromMs || window.toMs !== toMs);
  if (others.length === 0) return {};
  return { windows: Object.fromEntries(others.flatMap(({ window, sources }) => sources.map((id) => [id, window]))) };
}

/** Several sources of metrics as one, strongest first. Numbers of two of them are never summed. */
export class LayeredMetrics implements MetricsSource {
  readonly id: string;
  /** That of the slowest: which of them will answer is not known beforehand. */
  readonly reportMs: number;
  readonly layers: readonly [MetricsSource, ...MetricsSource[]];

  constructor(sources: readonly [MetricsSource, ...MetricsSource[]]) {
    this.layers = sources;
    this.id = sources[0].id;
    this.reportMs = Math.max(...sources.map((source) => source.reportMs));
  }

  /** Everything: the union of all sources. What is selected: the sum of the strongest source that saw any of it, as for the steps. */
  async traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>> {
    if (select !== undefined)
      return this.strongestWith(
        (source) => source.traffic(window, select, signal),
        (sum) => (sum.rows.length > 0 ? covering(window, sum.window) : null),
      );
    const asked = await this.askAll((source) => source.traffic(window, undefined, signal));
    if (!asked.ok) return asked;
    const { answers, failed } = asked.value;
    const sums = byReach(answers, (answer) => (isSilent(answer) ? 0 : covering(window, answer.value.window))).map(({ value }) => value);
    const [strongest] = sums;
    const covered = strongest?.window ?? window;
    const rows = mergeTold(sums.map((sum) => sum.rows));
    const isUsed = (sum: TrafficSum): boolean => sum === strongest || rows.some((row) => sum.sources.includes(row.toldBy));
    return ok({
      ...evidenceOf(answers, isUsed, failed, rows.length > 0),
      value: { window: covered, ...otherWindows(sums, covered), sources: sums.flatMap((sum) => sum.sources), rows },
    });
  }

  /** Everything: the union of all sources. What is selected: the steps of the strongest source that saw anything of it. */
  async trafficSteps(
    window: TimeWindow,
    stepMs: number,
    select?: TrafficSelect,
    signal?: AbortSignal,
  ): Promise<Result<Sourced<TrafficSteps>>> {
    const ask = (source: MetricsSource): Promise<Result<Sourced<TrafficSteps>>> => source.trafficSteps(window, stepMs, select, signal);
    if (Object.values(select ?? {}).some((part) => part !== undefined)) return this.strongestWith(ask, stepsReach);
    const asked = await this.askAll(ask);
    if (!asked.ok) return asked;
    const { answers, failed } = asked.value;
    const values = answers.map((answer) => answer.value);
    const [strongest, ...weaker] = byReach(values, (steps) => stepsReach(steps) ?? 0);
    if (strongest === undefined) return ask(this.layers[0]);
    const { value, used } = mergeSteps(strongest, weaker);
    const isAnythingTold = stepsReach(value) !== null;
    return ok({ ...evidenceOf(answers, (steps) => used.has(steps), failed, isAnythingTold), value });
  }

  async countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>> {
    const asked = await this.askAll((source) => source.countSteps(window, points, signal));
    if (!asked.ok) return asked;
    const { answers, failed } = asked.value;
    const [strongest, ...weaker] = byReach(
      answers.map((answer) => answer.value),
      ({ isReported }) => reported(isReported),
    );
    if (strongest === undefined) return this.layers[0].countSteps(window, points, signal);
    return ok({ ...evidenceOf(answers, (steps) => steps === strongest, failed), value: mergeCounts(strongest, weaker) });
  }

  /**
   * Asks one after the other until an answer reaches over the window, and takes the first that reaches as far as any, with what failed
   * before it. `reachOf` is `null` for one that holds nothing; where all hold nothing, the strongest source's answer is taken.
   */
  private async strongestWith<T>(
    ask: (source: MetricsSource) => Promise<Result<Sourced<T>>>,
    reachOf: (value: T) => number | null,
  ): Promise<Result<Sourced<T>>> {
    const [strongest, ...weaker] = this.layers;
    const first = await ask(strongest);
    const answers: { answer: Sourced<T>; reach: number }[] = [];
    const missing: EvidenceOf[] = [];
    const hear = (source: MetricsSource, answer: Result<Sourced<T>>): void => {
      if (!answer.ok) {
        missing.push(failedEvidence(source.id, answer.error));
        return;
      }
      const reach = reachOf(answer.value.value);
      if (reach === null) missing.push(missingPart(answer.value));
      answers.push({ answer: answer.value, reach: reach ?? -1 });
    };
    hear(strongest, first);
    for (const source of weaker) {
      if (answers.some(({ reach }) => reach >= AS_GOOD)) break;
      hear(source, await ask(source));
    }
    const [best] = byReach(
      answers.filter(({ reach }) => reach >= 0),
      ({ reach }) => reach,
    );
    const chosen = best?.answer ?? (first.ok ? first.value : null);
    return chosen === null ? first : ok({ ...chosen, ...joinEvidence(chosen, ...missing) });
  }

  /** Asks all at once. What fails costs its part and a notice; where all fail, the strongest source's error is the answer. */
  private async askAll<T>(
    ask: (source: MetricsSource) => Promise<Result<Sourced<T>>>,
  ): Promise<Result<{ answers: Sourced<T>[]; failed: EvidenceOf[] }>> {
    const asked = await Promise.all(this.layers.map(async (source) => ({ source, answer: await ask(source) })));
    const [strongest] = asked;
    const answers = asked.flatMap(({ answer }) => (answer.ok ? [answer.value] : []));
    if (answers.length === 0 && strongest !== undefined && !strongest.answer.ok) return strongest.answer;
    const failed = asked.flatMap(({ source, answer }) => (answer.ok ? [] : [failedEvidence(source.id, answer.error)]));
    return ok({ answers, failed });
  }
}

/** What is empty because its source could not tell reaches over nothing. */
function isSilent(answer: Sourced<TrafficSum>): boolean {
  return answer.value.rows.length === 0 && missingPart(answer).coverage === "partial";
}

/** Where merged values come from: a source that gave nothing to the answer weakens it by having failed, and by its missing part. */
function evidenceOf<T>(
  answers: readonly Sourced<T>[],
  isUsed: (value: T) => boolean,
  failed: readonly EvidenceOf[],
  isAnythingTold = true,
): EvidenceOf {
  const parts = answers.map((answer) => (isUsed(answer.value) ? answer : missingPart(answer)));
  return joinEvidence(...(isAnythingTold ? [] : unsaidReach(answers)), ...parts, ...failed);
}

const REACH: ReadonlySet<string> = new Set([NOTHING_KEPT, PARTLY_KEPT]);

/** That others tell is no comfort where they tell nothing: how far back the strongest one's memory reaches is then the reason. */
function unsaidReach([strongest]: readonly EvidenceOf[]): EvidenceOf[] {
  const notices = (strongest?.notices ?? []).filter(({ code }) => REACH.has(code));
  return notices.length === 0 ? [] : [{ provenance: [], notices, coverage: "partial" }];
}

/**
 * What is missing of an answer because a source that gave nothing to it could not tell all it might have: `partial`, with its
 * reasons. That its memory does not reach back is none: others do.
 */
function missingPart({ notices, coverage }: EvidenceOf): EvidenceOf {
  const reasons = coverage === "complete" ? [] : notices.filter(({ level, code }) => level !== "info" && !REACH.has(code));
  return { provenance: [], notices: reasons, coverage: reasons.length === 0 ? "complete" : "partial" };
}
