import { twoProportionP } from "#lib/canary/proportions.ts";
import { FEWEST_CALLS, milestone } from "#lib/canary/verdict.ts";
import { formatCount, formatPercent, formatSpan } from "#lib/client/format.ts";
import type { Change } from "#lib/model/change.ts";
import type { RedChart } from "#lib/model/red-chart.ts";
import type { VerdictWord } from "#lib/model/verdict.ts";

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
  word: VerdictWord;
  /** Of the errors since, against before. */
  direction: "better" | "worse" | "none";
}

/** Time around a change, epoch milliseconds: when it was written, and how far its own traffic reaches to both sides. */
export interface Stretch {
  atMs: number;
  sinceMs: number;
  untilMs: number;
}

/** The stretch that is a change's own: from the change before it, or two minutes, to the one after it, or five. */
export function ownStretch(change: Change, others: readonly Change[]): Stretch | null {
  const atMs = acceptedMs(change);
  if (atMs === null) return null;
  const moments = others
    .filter((other) => other.id !== change.id && other.target === change.target)
    .map(acceptedMs)
    .filter((ms) => ms !== null);
  return {
    atMs,
    sinceMs: Math.max(atMs - BEFORE_MS, ...moments.filter((ms) => ms <= atMs)),
    untilMs: Math.min(atMs + AFTER_MS, ...moments.filter((ms) => ms > atMs)),
  };
}

function acceptedMs(change: Change): number | null {
  return change.timings.acceptedAt === null ? null : Date.parse(change.timings.acceptedAt);
}

const LIKELY_P = 0.01;
const VERY_LIKELY_P = 0.001;
/** A difference between versions matters from here on; in the whole only as much of it shows as traffic was moved. */
const SMALLEST_DIFFERENCE = 0.005;

const NOBODY: Side = { count: 0, errors: 0, spanMs: 0 };

function plus(side: Side, step: Side): Side {
  return { count: side.count + step.count, errors: side.errors + step.errors, spanMs: side.spanMs + step.spanMs };
}

/** A step of all versions together; `null` where nothing was told. */
function stepOf(chart: RedChart, index: number): Side | null {
  const counts = chart.series.map((series) => series.count[index] ?? null).filter((count) => count !== null);
  if (counts.length === 0) return null;
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    errors: chart.series.reduce((sum, series) => sum + (series.errorCount[index] ?? 0), 0),
    spanMs: chart.stepMs,
  };
}

/**
 * Calls and errors of a target before and after a moment, over all versions; the step in which the moment falls belongs to
 * neither side. Judged by the two-proportion test each time the calls since have doubled (100, 200, 400 ...), so that many
 * looks raise no false alarm. `movedShare` is the part of the calls that went elsewhere, 0 to 1. Steps outside the stretch do not
 * count: what other changes did is another story.
 */
export function compareSides(chart: RedChart, { atMs, sinceMs, untilMs }: Stretch, movedShare: number): BeforeAfter {
  let before = NOBODY;
  let after = NOBODY;
  const since: Side[] = [];
  (chart.series[0]?.t ?? []).forEach((t, index) => {
    const step = stepOf(chart, index);
    if (step === null || t - chart.stepMs < sinceMs || t > untilMs) return;
    if (t <= atMs) before = plus(before, step);
    else if (t - chart.stepMs >= atMs) {
      after = plus(after, step);
      since.push(after);
    }
  });
  const due = milestone(after.count);
  const look = since.find((side) => side.count >= due) ?? after;
  return { before, after, ...judge(before, look, movedShare) };
}

function judge(before: Side, look: Side, movedShare: number): Pick<BeforeAfter, "word" | "direction"> {
  if (Math.min(before.count, look.count) < FEWEST_CALLS) return { word: "too-few", direction: "none" };
  const difference = look.errors / look.count - before.errors / before.count;
  const p = twoProportionP(look.errors, look.count, before.errors, before.count);
  if (p === null || p >= LIKELY_P || Math.abs(difference) <= SMALLEST_DIFFERENCE * movedShare)
    return { word: "no-difference", direction: "none" };
  return { word: p < VERY_LIKELY_P ? "very-likely" : "likely", direction: difference < 0 ? "better" : "worse" };
}

function ratio(side: Side): number | null {
  return side.count === 0 ? null : side.errors / side.count;
}

/** `Errors fell from 0.60 % to 0.21 %: likely better, still counting` */
export function effectSentence({ before, after, word, direction }: BeforeAfter, isCounting: boolean): string {
  const counting = isCounting ? ", still counting" : "";
  const a = ratio(before);
  const b = ratio(after);
  if (b === null) return `No calls counted since${counting}`;
  if (a === null) return `${formatPercent(b)} of calls fail since; there is nothing before to compare with${counting}`;
  if (word === "likely" || word === "very-likely") {
    return `Errors ${b < a ? "fell" : "rose"} from ${formatPercent(a)} to ${formatPercent(b)}: ${word === "likely" ? "likely" : "very likely"} ${direction}${counting}`;
  }
  const judgement = word === "too-few" ? "too few calls to tell" : isCounting ? "no clear difference yet" : "no clear difference";
  return `Errors ${formatPercent(a)} before, ${formatPercent(b)} since: ${judgement}${counting}`;
}

function share(side: Side): string {
  return `${formatCount(side.errors)} of ${formatCount(side.count)}`;
}

/** `44 of 7,356 calls in the 2 min before, 5 of 2,329 in the 38 s since.` */
export function effectEvidence({ before, after }: BeforeAfter): string {
  const since = after.spanMs === 0 ? "" : `, ${share(after)} in the ${formatSpan(after.spanMs)} since`;
  return `${share(before)} calls failed in the ${formatSpan(before.spanMs)} before${since}.`;
}
