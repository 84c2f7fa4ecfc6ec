/** A value of a cell; `null` is an empty one. Numbers are written as numbers, texts are guarded. */
export type Cell = string | number | null;

/** A spreadsheet runs a text that begins like this as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const guarded = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/**
 * Records as RFC 4180 has them: a header, commas, CRLF after every line, quotes doubled inside quotes. Foreign texts
 * cannot become formulas of the spreadsheet that opens the file: they are written with an apostrophe before them.
 */
export function writeCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}
