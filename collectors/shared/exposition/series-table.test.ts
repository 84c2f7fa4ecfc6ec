import * as fc from "fast-check";
import { expect, it } from "vitest";

import { Layout, type Placed } from "./layout.ts";
import { SeriesTable } from "./series-table.ts";

interface Handle extends Placed {
  series: string;
}

/** An exposition of series without values. */
function layoutOf(handles: readonly Handle[]): Layout<Handle> {
  const layout = new Layout<Handle>();
  layout.begin(Buffer.from(handles.map(({ series }) => series).join("\n")));
  let at = 0;
  for (const handle of handles) {
    const end = at + handle.series.length;
    layout.add(at, at, end, end + 1, 0, handle);
    at = end + 1;
  }
  return layout;
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 300 });

it("finds every series by its bytes, however many fall together", () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 5 }), (series, hashes) => {
      const handles = series.map((one) => ({ series: one, line: 0 }));
      const now = layoutOf(handles);
      const table = new SeriesTable(now, new Layout<Handle>());
      const hashOf = (at: number): number => at % hashes;
      for (const [at, handle] of handles.entries()) {
        const [start, end] = [now.names[at] ?? 0, now.values[at] ?? 0];
        expect(table.find(hashOf(at), start, end)).toBeNull();
        table.add(hashOf(at), handle);
      }
      for (const [at, handle] of handles.entries()) {
        expect(table.find(hashOf(at), now.names[at] ?? 0, now.values[at] ?? 0)).toBe(handle);
      }
    }),
    { numRuns: 50 },
  );
});

it("finds a series of the exposition before, and none that is in neither", () => {
  const [a, b, c] = ["a", "b", "c"].map((series) => ({ series, line: 0 }));
  if (a === undefined || b === undefined || c === undefined) throw new Error("three were made");
  const first = layoutOf([a, b, c]);
  const table = new SeriesTable(first, new Layout<Handle>());
  for (const [hash, handle] of [a, b, c].entries()) {
    table.find(hash, hash * 2, hash * 2 + 1);
    table.add(hash, handle);
  }
  const second = layoutOf([c, a]);
  table.begin(second, first);
  expect([table.find(2, 0, 1), table.find(0, 2, 3)]).toEqual([c, a]);
  const third = layoutOf([{ series: "b", line: 0 }]);
  table.begin(third, second);
  expect(table.find(1, 0, 1)).toBeNull();
});
