import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import type { MetricsSource } from "#lib/ports/sources.ts";
import { sampleAt, START_MS } from "#lib/testing/builders.ts";
import { recordOf } from "#lib/testing/change-builders.ts";
import { createFakeMetrics, type FakeMetricsSource } from "#lib/testing/fake-sources.ts";

import { LayeredMetrics } from "../layered-metrics.ts";
import { observedFromMs } from "./observed-window.ts";
import { observeSplitChange } from "./observe-split-change.ts";

/** 90 / 10 to 50 / 50, live at `START_MS`, with old requests that last 2 s at most. */
const RECORD = recordOf(
  {
    legs: [
      { id: "a", version: "v1", before: { weight: 90, share: 0.9 }, after: { weight: 50, share: 0.5 } },
      { id: "b", version: "v2", before: { weight: 10, share: 0.1 }, after: { weight: 50, share: 0.5 } },
    ],
  },
  { settleMs: 2_000 },
);
const EMPTIED = recordOf({}, { settleMs: 2_000 });

let metrics: FakeMetricsSource;

beforeEach(() => {
  metrics = createFakeMetrics();
});

function observe(nowS: number, record = RECORD) {
  return observeSplitChange(record.change, record, START_MS, START_MS + nowS * 1_000, metrics);
}

/** Calls of the affected caller that were reported at a second. */
function calls(atS: number, version: string | null, count: number, part: Partial<EdgeTraffic> = {}): void {
  metrics.record(sampleAt(atS, { source: "shop/frontend", target: "shop/reviews", version }, { count, callerCount: count, ...part }));
}

describe("observedFromMs", () => {
  it("starts after the last proof, what an old request may take, and one report", () => {
    expect(observedFromMs(RECORD, START_MS, 1_000)).toBe(START_MS + 3_000);
    expect(observedFromMs(RECORD, START_MS, 15_000)).toBe(START_MS + 17_000);
  });
});

describe("observeSplitChange", () => {
  it("counts the affected callers' requests to the target from that moment on", async () => {
    calls(3, "v1", 1_000);
    calls(4, "v1", 40);
    calls(5, "v2", 60);
    metrics.record(sampleAt(5, { source: "shop/other", target: "shop/reviews", version: "v1" }, { count: 500 }));
    metrics.record(sampleAt(5, { source: "shop/frontend", target: "shop/ratings", version: "v1" }, { count: 500 }));
    expect(await observe(6)).toMatchObject({
      from: "2026-01-01T12:00:03.000Z",
      n: 100,
      legs: [
        { id: "a", asked: 0.5, share: 0.4, count: 40 },
        { id: "b", asked: 0.5, share: 0.6, count: 60 },
      ],
      withinTolerance: true,
    });
  });

  it("counts requests, not attempts", async () => {
    calls(4, "v1", 50);
    calls(4, "v2", 50, { retries: 5_000 });
    expect(await observe(5)).toMatchObject({ n: 100 });
  });

  it("adds up several callers' rows of one version, and both reporters'", async () => {
    calls(4, "v1", 30);
    metrics.record(sampleAt(4, { source: "shop/frontend", target: "shop/reviews", version: "v1", reporter: "source" }, { count: 12 }));
    expect(await observe(5)).toMatchObject({ n: 42 });
  });

  it("counts nothing before its time, and nothing of the second that still runs", async () => {
    calls(4, "v1", 10);
    expect(await observe(2)).toBeNull();
    expect(await observe(3)).toBeNull();
    expect(await observe(3.9)).toBeNull();
    expect(await observe(4.9)).toMatchObject({ n: 10 });
  });

  it("starts on whole steps of ten seconds where the store may have no finer ones", async () => {
    calls(10, "v1", 7);
    calls(11, "v1", 60);
    expect(await observe(200)).toMatchObject({ from: "2026-01-01T12:00:03.000Z", n: 67 });
    expect(await observe(300)).toMatchObject({ from: "2026-01-01T12:00:10.000Z", n: 60 });
  });

  it("says nothing without a source, or when the source does not answer", async () => {
    calls(4, "v1", 100);
    expect(await observeSplitChange(RECORD.change, RECORD, START_MS, START_MS + 9_000, null)).toBeNull();
    metrics.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    expect(await observe(9)).toBeNull();
  });

  it("holds for an emptied leg when nobody called it", async () => {
    calls(4, "v1", 60);
    expect(await observe(5, EMPTIED)).toMatchObject({ n: 60, withinTolerance: true });
  });

  it("does not take a silent version for an empty one: its callers say that they called it", async () => {
    calls(4, "v1", 60);
    calls(4, "v2", 0, { callerCount: 30 });
    expect(await observe(5, EMPTIED)).toBeNull();
    expect(await observe(5)).toBeNull();
  });

  it("waits while a source looks at more than it was asked for, as that is of before the change", async () => {
    calls(1, "v1", 1_000);
    calls(4, "v1", 60);
    const widening: MetricsSource = {
      id: metrics.id,
      reportMs: metrics.reportMs,
      traffic: ({ fromMs, toMs }, select) => metrics.traffic({ fromMs: Math.min(fromMs, toMs - 30_000), toMs }, select),
      trafficSteps: (window, stepMs) => metrics.trafficSteps(window, stepMs),
      countSteps: (window, points) => metrics.countSteps(window, points),
    };
    const after = (nowS: number) => observeSplitChange(RECORD.change, RECORD, START_MS, START_MS + nowS * 1_000, widening);
    expect(await after(5)).toBeNull();
    expect(await after(33)).toMatchObject({ n: 60 });
  });

  describe("where several sources tell", () => {
    let slow: FakeMetricsSource;
    const both = (nowS: number) => {
      const slowly = Object.defineProperty(slow, "reportMs", { value: 15_000 });
      return observeSplitChange(RECORD.change, RECORD, START_MS, START_MS + nowS * 1_000, new LayeredMetrics([metrics, slowly]));
    };
    const slowCalls = (atS: number, version: string, count: number): void =>
      slow.record(sampleAt(atS, { source: "shop/frontend", target: "shop/reviews", version }, { count }));

    beforeEach(() => {
      slow = createFakeMetrics("slow");
    });

    it("a slow one does not keep the strongest waiting", async () => {
      calls(4, "v1", 40);
      slowCalls(4, "v1", 400);
      expect(await both(5)).toMatchObject({ from: "2026-01-01T12:00:03.000Z", n: 40 });
    });

    it("a slow strongest is waited for, so that the observation does not change its teller", async () => {
      calls(4, "v1", 40);
      slowCalls(18, "v1", 30);
      const slowFirst = new LayeredMetrics([Object.defineProperty(slow, "reportMs", { value: 15_000 }), metrics]);
      const after = (nowS: number) => observeSplitChange(RECORD.change, RECORD, START_MS, START_MS + nowS * 1_000, slowFirst);
      expect(await after(10)).toBeNull();
      expect(await after(19)).toMatchObject({ n: 30 });
    });

    it("a slow one that alone saw the calls is counted from where its reports hold nothing from before the change", async () => {
      slowCalls(16, "v1", 1_000);
      slowCalls(18, "v1", 30);
      expect(await both(16.9)).toMatchObject({ n: 0 });
      expect(await both(19)).toMatchObject({ from: "2026-01-01T12:00:17.000Z", n: 30 });
      metrics.failWith(new WeftError("TIMEOUT", "late"));
      expect(await both(19)).toMatchObject({ n: 30 });
      slow.failWith(new WeftError("TIMEOUT", "late"));
      expect(await both(19)).toBeNull();
    });
  });
});
