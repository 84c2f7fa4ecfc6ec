import { describe, expect, it } from "vitest";

import type { Sourced } from "#lib/model/evidence.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { Feed } from "#lib/ports/sources.ts";
import { sampleAt, secondsWindow } from "#lib/testing/builders.ts";
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

  it.each([
    ["degraded", { lastError: null, coverage: { n: 5, of: 6 } }, "partial", "warning", "proxies: 5 of 6 answer"],
    ["degraded", { lastError: "ledger-0 does not answer" }, "partial", "warning", "ledger-0 does not answer"],
    ["down", { lastError: "Nothing answers", mend: "Start it" }, "stale", "error", "Nothing answers"],
    ["starting", {}, "partial", "info", "proxies is starting: no two answers to compare yet"],
  ] as const)("says what is missing while its feed is %s", async (state, status, coverage, level, text) => {
    const answer = await ask({ state, ...status });
    expect(answer.coverage).toBe(coverage);
    expect(answer.notices).toEqual([
      { level, code: `source-${state}`, text, source: "proxies", mend: "mend" in status ? status.mend : null },
    ]);
  });
});
