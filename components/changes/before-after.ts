import { judgeVersions } from "#lib/canary/verdict.ts";
import { formatCount, formatPercent, formatSpan } from "#lib/client/format.ts";
import type { RedChart } from "#lib/model/red-chart.ts";
import type { Verdict } from "#lib/model/verdict.ts";
import { NO_TRAFFIC } from "#lib/red/traffic.ts";

/** How long before and after a change its effect is looked at. */
export const BEFORE_MS = 120_000;
export const AFTER_MS = 300_000;
/** Steps of the effect's charts. */
export const EFFECT_STEP_MS = 10_000;

export interface Side {
  count: number;
  errors: number;
  /** Time that the counted steps cover. */
  spanMs: number;
}

export interface BeforeAfter {
  before: Side;
  after: Side;
  verdict: Verdict;
}

/**
 * Calls and errors of a target before and after a moment, over all versions. The step in which the moment falls belongs to
 * neither side. Judged by the same test as versions are: the two sides are two samples of calls.
 */
export function compareSides(chart: RedChart, atMs: number): BeforeAfter {
  const before: Side = { count: 0, errors: 0, spanMs: 0 };
  const after: Side = { count: 0, errors: 0, spanMs: 0 };
  const times = chart.series[0]?.t ?? [];
  times.forEach((t, index) => {
    const side = t <= atMs ? before : t - chart.stepMs >= atMs ? after : null;
    const counts = chart.series.map((series) => series.count[index] ?? null);
    if (side === null || counts.every((count) => count === null)) return;
    side.count += counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    side.errors += chart.series.reduce((sum, series) => sum + (series.errorCount[index] ?? 0), 0);
    side.spanMs += chart.stepMs;
  });
  const sample = (version: string, side: Side) => ({ version, traffic: { ...NO_TRAFFIC, count: side.count, errorCount: side.errors } });
  const window = { fromMs: Date.parse(chart.window.from), toMs: Date.parse(chart.window.to) };
  return { before, after, verdict: judgeVersions(sample("after", after), sample("before", before), window) };
}

function ratio(side: Side): number | null {
  return side.count === 0 ? null : side.errors / side.count;
}

const WORDS: Readonly<Record<Verdict["word"], string>> = {
  "too-few": "too few calls to tell",
  "no-difference": "no difference seen",
  likely: "likely",
  "very-likely": "very likely",
};

/** `Errors fell from 0.60 % to 0.21 %: likely better, still counting` */
export function effectSentence({ before, after, verdict }: BeforeAfter, isCounting: boolean): string {
  const counting = isCounting ? ", still counting" : "";
  const a = ratio(before);
  const b = ratio(after);
  if (b === null) return `No calls counted since${counting}`;
  if (a === null) return `${formatPercent(b)} of calls fail since; there is nothing before to compare with${counting}`;
  const isTold = verdict.word === "likely" || verdict.word === "very-likely";
  const verb = b < a ? "fell" : b > a ? "rose" : "stayed";
  const judgement = isTold ? `${WORDS[verdict.word]} ${verdict.direction}` : WORDS[verdict.word];
  const change =
    verb === "stayed" ? `Errors stayed at ${formatPercent(b)}` : `Errors ${verb} from ${formatPercent(a)} to ${formatPercent(b)}`;
  return `${change}: ${judgement}${counting}`;
}

function share(side: Side): string {
  return `${formatCount(side.errors)} of ${formatCount(side.count)}`;
}

/** `44 of 7,356 calls in the 2 min before, 5 of 2,329 in the 38 s since.` */
export function effectEvidence({ before, after }: BeforeAfter): string {
  return `${share(before)} calls failed in the ${formatSpan(before.spanMs)} before, ${share(after)} in the ${formatSpan(after.spanMs)} since.`;
}
