import { lengthOf, type TimeRange } from "./zoom.ts";

export interface AxisTick {
  readonly atMs: number;
  /** Share of the width, 0 to 1. */
  readonly at: number;
  /** The first tick carries the unit, the others the bare number. */
  readonly label: string;
}

const NBSP = "\u00a0";
const SCALES = [
  { unit: "µs", perMs: 1_000 },
  { unit: "ms", perMs: 1 },
  { unit: "s", perMs: 1 / 1_000 },
  { unit: "min", perMs: 1 / 60_000 },
] as const;

/** The unit in which the steps of a range are easiest to read. */
function scaleOf(stepMs: number): (typeof SCALES)[number] {
  if (stepMs < 0.1) return SCALES[0];
  if (stepMs < 500) return SCALES[1];
  return stepMs < 60_000 ? SCALES[2] : SCALES[3];
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
}

/** Round times inside a range, at most about one per `perTickPx`; at least two where the width allows it. */
export function axisTicks(range: TimeRange, widthPx: number, perTickPx = 72): AxisTick[] {
  const most = Math.max(2, Math.floor(widthPx / perTickPx));
  const rough = lengthOf(range) / most;
  const inMinutes = rough >= 30_000;
  const stepMs = inMinutes ? roundStep(rough / 60_000) * 60_000 : roundStep(rough);
  const scale = scaleOf(stepMs);
  const decimals = Math.max(0, -Math.floor(Math.log10(stepMs * scale.perMs) + 1e-9));
  const first = Math.ceil(range.fromMs / stepMs - 1e-9);
  const last = Math.floor(range.toMs / stepMs + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const atMs = Number(((first + index) * stepMs).toPrecision(12));
    const number = atMs === 0 ? "0" : (atMs * scale.perMs).toFixed(decimals);
    return { atMs, at: (atMs - range.fromMs) / lengthOf(range), label: index === 0 ? `${number}${NBSP}${scale.unit}` : number };
  });
}
