import * as fc from "fast-check";
import { expect, it } from "vitest";

import { createTrafficSheet } from "./traffic-sheet.ts";

const KEY = { source: "a/a", target: "b/b", protocol: "http", version: "v1", reporter: "destination" } as const;
const BOUNDS = [1, 5, 10];

/** What Envoy would add to each cumulative count for these durations. */
function grow(durations: readonly number[]): Map<number, number> {
  const grown = [...BOUNDS, Infinity].map((bound): [number, number] => [bound, durations.filter((duration) => duration <= bound).length]);
  return new Map(grown.filter(([, count]) => count > 0));
}

it("turns cumulative counts into counts per bucket, in one layout", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { minLength: 1 }), (durations) => {
      const sheet = createTrafficSheet([5, Infinity, 1, 10, 5]);
      for (const [bound, count] of grow(durations)) sheet.line(KEY).durations.set(bound, count);
      const [sample] = sheet.samples(7);
      const counts = [0, 1, 2, 3].map(
        (bucket) => durations.filter((duration) => bucket === BOUNDS.filter((bound) => bound < duration).length).length,
      );
      expect(sample?.traffic.latency).toEqual({ boundsMs: BOUNDS, counts });
      expect(sample?.atMs).toBe(7);
    }),
  );
});

it("never counts below 0 where an estimated bound was rounded down", () => {
  const sheet = createTrafficSheet(BOUNDS);
  sheet.line(KEY).durations = new Map([
    [1, 3],
    [5, 2],
    [10, 3],
    [Infinity, 4],
  ]);
  expect(sheet.samples(0)[0]?.traffic.latency?.counts).toEqual([3, 0, 0, 1]);
});

it("keeps one line per key and has no latency where none was measured", () => {
  const sheet = createTrafficSheet(BOUNDS);
  sheet.line(KEY).count += 1;
  sheet.line({ ...KEY }).count += 2;
  sheet.line({ ...KEY, version: null }).count += 4;
  expect(sheet.samples(0).map(({ key, traffic }) => [key.version, traffic.count, traffic.latency])).toEqual([
    ["v1", 3, null],
    [null, 4, null],
  ]);
});
