import { describe, expect, it } from "vitest";

import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { HttpAnswer, HttpFetcher } from "#lib/ports/http-fetcher.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { keptPart } from "./plan-window.ts";
import { createPrometheusSource } from "./source.ts";
import { createPrometheusStore } from "./store.ts";
import { callsDialect } from "./testing/calls-dialect.ts";
import { valueOf } from "./testing/rig.ts";

const SCRAPE_MS = 15_000;
const NOW_MS = START_MS + 6 * 3_600_000;
const minutesAgo = (minutes: number): number => NOW_MS - minutes * 60_000;

function told(resultType: string, result: unknown): Result<HttpAnswer> {
  const text = JSON.stringify({ status: "success", data: { resultType, result } });
  return ok({ status: 200, mediaType: "application/json", text, elapsedMs: 1 });
}

/** A store whose series begin at an instant; each answers that it grew by 10. `null` = it holds none. */
function storeSince(sinceMs: number | null) {
  const time = createFakeTime(NOW_MS);
  const looks: string[] = [];
  const ranges: string[] = [];
  const http: HttpFetcher = {
    async get({ url, form = {} }) {
      const { query = "", time: at = "0", start = "0", end = "0", step = "1" } = form;
      if (!new URL(url).pathname.startsWith("/api/v1/query")) {
        const text = JSON.stringify({ status: "success", data: { activeTargets: [{ scrapeInterval: "15s" }] } });
        return ok({ status: 200, mediaType: "application/json", text, elapsedMs: 1 });
      }
      if (query === "vector(time())") return told("vector", [{ metric: {}, value: [Number(at), at] }]);
      if (query.startsWith("group")) {
        looks.push(query);
        const count = Math.floor((Number(end) - Number(start)) / Number(step) + 1e-9) + 1;
        const instants = Array.from({ length: count }, (_, index) => Number(start) + index * Number(step));
        const values = instants.filter((s) => sinceMs !== null && s * 1_000 >= sinceMs).map((s) => [s, "1"]);
        return told("matrix", values.length === 0 ? [] : [{ metric: {}, values }]);
      }
      if (!query.includes("increase(calls_total")) return told(start === "0" ? "vector" : "matrix", []);
      const metric = { src: "a/web", dst: "a/db", code: "200" };
      if (start !== "0") {
        const count = Math.floor((Number(end) - Number(start)) / Number(step) + 1e-9) + 1;
        const instants = Array.from({ length: count }, (_, index) => Number(start) + index * Number(step));
        const values = instants.filter((s) => sinceMs !== null && s * 1_000 >= sinceMs).map((s) => [s, "10"]);
        return told("matrix", values.length === 0 ? [] : [{ metric, values }]);
      }
      ranges.push(/\[(\w+)\]/.exec(query)?.[1] ?? "");
      if (sinceMs === null || Number(at) * 1_000 < sinceMs) return told("vector", []);
      return told("vector", [{ metric, value: [Number(at), "10"] }]);
    },
  };
  const { clock, scheduler } = time;
  const store = createPrometheusStore({ id: "metrics", url: "http://store.test" }, { http, clock, scheduler, readText: async () => "" });
  const source = createPrometheusSource({ id: "mesh", dialect: callsDialect, store }, { clock, scheduler });
  const ask = async (fromMinutes: number, toMinutes: number) =>
    valueOf(await source.traffic({ fromMs: minutesAgo(fromMinutes), toMs: minutesAgo(toMinutes) }, { targets: ["a/db"] }));
  const askSteps = async (fromMinutes: number, toMinutes = 0) =>
    valueOf(await source.trafficSteps({ fromMs: minutesAgo(fromMinutes), toMs: minutesAgo(toMinutes) }, 60_000, { targets: ["a/db"] }));
  return { ask, askSteps, looks, ranges, time };
}

describe("a store that does not reach over the window", () => {
  it("is counted from where its data begins, and says so", async () => {
    const { ask, ranges } = storeSince(minutesAgo(10));
    const answer = await ask(60, 0);
    const { fromMs, toMs } = answer.value.window;
    expect(toMs - fromMs).toBe(10 * 60_000 - SCRAPE_MS);
    expect(ranges).toEqual(["10m"]);
    expect(answer).toMatchObject({ coverage: "partial", value: { rows: [{}] } });
    expect(answer.notices[0]).toMatchObject({ code: "partly-kept", source: "mesh" });
  });

  it("keeps nothing of a moment before, and says how far back it reaches", async () => {
    const { ask, ranges } = storeSince(minutesAgo(10));
    const answer = await ask(31, 30);
    expect(answer).toMatchObject({ coverage: "partial", notices: [{ code: "nothing-kept" }], value: { rows: [] } });
    expect(answer.value.window.fromMs).toBe(answer.value.window.toMs);
    expect(answer.notices[0]?.text).toContain(new Date(minutesAgo(10)).toISOString().slice(0, 15));
    expect(ranges).toEqual([]);
  });
});

