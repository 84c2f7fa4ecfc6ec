import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { EdgeTraffic, LatencyHistogram } from "#lib/model/red.ts";
import { Verdict } from "#lib/model/verdict.ts";
import { arbitraryTraffic } from "#lib/testing/arbitraries.ts";
import { secondsWindow, trafficOf } from "#lib/testing/builders.ts";

import { judgeVersions, milestone } from "./verdict.ts";

const WINDOW = secondsWindow(0, 600);
const BOUNDS = [50, 100, 200, 300, 400, 500];

function judge(candidate: Partial<EdgeTraffic>, baseline: Partial<EdgeTraffic>): Verdict {
  return judgeVersions({ version: "v2", traffic: trafficOf(candidate) }, { version: "v1", traffic: trafficOf(baseline) }, WINDOW);
}

/** All of `n` durations spread evenly over one bucket. */
function within(upperMs: number, n: number): LatencyHistogram {
  return { boundsMs: BOUNDS, counts: [...BOUNDS.map((bound) => (bound === upperMs ? n : 0)), 0] };
}

describe("judgeVersions on errors", () => {
  it("says what the design's example says", () => {
    const verdict = judge({ count: 1840, errorCount: 75 }, { count: 16_546, errorCount: 33 });
    expect(verdict.sentence).toBe("v2 fails 4.1 % of calls, v1 0.2 %, n = 1,840: very likely worse");
    expect(verdict).toMatchObject({ word: "very-likely", direction: "worse", candidate: "v2", baseline: "v1" });
    expect(verdict.errors.candidate).toEqual({ n: 1840, errors: 75, ratio: 75 / 1840 });
    expect(verdict.errors.difference?.value).toBeCloseTo(0.03877, 5);
    expect(verdict.errors.difference?.low).toBeGreaterThan(0.03);
    expect(verdict.errors.p).toBeLessThan(1e-9);
    expect([verdict.from, verdict.to]).toEqual(["2026-01-01T12:00:00.000Z", "2026-01-01T12:10:00.000Z"]);
  });

  it("says better when the candidate fails less", () => {
    const verdict = judge({ count: 2000, errorCount: 2 }, { count: 18_000, errorCount: 720 });
    expect(verdict).toMatchObject({ word: "very-likely", direction: "better" });
    expect(verdict.sentence).toBe("v2 fails 0.1 % of calls, v1 4.0 %, n = 2,000: very likely better");
  });

  it("says likely between a p of 0.001 and 0.01", () => {
    const verdict = judge({ count: 400, errorCount: 16 }, { count: 2000, errorCount: 34 });
    expect(verdict.errors.p).toBeGreaterThan(0.001);
    expect(verdict.errors.p).toBeLessThan(0.01);
    expect(verdict).toMatchObject({ word: "likely", direction: "worse" });
  });

  it.each([
    [99, 50_000],
    [50_000, 99],
    [0, 50_000],
    [50_000, 0],
  ])("says too few for %i against %i calls", (candidate, baseline) => {
    expect(judge({ count: candidate, errorCount: Math.floor(candidate / 2) }, { count: baseline })).toMatchObject({
      word: "too-few",
      direction: "none",
    });
  });

  it("judges from a hundred calls on", () => {
    expect(judge({ count: 100, errorCount: 50 }, { count: 100 })).toMatchObject({ word: "very-likely", direction: "worse" });
  });

  it("spells out which side has no calls, and divides by nothing", () => {
    const none = judge({}, { count: 500 });
    expect(none.sentence).toBe("v2 got no calls, so there is nothing to compare");
    expect(none.errors).toMatchObject({ candidate: { n: 0, ratio: null }, difference: null, p: null });
    expect(judge({ count: 1500, errorCount: 15 }, {}).sentence).toBe("v2 fails 1.0 % of calls, n = 1,500; v1 got none to compare with");
    expect(judge({ count: 50 }, { count: 60 }).sentence).toBe("v2 fails 0 % of calls, v1 0 %, n = 50: too few calls to tell");
  });

  it("calls a difference of half a point no difference, however sure it is", () => {
    const verdict = judge({ count: 1_000_000, errorCount: 6_000 }, { count: 1_000_000, errorCount: 1_000 });
    expect(verdict.errors.p).toBeLessThan(1e-9);
    expect(verdict).toMatchObject({ word: "no-difference", direction: "none" });
    expect(verdict.sentence).toBe("v2 fails 0.6 % of calls, v1 0.1 %, n = 1,000,000: no difference seen");
    expect(judge({ count: 1_000_000, errorCount: 6_001 }, { count: 1_000_000, errorCount: 1_000 }).word).toBe("very-likely");
  });

  it("never prints 0 % for some failures, nor 100 % for some successes", () => {
    expect(judge({ count: 10_000, errorCount: 3 }, { count: 10_000 }).sentence).toBe(
      "v2 fails under 0.1 % of calls, v1 0 %, n = 10,000: no difference seen",
    );
    expect(judge({ count: 10_000, errorCount: 9_999 }, { count: 10_000, errorCount: 10_000 }).sentence).toContain(
      "v2 fails over 99 % of calls, v1 100 %",
    );
  });
});

