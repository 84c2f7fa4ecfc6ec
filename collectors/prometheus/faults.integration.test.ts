import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import type { Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TrafficSum } from "#lib/ports/sources.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { createPrometheusSource } from "./source.ts";
import { createPrometheusStore } from "./store.ts";
import { callsDialect } from "./testing/calls-dialect.ts";
import { startFaultProxy, type Fault, type FaultProxy } from "./testing/fault-proxy.ts";
import { startRecordedPrometheus, type RealStore } from "./testing/real-store.ts";
import { EDGES } from "./testing/recorded-mesh.ts";
import { createRig, valueOf, type Rig } from "./testing/rig.ts";
import { selfSigned } from "./testing/self-signed.ts";
import { createTransport } from "./transport.ts";

const WINDOW_MS = 10 * 60_000;

let real: RealStore;
let proxy: FaultProxy;
/** The instant at which the tests begin: the recorded mesh goes on for half an hour after it. */
const BEGIN_MS = START_MS - 30 * 60_000;
let nowMs = (): number => BEGIN_MS;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  real = await startRecordedPrometheus(START_MS);
  proxy = await startFaultProxy({ target: real.url, nowMs: () => nowMs() });
});

afterEach(async () => {
  proxy.set({ kind: "none" });
  proxy.shiftClock(0);
  nowMs = () => BEGIN_MS;
  await Promise.all(open.splice(0).map((one) => one.close()));
});

afterAll(async () => {
  await proxy?.close();
  await real?.stop();
});

function rig(options: Parameters<typeof createRig>[1] = {}): Rig & { ask: () => Promise<Result<Sourced<TrafficSum>>> } {
  const one = createRig(proxy.url, options, BEGIN_MS);
  open.push(one);
  const { clock } = one.time;
  nowMs = () => clock.nowMs();
  const ask = (): Promise<Result<Sourced<TrafficSum>>> => one.source.traffic({ fromMs: clock.nowMs() - WINDOW_MS, toMs: clock.nowMs() });
  return { ...one, ask };
}

/** Only what is asked in PromQL; questions about the store itself go through. */
const isQuery = (path: string): boolean => path.startsWith("/api/v1/query");

/** The message about an answer to the first question about the mesh. */
async function malformed(fault: Fault): Promise<string> {
  const { ask, source } = rig();
  // The store is known; then its counts go wrong, and nothing else.
  valueOf(await source.trafficSteps({ fromMs: BEGIN_MS - WINDOW_MS, toMs: BEGIN_MS }, 60_000, { targets: ["shop/cart"] }));
  proxy.set(fault, (path) => path === "/api/v1/query");
  const answer = await ask();
  expect(answer).toMatchObject({ ok: false, error: { code: "SOURCE_MALFORMED", sourceId: "metrics" } });
  const { code } = answer.ok ? { code: null } : answer.error;
  expect(code).toBe("SOURCE_MALFORMED");
  return answer.ok ? "" : answer.error.message;
}

/** The message of a source that cannot be reached at this address. */
async function askAt(url: string, ca?: string): Promise<string> {
  const { clock, scheduler } = createFakeTime();
  const http =
    (ca === undefined ? null : await createTransport("metrics", { caFile: "/ca.pem" }, { clock, scheduler, readText: async () => ca })) ??
    createHttpFetcher({ clock, scheduler });
  open.push(http);
  const store = createPrometheusStore({ id: "metrics", url }, { http, clock, scheduler, readText: async () => "" });
  const source = createPrometheusSource({ id: "metrics", dialect: callsDialect, store }, { clock, scheduler });
  const answer = await source.traffic({ fromMs: START_MS - WINDOW_MS, toMs: START_MS });
  expect(answer).toMatchObject({
    ok: false,
    error: { code: "SOURCE_UNREACHABLE", sourceId: "metrics", mend: expect.stringMatching(/\.$/) },
  });
  return answer.ok ? "" : answer.error.message;
}

