import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { EdgeTraffic, TimeWindow } from "#lib/model/red.ts";
import type { TrafficRow, TrafficSample } from "#lib/ports/series-store.ts";
import { arbitraryTraffic } from "#lib/testing/arbitraries.ts";
import { keyOf, sampleAt, secondsWindow, START_MS, trafficOf } from "#lib/testing/builders.ts";
import { sumSamples } from "#lib/testing/fake-sources.ts";

import { MemorySeriesStore } from "./series-store.ts";

const SECOND = 1_000;

/** Rows in an order and with histograms that two ways of adding up have in common: only buckets with something in them. */
function plain(rows: readonly TrafficRow[]) {
  return rows
    .map(({ key, traffic }) => ({
      key,
      ...traffic,
      latency: (traffic.latency?.counts ?? []).flatMap((count, index) =>
        count === 0 ? [] : [[traffic.latency?.boundsMs[index] ?? Infinity, count]],
      ),
    }))
    .toSorted((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1));
}

function filled(samples: readonly TrafficSample[]): MemorySeriesStore {
  const store = new MemorySeriesStore();
  store.record(samples);
  return store;
}

/** One request a second on one edge, from second `from` to second `to`. */
function steady(from: number, to: number, traffic: Partial<EdgeTraffic> = { count: 1 }): TrafficSample[] {
  return Array.from({ length: to - from + 1 }, (_unused, index) => sampleAt(from + index, {}, traffic));
}

function total(rows: readonly TrafficRow[]): number {
  return rows.reduce((sum, { traffic }) => sum + traffic.count, 0);
}

/** Reports of a few edges in the order of time: sometimes several within one step, sometimes minutes apart. */
const arbitraryHistory: fc.Arbitrary<TrafficSample[]> = fc
  .array(
    fc.record({
      afterMs: fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 3_000 }) }, { weight: 2, arbitrary: fc.nat({ max: 90_000 }) }),
      key: fc.record({ target: fc.constantFrom("a/one", "a/two"), version: fc.constantFrom(null, "v1", "v2") }),
      traffic: arbitraryTraffic,
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let atMs = START_MS;
    return steps.map(({ afterMs, key, traffic }) => {
      atMs += afterMs;
      return { atMs, key: keyOf(key), traffic };
    });
  });

/** A window that ends anywhere between the oldest sample and a little after the newest; by shares, so that it fits any history. */
const arbitraryWindow = fc.record({ end: fc.double({ min: 0, max: 1.02, noNaN: true }), lengthMs: fc.integer({ min: 1, max: 900_000 }) });

function windowIn(samples: readonly TrafficSample[], { end, lengthMs }: { end: number; lengthMs: number }): TimeWindow {
  const [first, last] = [samples[0]?.atMs ?? START_MS, samples.at(-1)?.atMs ?? START_MS];
  const toMs = Math.round(first + (last - first) * end);
  return { fromMs: toMs - lengthMs, toMs };
}

/** A long stretch of steady traffic in front, so that the ring of seconds has gone round. */
const arbitraryPast = fc.constantFrom(0, 0, 20, 100, 320);

function withPast(seconds: number, history: readonly TrafficSample[]): TrafficSample[] {
  return [...steady(-seconds, -1), ...history];
}

