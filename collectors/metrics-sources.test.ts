import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";

import { createFakeSeriesStore } from "#lib/testing/fake-series-store.ts";
import { createFakeMetrics } from "#lib/testing/fake-sources.ts";
import { createFakeTime, type FakeTime } from "#lib/testing/fake-time.ts";

import type { KeepCounts } from "./collector-reader.ts";
import type { MetricsReader } from "./metrics-readers.ts";
import { createMetricsReader, dialectsOf, type MetricsReaderOptions } from "./metrics-sources.ts";
import { OutsideSources } from "./outside-sources.ts";
import { createHttpFetcher } from "./shared/http-fetcher.ts";
import { systemClock, systemScheduler } from "./shared/testing/system-time.ts";
import { startScriptedStore, type ScriptedStore } from "./testing/scripted-store.ts";

const folder = mkdtempSync(join(tmpdir(), "metrics-sources-"));
const http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });
let store: ScriptedStore;
let time: FakeTime;
const running: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  store = await startScriptedStore();
  time = createFakeTime(Date.now());
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await store.close();
});
afterAll(async () => {
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

const keepCounts: KeepCounts = (create) => {
  const store = createFakeSeriesStore();
  const feed = create(store);
  return { feed, metrics: createFakeMetrics(feed.id) };
};

const optionsOf = (more: Partial<MetricsReaderOptions> = {}): MetricsReaderOptions => ({
  id: "prom",
  kind: "prometheus",
  url: store.url,
  timeoutMs: 5_000,
  ...more,
});

async function open(more: Partial<MetricsReaderOptions> = {}): Promise<MetricsReader> {
  const reader = await createMetricsReader(optionsOf(more), { ...time, http, keepCounts });
  running.push(reader);
  return reader;
}

const told = (reader: MetricsReader): string[] => reader.tellings().map(({ rank, source }) => `${rank} ${source.id}`);

/** Lets the reader look again, and waits until it has. */
async function lookAgain(reader: MetricsReader, isDone: () => boolean, afterMs = 30_000): Promise<void> {
  await time.advance(afterMs);
  await expect.poll(isDone).toBe(true);
  await reader.settled();
}

describe("a store of metrics", () => {
  it("is not asked before it is started", async () => {
    const reader = await open();
    expect([reader.isKnown, store.asked.length, reader.statuses()[0]?.state]).toEqual([false, 0, "starting"]);
    expect(reader.topology()).toEqual([]);
  });

  it("is read in the dialect whose metrics are there, under the id of the store and its own", async () => {
    store.metrics.add("envoy_cluster_upstream_rq_xx");
    const reader = await open();
    reader.start();
    await reader.settled();
    expect(told(reader)).toEqual(["mesh prom/envoy"]);
    expect(reader.statuses()).toMatchObject([
      { id: "prom/envoy", kind: "prometheus", state: "healthy", gives: [expect.stringContaining("Envoy"), expect.any(String)] },
    ]);
    expect(reader.isKnown).toBe(true);
  });

  it("names telemetry alike whichever came first, and sorts the strongest first", async () => {
    store.metrics.add("envoy_cluster_upstream_rq_xx");
    const reader = await open();
    reader.start();
    await reader.settled();
    store.metrics.add("istio_requests_total");
    await lookAgain(reader, () => told(reader).length > 1);
    expect(told(reader)).toEqual(["mesh prom", "mesh prom/envoy"]);
  });

  it("says that it holds nothing, and what it should hold", async () => {
    const reader = await open();
    reader.start();
    await reader.settled();
    expect(reader.statuses()).toMatchObject([
      {
        id: "prom",
        state: "degraded",
        findings: [
          {},
          { text: expect.stringMatching(/^It holds nothing of Istio's .* Envoy's/), mend: expect.stringContaining("istio_requests_total") },
        ],
      },
    ]);
    const [only] = reader.tellings();
    const answer = await only?.source.traffic({ fromMs: time.clock.nowMs() - 60_000, toMs: time.clock.nowMs() });
    expect(answer).toMatchObject({ ok: true, value: { value: { rows: [] }, notices: [{ source: "prom" }] } });
  });

  it("is looked at again soon while it holds nothing", async () => {
    const reader = await open();
    reader.start();
    await reader.settled();
    store.metrics.add("istio_requests_total");
    await lookAgain(reader, () => reader.statuses()[0]?.state === "healthy", 5_000);
    expect(told(reader)).toEqual(["mesh prom"]);
  });

  it("says that it is down, and is found again by itself", async () => {
    store.metrics.add("istio_requests_total");
    store.mode = "refuses";
    const reader = await open();
    reader.start();
    await reader.settled();
    expect([reader.isKnown, told(reader)]).toEqual([false, ["mesh prom"]]);
    expect(reader.statuses()).toMatchObject([{ state: "down", lastError: expect.stringContaining("500") }]);
    store.mode = "answers";
    await lookAgain(reader, () => reader.isKnown);
    expect(reader.statuses()).toMatchObject([{ state: "healthy" }]);
  });

  it("is not waited for longer than one answer may take, however many questions hang", async () => {
    store.hangsAt = /targets|istio/;
    const reader = await open();
    const beganMs = time.clock.nowMs();
    let isSettled = false;
    reader.start();
    void reader.settled().then(() => (isSettled = true));
    await expect.poll(() => time.advance(500).then(() => isSettled)).toBe(true);
    expect([reader.isKnown, time.clock.nowMs() - beganMs <= 6_500]).toEqual([false, true]);
  });

  it("is read for what it has said where it hangs at a later question", async () => {
    store.metrics.add("istio_requests_total");
    const reader = await open();
    const asked = store.nextQuestion("envoy_");
    store.hangsAt = /envoy_/;
    reader.start();
    await asked;
    expect([reader.isKnown, told(reader)]).toEqual([true, ["mesh prom"]]);
  });

  it("is read in the chosen dialects, whether or not they are there", async () => {
    const reader = await open({ telemetry: ["istio"] });
    expect(told(reader)).toEqual(["mesh prom"]);
    expect(dialectsOf({ telemetry: ["envoy", "istio"] }).map(({ id }) => id)).toEqual(["envoy", "istio"]);
  });

  it("says which metric of the chosen telemetry is not there", async () => {
    const reader = await open({ telemetry: ["service-graph"] });
    reader.start();
    await reader.settled();
    const toMs = time.clock.nowMs();
    expect(await reader.tellings()[0]?.source.traffic({ fromMs: toMs - 60_000, toMs })).toMatchObject({
      ok: true,
      value: {
        coverage: "partial",
        notices: [
          { source: "prom", text: expect.stringMatching(/^prom keeps no traces_service_graph_request_total in/), mend: expect.any(String) },
        ],
      },
    });
  });

  it("puts its scope and its parameters into every question about series", async () => {
    const reader = await open({ queryScope: { cluster: "east" } });
    reader.start();
    await reader.settled();
    const aboutSeries = store.asked.filter((promql) => !promql.includes("time()"));
    expect(aboutSeries.length).toBeGreaterThan(1);
    expect(aboutSeries.every((promql) => promql.includes('cluster="east"'))).toBe(true);
  });
});

function outside(): OutsideSources {
  const sources = new OutsideSources({ ...time, http, keepCounts });
  running.push(sources);
  return sources;
}

describe("a Collector's own exposition", () => {
  it("is a graph of its own, weaker than what is measured, and stops when it is closed", async () => {
    const reader = await createMetricsReader(optionsOf({ id: "collector", kind: "opentelemetry-collector", url: `${store.url}/metrics` }), {
      ...time,
      http,
      keepCounts,
    });
    reader.start();
    expect(told(reader)).toEqual(["graph collector"]);
    await expect.poll(() => reader.statuses()[0]?.state).toBe("down");
    expect(reader.statuses()).toMatchObject([
      { id: "collector", kind: "opentelemetry-collector", lastError: expect.stringContaining("404") },
    ]);
    await reader.close();
    expect(time.waiting).toBe(0);
  });
});

describe("sources that are exchanged", () => {
  it("keeps what is configured as before, and ends what is not", async () => {
    const sources = outside();
    const zipkin = { id: "zipkin", kind: "zipkin", url: "http://127.0.0.1:1", timeoutMs: 100 } as const;
    await sources.configure({ metricsSources: [optionsOf(), optionsOf({ id: "other" })], traceSources: [zipkin] });
    sources.start();
    const [prom, other] = sources.readers;
    const [traces] = sources.traces;
    await Promise.all(sources.readers.map((reader) => reader.settled()));
    await sources.configure({ metricsSources: [optionsOf({ id: "third" }), optionsOf()], traceSources: [zipkin] });
    expect(sources.readers.map(({ id }) => id)).toEqual(["third", "prom"]);
    expect(sources.readers[1]).toBe(prom);
    expect(sources.traces[0]).toBe(traces);
    // What is new is started at once; what was ended looks no more.
    await sources.readers[0]?.settled();
    expect(sources.readers[0]?.isKnown).toBe(true);
    expect(sources.readers).not.toContain(other);
    await sources.configure({});
    expect([sources.readers, sources.traces]).toEqual([[], []]);
    expect(time.waiting).toBe(0);
  });

  it("changes nothing when one of them cannot be made", async () => {
    const sources = outside();
    await sources.configure({ metricsSources: [optionsOf()] });
    const [prom] = sources.readers;
    const broken = sources.configure({
      metricsSources: [optionsOf({ id: "fresh" }), optionsOf({ id: "broken", caFile: join(folder, "none.pem") })],
    });
    await expect(broken).rejects.toMatchObject({ code: "INVALID", message: expect.stringContaining("none.pem cannot be read") });
    expect(sources.readers).toEqual([prom]);
    expect(sources.readers[0]).toBe(prom);
  });
});
