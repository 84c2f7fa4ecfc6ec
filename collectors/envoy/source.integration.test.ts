import { get } from "node:http";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { systemClock as clock, systemScheduler as scheduler } from "#collectors/shared/testing/system-time.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import type { Proxy } from "#lib/model/topology.ts";
import type { Feed, TopologySource } from "#lib/ports/sources.ts";
import { createFakeSeriesStore, type FakeSeriesStore } from "#lib/testing/fake-series-store.ts";

import { createEnvoySource } from "./source.ts";
import { prepareRealEnvoy, type RealEnvoy } from "./testing/real-envoy.ts";

const http = createHttpFetcher({ clock, scheduler });
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
afterAll(() => http.close());

interface Watched {
  envoy: RealEnvoy;
  store: FakeSeriesStore;
  source: Feed & TopologySource;
}

async function prepare(options: { isRecommended: boolean } = { isRecommended: true }): Promise<Watched> {
  const envoy = await prepareRealEnvoy(options);
  closing.push(() => envoy.close());
  const store = createFakeSeriesStore();
  const source = createEnvoySource({ id: "envoy", proxiesDir: envoy.proxiesDir, pollIntervalMs: 200, store, clock, scheduler, http });
  closing.push(() => source.stop());
  return { envoy, store, source };
}

async function until(check: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 30_000, interval: 20 });
}

function call(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
    }).once("error", reject);
  });
}

async function calls(count: number, url: string): Promise<void> {
  for (let done = 0; done < count; done++) await call(url);
}

async function durationsIn({ adminUrl }: RealEnvoy): Promise<number> {
  const stats = await http.get({
    url: `${adminUrl}/stats/prometheus?usedonly&filter=inbound_duration_ms`,
    timeoutMs: 2_000,
    maxBytes: 1_000_000,
  });
  return stats.ok ? Number(/^envoy_weft_inbound_duration_ms_count\{.*\} (\d+)$/m.exec(stats.value.text)?.[1] ?? 0) : 0;
}

async function proxyOf({ source }: Watched): Promise<Proxy | undefined> {
  const topology = await source.topology();
  return topology.ok ? topology.value.value.proxies[0] : undefined;
}

async function isLive(watched: Watched): Promise<void> {
  await until(async () => expect((await proxyOf(watched))?.state).toBe("live"));
}

function edge({ store }: Watched, target: string): EdgeTraffic | undefined {
  const rows = store.total().filter((row) => row.key.target === target);
  expect(rows.length).toBeLessThan(2);
  return rows[0]?.traffic;
}

async function polls({ store }: Watched, more: number): Promise<void> {
  const before = store.reportedAtMs.length;
  await until(() => expect(store.reportedAtMs.length).toBeGreaterThan(before + more));
}

