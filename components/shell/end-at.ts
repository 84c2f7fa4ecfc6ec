import { formatDay } from "#lib/client/format.ts";

/** Moments that are offered to end the window at. */
export const AGES = [
  { ms: 5 * 60_000, words: "5 min ago" },
  { ms: 3_600_000, words: "1 h ago" },
  { ms: 24 * 3_600_000, words: "24 h ago" },
] as const;

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** An instant as a date and time field holds it, in the reader's zone: `2026-01-01T14:02:30`. */
export function fieldText(ms: number): string {
  const date = new Date(ms);
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** What a date and time field says: an instant of the reader's zone, or why it cannot be taken, as a sentence. */
export function readField(text: string, now: number): { ms: number } | { problem: string } {
  const ms = Date.parse(text);
  if (text === "" || !Number.isFinite(ms)) return { problem: "Give a date and a time." };
  if (ms > now) return { problem: `That has not come yet: it is ${nowWords(ms, now)}.` };
  return { ms };
}

/** What the clock says, without the day where the moment that was asked for is of today. */
function nowWords(ms: number, now: number): string {
  const time = fieldText(now).slice(11);
  return formatDay(ms, now) === null ? time : `${fieldText(now).slice(0, 10)} ${time}`;
}

/** The zone that times are read and shown in, with its distance from UTC at that moment: `Europe/Berlin, UTC+1`. */
export function zoneWords(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? "" : `:${two(size % 60)}`;
  const offset = minutes === 0 ? "UTC" : `UTC${minutes < 0 ? "\u2212" : "+"}${Math.floor(size / 60)}${rest}`;
  const name = new Intl.DateTimeFormat("en").resolvedOptions().timeZone;
  return name === "UTC" || name === "" ? offset : `${name}, ${offset}`;
}
