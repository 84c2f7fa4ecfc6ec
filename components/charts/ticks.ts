/** Round numbers from 0 up to at least `max`: 0 20 40 60 80. At least two, so that an axis has a length even at zero. */
export function valueTicks(max: number, about = 4): number[] {
  const top = Number.isFinite(max) && max > 0 ? max : 1;
  const rough = top / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const count = Math.max(1, Math.ceil((top / step) * 0.999));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** The same for shares (0 to 1): never above all of them. */
export function shareTicks(max: number, about = 4): number[] {
  const ticks = valueTicks(Math.min(1, max) * 100, about).map((tick) => tick / 100);
  return ticks.some((tick) => tick > 1) ? [0, 0.25, 0.5, 0.75, 1] : ticks;
}

/** The same for things that are counted: whole steps only. */
export function countTicks(max: number, about = 4): number[] {
  const top = Math.max(1, max);
  const rough = Math.max(1, top / about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(top / step) + 1 }, (_, index) => index * step);
}

const LOG_STEPS = [1, 3] as const;

/** Round numbers for a logarithmic axis around the values: 10 30 100 300. */
export function logTicks(min: number, max: number): number[] {
  const low = Number.isFinite(min) && min > 0 ? min : 1;
  const high = Math.max(low, Number.isFinite(max) ? max : low);
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)) + 1; power += 1) {
    for (const step of LOG_STEPS) all.push(Number((step * 10 ** power).toPrecision(3)));
  }
  const first = all.findLastIndex((tick) => tick <= low);
  const last = all.findIndex((tick) => tick >= high);
  return all.slice(Math.max(0, first), Math.max(first + 2, last + 1));
}

const SECOND = 1_000;
const TIME_STEPS = [5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600].map((seconds) => seconds * SECOND);

export interface TimeTicks {
  ticks: number[];
  stepMs: number;
}

/** Round times of the reader's clock between two instants, at most `most` of them. `zoneMs` is the zone's offset. */
export function timeTicks(fromMs: number, toMs: number, most: number, zoneMs: number): TimeTicks {
  const span = Math.max(1, toMs - fromMs);
  const stepMs = TIME_STEPS.find((step) => span / step <= most) ?? Math.ceil(span / most / 3_600_000) * 3_600_000;
  const first = Math.ceil((fromMs + zoneMs) / stepMs) * stepMs - zoneMs;
  const ticks: number[] = [];
  for (let tick = first; tick <= toMs; tick += stepMs) ticks.push(tick);
  return { ticks, stepMs };
}

/** Times around a moment that counts as 0: -120 s, -90 s … +30 s. */
export function relativeTicks(fromMs: number, toMs: number, zeroMs: number, most: number): number[] {
  const span = Math.max(1, toMs - fromMs);
  const stepMs = TIME_STEPS.find((step) => span / step <= most) ?? 3_600_000;
  const first = Math.ceil((fromMs - zeroMs) / stepMs);
  const last = Math.floor((toMs - zeroMs) / stepMs);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => zeroMs + (first + index) * stepMs);
}
