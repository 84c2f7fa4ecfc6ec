import type { Notice } from "#lib/model/evidence.ts";
import type { TimeWindow } from "#lib/model/red.ts";

/** What is known of the store's own time. */
export interface StoreTime {
  scrapeMs: number;
  hidesNewestMs: number;
  nowMs: number;
}

/** Counters need two samples to tell anything. */
const SCRAPES_NEEDED = 2;
/**
 * What ends within this of now moves on with it: live windows end with the last whole second, and sparklines are asked for once
 * the services and the traffic are told, for each of which a map waits a few seconds. What ended before is a moment of the past.
 */
const LIVE_MS = 10_000;
const MOST_ALIGN_MS = 5_000;

/** Whether a window is "the last so-and-so much", rather than a stretch of the past. `nowMs` = when it was asked for. */
export function isLive(window: TimeWindow, nowMs: number): boolean {
  return window.toMs > nowMs - LIVE_MS;
}

/** Windows that end now end at common instants, a third of a scrape apart, so that all readers ask the same question. */
export function alignmentOf(scrapeMs: number): number {
  return Math.min(MOST_ALIGN_MS, Math.max(1_000, Math.floor(scrapeMs / 3 / 1_000) * 1_000));
}

/** The window that is really asked for: never shorter than two scrapes, and never later than what the store tells. */
export function planWindow(window: TimeWindow, time: StoreTime): { window: TimeWindow; isWidened: boolean } {
  const shortest = SCRAPES_NEEDED * time.scrapeMs;
  const asked = Math.max(1, Math.round(window.toMs - window.fromMs));
  const newestMs = newestOf(window, time);
  const alignMs = alignmentOf(time.scrapeMs);
  // The end of a past window is taken as it is: somebody asked for that moment. What the store hides yet moves on, too.
  const toMs = isLive(window, time.nowMs) || newestMs < window.toMs ? Math.floor(newestMs / alignMs) * alignMs : newestMs;
  const rangeMs = Math.max(asked, shortest);
  return { window: { fromMs: toMs - rangeMs, toMs }, isWidened: rangeMs > asked };
}

/**
 * The range to ask for so that increases are of `lengthMs`, and by what they are to be multiplied. A store that extrapolates
 * stretches the difference of the first and the last sample of a range over the whole range. A range that is one scrape
 * longer has samples `lengthMs` apart; shrunk again by the same share, the answer is their difference, as it was counted.
 */
export function countedRange(lengthMs: number, scrapeMs: number, isExtrapolating: boolean): { rangeMs: number; scale: number } {
  if (!isExtrapolating) return { rangeMs: lengthMs, scale: 1 };
  const rangeMs = lengthMs + scrapeMs;
  return { rangeMs, scale: lengthMs / rangeMs };
}

/**
 * The instant from which on a store counts: a scrape after its data begins, when every target has been scraped. What a counter held at its
 * first scrape is of the time before, and is counted by nobody, or (VictoriaMetrics, where it is small) all of it.
 */
export function countedFromMs(keptFromMs: number | null, scrapeMs: number): number {
  return keptFromMs === null ? Number.NEGATIVE_INFINITY : keptFromMs + scrapeMs;
}

/** The part of a window that a store keeps, in whole scrapes before its end; of no length where it keeps nothing of it. */
export function keptPart({ fromMs, toMs }: TimeWindow, keptFromMs: number | null, scrapeMs: number): TimeWindow {
  if (keptFromMs === null || keptFromMs <= fromMs) return { fromMs, toMs };
  const scrapes = Math.floor(Math.max(0, toMs - countedFromMs(keptFromMs, scrapeMs)) / scrapeMs);
  return { fromMs: Math.max(fromMs, toMs - scrapes * scrapeMs), toMs };
}

export interface StepPlan {
  /** End of the first and of the last step; steps are half-open, each ends at its instant. */
  firstMs: number;
  lastMs: number;
  stepMs: number;
  points: number;
  isWidened: boolean;
}

/**
 * Steps of whole seconds that end at multiples of their length: never shorter than two scrapes, never more than `maxPoints`. The
 * newest one is whole: what has only begun would read too low.
 */
export function planSteps(window: TimeWindow, stepMs: number, maxPoints: number, time: StoreTime): StepPlan {
  const length = Math.max(1, window.toMs - window.fromMs);
  const wanted = Math.max(stepMs, length / maxPoints);
  const shortest = SCRAPES_NEEDED * time.scrapeMs;
  const step = Math.ceil(Math.max(wanted, shortest) / 1_000) * 1_000;
  const lastMs = Math.floor(newestOf(window, time) / step) * step;
  const points = Math.max(1, Math.min(maxPoints, Math.floor(length / step)));
  return { firstMs: lastMs - (points - 1) * step, lastMs, stepMs: step, points, isWidened: shortest > stepMs };
}

/** The window that planned steps cover. */
export function stepsWindow({ firstMs, lastMs, stepMs }: StepPlan): TimeWindow {
  return { fromMs: firstMs - stepMs, toMs: lastMs };
}

/** Names a question. One about a window that ends now is the same a moment later; a past one is itself. */
export function questionKey(window: TimeWindow, nowMs: number, what: unknown): string {
  return JSON.stringify([Math.round(window.toMs - window.fromMs), isLive(window, nowMs) ? "now" : window.toMs, what]);
}

function newestOf(window: TimeWindow, { nowMs, hidesNewestMs }: StoreTime): number {
  return Math.min(window.toMs, nowMs - hidesNewestMs);
}

export function widenedNotice(source: string, askedMs: number, plannedMs: number, scrapeMs: number): Notice {
  const text =
    `${source} has a new value every ${inWords(scrapeMs)}, and two are needed to count: ` +
    `${inWords(plannedMs)} were looked at instead of ${inWords(askedMs)}.`;
  return { level: "info", code: "window-widened", text, source, mend: "Ask for a longer window, or scrape more often." };
}

function inWords(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms) / 1_000} s`;
}