describe("a real Envoy", () => {
  it("is counted exactly, from the base line on, durations too", async () => {
    const watched = await prepare();
    const { envoy, source } = watched;
    await envoy.start();
    await calls(7, envoy.inboundUrl);
    // Envoy merges durations at its flush only: before that they are not yet part of any past.
    await until(async () => expect(await durationsIn(envoy)).toBe(7));
    source.start();
    await isLive(watched);
    await polls(watched, 2);
    expect(edge(watched, "shop/web")).toBeUndefined();

    await calls(20, envoy.inboundUrl);
    await calls(5, `${envoy.inboundUrl}/bad`);
    await calls(3, envoy.outboundUrl);
    await until(() =>
      expect(edge(watched, "shop/web")).toMatchObject({ count: 25, errorCount: 5, retries: 0, transport: { plaintext: 25 } }),
    );
    await until(() => expect(edge(watched, "shop/web")?.latency?.counts.reduce((sum, count) => sum + count, 0)).toBe(25));
    await until(() =>
      expect(edge(watched, "external/nobody")).toMatchObject({
        count: 3,
        errorCount: 3,
        neverArrived: 3,
        callerCount: 3,
        flags: { UF: 3 },
      }),
    );
    expect(envoy.arrived()).toBe(32);
    expect(watched.store.total().map((row) => row.key)).toEqual(
      expect.arrayContaining([
        { source: "unknown/127.0.0.1", target: "shop/web", protocol: "http", version: "v1", reporter: "destination" },
        { source: "shop/web", target: "external/nobody", protocol: "http", version: null, reporter: "source" },
      ]),
    );
    expect(await proxyOf(watched)).toMatchObject({ state: "live", sync: "synced", software: "Envoy 1.40.0", gaps: [] });
  });

  it("that is killed is told, and is counted from zero when it is back, in a gap shorter than a poll too", async () => {
    const watched = await prepare();
    const { envoy, source } = watched;
    await envoy.start();
    source.start();
    await isLive(watched);
    await calls(10, envoy.inboundUrl);
    await until(() => expect(edge(watched, "shop/web")?.count).toBe(10));

    await envoy.kill();
    await until(async () =>
      expect(await proxyOf(watched)).toMatchObject({
        state: "unreachable",
        reason: expect.stringMatching(/^127\.0\.0\.1:\d+ (refused|closed) the connection/),
      }),
    );
    expect(source.status()).toMatchObject({ state: "down", coverage: { n: 0, of: 1 } });

    await envoy.start();
    await calls(14, envoy.inboundUrl);
    await until(() => expect(edge(watched, "shop/web")?.count).toBe(24));
    await isLive(watched);

    // The counters of the next process pass those of this one before anybody looks.
    await envoy.kill();
    await envoy.start();
    await calls(30, envoy.inboundUrl);
    await until(() => expect(edge(watched, "shop/web")?.count).toBe(54));
    await polls(watched, 3);
    expect(edge(watched, "shop/web")?.count).toBe(54);
    expect(envoy.arrived()).toBe(54);
  });

  it("that comes up after the source is counted from its first request", async () => {
    const watched = await prepare();
    const { envoy, source } = watched;
    source.start();
    await until(async () => expect((await proxyOf(watched))?.state).toBe("unreachable"));
    await envoy.start();
    await calls(9, envoy.inboundUrl);
    await until(() => expect(edge(watched, "shop/web")?.count).toBe(9));
  });

  it("that is frozen is told, and loses nothing when it goes on", async () => {
    const watched = await prepare();
    const { envoy, source } = watched;
    await envoy.start();
    source.start();
    await isLive(watched);
    await calls(4, envoy.inboundUrl);
    await until(() => expect(edge(watched, "shop/web")?.count).toBe(4));
    envoy.freeze(true);
    await until(async () =>
      expect(await proxyOf(watched)).toMatchObject({
        state: "unreachable",
        reason: expect.stringMatching(/did not answer \/stats\/prometheus within 2000 ms\.$/),
      }),
    );
    envoy.freeze(false);
    await calls(6, envoy.inboundUrl);
    await until(() => expect(edge(watched, "shop/web")?.count).toBe(10));
    await isLive(watched);
  });

  it("without the recommended settings gives what it can, and says which settings would give the rest", async () => {
    const watched = await prepare({ isRecommended: false });
    const { envoy, source } = watched;
    await envoy.start();
    source.start();
    await isLive(watched);
    await polls(watched, 2);
    await calls(6, envoy.outboundUrl);
    await until(() => expect(edge(watched, "external/nobody")).toMatchObject({ count: 6, errorCount: 6, neverArrived: 0, callerCount: 6 }));
    expect((await proxyOf(watched))?.gaps.map((gap) => gap.setting)).toEqual([
      "access_log: envoy.access_loggers.stats with stats_scope.prefix weft and the counter inbound_requests_total",
      "access_log: envoy.access_loggers.stats with stats_scope.prefix weft and the counter outbound_requests_total",
      "stats_flush_interval: 1s",
    ]);
    expect(source.status().state).toBe("degraded");
  });

  it("is told in depth", async () => {
    const watched = await prepare();
    await watched.envoy.start();
    watched.source.start();
    await isLive(watched);
    const detail = await watched.source.proxy("web-v1-0.shop");
    expect(detail).toMatchObject({ ok: true, value: { coverage: "complete", notices: [], value: { certificates: [] } } });
    if (!detail.ok) return;
    expect(detail.value.value.config.map((part) => part.kind)).toEqual(["routes", "clusters", "listeners", "endpoints"]);
    expect(detail.value.value.config.every((part) => part.text.length > 100)).toBe(true);
    expect(detail.value.value.upstreams).toEqual([
      {
        name: "outbound|80||nobody",
        nodeId: "external/nobody",
        version: null,
        endpoints: { healthy: 1, total: 1 },
        ejected: 0,
        openBreakers: [],
      },
    ]);
  });
});
