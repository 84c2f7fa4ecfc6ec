import { describe, expect, it, vi } from "vitest";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { createPrometheusSource } from "./source.ts";
import { createPrometheusStore } from "./store.ts";
import { callsDialect } from "./testing/calls-dialect.ts";
import { startFaultProxy } from "./testing/fault-proxy.ts";
import { BEGIN_MS, isQuery, useFaultyStore, WINDOW_MS } from "./testing/faulty-store.ts";
import { PATIENCE, valueOf } from "./testing/rig.ts";
import { selfSigned } from "./testing/self-signed.ts";
import { createTransport } from "./transport.ts";

const faulty = useFaultyStore();

/** The message of a source that cannot be reached at this address. */
async function askAt(url: string, ca?: string): Promise<string> {
  const { clock, scheduler } = createFakeTime();
  const http =
    (ca === undefined ? null : await createTransport("metrics", { caFile: "/ca.pem" }, { clock, scheduler, readText: async () => ca })) ??
    createHttpFetcher({ clock, scheduler });
  faulty().closeLater(http);
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
    const { proxy, rig } = faulty();
    const { ask, time, store } = rig();
    const good = valueOf(await ask());
    await vi.waitFor(() => expect(store.client.load.running).toBe(0), PATIENCE);
    await time.advance(20_000);
    proxy.set({ kind: "hang" }, isQuery);
    const before = proxy.asked.length;
    const answers = Array.from({ length: 50 }, ask);
    await vi.waitFor(() => expect(proxy.hanging).toBe(1), PATIENCE);
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
    await vi.waitFor(() => expect(proxy.hanging).toBe(0), PATIENCE);
  });
});

describe("a store that fails for five minutes", () => {
  it("is left alone after five failures, tried every 10 s, and back within 15 s", async () => {
    const { proxy, rig } = faulty();
    const { ask, time, store, source } = rig();
    valueOf(await ask());
    await vi.waitFor(() => expect(store.client.load.running).toBe(0), PATIENCE);
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
    const { proxy, rig } = faulty();
    const { ask, time, store } = rig();
    valueOf(await ask());
    await vi.waitFor(() => expect(store.client.load.running).toBe(0), PATIENCE);
    proxy.set({ kind: "status", status: 500, body: "" });
    for (let round = 0; round < 6; round++) {
      await time.advance(6_000);
      await ask();
    }
    proxy.set({ kind: "hang" });
    await time.advance(11_000);
    const before = proxy.asked.length;
    const asked = Promise.all([ask(), store.client.queryText("1", 0, "vector"), store.client.queryText("2", 0, "vector")]);
    await vi.waitFor(() => expect(proxy.hanging).toBe(1), PATIENCE);
    expect(store.client.breaker.state).toBe("half-open");
    await time.advance(10_000);
    const [mesh, ...others] = await asked;
    expect(valueOf(mesh).coverage).toBe("stale");
    for (const other of others)
      expect(other).toMatchObject({ ok: false, error: { message: expect.stringContaining("asked again every 10 s") } });
    expect(proxy.asked.length).toBe(before + 1);
  });

  it("gives no answer at all where there never was one", async () => {
    const { proxy, rig } = faulty();
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
    const { proxy, rig } = faulty();
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
    const { proxy, rig } = faulty();
    const { store, source, ask } = rig();
    valueOf(await ask());
    const { failures } = store.client;
    proxy.set({ kind: "status", status: 422, body: '{"status":"error","errorType":"execution","error":"no"}' });
    for (let round = 0; round < 8; round++) await store.client.queryText(String(round), 0, "vector");
    expect([store.client.breaker.state, store.client.failures]).toEqual(["closed", failures]);
    expect(source.status()).toMatchObject({ state: "degraded", lastError: "metrics could not work out a question: no." });
  });
});

describe("a store that cannot be reached", () => {
  it("has one of four plain messages", async () => {
    const { closeLater, nowMs, real } = faulty();
    const refusing = await startFaultProxy({ target: real.url, nowMs });
    await refusing.refuse();
    const expired = await selfSigned("expired");
    const [outdated, valid, other] = [
      await startFaultProxy({ target: real.url, nowMs, tls: expired }),
      await selfSigned("valid"),
      await selfSigned("valid"),
    ];
    const strange = await startFaultProxy({ target: real.url, nowMs, tls: valid });
    closeLater(outdated);
    closeLater(strange);
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
    const { closeLater, nowMs, real } = faulty();
    const [server, client] = [await selfSigned("valid"), await selfSigned("valid")];
    const guarded = await startFaultProxy({ target: real.url, nowMs, tls: { ...server, ca: client.cert, requestCert: true } });
    closeLater(guarded);
    const { clock, scheduler } = createFakeTime();
    const files: Record<string, string> = { "/ca": server.cert, "/cert": client.cert, "/key": client.key };
    const readText = async (path: string): Promise<string> => files[path] ?? "";
    const http = await createTransport("metrics", { caFile: "/ca", certFile: "/cert", keyFile: "/key" }, { clock, scheduler, readText });
    const anonymous = await createTransport("metrics", { caFile: "/ca" }, { clock, scheduler, readText });
    if (http === null || anonymous === null) throw new Error("no transport");
    closeLater(http);
    closeLater(anonymous);
    const store = (fetcher: typeof http) =>
      createPrometheusStore({ id: "metrics", url: guarded.url }, { http: fetcher, clock, scheduler, readText });
    expect(await store(http).client.queryText("vector(1)", START_MS, "vector")).toMatchObject({ ok: true });
    expect(await store(anonymous).client.queryText("vector(1)", START_MS, "vector")).toMatchObject({ ok: false });
  });

  it("comes back at the same address, within 15 s of being there again", async () => {
    const { proxy, rig } = faulty();
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

describe("clocks that differ", () => {
  it("are told of, and nothing is made up", async () => {
    const { proxy, rig } = faulty();
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
    const { rig } = faulty();
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
