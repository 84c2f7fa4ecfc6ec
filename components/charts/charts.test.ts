import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { RedChart, RedSeries } from "#lib/model/red-chart.ts";

import { durationSpec } from "./duration-spec.ts";
import { errorShares, groupShare, stepFor } from "./red-lines.ts";
import { redSpecs } from "./red-specs.ts";
import { volumeSpecs } from "./volume-specs.ts";
import { countTicks, logTicks, relativeTicks, shareTicks, timeTicks, valueTicks } from "./ticks.ts";

function series(group: string, count: (number | null)[], errorCount: (number | null)[], part: Partial<RedSeries> = {}): RedSeries {
  const t = count.map((_, index) => (index + 1) * 10_000);
  const nothing = count.map(() => null);
  return {
    group,
    t,
    rate: count.map((n) => (n === null ? null : n / 10)),
    errorRatio: nothing,
    errorCount,
    count,
    p50Ms: nothing,
    p95Ms: count.map((n) => (n === null ? null : 40)),
    p99Ms: nothing,
    ...part,
  };
}

function chart(...all: RedSeries[]): RedChart {
  return {
    subject: "service:a/b",
    window: { from: "1970-01-01T00:00:00.000Z", to: "1970-01-01T00:01:00.000Z" },
    stepMs: 10_000,
    series: all,
  };
}

describe("ticks", () => {
  test("start at zero, are evenly spaced and reach the top", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.integer({ min: 2, max: 6 }), (max, about) => {
        const ticks = valueTicks(max, about);
        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(about + 3);
        expect((ticks.at(-1) ?? 0) * 1.002).toBeGreaterThanOrEqual(max);
      }),
    );
  });

  test("an empty chart still has an axis", () => {
    for (const max of [0, Number.NaN, Number.NEGATIVE_INFINITY]) expect(valueTicks(max)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  test("shares never go above all of them, counts are whole", () => {
    expect(shareTicks(1).at(-1)).toBe(1);
    expect(shareTicks(0.95).at(-1)).toBe(1);
    expect(shareTicks(0.08)).toEqual([0, 0.02, 0.04, 0.06, 0.08]);
    expect([0, 1, 3, 7, 11, 250].map((max) => countTicks(max, 3))).toEqual([
      [0, 1],
      [0, 1],
      [0, 1, 2, 3],
      [0, 5, 10],
      [0, 5, 10, 15],
      [0, 100, 200, 300],
    ]);
  });

  test("a logarithmic axis encloses its values without a zero", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e4, noNaN: true }), fc.double({ min: 1, max: 100, noNaN: true }), (low, factor) => {
        const ticks = logTicks(low, low * factor);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks[0] ?? 0).toBeGreaterThan(0);
        expect(ticks[0] ?? 0).toBeLessThanOrEqual(low);
        expect(ticks.at(-1) ?? 0).toBeGreaterThanOrEqual(low * factor);
      }),
    );
  });

  test("times are round in the reader's zone", () => {
    const half = 30 * 60_000;
    const { ticks, stepMs } = timeTicks(1_000, 3_600_000, 6, half);
    expect(stepMs).toBe(600_000);
    expect(ticks.every((tick) => (tick + half) % stepMs === 0)).toBe(true);
    expect(relativeTicks(-120_000, 40_000, 0, 6)).toEqual([-120_000, -90_000, -60_000, -30_000, 0, 30_000]);
  });
});