describe("a store that is slow", () => {
  it("is cut off at 10 s; the last answer stays, stamped stale, and no queue grows", async () => {
    const { ask, time, store } = rig();
    const good = valueOf(await ask());
    await vi.waitFor(() => expect(store.client.load.running).toBe(0));
    await time.advance(20_000);
    proxy.set({ kind: "hang" }, isQuery);
    const before = proxy.asked.length;
    const answers = Array.from({ length: 50 }, ask);
    await vi.waitFor(() => expect(proxy.hanging).toBe(1));
    expect(store.client.load).toEqual({ running: 1, waiting: 0 });
    await time.advance(9_999);
    expect(proxy.hanging).toBe(1);
    await time.advance(1);
    for (const answer of await Promise.all(answers)) {
      const { value, coverage, notices } = valueOf(answer);
      expect(coverage).toBe("stale");
      expect(value.window).toEqual(good.value.window);
      expect(value.rows.map(({ key, traffic }) => [key, traffic.count])).toEqual(
        good.value.rows.map(({ key, traffic }) => [key, traffic.count]),
      );
      expect(notices[0]).toMatchObject({ code: "stale", source: "metrics", mend: expect.stringContaining("Ask for less") });
      expect(notices[0]?.text).toMatch(/^Stale since 2026-01-01T11:30:00\.000Z: .* within 10000 ms\.$/);
    }
    expect(proxy.asked.length).toBe(before + 1);
    expect(store.client.load).toEqual({ running: 0, waiting: 0 });
    await vi.waitFor(() => expect(proxy.hanging).toBe(0));
  });
});

describe("a store that fails for five minutes", () => {
  it("is left alone after five failures, tried every 10 s, and back within 15 s", async () => {
    const { ask, time, store, source } = rig();
    valueOf(await ask());
    await vi.waitFor(() => expect(store.client.load.running).toBe(0));
    proxy.set({ kind: "status", status: 500, body: "boom", mediaType: "text/plain" });
    await time.advance(20_000);
    const before = proxy.asked.length;
    for (let second = 0; second < 300; second += 2) {
      expect(valueOf(await ask()).coverage).toBe("stale");
      await time.advance(2_000);
    }
    expect(store.client.breaker.state).toBe("open");
    // Five in a row, then one every 10 s.
    expect(proxy.asked.length - before).toBeLessThanOrEqual(5 + 30);
    expect(proxy.asked.length - before).toBeGreaterThan(5 + 25);
    expect(source.status()).toMatchObject({
      state: "down",
      dims: [expect.any(String), expect.any(String)],
      lastError: expect.stringContaining("500"),
    });
    proxy.set({ kind: "none" });
    let waitedMs = 0;
    for (; valueOf(await ask()).coverage !== "complete"; waitedMs += 1_000) await time.advance(1_000);
    expect(waitedMs).toBeLessThanOrEqual(15_000);
    expect(source.status().state).toBe("healthy");
  });

  it("lets one question try, however many wait for it", async () => {
    const { ask, time, store } = rig();
    valueOf(await ask());
    await vi.waitFor(() => expect(store.client.load.running).toBe(0));
    proxy.set({ kind: "status", status: 500, body: "" });
    for (let round = 0; round < 6; round++) {
      await time.advance(6_000);
      await ask();
    }
    proxy.set({ kind: "hang" });
    await time.advance(11_000);
    const before = proxy.asked.length;
    const asked = Promise.all([ask(), store.client.queryText("1", 0, "vector"), store.client.queryText("2", 0, "vector")]);
    await vi.waitFor(() => expect(proxy.hanging).toBe(1));
    expect(store.client.breaker.state).toBe("half-open");
    await time.advance(10_000);
    const [mesh, ...others] = await asked;
    expect(valueOf(mesh).coverage).toBe("stale");
    for (const other of others)
      expect(other).toMatchObject({ ok: false, error: { message: expect.stringContaining("asked again every 10 s") } });
    expect(proxy.asked.length).toBe(before + 1);
  });

  it("gives no answer at all where there never was one", async () => {
    proxy.set({ kind: "status", status: 500, body: "boom", mediaType: "text/plain" });
    const { ask, source } = rig();
    expect(await ask()).toMatchObject({
      ok: false,
      error: { code: "SOURCE_REFUSED", message: expect.stringContaining("500: boom."), sourceId: "metrics" },
    });
    expect(await source.topology()).toMatchObject({ ok: false });
    expect(await source.countSteps({ fromMs: BEGIN_MS - WINDOW_MS, toMs: BEGIN_MS }, 10)).toMatchObject({ ok: false });
  });
});

