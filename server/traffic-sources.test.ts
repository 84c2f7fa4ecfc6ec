import { describe, expect, it } from "vitest";

import type { MetricsReader, Telling } from "#collectors/metrics-readers.ts";
import { WeftError, type Result } from "#lib/model/errors.ts";
import { serviceId } from "#lib/model/ids.ts";
import { sampleAt, secondsWindow, statusOf } from "#lib/testing/builders.ts";
import { createFakeFeed, createFakeMetrics, type FakeMetricsSource } from "#lib/testing/fake-sources.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { RingMetricsSource } from "./stores/ring-metrics-source.ts";
import { MemorySeriesStore } from "./stores/series-store.ts";
import { TrafficSources } from "./traffic-sources.ts";

const [A, B, C, D] = ["a", "b", "c", "d"].map((name) => serviceId("shop", name)) as [string, string, string, string];
const WINDOW = secondsWindow(0, 60);

function source(id: string, ...edges: [string, string][]): FakeMetricsSource {
  const metrics = createFakeMetrics(id);
  metrics.record(...edges.map(([source, target]) => sampleAt(30, { source, target }, { count: 10 })));
  return metrics;
}

interface FakeReader extends MetricsReader {
  isKnown: boolean;
}

function reader(id: string, tellings: Telling[], settled: Promise<void> = Promise.resolve()): FakeReader {
  return {
    id,
    isKnown: true,
    start: () => undefined,
    settled: () => settled,
    tellings: () => tellings,
    topology: () => [],
    statuses: () => [statusOf({ id })],
    close: () => Promise.resolve(),
  };
}

/** One that never answered. */
function dead(id: string): FakeReader {
  const one = reader(id, [{ rank: "mesh", source: source(id, [B, C]) }]);
  one.isKnown = false;
  one.statuses = () => [statusOf({ id, state: "down", lastError: `${id}: It did not answer.`, mend: "Start it." })];
  return one;
}

function setUp(parts: { proxies?: FakeMetricsSource; spans?: FakeMetricsSource; readers?: MetricsReader[] }) {
  const time = createFakeTime();
  const { proxies = null, spans = null, readers = [] } = parts;
  return { time, readers, traffic: new TrafficSources({ proxies, spans, readers: () => readers, scheduler: time.scheduler }) };
}

