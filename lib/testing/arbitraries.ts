import * as fc from "fast-check";

import type { EdgeTraffic, LatencyHistogram, Volume } from "#lib/model/red.ts";

import { histogramOf } from "./builders.ts";

/** Rising bounds, at least one. */
export const arbitraryBounds: fc.Arbitrary<number[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 12 })
  .map((bounds) => bounds.toSorted((a, b) => a - b));

/** Raw durations, milliseconds, some of them above every bound. */
export const arbitraryDurations = fc.array(fc.double({ min: 0.01, max: 3_000, noNaN: true }), { maxLength: 60 });

export const arbitraryHistogram: fc.Arbitrary<LatencyHistogram> = fc
  .tuple(arbitraryBounds, arbitraryDurations)
  .map(([bounds, durations]) => histogramOf(bounds, durations));

const small = fc.nat({ max: 500 });

/** Any traffic a collector may hand in: errors within counts, a few flags, with or without durations. */
export const arbitraryTraffic: fc.Arbitrary<EdgeTraffic> = fc.record({
  count: small,
  errorCount: small,
  retries: small,
  neverArrived: small,
  callerCount: small,
  callerErrorCount: small,
  transport: fc.record({ mutual: small, oneWay: small, plaintext: small }),
  flags: fc.dictionary(fc.constantFrom("UH", "UF", "UO", "NC", "DC", "URX"), fc.integer({ min: 1, max: 50 }), { maxKeys: 4 }),
  latency: fc.option(arbitraryHistogram, { nil: null }),
});

const untold = fc.option(small, { nil: null });
const arbitraryVolume: fc.Arbitrary<Volume> = fc.record({
  sentBytes: untold,
  receivedBytes: untold,
  sentMessages: untold,
  receivedMessages: untold,
});

/** Traffic of one edge out of a store, which may tell of bytes and messages too. */
export const arbitraryVoluminous: fc.Arbitrary<EdgeTraffic> = fc
  .tuple(arbitraryTraffic, fc.option(arbitraryVolume, { nil: null }))
  .map(([traffic, volume]) => (volume === null ? traffic : { ...traffic, volume }));
