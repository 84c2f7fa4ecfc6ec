import { describe, expect, it, vi } from "vitest";

import { START_MS } from "#lib/testing/builders.ts";

import type { Fault } from "./testing/fault-proxy.ts";
import { BEGIN_MS, useFaultyStore, WINDOW_MS } from "./testing/faulty-store.ts";
import { EDGES } from "./testing/recorded-mesh.ts";
import { PATIENCE, valueOf } from "./testing/rig.ts";

const faulty = useFaultyStore();

/** The message about an answer to the first question about the mesh. */
async function malformed(fault: Fault): Promise<string> {
  const { proxy, rig } = faulty();
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
    const { proxy, rig } = faulty();
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
    const { proxy, rig } = faulty();
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
    const { proxy, rig } = faulty();
    const { ask, source } = rig();
    valueOf(await ask());
    proxy.set({ kind: "shortened" }, (path) => path === "/api/v1/query");
    const window = { fromMs: BEGIN_MS - WINDOW_MS, toMs: BEGIN_MS };
    expect(valueOf(await source.trafficSteps(window, 60_000)).value.steps).toHaveLength(10);
  });
});

describe("values that are no numbers", () => {
  it("are gaps, and nothing is ever negative", async () => {
    const { proxy, rig } = faulty();
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

describe("two million series", () => {
  it("are stopped at the limit, unread, and said to be partial", async () => {
    const { proxy, rig } = faulty();
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
    await vi.waitFor(() => expect(proxy.givenUp).toBeGreaterThan(before.givenUp), PATIENCE);
    expect((process.memoryUsage().rss - before.rss) / 1024 / 1024).toBeLessThan(768);
  });

  it("are stopped by the number of bytes, with whole series before it", async () => {
    const { proxy, rig } = faulty();
    const { ask, store } = rig({ maxBytes: 1024 * 1024 });
    await store.probe.scrapeMs(["calls_total"]);
    proxy.set({ kind: "flood", series: 2_000_000 }, (path) => path === "/api/v1/query");
    const { value, coverage, notices } = valueOf(await ask());
    expect(value.rows.length).toBeGreaterThan(10_000);
    expect(value.rows.every(({ traffic }) => traffic.count === 1)).toBe(true);
    expect([coverage, notices[0]?.code]).toEqual(["partial", "source-cut"]);
  });
});
