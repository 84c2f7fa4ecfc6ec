import type { Point, Size } from "./geometry.ts";

const REACH = 44;
/** Least distance that is kept between two cards of a column when rows are pulled together. */
const LEAST_GAP = 68;

interface Placed extends Point, Size {
  id: string;
  column: number;
}

/**
 * Pulls cards of different columns that stand at nearly one height onto one line, so that most calls run straight.
 * Keeps the order within each column and never brings two cards of a column nearer than the least gap.
 */
export function alignRows(
  places: ReadonlyMap<string, Point>,
  columns: readonly { ids: readonly string[] }[],
  sizes: ReadonlyMap<string, Size>,
): Map<string, Point> {
  const cards: Placed[] = columns.flatMap((column, index) =>
    column.ids.flatMap((id) => {
      const place = places.get(id);
      const size = sizes.get(id);
      return place === undefined || size === undefined ? [] : [{ id, column: index, ...size, ...place }];
    }),
  );
  const rows = rowsOf(cards);
  const floor = new Map<number, number>();
  const aligned = new Map<string, Point>();
  for (const row of rows) {
    let y = row.reduce((sum, card) => sum + card.y, 0) / row.length;
    for (const card of row) y = Math.max(y, (floor.get(card.column) ?? -Infinity) + card.height / 2);
    for (const card of row) {
      aligned.set(card.id, { x: Math.round(card.x), y: Math.round(y) });
      floor.set(card.column, Math.round(y) + card.height / 2 + LEAST_GAP);
    }
  }
  return aligned;
}

/** Groups by height, top first; a row holds at most one card of each column. */
function rowsOf(cards: readonly Placed[]): Placed[][] {
  const rows: Placed[][] = [];
  for (const card of cards.toSorted((a, b) => a.y - b.y || a.column - b.column)) {
    const row = rows.at(-1);
    const start = row?.[0];
    const isTaken = row?.some((other) => other.column === card.column) ?? false;
    if (row !== undefined && start !== undefined && card.y - start.y <= REACH && !isTaken) row.push(card);
    else rows.push([card]);
  }
  return rows;
}
