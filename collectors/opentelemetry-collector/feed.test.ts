import { readFileSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createAnsweringFetcher, type Canned } from "#collectors/shared/testing/answering.ts";
import { createFakeSeriesStore } from "#lib/testing/fake-series-store.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { createCollectorFeed, type CollectorFeedOptions } from "./feed.ts";

const GRAPH = readFileSync(new URL("fixtures/service-graph.prom", import.meta.url), "utf8");
const SPANS = readFileSync(new URL("fixtures/span-metrics.prom", import.meta.url), "utf8");

/** The exposition after that much more on the series that match, buckets of all bounds included. */
function grown(text: string, by: number, matches: (line: string) => boolean): string {
  return text
    .split("\n")
    .map((line) =>
      !line.startsWith("#") && line !== "" && matches(line) ? line.replace(/ (\S+)$/, (_, value) => ` ${Number(value) + by}`) : line,
    )
    .join("\n");
}

const has =
  (...parts: readonly string[]) =>
  (line: string): boolean =>
    parts.every((part) => line.includes(part));

function text(body: string, more: Partial<Canned> = {}): Canned {
  return { mediaType: "text/plain", body, ...more };
}

const inventory = (name: string): string =>
  `${name}{client="cart",client_service_namespace="shop",connection_type="",failed="true",server="inventory",server_service_namespace="stock",server_service_version="v2"} 2\n`;
const total = (n: number): Canned => text(`traces_service_graph_request_total{client="a",server="b"} ${n}`);
const flipping = (failed: string, total: number, failures: number): Canned =>
  text(
    `traces_service_graph_request_total{client="a",server="b",failed="${failed}"} ${total}\n` +
      (failures > 0 ? `traces_service_graph_request_failed_total{client="a",server="b",failed="${failed}"} ${failures}\n` : ""),
  );
const readText = (): Promise<string> => Promise.resolve("token-7");

/** A feed on answers that a test gives one after the other; the last one is given for ever. */
async function fed(answers: readonly Canned[], more: Partial<CollectorFeedOptions> = {}) {
  const time = createFakeTime();
  const store = createFakeSeriesStore();
  let asked = 0;
  const http = createAnsweringFetcher(() => answers[Math.min(asked++, answers.length - 1)] ?? text(""));
  const feed = createCollectorFeed(
    { id: "collector", url: "http://otel:8889/metrics?key=s3cret", ...more },
    { http, clock: time.clock, scheduler: time.scheduler, readText, store },
  );
  feed.start();
  await time.settle();
  for (let poll = 1; poll < answers.length; poll++) await time.advance(feed.reportMs);
  const findings = (): string => JSON.stringify(feed.status().findings);
  const edges = (): unknown[] =>
    store.total().map(({ key, traffic }) => [`${key.source} ${key.target}`, traffic.count, traffic.errorCount]);
  return { feed, store, http, time, findings, edges };
}

const CART = ['client="frontend"', 'server="cart"'];

