/** Numbers, durations and times as the reader sees them: one place, so that one figure never has two spellings. */

import { durationWords } from "#lib/traces/words.ts";

/** What stands where a value is not known. Screen readers get the word from the component that prints it. */
export const MISSING = "–";

const NBSP = "\u00a0";
const MINUS = "\u2212";
const LOCALE = "en";

const grouped = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const axis = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });
const twoDigits = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 2 });

type Maybe = number | null | undefined;

function isKnown(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** A count, exact: `16,546`. */
export function formatCount(value: Maybe): string {
  return isKnown(value) ? grouped.format(value) : MISSING;
}

/** A number with at most three significant digits: `128`, `82.6`, `6.1`, `0.84`. Above 999 it is whole and grouped. */
export function formatNumber(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.995) return twoDigits.format(value);
  if (size < 99.95) return value.toFixed(1);
  return grouped.format(value);
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"];

/** An amount of data in powers of a thousand: `512 B`, `12.3 kB`, `4.0 GB`. */
export function formatBytes(bytes: Maybe): string {
  if (!isKnown(bytes)) return MISSING;
  let amount = bytes;
  let unit = 0;
  for (; Math.abs(amount) >= 999.5 && unit < BYTE_UNITS.length - 1; unit++) amount /= 1_000;
  return `${formatNumber(amount)}${NBSP}${BYTE_UNITS[unit] ?? ""}`;
}

/** Requests per second: `61.3/s`. */
export function formatRate(value: Maybe): string {
  return isKnown(value) ? `${formatNumber(value)}/s` : MISSING;
}

/** A ratio's percentage without its sign: `0.59`, `4.1`, `90.0`; what is above zero never shows as zero. */
export function formatPercentNumber(ratio: Maybe): string {
  if (!isKnown(ratio)) return MISSING;
  const percent = ratio * 100;
  const size = Math.abs(percent);
  if (size === 0) return "0";
  if (size < 0.005) return percent < 0 ? `${MINUS}<0.01` : "<0.01";
  if (size < 0.995) return percent.toFixed(2);
  if (size < 99.95) return percent.toFixed(1);
  return percent.toFixed(0);
}

/** A ratio as a percentage: `4.1 %`. */
export function formatPercent(ratio: Maybe): string {
  return isKnown(ratio) ? `${formatPercentNumber(ratio)}${NBSP}%` : MISSING;
}

/** A ratio on an axis, as round as the axis is: `0 %`, `2.5 %`, `10 %`. */
export function formatAxisPercent(ratio: Maybe): string {
  return isKnown(ratio) ? `${Number((ratio * 100).toPrecision(3))}${NBSP}%` : MISSING;
}

/** A number on an axis, as round as the axis is: `0`, `2.5`, `20`, `1,000`. */
export function formatAxisNumber(value: Maybe): string {
  return isKnown(value) ? axis.format(value) : MISSING;
}

/** Half the width of an interval around a share, in points: `± 0.4`. */
export function formatPlusMinus(low: Maybe, high: Maybe): string {
  if (!isKnown(low) || !isKnown(high)) return "";
  const half = ((high - low) / 2) * 100;
  return `±${NBSP}${half < 0.1 ? "<0.1" : half.toFixed(1)}`;
}

/** A duration given in milliseconds: `25 µs`, `0.8 ms`, `284 ms`, `1.02 s`, `2 min 5 s`, `3 h 4 min`. */
export function formatDuration(ms: Maybe): string {
  if (!isKnown(ms)) return MISSING;
  return ms < 59_950 ? durationWords(ms).replace(" ", NBSP) : formatSpan(ms);
}

/** A long stretch of time in two units: `26 min 56 s`, `3 h 4 min`, `2 d 5 h`. */
export function formatSpan(ms: Maybe): string {
  if (!isKnown(ms)) return MISSING;
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const units: readonly [number, string][] = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  const first = units.findIndex(([size]) => seconds >= size);
  if (first < 0) return `0${NBSP}s`;
  const parts: string[] = [];
  let rest = seconds;
  for (const [size, word] of units.slice(first, first + 2)) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount}${NBSP}${word}`);
  }
  return parts.join(" ");
}

/** An age in one unit, whole: `2 s`, `38 s`, `27 min`, `3 h`, `2 d`. Never negative: clocks may differ a little. */
export function formatAge(ms: Maybe): string {
  if (!isKnown(ms)) return MISSING;
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 100) return `${seconds}${NBSP}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return `${minutes}${NBSP}min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}${NBSP}h` : `${Math.floor(hours / 24)}${NBSP}d`;
}

/** A difference with its sign: `+3.88`, `−0.2`, `0`. */
export function formatSigned(value: Maybe, format: (size: number) => string): string {
  if (!isKnown(value)) return MISSING;
  const text = format(Math.abs(value));
  if (value === 0) return text;
  return value > 0 ? `+${text}` : `${MINUS}${text}`;
}

export type Instant = number | string | Date | null | undefined;

/** Epoch milliseconds of an ISO text, a number or a date; `null` when there is none. */
export function instantMs(instant: Instant): number | null {
  if (instant === null || instant === undefined) return null;
  const ms = typeof instant === "number" ? instant : new Date(instant).getTime();
  return Number.isFinite(ms) ? ms : null;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A time of day in the reader's zone, with seconds: `14:32:20`. */
export function formatClock(instant: Instant): string {
  const ms = instantMs(instant);
  if (ms === null) return MISSING;
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The same with milliseconds: `14:32:20.412`. */
export function formatClockMs(instant: Instant): string {
  const ms = instantMs(instant);
  if (ms === null) return MISSING;
  return `${formatClock(ms)}.${String(new Date(ms).getMilliseconds()).padStart(3, "0")}`;
}

const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayWithYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** The day of a moment, with its year where that is another: `12 Nov`; `null` = today. */
export function formatDay(ms: number, now: number): string | null {
  const date = new Date(ms);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return null;
  return date.getFullYear() === today.getFullYear() ? dayOfYear.format(date) : dayWithYear.format(date);
}

/** Time of day, with the day in front where it is not today's: `12 Nov 14:32:20`. */
export function formatMoment(instant: Instant, now: number): string {
  const ms = instantMs(instant);
  if (ms === null) return MISSING;
  const day = formatDay(ms, now);
  return day === null ? formatClock(ms) : `${day} ${formatClock(ms)}`;
}

/** One noun with its number: `1 proxy`, `6 proxies`. */
export function formatQuantity(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A text as a sentence: with a full stop where it has no end of its own. Empty stays empty. */
export function asSentence(text: string | null): string {
  const trimmed = (text ?? "").trim();
  return trimmed === "" || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Names in a sentence: `frontend`, `frontend and catalog`, `a, b and c`. */
export function formatNames(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
