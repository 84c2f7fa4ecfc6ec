/** The end of the window that is looked at, in the address and in words. `null` everywhere = now. */

import { formatAge, formatClock, formatDay, formatMoment } from "./format.ts";

const SECOND_MS = 1_000;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** An instant as the address spells it, to the whole second before: `2026-01-01T12:00:00Z`. */
export function atText(ms: number): string {
  return new Date(Math.floor(ms / SECOND_MS) * SECOND_MS).toISOString().replace(".000Z", "Z");
}

/** The instant of an address. What is no ISO instant, or has not come yet, counts as absent. */
export function parseAt(text: string, nowMs: number): string | null {
  const ms = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(ms) && ms < nowMs ? atText(ms) : null;
}

/** Epoch milliseconds of the address's instant. */
export function atMsOf(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}

/**
 * The moment to ask for while the address stands at `at` and `asked` was asked for last. From one moment of the past to another the
 * last stays until the reader rests: a held key would ask for every window on its way. Into the past and back to now goes at once.
 */
export function askedMoment(at: string | null, asked: string | null): string | null {
  return at === null || asked === null ? at : asked;
}

/** A stretch as the API is asked for it: the last so-and-so much, or from an instant to another. */
export interface Stretch {
  window: string;
  from?: string;
  to?: string;
}

/** So many milliseconds that end now, or at an instant. */
export function stretchOf(lengthMs: number, at: string | null): Stretch {
  const window = `${lengthMs / SECOND_MS}s`;
  const toMs = atMsOf(at);
  return toMs === null ? { window } : { window, from: new Date(toMs - lengthMs).toISOString(), to: new Date(toMs).toISOString() };
}

/** A moment that is not today's with its day behind it: `14:02:30`, `14:02:30 on 21 Nov`. */
export function momentWords(ms: number, now: number): string {
  const day = formatDay(ms, now);
  return day === null ? formatClock(ms) : `${formatClock(ms)} on ${day}`;
}

/** A window's length with its end: `last 1 min`, `1 min to 14:02:30`. */
export function windowEndWords(length: string, at: string | null, now: number): string {
  return at === null ? `last ${length}` : `${length} to ${formatMoment(at, now)}`;
}

/** Where the reader is in time: `You look at 14:02:30 on 21 Nov, 3 h ago.` */
export function lookWords(atMs: number, now: number): string {
  return `You look at ${momentWords(atMs, now)}, ${formatAge(now - atMs)} ago.`;
}

/** Why nothing may be written while the reader looks at the past. */
export function pastRefusal(atMs: number, now: number): string {
  return `You look at ${momentWords(atMs, now)}: go back to live to change anything.`;
}

const INSTANTS_IN_TEXT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A text of the API with its instants as the reader's clock shows them. */
export function withLocalTimes(text: string, now: number): string {
  return text.replaceAll(INSTANTS_IN_TEXT, (instant) => formatMoment(instant, now));
}
