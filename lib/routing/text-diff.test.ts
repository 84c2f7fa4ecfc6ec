import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { DiffLine } from "#lib/model/routing.ts";

import { countChangedLines, diffLines, diffTexts } from "./text-diff.ts";

const text = fc.array(fc.constantFrom("a", "b", "c", "d", ""), { maxLength: 40 }).map((lines) => lines.map((line) => `${line}\n`).join(""));

function side(lines: readonly DiffLine[], kind: "removed" | "added"): string {
  return lines
    .filter((line) => line.kind === "same" || line.kind === kind)
    .map((line) => `${line.text}\n`)
    .join("");
}

function pair(before: string, after: string) {
  return diffTexts({ format: "yaml", location: "routes/x.yaml", before, after });
}

describe("diffLines", () => {
  it("holds both texts whole, for any two texts", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        expect(side(lines, "removed")).toBe(before);
        expect(side(lines, "added")).toBe(after);
      }),
      { numRuns: 2_000 },
    );
  });

  it("numbers the lines of each side from 1 without a gap", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        for (const key of ["before", "after"] as const) {
          const numbers = lines.map((line) => line[key]).filter((value) => value !== null);
          expect(numbers).toEqual(numbers.map((_, index) => index + 1));
        }
      }),
    );
  });

  it("is never longer than dropping the one and adding the other, and empty of changes for equal texts", () => {
    fc.assert(
      fc.property(text, (same) => {
        expect(diffLines(same, same).every((line) => line.kind === "same")).toBe(true);
      }),
    );
  });

  it("finds the shortest script where one line moved", () => {
    const kinds = diffLines("a\nb\nc\n", "b\nc\na\n").map((line) => line.kind);
    expect(kinds.filter((kind) => kind !== "same")).toHaveLength(2);
  });

  it("tells a changed line end", () => {
    expect(diffLines("a\r\nb\n", "a\nb\n").map((line) => line.kind)).toEqual(["removed", "added", "same"]);
    expect(diffLines("a\nb", "a\nb\n").map((line) => line.kind)).toEqual(["same", "removed", "added"]);
  });

  it("shows texts without anything in common as one block, in bounded time", () => {
    const before = Array.from({ length: 20_000 }, (_, index) => `old ${index}\n`).join("");
    const after = Array.from({ length: 20_000 }, (_, index) => `new ${index}\n`).join("");
    const lines = diffLines(before, after);
    expect(lines).toHaveLength(40_000);
    expect(side(lines, "added")).toBe(after);
  });
});

describe("diffTexts", () => {
  const numbered = Array.from({ length: 40 }, (_, index) => `line ${index + 1}\n`);
  const before = numbered.join("");

  function changed(...at: number[]): string {
    return numbered.map((line, index) => (at.includes(index + 1) ? `changed ${index + 1}\n` : line)).join("");
  }

  it("gives no hunk for equal texts", () => {
    expect(pair(before, before).hunks).toEqual([]);
  });

  it("puts three lines around a change", () => {
    const { hunks } = pair(before, changed(20));
    expect(hunks).toHaveLength(1);
    expect(hunks[0]?.lines.map((line) => [line.kind, line.before, line.after])).toEqual([
      ["same", 17, 17],
      ["same", 18, 18],
      ["same", 19, 19],
      ["removed", 20, null],
      ["added", null, 20],
      ["same", 21, 21],
      ["same", 22, 22],
      ["same", 23, 23],
    ]);
  });

  it("joins changes whose surroundings touch and parts those that lie further away", () => {
    expect(pair(before, changed(10, 16)).hunks).toHaveLength(1);
    expect(pair(before, changed(10, 18)).hunks).toHaveLength(2);
  });

  it("never shows a line twice", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 40 })), (at) => {
        const seen = pair(before, changed(...at))
          .hunks.flatMap((hunk) => hunk.lines.map((line) => line.before))
          .filter((one) => one !== null);
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });

  it("counts removed and added lines", () => {
    expect(countChangedLines(pair(before, changed(10, 30)))).toBe(4);
  });
});
