/** Which rows are drawn, first and last included; `last` below `first` = none. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** The window moves in steps of this many rows, so that most scroll events redraw nothing. */
const STEP = 8;
const OVERSCAN = 8;

/** The rows around what is in sight. `scrolledPx` may lie outside while the browser bounces. */
export function rowRange(count: number, rowPx: number, scrolledPx: number, viewportPx: number): RowRange {
  if (count <= 0 || rowPx <= 0) return { first: 0, last: -1 };
  const top = Math.min(Math.max(0, Math.floor(scrolledPx / rowPx)), count - 1);
  const inSight = Math.ceil(Math.max(0, viewportPx) / rowPx) + 1;
  const first = Math.max(0, Math.floor((top - OVERSCAN) / STEP) * STEP);
  const last = Math.min(count - 1, Math.ceil((top + inSight + OVERSCAN) / STEP) * STEP);
  return { first, last };
}

/** Where to scroll so that a row is wholly in sight below a sticky head; `null` = it already is. */
export function scrollToRow(row: number, rowPx: number, scrolledPx: number, viewportPx: number): number | null {
  const top = row * rowPx;
  if (top < scrolledPx) return Math.max(0, top - rowPx);
  const bottom = top + rowPx;
  return bottom > scrolledPx + viewportPx ? bottom - viewportPx + rowPx : null;
}
