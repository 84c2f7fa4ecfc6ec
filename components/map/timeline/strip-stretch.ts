/** What the strip shows at once. */
export const SPAN_MS = 900_000;
/** A moment nearer than this to the strip's beginning is not shown at its very edge. */
const EDGE_MS = 30_000;
/** Stretches of the past begin at multiples of this, so that the strip stands still while the reader scrubs. */
const BLOCK_MS = 300_000;

/** From where to where, epoch milliseconds. */
export interface StripStretch {
  fromMs: number;
  toMs: number;
}

/** The fixed stretch around a moment that lies outside the last fifteen minutes; `null` = the last fifteen minutes show it. */
export function stretchAround(atMs: number | null, now: number): StripStretch | null {
  if (atMs === null || atMs >= now - SPAN_MS + EDGE_MS) return null;
  const fromMs = Math.floor(atMs / BLOCK_MS) * BLOCK_MS - BLOCK_MS;
  return { fromMs, toMs: fromMs + SPAN_MS };
}