describe("a store that says why it does not answer", () => {
  it.each([
    [
      503,
      "timeout",
      "query timed out in expression evaluation",
      "metrics gave up a question that took too long: query timed out in expression evaluation.",
    ],
    [
      422,
      "execution",
      "query processing would load too many samples into memory",
      "metrics could not work out a question: query processing would load too many samples into memory.",
    ],
    [422, "422", "too many points", "metrics could not work out a question: too many points."],
    [
      400,
      "bad_data",
      "exceeded maximum resolution of 11,000 points",
      "metrics refused a question (bad_data, 400): exceeded maximum resolution of 11,000 points.",
    ],
  ])("%d %s is named, and something shorter offered", async (status, errorType, error, message) => {
    const { ask, time } = rig();
    proxy.set({ kind: "status", status, body: JSON.stringify({ status: "error", errorType, error }) }, isQuery);
    expect(await ask()).toMatchObject({
      ok: false,
      error: { code: "SOURCE_REFUSED", message, mend: expect.stringContaining("shorter window") },
    });
    proxy.set({ kind: "none" });
    await time.advance(20_000);
    valueOf(await ask());
    await time.advance(20_000);
    proxy.set({ kind: "status", status, body: JSON.stringify({ status: "error", errorType, error }) }, isQuery);
    const { coverage, notices } = valueOf(await ask());
    expect([coverage, notices[0]?.text.includes(message), notices[0]?.mend?.includes("shorter window")]).toEqual(["stale", true, true]);
  });

  it("is not taken for one that is gone when it refuses one question", async () => {
    const { store } = rig();
    proxy.set({ kind: "status", status: 422, body: '{"status":"error","errorType":"execution","error":"no"}' });
    for (let round = 0; round < 8; round++) await store.client.queryText(String(round), 0, "vector");
    expect(store.client.breaker.state).toBe("closed");
  });
});

const into = (
  change: (
    body: { data: { resultType: string; result: { metric: Record<string, string>; value: unknown[] }[] } } & Record<string, unknown>,
  ) => void,
): Fault => ({
  kind: "rewrite",
  rewrite(text) {
    const body = JSON.parse(text) as Parameters<typeof change>[0];
    change(body);
    return JSON.stringify(body);
  },
});

describe("an answer with warnings", () => {
  it("is shown, with what the store says of it", async () => {
    const { ask } = rig();
    proxy.set(
      into((body) =>
        Object.assign(body, {
          warnings: ["a store gateway did not answer", "a store gateway did not answer"],
          infos: ["metric might not be a counter"],
        }),
      ),
      (path) => path === "/api/v1/query",
    );
    const answer = valueOf(await ask());
    expect(answer.value.rows).toHaveLength(EDGES.length);
    expect(answer.coverage).toBe("partial");
    expect(answer.notices.filter(({ code }) => code.startsWith("source-"))).toEqual([
      { level: "warning", code: "source-warning", text: "metrics warns: a store gateway did not answer", source: "metrics", mend: null },
      { level: "info", code: "source-info", text: "metrics remarks: metric might not be a counter", source: "metrics", mend: null },
    ]);
  });

  it("says so when parts of a cluster did not answer", async () => {
    const { ask } = rig();
    proxy.set(
      into((body) => Object.assign(body, { isPartial: true })),
      (path) => path === "/api/v1/query",
    );
    expect(valueOf(await ask())).toMatchObject({
      coverage: "partial",
      notices: [{ code: "source-partial" }, { code: "durations-pending" }],
    });
  });
});

