import type { TimeRange } from "./zoom.ts";

/** What a line of the minimap needs to know of a span. */
export interface MinimapSpan {
  readonly startMs: number;
  readonly endMs: number;
  /** Number of the service's colour. */
  readonly colour: number;
  readonly isError: boolean;
}

/** All lines of one colour as one path. `colour: "error"` lies over the others. */
export interface MinimapPath {
  readonly colour: number | "error";
  readonly d: string;
}

/** The drawing's own coordinates; it is stretched to the width it gets. */
export const MINIMAP_WIDTH = 1_000;
export const MINIMAP_HEIGHT = 48;
const PITCH = 3;
const TOP = 2;

/**
 * Spans as thin lines in their order from top to bottom. Where there are more spans than lines, neighbours share one; the
 * paths stay small however many spans there are, because lines that touch are merged.
 */
export function minimapPaths(spans: readonly MinimapSpan[], whole: TimeRange): MinimapPath[] {
  const lines = Math.floor((MINIMAP_HEIGHT - 2 * TOP) / PITCH) + 1;
  const perLine = Math.max(1, spans.length / lines);
  const scale = MINIMAP_WIDTH / (whole.toMs - whole.fromMs);
  const covered = new Map<MinimapPath["colour"], Map<number, Uint8Array>>();
  const cover = (colour: MinimapPath["colour"], line: number, span: MinimapSpan): void => {
    const from = Math.min(MINIMAP_WIDTH - 1, Math.max(0, Math.floor((span.startMs - whole.fromMs) * scale)));
    const to = Math.min(MINIMAP_WIDTH, Math.max(from + 1, Math.ceil((span.endMs - whole.fromMs) * scale)));
    const ofColour = covered.get(colour) ?? new Map<number, Uint8Array>();
    const row = ofColour.get(line) ?? new Uint8Array(MINIMAP_WIDTH);
    row.fill(1, from, to);
    ofColour.set(line, row);
    covered.set(colour, ofColour);
  };
  spans.forEach((span, index) => {
    const line = Math.floor(index / perLine);
    cover(span.colour, line, span);
    if (span.isError) cover("error", line, span);
  });
  return [...covered]
    .map(([colour, rows]) => ({ colour, d: [...rows].map(([line, row]) => runs(row, TOP + line * PITCH)).join("") }))
    .toSorted((a, b) => order(a.colour) - order(b.colour));
}

function order(colour: MinimapPath["colour"]): number {
  return colour === "error" ? Number.POSITIVE_INFINITY : colour;
}

function runs(row: Uint8Array, y: number): string {
  let d = "";
  let from = row.indexOf(1);
  while (from >= 0) {
    const end = row.indexOf(0, from);
    const to = end < 0 ? row.length : end;
    d += `M${from} ${y}H${to}`;
    from = end < 0 ? -1 : row.indexOf(1, end);
  }
  return d;
}

/** Time at a point of the minimap. */
export function timeAt(xPx: number, widthPx: number, whole: TimeRange): number {
  const share = widthPx <= 0 ? 0 : Math.min(1, Math.max(0, xPx / widthPx));
  return whole.fromMs + share * (whole.toMs - whole.fromMs);
}

/** Share of the minimap's width at a time, 0 to 1. */
export function shareAt(ms: number, whole: TimeRange): number {
  return Math.min(1, Math.max(0, (ms - whole.fromMs) / (whole.toMs - whole.fromMs)));
}
