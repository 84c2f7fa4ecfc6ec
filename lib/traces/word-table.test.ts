import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { WordTable } from "./word-table.ts";

function claim(table: WordTable, key: readonly number[]): number {
  table.key.set(key);
  return table.claim();
}

describe("WordTable", () => {
  it("is a map: any claims and releases leave each key its own row and its own fields", () => {
    const steps = fc.array(fc.record({ number: fc.nat({ max: 1_200 }), isRelease: fc.boolean(), value: fc.integer({ min: 1, max: 99 }) }), {
      maxLength: 400,
    });
    // So many that most chains have several rows.
    const first = Array.from({ length: 1_000 }, (_, number) => ({ number, isRelease: false, value: 1 }));
    fc.assert(
      fc.property(steps, fc.integer(), (list, seed) => {
        const table = new WordTable({ keyWords: 2, fields: 2, seed });
        const model = new Map<number, { row: number; value: number }>();
        const found: unknown[] = [];
        const wanted: unknown[] = [];
        for (const { number, isRelease, value } of [...first, ...list]) {
          const row = claim(table, [number % 3, -number]);
          const known = model.get(number) ?? { row, value: 0 };
          found.push([row, table.get(row, 0), table.get(row, 1)]);
          wanted.push([known.row, 0, known.value]);
          if (isRelease) {
            table.release(row);
            model.delete(number);
          } else {
            table.add(row, 1, value);
            model.set(number, { row, value: known.value + value });
          }
        }
        expect(found).toEqual(wanted);
        expect(new Set([...model.values()].map(({ row }) => row)).size).toBe(model.size);
      }),
      { numRuns: 50 },
    );
  });

  it("keeps every row where it is while it grows, and has none after it was cleared", () => {
    const table = new WordTable({ keyWords: 1, fields: 1 });
    const rows = Array.from({ length: 10_000 }, (_, key) => claim(table, [key]));
    for (const [key, row] of rows.entries()) table.set(row, 0, key + 1);
    expect(rows.map((_, key) => claim(table, [key]))).toEqual(rows);
    expect(rows.map((row) => [table.keyWord(row, 0), table.get(row, 0)])).toEqual(rows.map((_, key) => [key, key + 1]));
    expect(table.end).toBe(10_001);
    table.clear();
    expect([table.end, table.get(claim(table, [5]), 0), table.end]).toEqual([1, 0, 2]);
  });

  it("takes released rows before it takes more room", () => {
    const table = new WordTable({ keyWords: 1, fields: 1 });
    for (let key = 0; key < 100_000; key++) table.release(claim(table, [key]));
    expect(table.end).toBe(2);
  });
});