describe("an answer that is not what it should be", () => {
  it.each<[string, Fault, RegExp]>([
    ["broken off in the middle", { kind: "cut" }, /broke off its answer to \/api\/v1\/query after \d+ bytes\.$/],
    ["short of its end, at its full announced length", { kind: "shortened" }, /with JSON that is cut off or broken\.$/],
    ["a scalar", into((body) => Object.assign(body.data, { resultType: "scalar" })), /with a scalar instead of a vector\.$/],
    ["numbers for texts", into(({ data }) => data.result.forEach((one) => (one.value = [1, 1]))), /with a wrong data\.result\.0\.$/],
    ["a text for a time", into(({ data }) => data.result.forEach((one) => (one.value = ["1", "1"]))), /with a wrong data\.result\.0\.$/],
    ["words for a number", into(({ data }) => data.result.forEach((one) => (one.value = [1, "many"]))), /with a wrong data\.result\.0\.$/],
    [
      "a number for a label",
      into(({ data }) => data.result.forEach((one) => Object.assign(one.metric, { src: 7 }))),
      /with a wrong data\.result\.0\.$/,
    ],
    [
      "a label of 10 MB",
      into(({ data }) => data.result.forEach((one) => (one.metric["src"] = "x".repeat(10_000_000)))),
      /with a wrong data\.result\.0\.$/,
    ],
    ["an object for a list", into(({ data }) => Object.assign(data, { result: {} })), /with a wrong data\.result\.$/],
    ["a page", { kind: "status", status: 200, body: "<!doctype html>", mediaType: "text/html" }, /with a web page\.$/],
  ])("is refused whole: %s", async (_name, fault, message) => {
    expect(await malformed(fault)).toMatch(message);
  });

  it("leaves other questions alone", async () => {
    const { ask, source } = rig();
    valueOf(await ask());
    proxy.set({ kind: "shortened" }, (path) => path === "/api/v1/query");
    const window = { fromMs: BEGIN_MS - WINDOW_MS, toMs: BEGIN_MS };
    expect(valueOf(await source.trafficSteps(window, 60_000)).value.steps).toHaveLength(10);
  });
});

describe("values that are no numbers", () => {
  it("are gaps, and nothing is ever negative", async () => {
    const { ask, source } = rig();
    const odd = ["NaN", "+Inf", "-Inf"];
    proxy.set(
      into(({ data }) => {
        if (data.resultType === "vector") for (const [index, one] of data.result.entries()) one.value[1] = odd[index] ?? one.value[1];
      }),
      (path) => path === "/api/v1/query",
    );
    const { value } = valueOf(await ask());
    expect(value.rows.length).toBeLessThan(EDGES.length);
    expect(value.rows.length).toBeGreaterThan(0);
    for (const { traffic } of value.rows) expect(Number.isSafeInteger(traffic.count) && traffic.count >= 0).toBe(true);
    proxy.set({ kind: "none" });
    // Every counter begins again at 0 in the middle of this hour.
    const hour = { fromMs: START_MS - 90 * 60_000, toMs: BEGIN_MS };
    const { steps } = valueOf(await source.trafficSteps(hour, 60_000, { targets: ["shop/db"] })).value;
    expect(steps).toHaveLength(60);
    for (const { rows } of steps) {
      for (const { traffic } of rows) expect(traffic.count).toBeGreaterThanOrEqual(0);
      expect(rows.reduce((sum, { traffic }) => sum + traffic.count, 0)).toBeLessThanOrEqual(1_320 * 1.5);
    }
  });
});

describe("a store that cannot be reached", () => {
  it("has one of four plain messages", async () => {
    const refusing = await startFaultProxy({ target: real.url, nowMs });
    await refusing.refuse();
    const expired = await selfSigned("expired");
    const [outdated, valid, other] = [
      await startFaultProxy({ target: real.url, nowMs, tls: expired }),
      await selfSigned("valid"),
      await selfSigned("valid"),
    ];
    const strange = await startFaultProxy({ target: real.url, nowMs, tls: valid });
    open.push(outdated, strange);
    const messages = [
      await askAt(refusing.url),
      await askAt("http://no-such-host.invalid:9090"),
      await askAt(outdated.url, expired.cert),
      await askAt(strange.url, other.cert),
    ];
    expect(messages.map((message) => message.replace(/127\.0\.0\.1:\d+/g, "HOST"))).toEqual([
      "metrics: HOST refused the connection.",
      "metrics: The name no-such-host.invalid could not be resolved.",
      "metrics: The certificate of HOST is not to be trusted (CERT_HAS_EXPIRED).",
      "metrics: The certificate of HOST is not to be trusted (DEPTH_ZERO_SELF_SIGNED_CERT).",
    ]);
    for (const message of messages) expect(message).not.toMatch(/\bat .*:\d+:\d+|node:/);
  });

  it("is reached over an authority and a client certificate of its own", async () => {
    const [server, client] = [await selfSigned("valid"), await selfSigned("valid")];
    const guarded = await startFaultProxy({ target: real.url, nowMs, tls: { ...server, ca: client.cert, requestCert: true } });
    open.push(guarded);
    const { clock, scheduler } = createFakeTime();
    const files: Record<string, string> = { "/ca": server.cert, "/cert": client.cert, "/key": client.key };
    const readText = async (path: string): Promise<string> => files[path] ?? "";
    const http = await createTransport("metrics", { caFile: "/ca", certFile: "/cert", keyFile: "/key" }, { clock, scheduler, readText });
    const anonymous = await createTransport("metrics", { caFile: "/ca" }, { clock, scheduler, readText });
    if (http === null || anonymous === null) throw new Error("no transport");
    open.push(http, anonymous);
    const store = (fetcher: typeof http) =>
      createPrometheusStore({ id: "metrics", url: guarded.url }, { http: fetcher, clock, scheduler, readText });
    expect(await store(http).client.queryText("vector(1)", START_MS, "vector")).toMatchObject({ ok: true });
    expect(await store(anonymous).client.queryText("vector(1)", START_MS, "vector")).toMatchObject({ ok: false });
  });

  it("comes back at the same address, within 15 s of being there again", async () => {
    const { ask, time, source } = rig();
    valueOf(await ask());
    await time.advance(20_000);
    await proxy.refuse();
    for (let second = 0; second < 60; second += 2) {
      expect(valueOf(await ask()).coverage).toBe("stale");
      await time.advance(2_000);
    }
    expect(source.status()).toMatchObject({ state: "down", lastError: expect.stringContaining("refused the connection") });
    await proxy.listen();
    let waitedMs = 0;
    for (; valueOf(await ask()).coverage !== "complete"; waitedMs += 1_000) await time.advance(1_000);
    expect(waitedMs).toBeLessThanOrEqual(15_000);
  });
});

