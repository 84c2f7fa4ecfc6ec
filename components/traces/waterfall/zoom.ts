/** A stretch of the trace's time, milliseconds from its beginning. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export type Handle = "from" | "to";

/** However far the reader zooms in, this share of the trace stays in sight. */
const LEAST_SHARE = 1 / 20_000;
/** A trace of one instant still needs a width to be drawn in. */
const LEAST_MS = 0.001;

export function lengthOf(range: TimeRange): number {
  return range.toMs - range.fromMs;
}

/** The whole trace as a range; never of no length. */
export function wholeRange(fromMs: number, toMs: number): TimeRange {
  return { fromMs, toMs: Math.max(toMs, fromMs + LEAST_MS) };
}

function leastOf(whole: TimeRange): number {
  return Math.max(LEAST_MS / 10, lengthOf(whole) * LEAST_SHARE);
}

/** The nearest range that lies inside the trace and is not too short to see. */
export function clampRange(range: TimeRange, whole: TimeRange): TimeRange {
  const length = Math.min(lengthOf(whole), Math.max(leastOf(whole), lengthOf(range)));
  const fromMs = Math.min(Math.max(whole.fromMs, range.fromMs), whole.toMs - length);
  return { fromMs, toMs: Math.min(whole.toMs, fromMs + length) };
}

export function isWhole(range: TimeRange, whole: TimeRange): boolean {
  const slack = leastOf(whole) / 2;
  return range.fromMs <= whole.fromMs + slack && range.toMs >= whole.toMs - slack;
}

/** Moves by a share of what is in sight; the length stays. */
export function panRange(range: TimeRange, whole: TimeRange, share: number): TimeRange {
  const by = lengthOf(range) * share;
  return clampRange({ fromMs: range.fromMs + by, toMs: range.toMs + by }, whole);
}

/** Makes the range `factor` times as long around a point inside it (0 = its beginning, 1 = its end). */
export function zoomRange(range: TimeRange, whole: TimeRange, factor: number, around = 0.5): TimeRange {
  const length = Math.min(lengthOf(whole), Math.max(leastOf(whole), lengthOf(range) * factor));
  const still = range.fromMs + lengthOf(range) * around;
  const fromMs = still - length * around;
  return clampRange({ fromMs, toMs: fromMs + length }, whole);
}

/** One end put elsewhere; it never passes the other. */
export function moveHandle(range: TimeRange, whole: TimeRange, handle: Handle, toMs: number): TimeRange {
  const least = leastOf(whole);
  return handle === "from"
    ? { fromMs: Math.min(Math.max(whole.fromMs, toMs), range.toMs - least), toMs: range.toMs }
    : { fromMs: range.fromMs, toMs: Math.max(Math.min(whole.toMs, toMs), range.fromMs + least) };
}

/** The range between two points of a drag, whichever came first. */
export function rangeBetween(aMs: number, bMs: number, whole: TimeRange): TimeRange {
  return clampRange({ fromMs: Math.min(aMs, bMs), toMs: Math.max(aMs, bMs) }, whole);
}

const FINE = 100;
const COARSE = 10;

/** Where a key puts a handle; `null` = not a key of a handle. Shift makes a step ten times as long. */
export function handleAfterKey(
  press: { key: string; isShift: boolean },
  range: TimeRange,
  whole: TimeRange,
  handle: Handle,
): TimeRange | null {
  const at = handle === "from" ? range.fromMs : range.toMs;
  const step = lengthOf(whole) / (press.isShift ? COARSE : FINE);
  switch (press.key) {
    case "ArrowLeft":
    case "ArrowDown":
      return moveHandle(range, whole, handle, at - step);
    case "ArrowRight":
    case "ArrowUp":
      return moveHandle(range, whole, handle, at + step);
    case "PageDown":
      return moveHandle(range, whole, handle, at - lengthOf(whole) / COARSE);
    case "PageUp":
      return moveHandle(range, whole, handle, at + lengthOf(whole) / COARSE);
    case "Home":
      return moveHandle(range, whole, handle, handle === "from" ? whole.fromMs : range.fromMs);
    case "End":
      return moveHandle(range, whole, handle, handle === "to" ? whole.toMs : range.toMs);
    default:
      return null;
  }
}

/** A range as it stands in the address: `23.5-322`. Anything else is `null`. */
export function parseRange(text: string): TimeRange | null {
  const match = /^(-?\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text);
  if (match === null) return null;
  const range = { fromMs: Number(match[1]), toMs: Number(match[2]) };
  return range.toMs > range.fromMs ? range : null;
}

export function printRange({ fromMs, toMs }: TimeRange): string {
  return `${Number(fromMs.toFixed(4))}-${Number(toMs.toFixed(4))}`;
}
