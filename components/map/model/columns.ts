import { left, right } from "./geometry.ts";
import type { Box } from "./geometry.ts";

export interface PlacedCard extends Box {
  id: string;
  /** Namespace; `null` for what lives in none. */
  group: string | null;
}

/** Cards that stand above each other, top first, and the stretch of the map that they cover. */
export interface Column {
  left: number;
  right: number;
  cards: PlacedCard[];
}

/** Groups cards into columns by the horizontal stretch they share, leftmost first. */
export function columnsOf(cards: Iterable<PlacedCard>): Column[] {
  const columns: Column[] = [];
  for (const card of [...cards].toSorted((a, b) => left(a) - left(b) || a.y - b.y)) {
    const column = columns.at(-1);
    if (column !== undefined && left(card) < column.right) {
      column.right = Math.max(column.right, right(card));
      column.cards.push(card);
    } else {
      columns.push({ left: left(card), right: right(card), cards: [card] });
    }
  }
  for (const column of columns) column.cards = column.cards.toSorted((a, b) => a.y - b.y);
  return columns;
}
