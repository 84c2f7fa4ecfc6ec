import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { COLUMNS, Frame } from "./frame.ts";

/** A frame's contents as nested maps: what was added, whatever the room it takes. */
function read(frame: Frame) {
  const columns = new Map<number, number[]>();
  for (let row = 0; row < frame.rows; row++) {
    columns.set(frame.series[row] ?? -1, [...frame.columns.subarray(row * COLUMNS, (row + 1) * COLUMNS)]);
  }
  const sparse = new Map<string, number>();
  const triples = frame.sparse();
  for (let at = 0; at < triples.length; at += 3) sparse.set(`${frame.series[triples[at] ?? 0]}/${triples[at + 1]}`, triples[at + 2] ?? 0);
  return { columns, sparse };
}

const arbitraryAdds = fc.array(
  fc.record({
    series: fc.nat({ max: 300 }),
    column: fc.nat({ max: COLUMNS - 1 }),
    dimension: fc.nat({ max: 200 }),
    value: fc.integer({ min: 1, max: 1_000 }),
  }),
  { maxLength: 400 },
);

describe("Frame", () => {
  it("holds what was added while it grows in rows and in kinds, and after it is sealed", () => {
    fc.assert(
      fc.property(arbitraryAdds, (adds) => {
        const frame = new Frame(7);
        const columns = new Map<number, number[]>();
        const sparse = new Map<string, number>();
        for (const { series, column, dimension, value } of adds) {
          const row = frame.row(series);
          frame.add(row, column, value);
          frame.addSparse(row, dimension, value);
          const numbers = columns.get(series) ?? Array.from({ length: COLUMNS }, () => 0);
          numbers[column] = (numbers[column] ?? 0) + value;
          columns.set(series, numbers);
          sparse.set(`${series}/${dimension}`, (sparse.get(`${series}/${dimension}`) ?? 0) + value);
        }
        expect(read(frame)).toEqual({ columns, sparse });
        frame.seal();
        expect(frame.isSealed).toBe(true);
        expect(read(frame)).toEqual({ columns, sparse });
      }),
      { numRuns: 40 },
    );
  });

  it("gives one row to one series", () => {
    const frame = new Frame(1);
    expect([frame.row(9), frame.row(4), frame.row(9)]).toEqual([0, 1, 0]);
    expect(frame.rows).toBe(2);
  });

  it("keeps only what is used once it is sealed", () => {
    const frame = new Frame(1);
    frame.addSparse(frame.row(5), 150, 2);
    const open = frame.bytes;
    frame.seal();
    expect(frame.bytes).toBe(4 + COLUMNS * 4 + 3 * 4);
    expect(frame.bytes).toBeLessThan(open);
  });

  it("takes nothing more once it is sealed, and can be sealed again", () => {
    const frame = new Frame(1);
    frame.row(5);
    frame.seal();
    frame.seal();
    expect(() => frame.row(6)).toThrow("sealed");
    expect(() => frame.addSparse(0, 1, 1)).toThrow("sealed");
  });
});