describe("a service graph", () => {
  it("gives nothing at the first look, and afterwards what was added, with durations in milliseconds", async () => {
    const answered = has(...CART, 'failed="false"');
    const slow = (line: string): boolean => answered(line) && !/le="0\.00|le="0\.01"/.test(line);
    const { feed, store } = await fed([text(GRAPH), text(grown(GRAPH, 7, slow))]);
    expect(feed.status()).toMatchObject({ kind: "opentelemetry-collector", state: "healthy", findings: [], coverage: { n: 1, of: 1 } });
    expect(store.samples).toMatchObject([
      {
        key: { source: "shop/frontend", target: "shop/cart", version: "v1", protocol: "http", reporter: "destination" },
        traffic: { count: 7, errorCount: 0 },
      },
    ]);
    const latency = store.samples[0]?.traffic.latency;
    expect(latency?.boundsMs.slice(0, 6)).toEqual([2, 4, 6, 8, 10, 50]);
    expect(latency?.counts.slice(0, 7)).toEqual([0, 0, 0, 0, 0, 7, 0]);
    expect(store.reportedAtMs.length).toBe(1);
  });

  it("counts failures, which have counters of their own, and those of an edge that never failed before", async () => {
    const failing = grown(GRAPH, 3, has(...CART, 'failed="true"'));
    const first = `${failing}${inventory("traces_service_graph_request_total")}${inventory("traces_service_graph_request_failed_total")}`;
    const { edges, feed } = await fed([text(GRAPH), text(first)]);
    expect(edges()).toEqual([
      ["shop/frontend shop/cart", 3, 3],
      ["shop/cart stock/inventory", 2, 2],
    ]);
    expect(feed.status().state).toBe("healthy");
  });

  it("takes durations of a server without spans from its caller", async () => {
    const { store } = await fed([
      text(GRAPH),
      text(grown(GRAPH, 4, (line) => has('server="api.stripe.com"')(line) && !/client_seconds.*le="0\.[01][0-9]*"/.test(line))),
    ]);
    const [row] = store.samples;
    expect(row?.key).toMatchObject({ target: "external/api.stripe.com", reporter: "source" });
    expect(row?.traffic.countsAttempts).toBe(true);
    // The server's own buckets grew from the lowest bound on; the caller's from 0.2 s on.
    expect(row?.traffic.latency?.counts.findIndex((count) => count > 0)).toBe(row?.traffic.latency?.boundsMs.indexOf(200));
  });

  it("knows the internet and a database", async () => {
    const { edges } = await fed([text(GRAPH), text(grown(GRAPH, 1, () => true))]);
    expect(edges()).toEqual(
      expect.arrayContaining([
        ["internet shop/frontend", 1, 0],
        ["stock/inventory external/stockdb", 1, 0],
      ]),
    );
  });

  it("is found under a namespace of the exporter, with dots in quotes, and in legacy milliseconds", async () => {
    const prefixed = GRAPH.replaceAll("traces_service_graph", "mesh_traces_service_graph");
    expect((await fed([text(prefixed), text(grown(prefixed, 2, has(...CART, "false")))])).edges()).toEqual([
      ["shop/frontend shop/cart", 2, 0],
    ]);
    const dotted = (n: number): Canned =>
      text(
        `{"traces_service_graph_request_total",client="a","client_service.namespace"="x",server="b","server_service.namespace"="x"} ${n}\n`,
      );
    expect((await fed([dotted(1), dotted(4)])).edges()).toEqual([["x/a x/b", 3, 0]]);
    const legacy = (n: number): Canned =>
      text(
        `traces_service_graph_request_total{client="a",server="b"} ${n}\ntraces_service_graph_request_server_milliseconds_bucket{client="a",server="b",le="5"} ${n}\ntraces_service_graph_request_server_milliseconds_bucket{client="a",server="b",le="+Inf"} ${n}\n`,
      );
    expect((await fed([legacy(1), legacy(4)])).store.samples[0]?.traffic.latency).toEqual({ boundsMs: [5], counts: [3, 0] });
  });

  it.each([
    ["request_server_seconds", "0.005"],
    ["request_server_milliseconds", "5"],
    ["request_server", "0.005"],
    ["request_duration_seconds", "0.005"],
    ["request_duration_milliseconds", "5"],
    ["request_duration", "0.005"],
  ])("has its durations under each name that the connector ever had: %s", async (name, le) => {
    const page = (n: number): Canned => {
      const bucket = (bound: string): string => `traces_service_graph_${name}_bucket{client="a",server="b",le="${bound}"} ${n}\n`;
      return text(`traces_service_graph_request_total{client="a",server="b"} ${n}\n${bucket(le)}${bucket("+Inf")}`);
    };
    expect((await fed([page(1), page(4)])).store.samples).toMatchObject([
      { key: { source: "unknown/a", target: "unknown/b" }, traffic: { count: 3, latency: { boundsMs: [5], counts: [3, 0] } } },
    ]);
  });

  it("does not take what was there before the first look for new, however late it is exposed", async () => {
    const { edges, feed } = await fed([text(""), text(GRAPH), text(grown(GRAPH, 2, has('server="inventory"')))]);
    expect(edges()).toEqual([["shop/cart stock/inventory", 2, 0]]);
    expect(feed.status().state).toBe("healthy");
  });

  it("goes on from where it was when an idle series comes back as it was", async () => {
    const without = GRAPH.split("\n")
      .filter((line) => !line.includes('server="inventory"'))
      .join("\n");
    const { edges } = await fed([text(GRAPH), text(without), text(without), text(grown(GRAPH, 2, has('server="inventory"')))]);
    expect(edges()).toEqual([["shop/cart stock/inventory", 2, 0]]);
  });

  it("adds up to the true counters, whatever restarts happen", async () => {
    const step = fc.record({ by: fc.nat(20), isRestart: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.nat(50), fc.array(step, { maxLength: 8 }), async (before, steps) => {
        let value = before;
        let truth = 0;
        const pages = [total(value)];
        for (const { by, isRestart } of steps) {
          // A restart shows only where fewer were counted since than before.
          const isSeen = isRestart && by < value;
          value = isSeen ? by : value + by;
          truth += by;
          pages.push(total(value));
        }
        const { store } = await fed(pages);
        expect(store.total().reduce((sum, { traffic }) => sum + traffic.count, 0)).toBe(truth);
      }),
      { numRuns: 40 },
    );
  });
});