describe("two million series", () => {
  it("are stopped at the limit, unread, and said to be partial", async () => {
    const { ask, store } = rig();
    await store.probe.scrapeMs(["calls_total"]);
    const before = { givenUp: proxy.givenUp, rss: process.memoryUsage().rss };
    proxy.set({ kind: "flood", series: 2_000_000 }, (path) => path === "/api/v1/query");
    const { value, coverage, notices } = valueOf(await ask());
    expect(value.rows).toHaveLength(200_000);
    expect(coverage).toBe("partial");
    expect(notices[0]).toMatchObject({
      level: "warning",
      code: "source-cut",
      text: expect.stringContaining("more series than were read (200000"),
      mend: expect.stringContaining("queryScope"),
    });
    // The rest of them was never sent.
    await vi.waitFor(() => expect(proxy.givenUp).toBeGreaterThan(before.givenUp));
    expect((process.memoryUsage().rss - before.rss) / 1024 / 1024).toBeLessThan(768);
  });

  it("are stopped by the number of bytes, with whole series before it", async () => {
    const { ask, store } = rig({ maxBytes: 1024 * 1024 });
    await store.probe.scrapeMs(["calls_total"]);
    proxy.set({ kind: "flood", series: 2_000_000 }, (path) => path === "/api/v1/query");
    const { value, coverage, notices } = valueOf(await ask());
    expect(value.rows.length).toBeGreaterThan(10_000);
    expect(value.rows.every(({ traffic }) => traffic.count === 1)).toBe(true);
    expect([coverage, notices[0]?.code]).toEqual(["partial", "source-cut"]);
  });
});

describe("clocks that differ", () => {
  it("are told of, and nothing is made up", async () => {
    const { ask, source } = rig();
    proxy.shiftClock(5 * 60_000);
    const { notices, value } = valueOf(await ask());
    expect(notices[0]).toEqual({
      level: "warning",
      code: "clock-skew",
      text: "The clock of metrics is 300 s ahead of Weft's: what is called now is another moment there.",
      source: "metrics",
      mend: "Set both clocks by NTP.",
    });
    expect(value.window.toMs).toBeLessThanOrEqual(BEGIN_MS);
    expect(source.status().findings.map(({ text }) => text)).toContain(notices[0]?.text);
  });

  it("may step back", async () => {
    const { ask, time, store } = rig();
    valueOf(await ask());
    time.setWall(BEGIN_MS - 20 * 60_000);
    const { value, coverage } = valueOf(await ask());
    expect(value.window.toMs).toBe(BEGIN_MS - 20 * 60_000);
    expect(coverage).toBe("complete");
    for (const { traffic } of value.rows) expect(traffic.count).toBeGreaterThanOrEqual(0);
    expect(store.client.breaker.state).toBe("closed");
  });
});
