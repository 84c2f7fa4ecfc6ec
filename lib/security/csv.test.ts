import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { writeCsv } from "./csv.ts";

/** A reader by RFC 4180 and nothing else. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, isQuoted] = [[] as string[], "", false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at];
      else isQuoted = false;
    } else if (character === '"' && cell === "") isQuoted = true;
    else if (character === "," || (character === "\r" && text[at + 1] === "\n")) {
      row.push(cell);
      cell = "";
      if (character === "\r") {
        rows.push(row);
        row = [];
        at++;
      }
    } else cell += character;
  }
  return rows;
}

describe("writeCsv", () => {
  it("writes lines with CRLF, quotes where they must be, and nothing for what is missing", () => {
    expect(
      writeCsv([
        ["a", "b", "c"],
        ["x,y", 'say "x"', "two\nlines"],
        [null, 0, -1.5],
      ]),
    ).toBe('a,b,c\r\n"x,y","say ""x""","two\nlines"\r\n,0,-1.5\r\n');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=cmd|"/c calc"!A1'])("keeps %j from being a formula", (text) => {
    expect(readCsv(writeCsv([[text, "b"]]))).toEqual([[`'${text}`, "b"]]);
  });

  it("is read back as it was written, apart from the guard", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.string({ unit: fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", '"', ",", "'", " ", "a", "1") }), {
            minLength: 2,
            maxLength: 4,
          }),
        ),
        (rows) => {
          const guarded = rows.map((row) => row.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)));
          expect(readCsv(writeCsv(rows))).toEqual(guarded);
        },
      ),
    );
  });
});
