import * as fc from "fast-check";
import { expect, it } from "vitest";

import { addEncoded, BOUNDS_MS, bucketOf, encodeCounts, noCounts } from "./duration-counts.ts";

it("puts a duration into the bucket above its lower bound, up to and with its upper one", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.nat(11_000_000_000),
        fc.constantFrom(...BOUNDS_MS).map((bound) => bound * 1e6),
        fc.constant(1e300),
      ),
      (durationNs) => {
        const bucket = bucketOf(durationNs);
        if (bucket < BOUNDS_MS.length) expect(durationNs).toBeLessThanOrEqual((BOUNDS_MS[bucket] ?? 0) * 1e6);
        if (bucket > 0) expect(durationNs).toBeGreaterThan((BOUNDS_MS[bucket - 1] ?? 0) * 1e6);
      },
    ),
  );
});

it("reads back what it wrote, added to what was there", () => {
  const count = fc.oneof(fc.constant(0), fc.nat(300), fc.nat(2 ** 31 - 1));
  const counts = fc.array(count, { minLength: noCounts().length, maxLength: noCounts().length });
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const sum = [...a];
      addEncoded(sum, encodeCounts(b));
      expect(sum).toEqual(a.map((one, index) => one + (b[index] ?? 0)));
    }),
  );
});

it("writes nothing for nothing", () => {
  expect(encodeCounts(noCounts())).toEqual(new Uint8Array());
});
