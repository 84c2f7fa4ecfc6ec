import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { LatencyHistogram } from "#lib/model/red.ts";
import { arbitraryBounds, arbitraryHistogram } from "#lib/testing/arbitraries.ts";
import { histogramOf } from "#lib/testing/builders.ts";

import { emptyHistogram, histogramTotal, mergeHistograms, quantileMs } from "./histogram.ts";

/** How many durations stayed at or below a bound of the layout. */
function upTo(histogram: LatencyHistogram, boundMs: number): number {
  return histogram.counts.reduce((sum, count, index) => ((histogram.boundsMs[index] ?? Infinity) <= boundMs ? sum + count : sum), 0);
}

describe("mergeHistograms", () => {
  it("adds bucket by bucket where the layouts are equal", () => {
    expect(mergeHistograms({ boundsMs: [1, 5], counts: [1, 2, 3] }, { boundsMs: [1, 5], counts: [10, 0, 4] })).toEqual({
      boundsMs: [1, 5],
      counts: [11, 2, 7],
    });
  });

  it("takes the bounds of both where they differ, and moves no duration up a bucket", () => {
    expect(mergeHistograms({ boundsMs: [10, 100], counts: [1, 2, 3] }, { boundsMs: [50], counts: [4, 5] })).toEqual({
      boundsMs: [10, 50, 100],
      counts: [1, 4, 2, 8],
    });
  });

  it("does not care about order", () => {
    fc.assert(
      fc.property(arbitraryHistogram, arbitraryHistogram, arbitraryHistogram, (a, b, c) => {
        expect(mergeHistograms(a, b)).toEqual(mergeHistograms(b, a));
        expect(mergeHistograms(mergeHistograms(a, b), c)).toEqual(mergeHistograms(a, mergeHistograms(b, c)));
      }),
    );
  });

  it("keeps the total, and has one count more than bounds", () => {
    fc.assert(
      fc.property(arbitraryHistogram, arbitraryHistogram, (a, b) => {
        const merged = mergeHistograms(a, b);
        expect(histogramTotal(merged)).toBe(histogramTotal(a) + histogramTotal(b));
        expect(merged.counts).toHaveLength(merged.boundsMs.length + 1);
        expect(merged.boundsMs).toEqual([...new Set([...a.boundsMs, ...b.boundsMs])].toSorted((x, y) => x - y));
      }),
    );
  });

  it("keeps cumulative counts exact at every bound that both layouts have", () => {
    fc.assert(
      fc.property(arbitraryHistogram, arbitraryHistogram, fc.nat(), (a, b, shared) => {
        const bound = a.boundsMs[shared % a.boundsMs.length] ?? 0;
        const other = { boundsMs: [bound], counts: [upTo(b, bound), histogramTotal(b) - upTo(b, bound)] };
        expect(upTo(mergeHistograms(a, other), bound)).toBe(upTo(a, bound) + upTo(other, bound));
      }),
    );
  });

  it("is left as it was by an empty one of its own layout", () => {
    fc.assert(
      fc.property(arbitraryHistogram, (a) => {
        expect(mergeHistograms(a, emptyHistogram(a.boundsMs))).toEqual(a);
      }),
    );
  });
});

describe("quantileMs", () => {
  it("is linear inside a bucket", () => {
    const histogram = { boundsMs: [100, 200], counts: [0, 10, 0] };
    expect(quantileMs(histogram, 0.5)).toBe(150);
    expect(quantileMs(histogram, 0.95)).toBeCloseTo(195, 9);
    expect(quantileMs(histogram, 1)).toBe(200);
  });

  it("starts the first bucket at 0", () => {
    expect(quantileMs({ boundsMs: [10], counts: [4, 0] }, 0.5)).toBe(5);
  });

  it("answers the last bound for what lies above it", () => {
    expect(quantileMs({ boundsMs: [10, 20], counts: [1, 0, 9] }, 0.95)).toBe(20);
  });

  it("knows nothing without a request, and nothing without a bound", () => {
    expect(quantileMs(emptyHistogram([1, 2, 3]), 0.5)).toBeNull();
    expect(quantileMs({ boundsMs: [], counts: [7] }, 0.5)).toBeNull();
  });

  it("never falls when q grows", () => {
    const shares = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(arbitraryHistogram, shares, shares, (histogram, one, two) => {
        const [low, high] = one < two ? [one, two] : [two, one];
        const [a, b] = [quantileMs(histogram, low), quantileMs(histogram, high)];
        if (histogramTotal(histogram) === 0) expect([a, b]).toEqual([null, null]);
        else expect(a ?? Infinity).toBeLessThanOrEqual((b ?? -Infinity) + 1e-9);
      }),
    );
  });

  it("lies in the bucket of the true duration of that rank", () => {
    const durations = fc.array(fc.double({ min: 0.01, max: 3_000, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(arbitraryBounds, durations, fc.double({ min: 0, max: 1, noNaN: true }), (bounds, raw, q) => {
        const rank = Math.max(1, Math.ceil(q * raw.length));
        const truth = raw.toSorted((a, b) => a - b)[rank - 1] ?? Number.NaN;
        const answer = quantileMs(histogramOf(bounds, raw), q) ?? Number.NaN;
        const index = bounds.findIndex((bound) => truth <= bound);
        if (index < 0) {
          expect(answer).toBe(bounds.at(-1));
        } else {
          expect(answer).toBeGreaterThanOrEqual(bounds[index - 1] ?? 0);
          expect(answer).toBeLessThanOrEqual(bounds[index] ?? Number.NaN);
        }
      }),
    );
  });
});
