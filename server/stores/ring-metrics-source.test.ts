import { describe, expect, it } from "vitest";

import type { Sourced } from "#lib/model/evidence.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { Feed, TrafficSum } from "#lib/ports/sources.ts";
import { sampleAt, secondsWindow, START_MS } from "#lib/testing/builders.ts";
import { createFakeFeed } from "#lib/testing/fake-sources.ts";

import { RingMetricsSource } from "./ring-metrics-source.ts";
import { MemorySeriesStore } from "./series-store.ts";

async function ask(status: Partial<SourceStatus> = {}): Promise<Sourced<unknown>> {
  const feed = createFakeFeed("proxies");
  feed.set(status);
  const answer = await ringOf(feed, new MemorySeriesStore()).traffic(secondsWindow(0, 60));
  if (!answer.ok) throw answer.error;
  return answer.value;
}

function ringOf(feed: Pick<Feed, "id" | "status">, store: MemorySeriesStore): RingMetricsSource {
  return new RingMetricsSource({ feed, store, reportMs: 1_000, counted: "counters of each proxy" });
}

/** Reports from second 100 to second 200. */
function overAll(status: Partial<SourceStatus> = {}) {
  const store = new MemorySeriesStore();
  for (let second = 100; second <= 200; second++) store.markReported(START_MS + second * 1_000);
  const feed = createFakeFeed("proxies");
  feed.set({ newestData: new Date(START_MS + 200_000).toISOString(), ...status });
  return async (fromS: number, toS: number): Promise<Sourced<TrafficSum>> => {
    const answer = await ringOf(feed, store).traffic(secondsWindow(fromS, toS));
    if (!answer.ok) throw answer.error;
    return answer.value;
  };
}

describe("RingMetricsSource", () => {
  it("answers what stands in the ring, for sums, steps and counts", async () => {
    const store = new MemorySeriesStore();
    store.record([sampleAt(1, { target: "a/one" }, { count: 3, errorCount: 1 }), sampleAt(2, { target: "a/two" }, { count: 5 })]);
    const source = ringOf(createFakeFeed("proxies"), store);
    const window = secondsWindow(0, 2);
    expect(source.id).toBe("proxies");
    expect(await source.traffic(window)).toMatchObject({
      ok: true,
      value: {
        value: { sources: ["proxies"], rows: store.sum(window).rows.map((row) => ({ ...row, toldBy: "proxies", seenBy: ["proxies"] })) },
      },
    });
    expect(await source.traffic(window, { targets: ["a/two"] })).toMatchObject({
      ok: true,
      value: { value: { rows: [{ traffic: { count: 5 } }] } },
    });
    expect(await source.trafficSteps(window, 1_000)).toMatchObject({ ok: true, value: { value: store.steps(window, 1_000) } });
    expect(await source.countSteps(window, 2)).toMatchObject({ ok: true, value: { value: store.counts(window, 2) } });
  });

  it("says where its numbers come from, and how old the newest is", async () => {
    expect(await ask()).toMatchObject({
      provenance: [{ source: "proxies", kind: "fake", query: "counters of each proxy, summed", observedAt: "2026-01-01T12:00:00.000Z" }],
      notices: [],
      coverage: "complete",
    });
  });

  describe("of a window that is over", () => {
    it("its numbers are as old as its end", async () => {
      expect((await overAll()(120, 180)).provenance).toMatchObject([{ observedAt: "2026-01-01T12:03:00.000Z" }]);
    });

    it("it is as whole as it was, also when nothing answers any more", async () => {
      const ask = overAll({ state: "down", lastError: "Nothing answers" });
      expect(await ask(120, 180)).toMatchObject({ coverage: "complete", notices: [] });
      expect(await ask(140, 200)).toMatchObject({ coverage: "stale", notices: [{ code: "source-down" }] });
    });

    it("says how far back it reaches where that is not far enough", async () => {
      const ask = overAll();
      const reach = "by proxies: it reaches back to 2026-01-01T12:01:39.000Z";
      expect(await ask(20, 80)).toMatchObject({
        coverage: "partial",
        notices: [{ code: "nothing-kept", text: `Nothing is kept of 2026-01-01T12:01:20.000Z ${reach}`, mend: expect.any(String) }],
        value: { rows: [] },
      });
      expect(await ask(80, 140)).toMatchObject({
        coverage: "partial",
        notices: [{ code: "partly-kept", text: expect.stringContaining(reach) }],
        value: { window: secondsWindow(99, 140) },
      });
      expect(await ask(99, 140)).toMatchObject({ coverage: "complete", notices: [] });
    });

    it("says nothing of it while the window is a live one: right after a start all of them reach too far back", async () => {
      expect(await overAll()(80, 199)).toMatchObject({ coverage: "complete", notices: [] });
    });
  });

  it.each([
    ["degraded", { lastError: null, coverage: { n: 5, of: 6 } }, "partial", "warning", "proxies: 5 of 6 answer"],
    [
      "degraded",
      { lastError: null, mend: "Take dimensions away" },
      "partial",
      "warning",
      "proxies answers, but parts of what it tells are missing",
    ],
    ["degraded", { lastError: "ledger-0 does not answer" }, "partial", "warning", "ledger-0 does not answer"],
    ["down", { lastError: "Nothing answers", mend: "Start it" }, "stale", "error", "Nothing answers"],
    ["down", { lastError: "Nothing answers", mend: "Start it", newestData: null }, "partial", "error", "Nothing answers"],
    ["starting", {}, "partial", "info", "proxies is starting: no two answers to compare yet"],
  ] as const)("says what is missing while its feed is %s", async (state, status, coverage, level, text) => {
    const answer = await ask({ state, ...status });
    expect(answer.coverage).toBe(coverage);
    expect(answer.notices).toEqual([
      { level, code: `source-${state}`, text, source: "proxies", mend: "mend" in status ? status.mend : null },
    ]);
  });

  it("says where to look for what is missing, where nothing mends it", async () => {
    expect((await ask({ state: "degraded" })).notices).toMatchObject([{ mend: "See on the Sources page which" }]);
  });
});