describe("metrics of spans", () => {
  it("stand in for callers that nobody tells of, and say what is missing", async () => {
    const { edges, store, feed, findings } = await fed([text(SPANS), text(grown(SPANS, 3, () => true))]);
    expect(edges()).toEqual([
      ["unknown/untraced shop/frontend", 3, 0],
      ["unknown/untraced shop/cart", 6, 3],
      ["unknown/untraced shop/mailer", 3, 0],
      ["unknown/untraced shop/ledger", 3, 0],
    ]);
    expect(store.samples.map(({ key }) => key.protocol)).toEqual(["http", "http", "tcp", "grpc"]);
    expect(store.samples[0]?.traffic.latency).toEqual({ boundsMs: [2, 10, 100, 1_000], counts: [3, 0, 0, 0, 0] });
    expect(feed.status().state).toBe("degraded");
    expect(findings()).toContain("servicegraph connector");
  });

  it.each([
    ["traces_span_metrics_calls_total", "traces_span_metrics_duration_milliseconds", "5", "status_code"],
    ["traces_span_metrics_calls_total", "traces_span_metrics_duration_seconds", "0.005", "otel_status_code"],
    ["traces_span_metrics_calls", "traces_span_metrics_duration", "5", "status_code"],
    ["calls_total", "duration_milliseconds", "5", "status_code"],
    ["calls_total", "latency", "5", "status_code"],
    ["mesh_traces_span_metrics_calls_total", "mesh_traces_span_metrics_duration_milliseconds", "5", "status_code"],
  ])("are known by each name that the connector ever gave them: %s, %s", async (calls, durations, le, statusLabel) => {
    const labels = 'service_name="cart",span_kind="SPAN_KIND_SERVER",span_name="GET /",collector_instance_id="7"';
    const status = statusLabel === "status_code" ? "STATUS_CODE_ERROR" : "ERROR";
    const page = (n: number): Canned =>
      text(
        `${calls}{${labels},${statusLabel}="${status}"} ${n}\n${calls}{${labels}} ${2 * n}\n` +
          ["+Inf", le].map((bound) => `${durations}_bucket{${labels},le="${bound}"} ${3 * n}\n`).join(""),
      );
    expect((await fed([page(1), page(5)])).store.samples).toMatchObject([
      {
        key: { source: "unknown/untraced", target: "unknown/cart" },
        traffic: { count: 12, errorCount: 4, latency: { boundsMs: [5], counts: [12, 0] } },
      },
    ]);
  });

  it("are not counted beside edges to the same service", async () => {
    const both = GRAPH + SPANS;
    const { edges } = await fed([text(both), text(grown(both, 1, has("_total{")))]);
    expect(edges().filter((edge) => JSON.stringify(edge).includes("untraced"))).toEqual([
      ["unknown/untraced shop/mailer", 1, 0],
      ["unknown/untraced shop/ledger", 1, 0],
    ]);
  });
});

