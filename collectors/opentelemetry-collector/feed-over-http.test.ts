import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, it, vi } from "vitest";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { startPlainServer, type PlainServer } from "#collectors/shared/testing/plain-server.ts";
import { systemClock, systemScheduler } from "#collectors/shared/testing/system-time.ts";
import { createFakeSeriesStore } from "#lib/testing/fake-series-store.ts";

import { createCollectorFeed } from "./feed.ts";

const GRAPH = readFileSync(new URL("fixtures/service-graph.prom", import.meta.url), "utf8");
const noFile = (): Promise<string> => Promise.reject(new Error("no file is named"));

/** The recorded exposition after that much more on every series of one edge. */
function grownBy(by: number): string {
  return GRAPH.split("\n")
    .map((line) =>
      !line.startsWith("#") && line.includes('server="inventory"') ? line.replace(/ (\S+)$/, (_, value) => ` ${Number(value) + by}`) : line,
    )
    .join("\n");
}

describe("over real HTTP", () => {
  let server: PlainServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  /** Reads the server, as fast as it can, until that has nothing more to say; answers what was written. */
  async function readToEnd(said: readonly unknown[], handle: Parameters<typeof startPlainServer>[0]) {
    server = await startPlainServer(handle);
    const http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });
    const store = createFakeSeriesStore();
    const options = { id: "collector", url: `${server.address}/metrics`, intervalMs: 5 };
    const feed = createCollectorFeed(options, { http, clock: systemClock, scheduler: systemScheduler, readText: noFile, store });
    feed.start();
    // The last page is given for ever; once it was asked for twice, the first of these answers has been booked.
    await vi.waitFor(() => expect(server?.requests.length).toBeGreaterThan(said.length + 1), { timeout: 10_000 });
    await feed.stop();
    await http.close();
    return { store, feed, requests: server.requests };
  }

  it("reads a Collector that counts on, begins anew, leaves series out, fails and comes back, and loses nothing", async () => {
    const counters = new Map([
      ["a", 40],
      ["b", 7],
    ]);
    const booked = new Map<string, number>();
    const grow = (server: string, by: number): void => {
      counters.set(server, (counters.get(server) ?? 0) + by);
      booked.set(server, (booked.get(server) ?? 0) + by);
    };
    const page = (): string =>
      [...counters].map(([name, n]) => `traces_service_graph_request_total{client="web",server="${name}"} ${n}\n`).join("");
    let kept = 0;
    const steps: (() => string | number)[] = [
      () => page(),
      () => (grow("a", 5), page()),
      () => (grow("a", 2), grow("b", 3), page()),
      // Restarted: everything that it counts is of this life.
      () => (counters.clear(), grow("a", 4), page()),
      () => (grow("b", 2), grow("a", 1), page()),
      // An edge that was not sent for long is left out, and comes back as it was.
      () => ((kept = counters.get("b") ?? 0), counters.delete("b"), grow("a", 1), page()),
      () => 503,
      () => (grow("a", 6), 503),
      () => (counters.set("b", kept), grow("b", 1), grow("new", 9), page()),
      () => page(),
    ];
    let asked = 0;
    const { store, feed } = await readToEnd(steps, (_request, response) => {
      const said = steps[Math.min(asked++, steps.length - 1)]?.() ?? "";
      const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
      if (typeof said === "number") response.writeHead(said, headers).end("busy");
      else response.writeHead(200, headers).end(said);
    });
    expect(new Map(store.total().map(({ key, traffic }) => [key.target.replace("unknown/", ""), traffic.count]))).toEqual(booked);
    expect(booked).toEqual(
      new Map([
        ["a", 19],
        ["b", 6],
        ["new", 9],
      ]),
    );
    expect(feed.status().state).not.toBe("down");
  });

  it("takes an exporter's answers as they are, where those who accept it get them compressed", async () => {
    let answered = 0;
    const { store, feed, requests } = await readToEnd([1, 2, 3], (request, response) => {
      const body = grownBy(Math.min(answered++, 2));
      const takesGzip = /gzip/.test(request.headers["accept-encoding"] ?? "");
      response.writeHead(200, { "content-type": "text/plain", ...(takesGzip ? { "content-encoding": "gzip" } : {}) });
      response.end(takesGzip ? gzipSync(body) : body);
    });
    expect(requests[0]).toBe("GET /metrics");
    expect(store.total()).toMatchObject([{ key: { source: "shop/cart", target: "stock/inventory" }, traffic: { count: 2 } }]);
    expect(feed.status().state).toBe("healthy");
  });

  it("says so where something compresses unasked, and books nothing of it", async () => {
    const { store, feed } = await readToEnd([1], (_request, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" }).end(gzipSync(GRAPH));
    });
    expect(store.samples).toEqual([]);
    expect(feed.status()).toMatchObject({
      state: "down",
      lastError: "collector answered in gzip, which was not asked for.",
      mend: expect.stringContaining("compress"),
    });
  });
});