it("finds where data begins that is a moment old, from however far back it is looked for", async () => {
  const { ask, looks } = storeSince(minutesAgo(3));
  const long = 20 * 365 * 24 * 60;
  const answer = await ask(long + 1, long);
  expect(answer).toMatchObject({ coverage: "partial", notices: [{ code: "nothing-kept" }], value: { rows: [] } });
  const [began] = /2\d{3}-\S+Z$/.exec(answer.notices[0]?.text ?? "") ?? [];
  expect(Math.abs(Date.parse(began ?? "") - minutesAgo(3))).toBeLessThanOrEqual(SCRAPE_MS);
  expect(looks.length).toBeLessThan(12);
});

describe("steps of a window that a store does not reach over", () => {
  it("are told from the first one on that was counted from its beginning, and each before it is a gap", async () => {
    const { value, coverage, notices } = await storeSince(minutesAgo(10)).askSteps(15);
    const { steps } = value;
    expect(steps.map(({ isReported }) => isReported)).toEqual([...Array<boolean>(6).fill(false), ...Array<boolean>(9).fill(true)]);
    expect(steps.map(({ rows }) => rows.length)).toEqual([...Array<number>(6).fill(0), ...Array<number>(9).fill(1)]);
    expect(steps[6]?.fromMs).toBe(minutesAgo(9));
    expect([coverage, notices[0]?.code]).toEqual(["partial", "partly-kept"]);
  });

  it("are gaps where it keeps nothing of them, and it says so", async () => {
    const { value, coverage, notices } = await storeSince(minutesAgo(10)).askSteps(75, 60);
    expect(value.steps.some(({ isReported }) => isReported)).toBe(false);
    expect([coverage, notices[0]?.code]).toEqual(["partial", "nothing-kept"]);
  });

  it("are all told where it does", async () => {
    const { value, coverage } = await storeSince(minutesAgo(300)).askSteps(15);
    expect(coverage).toBe("complete");
    expect(value.steps.every(({ isReported }) => isReported)).toBe(true);
  });
});

describe("a store that reaches over the window", () => {
  it("is asked for all of it, and how far back it reaches once for many windows", async () => {
    const { ask, looks, time } = storeSince(minutesAgo(300));
    expect(await ask(60, 0)).toMatchObject({ coverage: "complete", value: { window: { fromMs: minutesAgo(60) } } });
    await ask(90, 30);
    await ask(119, 59);
    expect(looks).toHaveLength(1);
    await ask(180, 150);
    expect(looks).toHaveLength(2);
    await time.advance(11 * 60_000);
    await ask(60, 30);
    expect(looks).toHaveLength(3);
  });

  it("may have begun within the hour before: what lies before that is known when it is asked for", async () => {
    const { ask, looks, time } = storeSince(minutesAgo(80));
    expect(await ask(60, 0)).toMatchObject({ coverage: "complete", value: { window: { fromMs: minutesAgo(60) } } });
    await time.settle();
    const before = looks.length;
    expect((await ask(70, 60)).coverage).toBe("complete");
    expect((await ask(90, 70)).notices[0]?.code).toBe("partly-kept");
    expect((await ask(100, 95)).notices[0]?.code).toBe("nothing-kept");
    expect(looks).toHaveLength(before);
  });
});

it("a store without any such series says nothing of the past", async () => {
  const { ask } = storeSince(null);
  expect((await ask(60, 0)).notices.map(({ code }) => code)).not.toContain("nothing-kept");
});

it("a store that fails while it is looked at fails the answer", async () => {
  const { clock, scheduler } = createFakeTime(NOW_MS);
  const http: HttpFetcher = {
    get: async () => err(new WeftError("SOURCE_UNREACHABLE", "It refused the connection.", { isRetryable: true })),
  };
  const store = createPrometheusStore({ id: "metrics", url: "http://store.test" }, { http, clock, scheduler, readText: async () => "" });
  const source = createPrometheusSource({ id: "mesh", dialect: callsDialect, store }, { clock, scheduler });
  expect(await source.traffic({ fromMs: minutesAgo(60), toMs: NOW_MS })).toMatchObject({ ok: false });
});

it("the kept part of a window is whole scrapes before its end, and begins when every target has been scraped", () => {
  const window = { fromMs: 0, toMs: 60_000 };
  expect(keptPart(window, null, SCRAPE_MS)).toEqual(window);
  expect(keptPart(window, 20_000, SCRAPE_MS)).toEqual({ fromMs: 45_000, toMs: 60_000 });
  expect(keptPart(window, 30_000, SCRAPE_MS)).toEqual({ fromMs: 45_000, toMs: 60_000 });
  expect(keptPart(window, 50_000, SCRAPE_MS)).toEqual({ fromMs: 60_000, toMs: 60_000 });
  expect(keptPart(window, 70_000, SCRAPE_MS)).toEqual({ fromMs: 60_000, toMs: 60_000 });
});