describe("what it finds", () => {
  it("is that there is no service graph", async () => {
    const { feed, findings } = await fed([text("# TYPE up gauge\nup 1\n")]);
    expect(feed.status()).toMatchObject({
      state: "degraded",
      lastError: expect.stringMatching(/ has no metrics of a service graph .*, so it tells no edges\.$/),
      mend: expect.stringContaining("servicegraph connector"),
    });
    expect(findings()).toContain("traces_service_graph_request_total");
    expect(findings()).toContain("metrics_flush_interval");
  });

  it("is that no namespaces are told", async () => {
    expect((await fed([text('traces_service_graph_request_total{client="a",server="b"} 1')])).findings()).toContain("service.namespace");
  });

  it("is an older connector, whose flipping counters it does not add up", async () => {
    const { edges, findings } = await fed([
      flipping("false", 1_000, 0),
      flipping("true", 1_001, 1),
      flipping("false", 1_004, 1),
      flipping("true", 1_010, 2),
      flipping("false", 1_011, 2),
    ]);
    expect(edges()).toEqual([["unknown/a unknown/b", 11, 2]]);
    expect(findings()).toContain("older connector");
  });

  it("is several collectors at one address", async () => {
    expect((await fed([total(900), total(20), total(901)])).findings()).not.toContain("several collectors");
    expect((await fed([total(900), total(20), total(19), total(18)])).findings()).toContain("several collectors");
  });

  it("is what is no metric, shown without its tricks", async () => {
    expect((await fed([text(`${GRAPH}oops \u202e{\n`)])).findings()).toMatch(/1 lines that are no metrics/);
    expect((await fed([text(`${GRAPH}oops \u202e{\n`)])).findings()).not.toContain("\u202e");
  });
});

describe("when it does not answer", () => {
  it.each([
    ["a web page", { mediaType: "text/html", body: "<html>" }, "text/html", "exporter"],
    ["a status", text("no", { status: 503 }), "503", "exporter"],
    ["a refusal", text("no", { status: 401 }), "401", "auth"],
    ["rubbish", text("once upon a time\n"), "no metrics", "exporter"],
  ])("by %s it is down, and says what to do, without the secrets of its address", async (_name, answer, what, mend) => {
    const { feed } = await fed([answer]);
    const status = feed.status();
    expect(status).toMatchObject({ state: "down", coverage: { n: 0, of: 1 } });
    expect(status.lastError).toContain(what);
    expect(status.mend).toContain(mend);
    expect(JSON.stringify(status)).not.toContain("s3cret");
  });

  it("goes on afterwards, and loses nothing", async () => {
    const { edges, feed } = await fed([text(GRAPH), text("", { status: 503 }), text(grown(GRAPH, 5, has('server="inventory"')))]);
    expect(edges()).toEqual([["shop/cart stock/inventory", 5, 0]]);
    expect(feed.status().state).toBe("healthy");
  });

  it("asks with what identifies it, and no more once it was stopped", async () => {
    const { feed, http, time } = await fed([text(GRAPH), text(GRAPH)], { auth: { bearerTokenFile: "/token" }, tenant: "blue" });
    expect(http.asked[0]?.headers).toMatchObject({ authorization: "Bearer token-7", "x-scope-orgid": "blue" });
    await feed.stop();
    const before = http.asked.length;
    await time.advance(60_000);
    expect(http.asked.length).toBe(before);
    expect(time.waiting).toBe(0);
  });
});

it("says that no running Collector proved it", async () => {
  const { feed } = await fed([text(GRAPH), text(GRAPH)]);
  expect(feed.status()).toMatchObject({ state: "healthy", gives: [expect.stringContaining("not tried on a running Collector")] });
});
