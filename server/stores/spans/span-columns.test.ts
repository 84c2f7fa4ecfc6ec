import * as fc from "fast-check";
import { expect, it } from "vitest";

import { minuteOf, startNanos, storedDuration, storedStart } from "./span-columns.ts";

const start = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

it("keeps every start that 64 bits can tell, in whole numbers that JS can hold", () => {
  fc.assert(
    fc.property(start, (nanos) => {
      const stored = storedStart(nanos);
      expect(startNanos(stored)).toBe(nanos);
      expect(Number.isSafeInteger(stored.atMs)).toBe(true);
      expect(stored.earlyNs).toBeLessThan(1_000_000);
    }),
  );
});

it("is in a half-open window of whole milliseconds exactly when its rounded start is", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10_000_000n }), fc.nat(10), fc.nat(10), (nanos, fromMs, toMs) => {
      const { atMs } = storedStart(nanos);
      const isIn = nanos > BigInt(fromMs) * 1_000_000n && nanos <= BigInt(toMs) * 1_000_000n;
      expect(atMs > fromMs && atMs <= toMs).toBe(isIn);
    }),
  );
});

it("brings everything else into range", () => {
  expect([storedStart(-1n), storedStart(2n ** 70n)].map(startNanos)).toEqual([0n, 2n ** 64n - 1n]);
  expect([Number.NaN, -1, 0.7, 1e300].map(storedDuration)).toEqual([0, 0, 0, Number.MAX_SAFE_INTEGER]);
});

it("counts minutes from their begin, which is left out, to their end", () => {
  expect([1, 60_000, 60_001].map(minuteOf)).toEqual([0, 0, 1]);
});
