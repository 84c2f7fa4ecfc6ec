import { byName } from "#lib/model/name-order.ts";

export interface Sort {
  column: string;
  direction: "asc" | "desc";
}

export type SortValue = string | number | null;

function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return byName(String(a), String(b));
}

/** Rows in order. What is not known stands last in both directions; equal rows keep their order. */
export function sortRows<Row>(rows: readonly Row[], valueOf: (row: Row) => SortValue, direction: Sort["direction"]): Row[] {
  return rows.toSorted((left, right) => {
    const a = valueOf(left);
    const b = valueOf(right);
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return direction === "asc" ? compare(a, b) : compare(b, a);
  });
}

/** The sort after a click on a column: its own first direction, then the other. */
export function nextSort(current: Sort | null, column: string, first: Sort["direction"]): Sort {
  if (current?.column !== column) return { column, direction: first };
  return { column, direction: current.direction === "asc" ? "desc" : "asc" };
}

/** A sort as it stands in the address: `rate.desc`. Anything else is `null`. */
export function parseSort(text: string): Sort | null {
  const match = /^([a-z0-9-]+)\.(asc|desc)$/i.exec(text);
  const column = match?.[1];
  if (column === undefined) return null;
  return { column, direction: match?.[2] === "asc" ? "asc" : "desc" };
}

export function printSort(sort: Sort): string {
  return `${sort.column}.${sort.direction}`;
}

/** Whether every word of the reader's text occurs somewhere in the row's texts. */
export function matchesFind(find: string, texts: readonly (string | null)[]): boolean {
  const hay = texts
    .filter((text) => text !== null)
    .join(" ")
    .toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}