describe("lines", () => {
  test("error shares are of whole bins; a bin of gaps stays a gap, and no calls are no share", () => {
    const { t, values, bands } = errorShares(series("v1", [10, 10, null, null, 0, 20], [1, 0, null, null, 0, 5]), 20_000);
    expect(t).toEqual([20_000, 40_000, 60_000]);
    expect(values).toEqual([0.05, null, 0.25]);
    expect(bands[1]).toBeNull();
    expect(bands[0]?.[0]).toBeGreaterThan(0);
    expect(bands[0]?.[1]).toBeGreaterThan(0.05);
  });

  test("bins lie on round times, so the past of a live chart stays as it was", () => {
    const long = series("v1", [10, 10, 10, 10, 10], [0, 1, 2, 3, 4]);
    const later: RedSeries = { ...long, t: long.t.slice(1), count: long.count.slice(1), errorCount: long.errorCount.slice(1) };
    expect(errorShares(later, 20_000).values.slice(1)).toEqual(errorShares(long, 20_000).values.slice(1));
  });

  test("a group's share is of all groups; silence is a gap, absence of the group is zero", () => {
    const all = [series("v1", [9, 10, null], [0, 0, null]), series("v2", [1, 0, null], [0, 0, null])];
    expect(groupShare(all, "v2").values).toEqual([0.1, 0, null]);
    expect(groupShare([series("v1", [9], [0])], "v2").values).toEqual([0]);
  });

  test("longer windows have coarser steps", () => {
    expect([60_000, 300_000, 900_000, 3_600_000].map(stepFor)).toEqual(["2s", "5s", "10s", "60s"]);
  });
});

describe("specs", () => {
  const two = chart(series("v2", [1, 2, null], [0, 1, null]), series("v1", [9, 8, null], [0, 0, null]));

  test("follow the order of the colours, keep gaps, and stack on request", () => {
    const specs = redSpecs(two, ["v1", "v2"], { isStacked: true });
    expect(specs.rate.series.map((one) => one.key)).toEqual(["v1", "v2"]);
    expect(specs.rate.series.every((one) => one.stack === "all" && one.values.at(-1) === null)).toBe(true);
    expect(specs.rate.ticks[0]).toBe(0);
    expect(specs.rate.ticks.at(-1)).toBeGreaterThanOrEqual(1);
    expect(specs.errors.limit?.value).toBe(0.02);
  });

  test("an untold version takes the place of the nameless", () => {
    const specs = redSpecs(chart(series("unknown", [1], [0]), series("v1", [1], [0])), ["v1", null], {});
    expect(specs.rate.series.map((one) => one.name)).toEqual(["v1", "no version"]);
  });

  test("marks outside the picture are left out", () => {
    const marks = [{ t: 5_000 }, { t: 90_000 }];
    expect(redSpecs(two, ["v1", "v2"], { marks }).rate.marks).toEqual([{ t: 5_000 }]);
  });

  test("durations stand on a logarithmic axis, gaps included, and no data still makes an axis", () => {
    const spec = durationSpec(chart(series("all", [1, null], [0, null], { p50Ms: [0, null], p95Ms: [40, null], p99Ms: [90, null] })), {});
    expect(spec.isLog).toBe(true);
    expect(spec.series.map((one) => one.values[1])).toEqual([null, null, null]);
    expect(spec.series.at(-1)?.values[0]).toBe(spec.ticks[0]);
    expect(durationSpec(chart(), {}).ticks.every(Number.isFinite)).toBe(true);
  });
});

describe("what travels along an edge", () => {
  const untold = [null, null];

  test("is drawn only where it is told, all versions together", () => {
    const told = { sentBytes: [1_000, null], receivedBytes: [500, 700], sentMessages: untold, receivedMessages: untold };
    const drawn = volumeSpecs(
      chart(series("v1", [1, 1], [0, 0], { volume: told }), series("v2", [1, 1], [0, 0], { volume: told }), series("v3", [1, 1], [0, 0])),
    );
    expect(drawn.map(({ title, sent, received }) => [title, sent, received])).toEqual([["Bytes /s", 2_000, 1_200]]);
    expect(drawn[0]?.spec.series.map(({ values }) => values)).toEqual([
      [2_000, null],
      [1_000, 1_400],
    ]);
    expect(volumeSpecs(chart(series("v1", [1, 1], [0, 0])))).toEqual([]);
  });

  test("counts messages where there are any, none being a number", () => {
    const told = { sentBytes: untold, receivedBytes: untold, sentMessages: [0, 0], receivedMessages: untold };
    const [messages, ...others] = volumeSpecs(chart(series("all", [1, 1], [0, 0], { volume: told })));
    expect([messages?.title, messages?.sent, messages?.received, others]).toEqual(["Messages /s", 0, null, []]);
  });
});
