import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { startPlainServer, type PlainServer } from "#collectors/shared/testing/plain-server.ts";
import { systemClock as clock, systemScheduler as scheduler } from "#collectors/shared/testing/system-time.ts";
import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import type { ServerProcess } from "#peers/shared/server-process.ts";
import { startPrometheus } from "#peers/prometheus/start.ts";
import { resolveVictoriaMetrics } from "#peers/victoria-metrics/resolve.ts";
import { importExposition, startVictoriaMetrics } from "#peers/victoria-metrics/start.ts";

import { createPrometheusSource, type PrometheusSource } from "./source.ts";
import { createPrometheusStore, type PrometheusStore } from "./store.ts";
import { callsDialect } from "./testing/calls-dialect.ts";
import { writeNativeHistogram } from "./testing/remote-write.ts";
import { valueOf } from "./testing/rig.ts";

const SCRAPE_MS = 500;

const folder = mkdtempSync(join(tmpdir(), "weft-live-"));
const http = createHttpFetcher({ clock, scheduler });
let exporter: PlainServer;
let prometheus: ServerProcess;
let victoria: ServerProcess;
const beganMs = Date.now();

/** Two edges that count 10 calls a second each, as of now. */
function exposition(): string {
  const count = Math.floor((Date.now() - beganMs) / 100);
  return `# TYPE calls_total counter\ncalls_total{src="shop/web",dst="shop/cart",code="200"} ${count}\ncalls_total{src="shop/web",dst="shop/db",code="500"} ${count}\n`;
}

beforeAll(async () => {
  exporter = await startPlainServer(
    (_request, response) => void response.writeHead(200, { "content-type": "text/plain" }).end(exposition()),
  );
  const jobs = [{ name: "mesh", targets: [exporter.host] }];
  prometheus = await startPrometheus({
    prometheus: await resolvePrometheus(),
    folder: join(folder, "p"),
    scrapeIntervalMs: SCRAPE_MS,
    jobs,
  });
  victoria = await startVictoriaMetrics({
    victoriaMetrics: await resolveVictoriaMetrics(),
    folder: join(folder, "v"),
    hidesNewestMs: 30_000,
  });
});

afterAll(async () => {
  await Promise.all([prometheus?.stop(), victoria?.stop(), exporter?.close(), http.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function sourceOver(url: string): { source: PrometheusSource; store: PrometheusStore } {
  const store = createPrometheusStore({ id: "live", url }, { http, clock, scheduler, readText: async () => "" });
  return { store, source: createPrometheusSource({ id: "live", dialect: callsDialect, store }, { clock, scheduler }) };
}

describe("a source over a store that is scraping", () => {
  it("sees what happens within a second or two, at the interval of its targets", async () => {
    const early = sourceOver(prometheus.url).store.client;
    await vi.waitFor(
      async () => {
        const scrapes = valueOf(await early.queryText("count_over_time(up[1m])", Date.now(), "vector"));
        expect(scrapes.series[0]?.points[0]?.value).toBeGreaterThanOrEqual(10);
      },
      { timeout: 30_000, interval: 200 },
    );
    const { source, store } = sourceOver(prometheus.url);
    await vi.waitFor(
      async () => {
        const { value, coverage } = valueOf(await source.traffic({ fromMs: Date.now() - 5_000, toMs: Date.now() }));
        expect(coverage).toBe("complete");
        expect(value.rows.map(({ key }) => key.target).toSorted()).toEqual(["shop/cart", "shop/db"]);
        for (const { traffic } of value.rows) expect(Math.abs(traffic.count - 50)).toBeLessThanOrEqual(5);
        expect(Date.now() - value.window.toMs).toBeLessThan(2_000);
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(source.reportMs).toBe(SCRAPE_MS);
    expect(valueOf(await store.probe.facts()).scrapeIntervalsMs).toEqual([SCRAPE_MS]);
    expect(source.status().findings.map(({ text }) => text)).toContain(
      `It collects every ${SCRAPE_MS / 1_000} s, so the calls of a window may be those of one that lies up to that much earlier.`,
    );
    const db = valueOf(await source.traffic({ fromMs: Date.now() - 5_000, toMs: Date.now() }, { targets: ["shop/db"] })).value.rows[0];
    expect(db?.traffic.errorCount).toBe(db?.traffic.count);
  });

  it("ends its windows where a store hides what is newest", async () => {
    const nowMs = Date.now();
    const lines = Array.from(
      { length: 40 },
      (_, index) => `calls_total{src="a/a",dst="a/b",code="200"} ${index * 30} ${nowMs - 120_000 + index * 3_000}\n`,
    );
    await importExposition(victoria.url, lines.join(""));
    const { source, store } = sourceOver(victoria.url);
    expect(valueOf(await store.probe.facts())).toMatchObject({ product: "VictoriaMetrics", hidesNewestMs: 30_000 });
    const { value } = valueOf(await source.traffic({ fromMs: nowMs - 30_000, toMs: nowMs }));
    expect(value.window.toMs).toBeLessThanOrEqual(Date.now() - 30_000);
    expect(value.window.toMs - value.window.fromMs).toBe(30_000);
    expect(Math.abs((value.rows[0]?.traffic.count ?? 0) - 300)).toBeLessThanOrEqual(30);
    expect(source.reportMs).toBe(3_000);
    expect(source.status().findings.map(({ text }) => text)).toContain("It hides the newest 30 s, so that what is called now is that old.");
  });

  it("reads native histograms", async () => {
    const toMs = Math.floor(Date.now() / 1_000) * 1_000;
    const labels = { __name__: "call_seconds", src: "shop/web", dst: "shop/cart", mesh: "one" };
    // Calls are counted for some seconds now; what is told of the time before is not looked at.
    const samples = Array.from({ length: 5 }, (_, index) => ({
      atMs: toMs - 4_000 + index * 1_000,
      sum: index * 50,
      buckets: [index * 10, 0, index * 5],
    }));
    await writeNativeHistogram(prometheus.url, labels, samples);
    const { source, store } = sourceOver(prometheus.url);
    const window = { fromMs: toMs - 4_000, toMs };
    expect(valueOf(await store.probe.histograms("call_seconds", window))).toBe("native");
    const { value } = valueOf(await source.traffic(window, { targets: ["shop/cart"] }));
    const latency = value.rows.find(({ traffic }) => traffic.latency !== null)?.traffic.latency;
    expect(latency?.boundsMs).toEqual([1_000, 2_000, 4_000, 8_000]);
    const [below, first = 0, gap, third = 0, above] = latency?.counts ?? [];
    expect([below, gap, above]).toEqual([0, 0, 0]);
    expect(first / third).toBeCloseTo(2, 5);
    expect(Math.round(third)).toBeGreaterThanOrEqual(15);
  });
});
