import type { Tone } from "#components/ui/tone.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Times left that an axis may name, shortest first. */
const STEPS: readonly (readonly [number, string])[] = [
  [MINUTE, "1 min"],
  [10 * MINUTE, "10 min"],
  [HOUR, "1 h"],
  [6 * HOUR, "6 h"],
  [12 * HOUR, "12 h"],
  [DAY, "1 d"],
  [7 * DAY, "7 d"],
  [30 * DAY, "30 d"],
  [90 * DAY, "90 d"],
  [YEAR, "1 y"],
  [10 * YEAR, "10 y"],
  [100 * YEAR, "100 y"],
];

const LEAST_LOW = STEPS[0]?.[0] ?? MINUTE;
const MOST_HIGH = STEPS.at(-1)?.[0] ?? YEAR;

/** Bounds of the axis, milliseconds left. What lies beyond stands at its end. */
export interface TimeDomain {
  low: number;
  high: number;
}

/**
 * An axis around everything that is still valid. Both ends are among the named times, so that it stands still while time runs
 * and moves only when something passes one of them. It is never shorter than two of them.
 */
export function timeDomain(leftMs: readonly number[]): TimeDomain {
  const valid = leftMs.filter((left) => Number.isFinite(left) && left > 0);
  if (valid.length === 0) return { low: 10 * MINUTE, high: YEAR };
  const least = valid.reduce((a, b) => Math.min(a, b));
  const most = valid.reduce((a, b) => Math.max(a, b));
  const times = STEPS.map(([ms]) => ms);
  const low = times.findLast((ms) => ms <= least) ?? LEAST_LOW;
  const high = times.find((ms) => ms >= most && ms > low) ?? MOST_HIGH;
  return low < high ? { low, high } : { low: times.at(-2) ?? LEAST_LOW, high: MOST_HIGH };
}

/** Place on a logarithmic axis from 0 (soonest) to 1; what has ended or lies beyond stands at the end. */
export function timePlace(leftMs: number, { low, high }: TimeDomain): number {
  if (!(leftMs > low)) return 0;
  return Math.min(1, Math.log(leftMs / low) / Math.log(high / low));
}

export interface AxisTick {
  ms: number;
  word: string;
  place: number;
}

export function axisTicks(domain: TimeDomain): AxisTick[] {
  return STEPS.filter(([ms]) => ms >= domain.low && ms <= domain.high).map(([ms, word]) => ({ ms, word, place: timePlace(ms, domain) }));
}

/** One thing on the line. `leftMs` zero or less = it has ended. */
export interface TimelineItem {
  key: string;
  name: string;
  tone: Tone;
  leftMs: number;
}

export interface TimelineMark {
  key: string;
  x: number;
  tone: Tone;
  /** How many stand here. */
  count: number;
}

export interface TimelineLabel {
  key: string;
  x: number;
  /** Row above the axis, from 0 (nearest to it). */
  row: number;
  anchor: "start" | "end";
  text: string;
  tone: Tone;
}

export interface TimelineLayout {
  marks: TimelineMark[];
  labels: TimelineLabel[];
}

const NEAR_PX = 13;
/** Half a mark, with a little air. */
const HALF_PX = 7;
const CHARACTER_PX = 6.2;
const GAP_PX = 10;
const ROWS = 2;

interface Group {
  x: number;
  lastX: number;
  tone: Tone;
  items: TimelineItem[];
}

function groupsOf(items: readonly TimelineItem[], xOf: (leftMs: number) => number): Group[] {
  const groups: Group[] = [];
  for (const item of items.toSorted((a, b) => a.leftMs - b.leftMs || a.key.localeCompare(b.key, "en"))) {
    const x = xOf(item.leftMs);
    const last = groups.at(-1);
    if (last !== undefined && last.tone === item.tone && x - last.lastX < NEAR_PX) {
      last.items.push(item);
      last.lastX = x;
    } else groups.push({ x, lastX: x, tone: item.tone, items: [item] });
  }
  return groups;
}

const URGENCY: Readonly<Record<Tone, number>> = { fail: 0, warn: 1, unk: 2, info: 3, ok: 4 };

function labelText(group: Group, wordOf: (leftMs: number) => string): string {
  const [first] = group.items;
  if (first === undefined) return "";
  const head = `${first.name}, ${wordOf(first.leftMs)}`;
  const others = group.items.length - 1;
  return others === 0 ? head : `${head}, and ${others} more`;
}

/**
 * Marks and words on a line of `widthPx`. Neighbours of one tone share their words; words take the first free row, the most
 * urgent ones first, and give way where there is none. Every item is in exactly one mark.
 */
export function timelineLayout(
  items: readonly TimelineItem[],
  domain: TimeDomain,
  widthPx: number,
  wordOf: (leftMs: number) => string,
): TimelineLayout {
  const xOf = (leftMs: number) => timePlace(leftMs, domain) * widthPx;
  const groups = groupsOf(items, xOf);
  const marks = groups.flatMap((group) => marksOf(group, xOf));
  const taken: [number, number][][] = Array.from({ length: ROWS }, () => []);
  for (const group of groups) taken[0]?.push([group.x - HALF_PX, group.lastX + HALF_PX]);
  const labels: TimelineLabel[] = [];
  for (const group of groups.toSorted((a, b) => URGENCY[a.tone] - URGENCY[b.tone])) {
    const text = labelText(group, wordOf);
    const length = text.length * CHARACTER_PX;
    const place = freePlace(group, length, widthPx, taken);
    if (place === null) continue;
    taken[place.row]?.push([place.from, place.from + length]);
    const x = place.anchor === "start" ? place.from : place.from + length;
    labels.push({ key: group.items[0]?.key ?? "", x, row: place.row, anchor: place.anchor, text, tone: group.tone });
  }
  return { marks, labels };
}

/** What stands closer than half a mark is drawn once. */
function marksOf(group: Group, xOf: (leftMs: number) => number): TimelineMark[] {
  const marks: TimelineMark[] = [];
  for (const item of group.items) {
    const x = xOf(item.leftMs);
    const last = marks.at(-1);
    if (last !== undefined && x - last.x < HALF_PX) last.count += 1;
    else marks.push({ key: item.key, x, tone: item.tone, count: 1 });
  }
  return marks;
}

function freePlace(
  { x, lastX }: Group,
  length: number,
  widthPx: number,
  taken: readonly (readonly [number, number][])[],
): { row: number; from: number; anchor: "start" | "end" } | null {
  for (const [row, spans] of taken.entries()) {
    for (const anchor of ["start", "end"] as const) {
      const from = anchor === "start" ? lastX + GAP_PX : x - GAP_PX - length;
      const isInside = from >= 0 && from + length <= widthPx;
      if (isInside && spans.every(([a, b]) => from + length <= a || from >= b)) return { row, from, anchor };
    }
  }
  return null;
}