describe("sum", () => {
  it("is exact over the window it names, whatever was asked", () => {
    fc.assert(
      fc.property(arbitraryPast, arbitraryHistory, arbitraryWindow, (past, history, asked) => {
        const samples = withPast(past, history);
        const window = windowIn(samples, asked);
        const answer = filled(samples).sum(window);
        expect(plain(answer.rows)).toEqual(plain(sumSamples(samples, answer.window)));
      }),
    );
  });

  it("widens a window to whole seconds, or to ten seconds where the seconds are gone, and no further", () => {
    fc.assert(
      fc.property(arbitraryPast, arbitraryHistory, arbitraryWindow, (past, history, asked) => {
        const samples = withPast(past, history);
        const window = windowIn(samples, asked);
        const answer = filled(samples).sum(window).window;
        const [oldest, newest] = [samples[0]?.atMs ?? START_MS, samples.at(-1)?.atMs ?? START_MS];
        const reachMs = newest - oldest < 300_000 ? -Infinity : newest - 300_000;
        expect(window.fromMs - answer.fromMs).toBeLessThan(window.fromMs >= reachMs ? SECOND : 10 * SECOND);
        expect(answer.toMs - window.toMs).toBeLessThan(window.toMs >= reachMs ? SECOND : 10 * SECOND);
        expect([answer.fromMs % SECOND, answer.toMs % SECOND]).toEqual([0, 0]);
      }),
    );
  });

  it("leaves out the keys that are not asked for", () => {
    const store = filled([sampleAt(1, { target: "a/one" }, { count: 1 }), sampleAt(1, { target: "a/two" }, { count: 2 })]);
    const { rows } = store.sum(secondsWindow(0, 10), { targets: ["a/two"] });
    expect(rows).toMatchObject([{ key: { target: "a/two" }, traffic: { count: 2 } }]);
  });

  it("takes a sample at the end of its window, and not the one at its start", () => {
    const store = filled(steady(0, 10));
    expect(total(store.sum(secondsWindow(0, 10)).rows)).toBe(10);
    expect(total(store.sum(secondsWindow(-1, 10)).rows)).toBe(11);
    expect(total(store.sum(secondsWindow(10, 11)).rows)).toBe(0);
  });

  it("reaches back an hour, and no further", () => {
    const store = filled(steady(1, 4_000));
    expect(total(store.sum(secondsWindow(3_700, 4_000)).rows)).toBe(300);
    expect(store.sum(secondsWindow(410, 4_000))).toMatchObject({
      window: secondsWindow(410, 4_000),
      rows: [{ traffic: { count: 3_590 } }],
    });
    expect(total(store.sum(secondsWindow(0, 4_000)).rows)).toBe(3_600);
  });

  it("does not count the time before the first report into its window", () => {
    const store = new MemorySeriesStore();
    store.markReported(START_MS + 50 * SECOND);
    store.record(steady(51, 60));
    expect(store.sum(secondsWindow(0, 60)).window).toEqual(secondsWindow(49, 60));
    expect(store.sum(secondsWindow(0, 40)).window).toEqual(secondsWindow(0, 40));
  });

  it("answers nothing for an empty store", () => {
    const store = new MemorySeriesStore();
    expect(store.sum(secondsWindow(0, 60)).rows).toEqual([]);
    expect(store.stats()).toMatchObject({ series: 0, oldestMs: { fine: null, coarse: null }, dropped: { late: 0, overflow: 0 } });
  });

  it("keeps series apart whose names hold line breaks", () => {
    const store = filled([
      sampleAt(1, { source: "a\nb", target: "c" }, { count: 1 }),
      sampleAt(1, { source: "a", target: "b\nc" }, { count: 2 }),
    ]);
    expect(store.sum(secondsWindow(0, 1)).rows).toHaveLength(2);
    const versions = filled([sampleAt(1, { version: null }, { count: 1 }), sampleAt(1, { version: "\r" }, { count: 2 })]);
    expect(versions.sum(secondsWindow(0, 1)).rows).toHaveLength(2);
  });

  it("knows series again by what their key says, not by which object it is", () => {
    const store = filled([sampleAt(1, {}, { count: 1 }), sampleAt(1, {}, { count: 2 })]);
    expect(store.sum(secondsWindow(0, 1)).rows).toMatchObject([{ traffic: { count: 3 } }]);
  });

  it("remembers of which series attempts are not told apart from requests", () => {
    const store = filled([
      sampleAt(1, { target: "shop/told" }, { count: 1, retries: 1 }),
      sampleAt(1, { target: "shop/untold" }, { count: 1, countsAttempts: true }),
    ]);
    const told = store.sum(secondsWindow(0, 1)).rows.map(({ key, traffic }) => [key.target, traffic.countsAttempts]);
    expect(told).toEqual([
      ["shop/told", undefined],
      ["shop/untold", true],
    ]);
  });

  it("has no durations for a series that never had any", () => {
    const store = filled([
      sampleAt(1, { protocol: "tcp" }, { count: 1 }),
      sampleAt(1, {}, { count: 1, latency: { boundsMs: [10], counts: [1, 0] } }),
    ]);
    const byProtocol = new Map(store.sum(secondsWindow(0, 1)).rows.map(({ key, traffic }) => [key.protocol, traffic.latency]));
    expect(byProtocol.get("tcp")).toBeNull();
    expect(byProtocol.get("http")).toEqual({ boundsMs: [10], counts: [1, 0] });
  });
});