describe("judgeVersions on durations", () => {
  it("speaks of durations where errors do not differ", () => {
    const verdict = judge({ count: 400, latency: within(300, 400) }, { count: 400, latency: within(100, 400) });
    expect(verdict).toMatchObject({ word: "very-likely", direction: "worse" });
    expect(verdict.sentence).toBe("v2 takes p95 295 ms, v1 98 ms, n = 400: very likely slower");
    expect(verdict.latency).toMatchObject({ candidateP95Ms: 295, slowerShare: 1, word: "very-likely" });
  });

  it("says faster", () => {
    const verdict = judge({ count: 400, latency: within(100, 400) }, { count: 400, latency: within(300, 400) });
    expect(verdict).toMatchObject({ word: "very-likely", direction: "better" });
    expect(verdict.sentence).toBe("v2 takes p95 98 ms, v1 295 ms, n = 400: very likely faster");
  });

  it("puts errors first where both differ", () => {
    const verdict = judge({ count: 400, errorCount: 40, latency: within(100, 400) }, { count: 400, latency: within(300, 400) });
    expect(verdict).toMatchObject({ direction: "worse" });
    expect(verdict.sentence).toContain("fails 10 %");
    expect(verdict.latency.word).toBe("very-likely");
  });

  it("calls a tenth of p95 or less no difference, however sure the test is", () => {
    const nearly = { boundsMs: [100, 104, 108], counts: [0, 0, 100_000, 0] };
    const verdict = judge({ count: 100_000, latency: nearly }, { count: 100_000, latency: { ...nearly, counts: [0, 100_000, 0, 0] } });
    expect(verdict.latency).toMatchObject({ slowerShare: 1, word: "no-difference" });
    expect(verdict).toMatchObject({ word: "no-difference", direction: "none" });
  });

  it("says too few of durations alone where only some calls were timed", () => {
    const verdict = judge({ count: 400, latency: within(300, 99) }, { count: 400, latency: within(100, 400) });
    expect(verdict.latency.word).toBe("too-few");
    expect(verdict.word).toBe("no-difference");
  });
});

describe("judgeVersions", () => {
  it("answers what the contract describes, for any traffic", () => {
    fc.assert(
      fc.property(arbitraryTraffic, arbitraryTraffic, (a, b) => {
        const verdict = judge({ ...a, errorCount: Math.min(a.errorCount, a.count) }, { ...b, errorCount: Math.min(b.errorCount, b.count) });
        expect(Verdict.parse(JSON.parse(JSON.stringify(verdict)))).toEqual(verdict);
        expect(verdict.sentence).not.toMatch(/NaN|null|undefined|Infinity/);
        if (Math.min(a.count, b.count) < 100) expect(verdict.word).toBe("too-few");
      }),
    );
  });
});

describe("milestone", () => {
  it.each([
    [0, 0],
    [99, 0],
    [100, 100],
    [199, 100],
    [200, 200],
    [799, 400],
    [800, 800],
    [1_000_000, 819_200],
  ])("of %i calls is %i", (n, reached) => {
    expect(milestone(n)).toBe(reached);
  });
});
