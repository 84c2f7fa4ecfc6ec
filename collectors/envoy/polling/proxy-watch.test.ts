import { beforeEach, describe, expect, it } from "vitest";

import type { Folded } from "../stats/counter-book.ts";
import { createManualTime, type ManualTime } from "../testing/manual-time.ts";
import { createStubAdmin, type StubAdmin } from "../testing/stub-admin.ts";
import { createProxyWatch, type ProxyWatch } from "./proxy-watch.ts";

let time: ManualTime;
let admin: StubAdmin;
let watch: ProxyWatch;
let polls: { folded: Folded; atMs: number }[];
let facts: number;

const FILE = { id: "web-v1-0.shop", address: "http://127.0.0.1:9901", knownAddresses: {}, file: "web.json" };
const line = (count: number): string => `envoy_weft_outbound_requests_total{weft_cluster="c",weft_code="200",weft_flags="-"} ${count}`;

beforeEach(() => {
  time = createManualTime();
  admin = createStubAdmin();
  admin.process = { start: "monday", uptimeSeconds: 500, lines: [line(100)] };
  polls = [];
  facts = 0;
  watch = createProxyWatch({
    file: FILE,
    admin,
    intervalMs: 1_000,
    clock: time.clock,
    scheduler: time.scheduler,
    notThereAtMs: 0,
    events: {
      onPoll: (_watch, folded, atMs) => void polls.push({ folded, atMs }),
      onFacts: () => void facts++,
      onCertificates: () => undefined,
      onRejections: () => undefined,
    },
  });
});

/** Until the poll under way has ended and the next one waits. */
async function settle(): Promise<void> {
  await expect.poll(() => time.waiting().length, { interval: 1 }).toBe(1);
}

async function next(ms = 1_000): Promise<void> {
  time.advance(ms);
  if (admin.process !== null) admin.process.uptimeSeconds += Math.floor(ms / 1_000);
  await settle();
}

const counted = (): number => polls.flatMap(({ folded }) => folded.deltas).reduce((sum, delta) => sum + delta.by, 0);