describe("steps", () => {
  const arbitraryStep = fc.constantFrom(1_000, 1_500, 2_000, 5_000, 10_000, 25_000, 60_000);

  it("follow each other, are each exact, and add up to the sum of their window", () => {
    fc.assert(
      fc.property(arbitraryPast, arbitraryHistory, arbitraryWindow, arbitraryStep, (past, history, asked, stepMs) => {
        const samples = withPast(past, history);
        const window = windowIn(samples, { ...asked, lengthMs: Math.min(asked.lengthMs, stepMs * 60) });
        const store = filled(samples);
        const answer = store.steps(window, stepMs);
        expect(answer.stepMs).toBeGreaterThanOrEqual(stepMs);
        for (const [index, step] of answer.steps.entries()) {
          expect(step.toMs - step.fromMs).toBe(answer.stepMs);
          expect(step.fromMs).toBe(answer.steps[index - 1]?.toMs ?? answer.window.fromMs);
          expect(plain(step.rows)).toEqual(plain(sumSamples(samples, step)));
          expect(step.isReported).toBe(step.rows.length > 0);
        }
        expect(answer.steps.at(-1)?.toMs).toBe(answer.window.toMs);
        expect(total(answer.steps.flatMap((step) => step.rows))).toBe(total(store.sum(answer.window).rows));
      }),
    );
  });

  it("agree with the counts per target", () => {
    fc.assert(
      fc.property(arbitraryPast, arbitraryHistory, arbitraryWindow, (past, history, asked) => {
        const samples = withPast(past, history);
        const answer = filled(samples).counts(windowIn(samples, asked), 30);
        expect(answer.stepMs * answer.isReported.length).toBe(answer.window.toMs - answer.window.fromMs);
        for (const [index, isReported] of answer.isReported.entries()) {
          const fromMs = answer.window.fromMs + index * answer.stepMs;
          const rows = sumSamples(samples, { fromMs, toMs: fromMs + answer.stepMs });
          expect(isReported).toBe(rows.length > 0);
          for (const { target, counts, errors, callers } of answer.rows) {
            const own = rows.filter(({ key }) => key.target === target);
            expect(counts[index]).toBe(total(own));
            expect(errors[index]).toBe(own.reduce((sum, { traffic }) => sum + traffic.errorCount, 0));
            expect(callers[index]).toBe(own.reduce((sum, { traffic }) => sum + traffic.callerCount, 0));
          }
        }
      }),
    );
  });

  it("tell a gap from no traffic", () => {
    const store = filled([sampleAt(1, {}, { count: 1 }), sampleAt(4, {}, { count: 1 })]);
    store.markReported(START_MS + 2_000);
    expect(store.steps(secondsWindow(0, 4), 1_000).steps.map(({ isReported, rows }) => [isReported, total(rows)])).toEqual([
      [true, 1],
      [true, 0],
      [false, 0],
      [true, 1],
    ]);
    expect(store.counts(secondsWindow(0, 4), 4)).toMatchObject({ isReported: [true, true, false, true], rows: [{ counts: [1, 0, 0, 1] }] });
  });

  it("tell of a report of nothing in the coarse ring as well", () => {
    const store = new MemorySeriesStore();
    for (let second = 1; second <= 600; second++) store.markReported(START_MS + second * SECOND);
    const { steps } = store.steps(secondsWindow(0, 600), 60_000);
    expect(steps.map(({ isReported }) => isReported)).toEqual(Array.from({ length: 10 }, () => true));
  });

  it("are seconds for five minutes, from the first second on", () => {
    const young = filled(steady(1, 20));
    expect(young.steps(secondsWindow(-280, 20), 5_000)).toMatchObject({ stepMs: 5_000, steps: { length: 60 } });
    expect(young.counts(secondsWindow(-40, 20), 30)).toMatchObject({ stepMs: 2_000, isReported: { length: 30 } });
    const old = filled(steady(1, 2_000));
    // The newest second is still running: a live window ends one before it.
    expect(old.steps(secondsWindow(1_699, 1_999), 5_000)).toMatchObject({ stepMs: 5_000, steps: { length: 60 } });
    expect(old.sum(secondsWindow(1_699, 1_999)).window).toEqual(secondsWindow(1_699, 1_999));
  });

  it("do not end in a step of ten seconds that is still running: its rate would read too low", () => {
    const store = filled(steady(1, 2_003, { count: 7 }));
    const { steps, stepMs, window } = store.steps(secondsWindow(1_103, 2_003), 10_000);
    expect(stepMs).toBe(10_000);
    expect(window.toMs).toBe(START_MS + 2_000 * SECOND);
    expect(steps.map(({ rows }) => total(rows))).toEqual(steps.map(() => 70));
    const { rows, isReported } = store.counts(secondsWindow(1_103, 2_003), 30);
    expect(rows[0]?.counts).toEqual(isReported.map(() => 210));
  });
});

