import { formatClock, formatDuration } from "#lib/client/format.ts";
import type { TraceBounds } from "#lib/client/trace-search-params.ts";

/** A field that was understood, or the sentence that says why not. */
export type FieldResult<T> = { ok: true; value: T } | { ok: false; text: string };

const UNITS: Readonly<Record<string, number>> = { us: 0.001, µs: 0.001, ms: 1, s: 1_000, min: 60_000 };
const LONGEST_MS = 86_400_000;

/** A duration as a person types it: `250`, `250 ms`, `1.5s`, `2 min`; empty = no bound. */
export function parseDurationField(text: string): FieldResult<number | null> {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: true, value: null };
  const match = /^(\d+(?:[.,]\d+)?)\s*(us|µs|ms|s|min)?$/i.exec(trimmed);
  const amount = Number(match?.[1]?.replace(",", "."));
  const ms = amount * (UNITS[match?.[2]?.toLowerCase() ?? "ms"] ?? 1);
  if (match === null || !Number.isFinite(ms))
    return { ok: false, text: "A duration is a number with us, ms, s or min, such as 250 ms or 1.5 s." };
  if (ms > LONGEST_MS) return { ok: false, text: "A duration of more than a day cannot be asked for." };
  return { ok: true, value: Number(ms.toPrecision(12)) };
}

/** A duration as the field shows it. */
export function printDurationField(ms: number | null): string {
  return ms === null ? "" : `${Number(ms.toPrecision(12))} ms`;
}

/** A time of day of the reader's clock, taken as the one that lies in the stretch, or next to it; empty = no bound. */
export function parseClockField(text: string, domain: readonly [number, number]): FieldResult<number | null> {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: true, value: null };
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/.exec(trimmed);
  const [hours, minutes, seconds, millis] = [match?.[1], match?.[2], match?.[3] ?? "0", (match?.[4] ?? "0").padEnd(3, "0")].map(Number);
  if (
    match === null ||
    hours === undefined ||
    minutes === undefined ||
    seconds === undefined ||
    hours > 23 ||
    minutes > 59 ||
    seconds > 59
  ) {
    return { ok: false, text: "A time is hours, minutes and seconds, such as 14:32:20." };
  }
  const [from, to] = domain;
  const days = [-1, 0, 1].map((days) => {
    const day = new Date(from);
    day.setDate(day.getDate() + days);
    day.setHours(hours, minutes, seconds, millis);
    return day.getTime();
  });
  const distance = (ms: number) => (ms < from ? from - ms : Math.max(0, ms - to));
  return { ok: true, value: days.toSorted((a, b) => distance(a) - distance(b))[0] ?? null };
}

/** What the four fields say together. `field` names the one that is wrong. */
export function parseBoundsForm(
  fields: { from: string; to: string; min: string; max: string },
  domain: readonly [number, number],
): { ok: true; value: TraceBounds } | { ok: false; field: "from" | "to" | "min" | "max"; text: string } {
  const from = parseClockField(fields.from, domain);
  if (!from.ok) return { ok: false, field: "from", text: from.text };
  const to = parseClockField(fields.to, domain);
  if (!to.ok) return { ok: false, field: "to", text: to.text };
  const min = parseDurationField(fields.min);
  if (!min.ok) return { ok: false, field: "min", text: min.text };
  const max = parseDurationField(fields.max);
  if (!max.ok) return { ok: false, field: "max", text: max.text };
  if (from.value !== null && to.value !== null && to.value <= from.value)
    return { ok: false, field: "to", text: "The end lies before the start." };
  if (min.value !== null && max.value !== null && max.value < min.value)
    return { ok: false, field: "max", text: "The longest is shorter than the shortest." };
  if ([from.value, to.value, min.value, max.value].every((value) => value === null)) {
    return { ok: false, field: "from", text: "Fill in at least one field." };
  }
  return { ok: true, value: { fromMs: from.value, toMs: to.value, minMs: min.value, maxMs: max.value } };
}

/** A selection in words: `14:31:02 to 14:31:40, 250 ms and more`. */
export function boundsWords({ fromMs, toMs, minMs, maxMs }: TraceBounds): string {
  const time =
    fromMs !== null && toMs !== null
      ? `${formatClock(fromMs)} to ${formatClock(toMs)}`
      : fromMs !== null
        ? `from ${formatClock(fromMs)} on`
        : toMs !== null
          ? `up to ${formatClock(toMs)}`
          : "";
  return [time, durationWords(minMs, maxMs)].filter((part) => part !== "").join(", ");
}

/** Bounds of a duration in words: `250 to 400 ms`, `250 ms and more`; empty = none. */
export function durationWords(minMs: number | null, maxMs: number | null): string {
  if (minMs !== null && maxMs !== null) return `${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  if (minMs !== null) return `${formatDuration(minMs)} and more`;
  return maxMs === null ? "" : `up to ${formatDuration(maxMs)}`;
}