describe("watching a proxy", () => {
  it("inspects it first, then polls it at its interval", async () => {
    watch.start();
    await settle();
    expect(watch.known()).toMatchObject({ id: "web-v1-0.shop", host: "127.0.0.1", identity: { nodeId: "shop/web" }, upstreams: [] });
    expect(watch.known().config).not.toBeNull();
    expect([polls.length, counted(), facts, time.waiting()]).toEqual([1, 0, 1, [1_000]]);

    admin.calls.length = 0;
    admin.process = { start: "monday", uptimeSeconds: 500, lines: [line(107)] };
    await next();
    expect([polls.length, counted(), admin.calls]).toEqual([2, 7, ["prometheus"]]);
    expect(polls[1]?.atMs).toBe(time.clock.nowMs());
    expect(watch.observation()).toMatchObject({ failure: null, answeredInMs: 3, serverState: 0, life: { start: "monday" } });
  });

  it("reads upstreams every five seconds, and the rest when a counter says that it changed", async () => {
    watch.start();
    await settle();
    admin.calls.length = 0;
    for (let second = 1; second <= 5; second++) await next();
    expect(admin.calls.filter((call) => call !== "prometheus")).toEqual(["clusters"]);
    expect(facts).toBe(1);

    admin.calls.length = 0;
    admin.process = {
      start: "monday",
      uptimeSeconds: 505,
      lines: [line(100), "envoy_cluster_manager_cluster_modified{} 1", "envoy_sds_update_success{} 2"],
    };
    await next();
    expect(admin.calls).toEqual([
      "prometheus",
      "certs",
      "certificateChains",
      "config static_listeners",
      "config dynamic_listeners",
      "config static_clusters",
      "config dynamic_active_clusters",
      "config dynamic_route_configs",
      "statsFlushSeconds",
    ]);
    // The counter of a secret may be ahead of `/certs`, so these are read twice.
    await next();
    await next();
    await next();
    const reads = (wanted: string): number => admin.calls.filter((call) => call === wanted).length;
    expect([reads("certs"), reads("certificateChains"), reads("config static_listeners")]).toEqual([2, 2, 1]);
  });

  it("counts on over a restart between two polls", async () => {
    watch.start();
    await settle();
    admin.process = { start: "tuesday", uptimeSeconds: -1, lines: [line(30)] };
    await next();
    admin.process = { start: "tuesday", uptimeSeconds: 0, lines: [line(42)] };
    await next();
    expect(counted()).toBe(42);
  });

  it("asks a dead proxy less and less often, and counts all of the one that comes up in its place", async () => {
    watch.start();
    await settle();
    admin.process = null;
    const pauses: (number | undefined)[] = [];
    for (let failures = 0; failures < 6; failures++) {
      await next(time.waiting()[0] ?? 0);
      pauses.push(time.waiting()[0]);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(watch.observation()).toMatchObject({
      failure: { code: "SOURCE_UNREACHABLE", message: "127.0.0.1:9901 refused the connection." },
    });
    expect(watch.known().identity).not.toBeNull();

    admin.process = { start: "tuesday", uptimeSeconds: 900, lines: [line(150)] };
    await next(5_000);
    expect([counted(), watch.observation().failure, time.waiting()]).toEqual([150, null, [1_000]]);
  });

  it("counts all of a proxy that was not there when the watch began", async () => {
    admin.process = null;
    watch.start();
    await settle();
    admin.process = { start: "monday", uptimeSeconds: 8, lines: [line(12)] };
    await next();
    expect(counted()).toBe(12);
  });

  it("goes on with what was known while a frozen proxy was silent", async () => {
    watch.start();
    await settle();
    admin.silent.add("prometheus");
    await next();
    expect(watch.observation().failure?.code).toBe("TIMEOUT");
    admin.silent.clear();
    admin.process = { start: "monday", uptimeSeconds: 520, lines: [line(103)] };
    await next();
    expect([counted(), watch.observation().failure]).toEqual([3, null]);
  });

  it("never asks while an answer is outstanding", async () => {
    const gate = Promise.withResolvers<void>();
    const real = admin.prometheus.bind(admin);
    admin.prometheus = async (filter) => {
      const answer = await real(filter);
      await gate.promise;
      return answer;
    };
    watch.start();
    time.advance(60_000);
    expect(admin.calls).toEqual(["prometheus"]);
    expect(time.waiting()).toEqual([]);
    gate.resolve();
    await settle();
    expect(polls.length).toBe(1);
  });

  it("tells which parts are not allowed, asks for them again only each minute, and reads the built-in statistics meanwhile", async () => {
    admin.forbidden.add("config static_listeners").add("certs");
    let filter = "";
    const real = admin.prometheus.bind(admin);
    admin.prometheus = (asked) => {
      filter = asked;
      return real(asked);
    };
    watch.start();
    await settle();
    expect([...watch.observation().inspection.entries()].map(([part, error]) => [part, error.message])).toEqual([
      ["certificates", "127.0.0.1:9901 does not allow certs."],
      ["config", "127.0.0.1:9901 does not allow config static_listeners."],
    ]);
    expect(watch.known()).toMatchObject({ config: null, identity: { nodeId: "shop/web" } });
    for (let second = 1; second <= 59; second++) await next();
    expect(admin.calls.filter((call) => call === "certs").length).toBe(1);
    expect(filter).toContain("upstream_rq_");
    admin.forbidden.clear();
    await next();
    await next();
    expect([watch.observation().inspection.size, filter.includes("upstream_rq_")]).toEqual([0, false]);
  });

  it("survives a mistake of its owner", async () => {
    let isBroken = true;
    watch = createProxyWatch({
      file: FILE,
      admin,
      intervalMs: 1_000,
      clock: time.clock,
      scheduler: time.scheduler,
      notThereAtMs: 0,
      events: {
        onPoll: () => {
          if (isBroken) throw new Error("a mistake");
        },
        onFacts: () => undefined,
        onCertificates: () => undefined,
        onRejections: () => undefined,
      },
    });
    watch.start();
    await settle();
    expect(watch.observation().failure).toMatchObject({
      code: "INTERNAL",
      message: "The answer of http://127.0.0.1:9901 could not be worked with.",
    });
    isBroken = false;
    await next();
    expect(watch.observation().failure).toBeNull();
  });

  it("stops at once and for good", async () => {
    watch.start();
    await settle();
    await watch.stop();
    admin.calls.length = 0;
    time.advance(60_000);
    expect([admin.calls, time.waiting()]).toEqual([[], []]);
  });
});