describe("late samples", () => {
  it("are taken while their second is among the newest three, then dropped and counted", () => {
    const store = filled([...steady(1, 10), sampleAt(8, {}, { count: 100 })]);
    expect(total(store.sum(secondsWindow(0, 10)).rows)).toBe(110);
    store.record([sampleAt(7, {}, { count: 1_000 }), sampleAt(7, {}, { count: 1_000 })]);
    expect(total(store.sum(secondsWindow(0, 10)).rows)).toBe(110);
    expect(store.stats().dropped).toEqual({ late: 2, overflow: 0 });
  });

  it("are never half taken: what was not dropped is in every window", () => {
    const order = fc.array(fc.integer({ min: 1, max: 700_000 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(order, fc.nat({ max: 700 }), (instants, cutS) => {
        const store = new MemorySeriesStore();
        for (const atMs of instants) store.record([{ ...sampleAt(0, {}, { count: 1 }), atMs: START_MS + atMs }]);
        const kept = instants.length - store.stats().dropped.late;
        expect(total(store.sum(secondsWindow(0, 700)).rows)).toBe(kept);
        // Ten-second borders exist in both rings, so two windows that meet there hold everything once.
        const border = Math.floor(cutS / 10) * 10;
        const parts = [store.sum(secondsWindow(0, border)), store.sum(secondsWindow(border, 700))];
        expect(parts.reduce((sum, { rows }) => sum + total(rows), 0)).toBe(kept);
      }),
    );
  });

  it("are not taken from before the ring's reach", () => {
    const store = filled([sampleAt(1_000, {}, { count: 1 }), sampleAt(1, {}, { count: 1 })]);
    expect(store.stats().dropped.late).toBe(1);
    expect(total(store.sum(secondsWindow(0, 1_000)).rows)).toBe(1);
  });
});

describe("bounds", () => {
  it("refuses a new series over the bound, counts what it refused, and goes on with the known ones", () => {
    const store = new MemorySeriesStore({ maxSeries: 2 });
    store.record(["a/1", "a/2", "a/3", "a/4"].map((target) => sampleAt(1, { target }, { count: 1 })));
    store.record([sampleAt(2, { target: "a/1" }, { count: 5 }), sampleAt(2, { target: "a/4" }, { count: 5 })]);
    expect(store.stats()).toMatchObject({ series: 2, dropped: { late: 0, overflow: 3 } });
    expect(store.sum(secondsWindow(0, 2)).rows.map(({ key, traffic }) => [key.target, traffic.count])).toEqual([
      ["a/1", 6],
      ["a/2", 1],
    ]);
  });

  it("keeps to its bytes, giving up seconds before it gives up history", () => {
    const maxBytes = 700 * 1024;
    const store = new MemorySeriesStore({ maxBytes });
    const keys = Array.from({ length: 120 }, (_unused, index) => keyOf({ target: `a/${index}` }));
    const traffic = trafficOf({ count: 1, latency: { boundsMs: [1, 2, 5], counts: [0, 1, 0, 0] } });
    for (let second = 1; second <= 600; second++) {
      store.record(keys.map((key) => ({ atMs: START_MS + second * SECOND, key, traffic })));
      expect(store.stats().bytes).toBeLessThanOrEqual(maxBytes);
    }
    const { oldestMs } = store.stats();
    expect(oldestMs.fine).toBe(START_MS + 540 * SECOND);
    expect(oldestMs.coarse).toBeLessThan(START_MS + 540 * SECOND);
    expect(total(store.sum(secondsWindow(540, 600)).rows)).toBe(120 * 60);
    const reach = store.sum({ fromMs: oldestMs.coarse ?? 0, toMs: START_MS + 600 * SECOND });
    expect(total(reach.rows)).toBe((120 * (reach.window.toMs - reach.window.fromMs)) / SECOND);
  });

  it("names a window without what it has given up: the rest would be divided by too much time", () => {
    const store = filled(steady(1, 3_700));
    const { keptFromMs } = store.stats();
    expect(keptFromMs).toBe(START_MS + 100 * SECOND);
    const cut = store.sum(secondsWindow(60, 160));
    expect(cut.window).toEqual(secondsWindow(100, 160));
    expect(total(cut.rows)).toBe(total(store.sum(secondsWindow(3_640, 3_700)).rows));
    expect(store.sum(secondsWindow(0, 90)).rows).toEqual([]);
    expect(new MemorySeriesStore().stats().keptFromMs).toBeNull();
  });

  it("does not grow with time once its rings are full", () => {
    const store = filled(steady(1, 3_700));
    const before = store.stats().bytes;
    store.record(steady(3_701, 4_400));
    expect(store.stats().bytes).toBeLessThanOrEqual(before * 1.01);
  });
});
