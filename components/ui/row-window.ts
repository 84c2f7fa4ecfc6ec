/** Which rows of a long table are drawn, and how high the undrawn ones are, px. */
export interface RowWindow {
  first: number;
  last: number;
  above: number;
  below: number;
}

/** Below this many rows all are drawn. */
export const WINDOW_FROM = 80;
const OVERSCAN = 12;

/** The window over rows of one height. `scrolledPx` may lie outside the table while the browser bounces. */
export function rowWindow(count: number, rowHeightPx: number, scrolledPx: number, viewportPx: number): RowWindow {
  if (count < WINDOW_FROM || rowHeightPx <= 0) return { first: 0, last: count - 1, above: 0, below: 0 };
  const top = Math.floor(Math.max(0, scrolledPx) / rowHeightPx) - OVERSCAN;
  const shown = Math.ceil(viewportPx / rowHeightPx) + 2 * OVERSCAN;
  const first = Math.min(Math.max(0, top), Math.max(0, count - shown));
  const last = Math.min(count - 1, first + shown);
  return { first, last, above: first * rowHeightPx, below: (count - 1 - last) * rowHeightPx };
}