/** Spans, and a feed that is weaker. */
function withFeed() {
  const feed = createFakeFeed("collector");
  const store = new MemorySeriesStore();
  const ring = new RingMetricsSource({ feed, store, reportMs: 10_000, counted: "calls" });
  const { traffic } = setUp({ spans: source("spans", [A, B]), readers: [reader("collector", [{ rank: "graph", source: ring }])] });
  return { feed, store, traffic };
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

async function tellers(traffic: TrafficSources): Promise<string[]> {
  const { value } = valueOf(await traffic.traffic(WINDOW));
  return value.rows.map(({ key, toldBy, seenBy }) => `${key.source}>${key.target} ${toldBy} (${seenBy.join(" ")})`);
}

describe("all that tells of traffic", () => {
  it("goes by strength: proxies, mesh metrics, spans, graphs worked out from spans", async () => {
    const all: [string, string][] = [
      [A, B],
      [B, C],
      [C, D],
      [D, A],
    ];
    const { traffic } = setUp({
      proxies: source("envoy", ...all.slice(0, 1)),
      spans: source("spans", ...all.slice(0, 3)),
      readers: [
        reader("prom", [
          { rank: "mesh", source: source("prom", ...all.slice(0, 2)) },
          { rank: "graph", source: source("prom/service-graph", ...all) },
        ]),
      ],
    });
    expect(await tellers(traffic)).toEqual([
      `${A}>${B} envoy (envoy prom spans prom/service-graph)`,
      `${B}>${C} prom (prom spans prom/service-graph)`,
      `${C}>${D} spans (spans prom/service-graph)`,
      `${D}>${A} prom/service-graph (prom/service-graph)`,
    ]);
    expect(traffic.id).toBe("envoy");
  });

  it("takes up a source that comes, and lets go of one that leaves", async () => {
    const { traffic, readers } = setUp({ proxies: source("envoy", [A, B]) });
    expect(await tellers(traffic)).toHaveLength(1);
    readers.push(reader("prom", [{ rank: "mesh", source: source("prom", [B, C]) }]));
    expect(await tellers(traffic)).toHaveLength(2);
    expect(traffic.layers.map(({ id }) => id)).toEqual(["envoy", "prom"]);
    readers.pop();
    expect(await tellers(traffic)).toHaveLength(1);
  });

  it("is nothing without any source", async () => {
    const { traffic } = setUp({});
    expect(traffic.isEmpty).toBe(true);
    expect(await traffic.traffic(WINDOW)).toMatchObject({ ok: false, error: { code: "UNSUPPORTED" } });
  });

  it("goes on with the next when the strongest fails, and says so", async () => {
    const prom = source("prom", [A, B]);
    prom.failWith(new WeftError("SOURCE_UNREACHABLE", "prom: refused the connection.", { mend: "Start it." }));
    const { traffic } = setUp({ spans: source("spans", [A, B]), readers: [reader("prom", [{ rank: "mesh", source: prom }])] });
    expect(await traffic.traffic(WINDOW)).toMatchObject({
      ok: true,
      value: {
        value: { rows: [{ toldBy: "spans" }] },
        coverage: "partial",
        notices: [{ level: "error", code: "SOURCE_UNREACHABLE", source: "prom", text: "prom: refused the connection.", mend: "Start it." }],
      },
    });
    expect(await traffic.trafficSteps(WINDOW, 10_000)).toMatchObject({ ok: true });
    expect(await traffic.countSteps(WINDOW, 6)).toMatchObject({ ok: true, value: { value: { rows: [{ target: B }] } } });
  });

  it("fails with the reason of the strongest when all fail", async () => {
    const prom = source("prom");
    prom.failWith(new WeftError("TIMEOUT", "prom is slow."));
    const { traffic } = setUp({ readers: [reader("prom", [{ rank: "mesh", source: prom }])] });
    expect(await traffic.traffic(WINDOW)).toMatchObject({ ok: false, error: { message: "prom is slow." } });
  });

  it("does not wait for a store that hangs while proxies tell; its last answer stands in, stamped stale", async () => {
    const prom = source("prom", [B, C]);
    const { traffic, time } = setUp({ proxies: source("envoy", [A, B]), readers: [reader("prom", [{ rank: "mesh", source: prom }])] });
    expect(await tellers(traffic)).toHaveLength(2);
    prom.onCall(() => new Promise(() => undefined));
    const waiting = traffic.traffic({ fromMs: WINDOW.fromMs + 2_000, toMs: WINDOW.toMs + 2_000 });
    await time.advance(3_000);
    const late = valueOf(await waiting);
    expect(late.value.rows.map(({ toldBy }) => toldBy)).toEqual(["envoy", "prom"]);
    expect(late).toMatchObject({
      coverage: "stale",
      notices: [{ code: "source-late", source: "prom", mend: expect.stringContaining("./weft doctor") }],
    });
    // A moment long before is not stood in for.
    const past = traffic.traffic({ fromMs: WINDOW.fromMs - 600_000, toMs: WINDOW.toMs - 600_000 });
    await time.advance(3_000);
    expect(valueOf(await past).value.sources).toEqual(["envoy"]);
  });

  it("keeps the last answers of a few lengths of window only", async () => {
    const prom = source("prom", [B, C]);
    const { traffic, time } = setUp({ proxies: source("envoy", [A, B]), readers: [reader("prom", [{ rank: "mesh", source: prom }])] });
    const ask = (seconds: number) => traffic.traffic({ fromMs: WINDOW.toMs - seconds * 1_000, toMs: WINDOW.toMs });
    for (let seconds = 60; seconds < 77; seconds++) await ask(seconds);
    prom.onCall(() => new Promise(() => undefined));
    const asked = [ask(60), ask(61)];
    await time.advance(3_000);
    const [first, second] = await Promise.all(asked.map(async (one) => valueOf(await one).value.sources));
    expect([first, second]).toEqual([["envoy"], ["envoy", "prom"]]);
  });

  it("leaves a store out that never answered, as long as proxies tell", async () => {
    const prom = source("prom", [B, C]);
    const unheard = reader("prom", [{ rank: "mesh", source: prom }]);
    unheard.isKnown = false;
    const { traffic } = setUp({ proxies: source("envoy", [A, B]), readers: [unheard] });
    expect(await tellers(traffic)).toHaveLength(1);
    expect(prom.asked.traffic).toBe(0);
    // It may still be looking; only one that failed has something to say.
    expect(valueOf(await traffic.traffic(WINDOW))).toMatchObject({ coverage: "complete", notices: [] });
    unheard.statuses = () => [statusOf({ id: "prom", state: "down", lastError: "Nothing listens there.", mend: "Start it." })];
    const notice = { level: "error", code: "SOURCE_UNREACHABLE", text: "Nothing listens there.", source: "prom", mend: "Start it." };
    expect(valueOf(await traffic.traffic(WINDOW))).toMatchObject({ coverage: "partial", notices: [notice] });
  });

  describe("with a feed that is weaker than the rest", () => {
    const down = { state: "down", lastError: "collector: It refused the connection.", mend: "Check that it runs." } as const;
    const notice = { level: "error", code: "source-down", source: "collector", text: down.lastError, mend: down.mend };

    it("says why it is missing where it never answered", async () => {
      const { feed, traffic } = withFeed();
      feed.set({ ...down, newestData: null });
      expect(valueOf(await traffic.traffic(WINDOW))).toMatchObject({
        coverage: "partial",
        notices: [notice],
        value: { window: WINDOW, rows: [{ toldBy: "spans" }] },
      });
      feed.set({ state: "healthy", lastError: null });
      expect(valueOf(await traffic.traffic(WINDOW))).toMatchObject({ coverage: "complete", notices: [] });
    });

    it("says why it is missing where it has not answered for longer than the window, and nothing of what it had told before", async () => {
      const { feed, store, traffic } = withFeed();
      for (let second = -120; second <= 0; second += 10) store.record([sampleAt(second, { source: C, target: D }, { count: 1 })]);
      store.markReported(WINDOW.fromMs - 120_000);
      feed.set({ ...down, newestData: new Date(WINDOW.fromMs).toISOString() });
      expect(valueOf(await traffic.traffic(WINDOW))).toMatchObject({ coverage: "partial", notices: [notice], value: { rows: [{}] } });
      const before = { fromMs: WINDOW.fromMs - 60_000, toMs: WINDOW.fromMs - 10_000 };
      expect(valueOf(await traffic.traffic(before))).toMatchObject({ coverage: "complete", notices: [] });
    });
  });

  it("gives every question up with the one who asked", async () => {
    const { signal } = new AbortController();
    const [envoy, prom] = [source("envoy", [A, B]), source("prom", [B, C])];
    const { traffic } = setUp({ proxies: envoy, readers: [reader("prom", [{ rank: "mesh", source: prom }])] });
    await traffic.traffic(WINDOW, undefined, signal);
    await traffic.trafficSteps(WINDOW, 10_000, { targets: [C] }, signal);
    await traffic.countSteps(WINDOW, 6, signal);
    expect([envoy.signals, prom.signals]).toEqual([Array(3).fill(signal), Array(3).fill(signal)]);
  });

  describe("where no proxies tell", () => {
    it("draws what the others tell, and says why a store is missing that never answered", async () => {
      const slow = dead("slow");
      slow.statuses = () => [statusOf({ id: "slow", state: "starting" })];
      const { traffic } = setUp({ spans: source("spans", [A, B]), readers: [dead("prom"), slow] });
      const notices = [
        { level: "error", code: "SOURCE_UNREACHABLE", source: "prom", text: "prom: It did not answer.", mend: "Start it." },
        {
          level: "error",
          code: "TIMEOUT",
          source: "slow",
          text: expect.stringMatching(/^slow has not said yet/),
          mend: expect.any(String),
        },
      ];
      expect(valueOf(await traffic.traffic(WINDOW))).toMatchObject({
        coverage: "partial",
        notices,
        value: { rows: [{ toldBy: "spans" }] },
      });
      expect(valueOf(await traffic.countSteps(WINDOW, 6))).toMatchObject({ coverage: "partial", notices });
    });

    it("says what it waits for where there is nothing else, and asks once it is there", async () => {
      const prom = dead("prom");
      const { traffic } = setUp({ readers: [prom] });
      expect(await traffic.traffic(WINDOW)).toMatchObject({
        ok: false,
        error: { code: "SOURCE_UNREACHABLE", message: "prom: It did not answer.", mend: "Start it.", isRetryable: true },
      });
      expect([traffic.isEmpty, traffic.id]).toEqual([false, "prom"]);
      prom.isKnown = true;
      expect(await tellers(traffic)).toHaveLength(1);
    });
  });

  it("waits for the first look into the stores where no proxies tell", async () => {
    const looked = Promise.withResolvers<void>();
    const { traffic } = setUp({ readers: [reader("prom", [{ rank: "mesh", source: source("prom", [A, B]) }], looked.promise)] });
    let isDone = false;
    const answer = traffic.traffic(WINDOW).finally(() => (isDone = true));
    await Promise.resolve();
    expect(isDone).toBe(false);
    looked.resolve();
    expect(valueOf(await answer).value.rows).toHaveLength(1);
  });
});
