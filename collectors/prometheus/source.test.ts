import { describe, expect, it, vi } from "vitest";

import type { MetricsDialect } from "#collectors/shared/promql/dialect.ts";
import { ok } from "#lib/model/errors.ts";
import { Provenance } from "#lib/model/evidence.ts";
import { SourceStatus } from "#lib/model/source.ts";
import { START_MS } from "#lib/testing/builders.ts";

import { callsDialect } from "./testing/calls-dialect.ts";
import { valueOf } from "./testing/rig.ts";
import { meshOf, sourceOver, vector, type StoreOf } from "./testing/store-of.ts";

/** Counts as `callsDialect` does, and an average that a map may be drawn without. */
const averagesDialect: MetricsDialect = {
  ...callsDialect,
  counts: (ask) => [
    ...callsDialect.counts(ask),
    { name: "took", isLate: true, expression: { kind: "selector", metric: "took_total", matchers: [] } },
  ],
  fold(answers, ask) {
    const { rows, notices } = callsDialect.fold(answers, ask);
    const durations = { sumMs: answers.get("took")?.[0]?.value ?? 0, count: 1 };
    return { notices, rows: answers.has("took") ? rows.map((row) => ({ ...row, traffic: { ...row.traffic, durations } })) : rows };
  },
};

const withAverages =
  (store: StoreOf): StoreOf =>
  (question) =>
    question.query === "took_total" ? [vector({}, 40)] : store(question);

/** A histogram of the first edge. */
const withSpread =
  (store: StoreOf): StoreOf =>
  (question) => {
    if (!question.query.includes("call_seconds")) return store(question);
    const edges = ["0.1", "+Inf"].map((le) => vector({ src: "a/web", dst: "a/s0", le }, 10));
    return question.path.endsWith("query_range") ? [] : edges;
  };

const lastMinutes = (minutes: number, toMs = START_MS) => ({ fromMs: toMs - minutes * 60_000, toMs });

/** Of what a store tells of ten minutes and a scrape, the ten minutes. */
const SHARE = 600 / 615;

/** The skew of a store that has taken 8 s until START_MS and dates its answer so. */
async function skewAt(toldMs: number): Promise<number> {
  const headers = { date: new Date(toldMs).toUTCString() };
  const answer = { status: 200, mediaType: "application/json", headers, elapsedMs: 8_000 };
  const text = '{"status":"success","data":{"resultType":"vector","result":[]}}';
  const { prometheus } = sourceOver(() => ok({ ...answer, text }));
  valueOf(await prometheus.client.queryText("1", START_MS, "vector"));
  return prometheus.client.skewMs;
}

describe("a source over a store of metrics", () => {
  it("asks nothing before it is asked, and is starting until then", () => {
    const { source, asked } = sourceOver(meshOf(1));
    expect(asked).toEqual([]);
    expect(SourceStatus.parse(source.status())).toMatchObject({
      id: "mesh",
      kind: "prometheus",
      state: "starting",
      address: "http://store.test/base",
      findings: [],
    });
    expect(source.reportMs).toBe(15_000);
  });

  it("says what each question was, what it cost, and where to put it again", async () => {
    const { traffic } = sourceOver(meshOf(3), { externalUrl: "https://prometheus.example/" });
    const { provenance } = valueOf(await traffic());
    expect(provenance.map((one) => Provenance.parse(one))).toEqual([
      {
        source: "mesh",
        kind: "prometheus",
        query: "sum by (src, dst, code) (increase(calls_total[615s]))",
        observedAt: new Date(START_MS).toISOString(),
        cost: { series: 3, ms: 7 },
        link: `https://prometheus.example/graph?${new URLSearchParams({ "g0.expr": "sum by (src, dst, code) (increase(calls_total[615s]))", "g0.tab": "1", "g0.range_input": "3600s", "g0.end_input": "2026-01-01 12:00:00" }).toString()}`,
      },
    ]);
  });

  it("answers all readers of the same moment from one question", async () => {
    const { traffic, asked, time } = sourceOver(meshOf(3));
    await Promise.all([traffic(), traffic(), traffic()]);
    await time.settle();
    const counting = (): number => asked.filter(({ query }) => query.includes("increase(calls_total")).length;
    expect(counting()).toBe(1);
    await time.advance(4_000);
    valueOf(await traffic());
    expect(counting()).toBe(1);
    await time.advance(1_000);
    valueOf(await traffic());
    expect(counting()).toBe(2);
    await time.settle();
    valueOf(await traffic(5));
    expect(counting()).toBe(3);
  });

  it("draws a large mesh without its sparklines, which come after", async () => {
    const { source, traffic, asked, time } = sourceOver(meshOf(1_200));
    expect(valueOf(await traffic()).value.rows).toHaveLength(1_200);
    const first = valueOf(await source.countSteps(lastMinutes(10), 20));
    expect(first).toMatchObject({ coverage: "partial", notices: [{ code: "steps-pending" }], value: { rows: [], stepMs: 30_000 } });
    expect(first.value.isReported).toEqual(Array.from({ length: 20 }, () => false));
    await vi.waitFor(async () => {
      await time.advance(250);
      expect(valueOf(await source.countSteps(lastMinutes(10), 20)).value.rows).toHaveLength(1_200);
    });
    expect(asked.filter(({ path, query }) => path.endsWith("query_range") && !query.startsWith("group"))).toHaveLength(1);
    const { value } = valueOf(await source.countSteps(lastMinutes(10), 20));
    expect(value.rows[0]).toEqual({
      target: "a/s0",
      // The store stretched ten over a range that is a scrape of 15 s longer than the step.
      counts: Array.from({ length: 20 }, () => Math.round((10 * 30) / 45)),
      errors: expect.any(Array),
      callers: expect.any(Array),
    });
  });

  it("waits for those of a small mesh", async () => {
    const { source, traffic } = sourceOver(meshOf(5));
    valueOf(await traffic());
    expect(valueOf(await source.countSteps(lastMinutes(10), 20)).value.rows).toHaveLength(5);
  });

  it("keeps the map, its sparklines and its services while a store is away", async () => {
    const { source, traffic, become, time } = sourceOver(meshOf(5));
    valueOf(await traffic());
    become(() => null);
    await time.advance(30_000);
    expect(valueOf(await traffic())).toMatchObject({
      coverage: "stale",
      notices: [{ code: "stale", source: "mesh", text: expect.stringContaining(": metrics gave no newer answer.") }, {}],
      value: { window: lastMinutes(10) },
    });
    expect(valueOf(await source.countSteps(lastMinutes(10, START_MS + 30_000), 20))).toMatchObject({
      coverage: "partial",
      notices: [{ code: "steps-pending" }],
    });
    const services = valueOf(await source.topology());
    expect([services.coverage, services.value.services.map(({ id }) => id).includes("a/web")]).toEqual(["stale", true]);
    expect(await source.traffic(lastMinutes(5))).toMatchObject({ ok: false, error: { code: "SOURCE_UNREACHABLE", sourceId: "metrics" } });
    expect(source.status()).toMatchObject({ state: "down", dims: ["edges and numbers that only mesh tells of", "charts of the past"] });
  });

  it("names who is there now, whatever moment the reader looks at, and asks for that once a minute at most", async () => {
    const { source, asked, time } = sourceOver(({ query, path, form }) => {
      const isPast = Number(form["time"]) < START_MS / 1_000 - 600;
      return meshOf(isPast ? 1 : 3)({ query, path, form });
    });
    valueOf(await source.traffic(lastMinutes(1, START_MS - 3_600_000)));
    const counted = (): number => asked.filter(({ query }) => query.includes("increase(calls_total")).length;
    expect(counted()).toBe(1);
    const names = async (): Promise<number> => valueOf(await source.topology()).value.services.length;
    expect([await names(), counted()]).toEqual([4, 2]);
    await time.advance(30_000);
    expect([await names(), counted()]).toEqual([4, 2]);
    await time.advance(31_000);
    expect([await names(), counted()]).toEqual([4, 3]);
    // What is said of somebody's window is said with the traffic of that window.
    expect(valueOf(await source.traffic({ fromMs: time.clock.nowMs() - 10_000, toMs: time.clock.nowMs() })).notices).toContainEqual(
      expect.objectContaining({ code: "window-widened" }),
    );
    expect(valueOf(await source.topology())).toMatchObject({ provenance: [{}], notices: [], coverage: "complete" });
  });

  it("says why quantiles are missing", async () => {
    const { traffic, time } = sourceOver((question) => {
      if (!question.query.includes("call_seconds")) return meshOf(2)(question);
      return ok({
        status: 422,
        mediaType: "application/json",
        text: '{"status":"error","errorType":"execution","error":"too many samples"}',
        elapsedMs: 1,
      });
    });
    expect(valueOf(await traffic()).notices.map(({ code }) => code)).toEqual(["durations-pending"]);
    await time.advance(250);
    await time.advance(250);
    const { notices, value, coverage } = valueOf(await traffic());
    expect(notices).toEqual([
      {
        level: "warning",
        code: "durations-missing",
        text: "Quantiles are missing: metrics could not work out a question: too many samples.",
        source: "mesh",
        mend: expect.stringContaining("shorter window"),
      },
    ]);
    expect([value.rows.length, coverage]).toEqual([2, "complete"]);
  });

  it("draws the map of a large mesh without what a dialect can do without, and puts it in when it has come", async () => {
    const { source, traffic, time, asked } = sourceOver(withAverages(meshOf(1_200)), {}, averagesDialect);
    const sums = async (): Promise<unknown[]> => {
      const { value } = valueOf(await traffic());
      return [...new Set(value.rows.map((row) => row.traffic.durations?.sumMs))];
    };
    expect(await sums()).toEqual([undefined]);
    expect(valueOf(await traffic()).notices.map(({ text }) => text)).toEqual(["mesh is still asked how long calls take."]);
    await vi.waitFor(async () => {
      await time.advance(250);
      expect(await sums()).toEqual([40 * SHARE]);
    });
    const before = asked.length;
    await vi.waitFor(async () => {
      await time.advance(250);
      expect(valueOf(await source.countSteps(lastMinutes(10), 20)).value.rows).toHaveLength(1_200);
    });
    expect(asked.slice(before).map(({ query }) => query)).toEqual(["sum by (src, dst, code) (increase(calls_total[45s]))"]);
    const few = valueOf(await source.traffic(lastMinutes(10), { targets: ["a/s0"] }));
    expect(few.value.rows[0]?.traffic.durations?.sumMs).toBe(40 * SHARE);
  });

  it("waits for it where the mesh is small", async () => {
    const { traffic } = sourceOver(withAverages(meshOf(2)), {}, averagesDialect);
    const { value, notices } = valueOf(await traffic());
    expect(value.rows.map((row) => row.traffic.durations?.sumMs)).toEqual([40 * SHARE, 40 * SHARE]);
    expect(notices.map(({ text }) => text)).toEqual(["mesh is still asked how durations are spread; averages are there."]);
  });

  it("asks for details that the first answers show to be needed, and folds them in", async () => {
    const dialect: MetricsDialect = {
      ...callsDialect,
      more: (answers) =>
        (answers.get("calls") ?? []).some(({ labels }) => labels["dst"] === "a/odd")
          ? [{ name: "odd", expression: { kind: "selector", metric: "odd_total", matchers: [] } }]
          : [],
      fold: (answers, ask) => callsDialect.fold(new Map([["calls", answers.get("odd") ?? answers.get("calls") ?? []]]), ask),
    };
    const odd = { src: "a/web", dst: "a/odd", code: "200" };
    let isOdd = false;
    const { source, traffic, asked, time, become } = sourceOver(
      (question) => {
        const answer = meshOf(2)(question);
        if (!isOdd || !Array.isArray(answer)) return answer;
        if (question.query.includes("odd_total")) return [{ ...answer[0], ...vector({ ...odd, dst: "a/found" }, 3) }];
        return answer.map((one) => ({ ...one, metric: question.query.includes("calls_total") ? odd : one.metric }));
      },
      {},
      dialect,
    );
    expect(valueOf(await traffic()).value.rows.map(({ key }) => key.target)).toEqual(["a/s0", "a/s1"]);
    expect(asked.some(({ query }) => query.includes("odd_total"))).toBe(false);
    isOdd = true;
    await time.advance(30_000);
    const { value, provenance } = valueOf(await traffic());
    expect(value.rows.map(({ key, traffic: { count } }) => [key.target, count])).toEqual([["a/found", Math.round(3 * SHARE)]]);
    expect(provenance.map(({ query }) => query)).toEqual(["sum by (src, dst, code) (increase(calls_total[615s]))", "odd_total"]);
    const odds = asked.filter(({ query }) => query === "odd_total").length;
    valueOf(await source.trafficSteps(lastMinutes(10), 60_000));
    expect(asked.filter(({ query }) => query === "odd_total")).toHaveLength(odds + 1);
    become(({ query }) => (query.includes("odd_total") ? null : [vector(query === "vector(time())" ? {} : odd, START_MS / 1_000)]));
    // Without its details the answer would be another one than it seems.
    expect(await source.traffic(lastMinutes(7))).toMatchObject({ ok: false, error: { code: "SOURCE_UNREACHABLE" } });
  });

  it("gives a moment of the past nothing that was found for now", async () => {
    const { source, become, time } = sourceOver(withSpread(meshOf(1_200)));
    const whole = async (toMs: number) => valueOf(await source.traffic(lastMinutes(10, toMs)));
    const sparks = async (toMs: number) => valueOf(await source.countSteps(lastMinutes(10, toMs), 20));
    await vi.waitFor(async () => {
      await whole(START_MS);
      await time.advance(250);
      expect((await whole(START_MS)).value.rows[0]?.traffic.latency).not.toBeNull();
      expect((await sparks(START_MS)).value.rows).toHaveLength(1_200);
    });
    const charted = async (toMs: number) => {
      const answering = source.trafficSteps(lastMinutes(10, toMs), 60_000);
      await time.advance(250);
      return answering;
    };
    valueOf(await charted(START_MS));
    const past = START_MS - 50_000;
    const first = await whole(past);
    expect([first.value.rows[0]?.traffic.latency, first.notices.map(({ code }) => code)]).toEqual([null, ["durations-pending"]]);
    expect(await sparks(past)).toMatchObject({ notices: [{ code: "steps-pending" }], value: { rows: [] } });
    become(() => null);
    expect(await source.traffic(lastMinutes(10, past - 1_000))).toMatchObject({ ok: false, error: { code: "SOURCE_UNREACHABLE" } });
    expect([(await charted(past)).ok, valueOf(await charted(START_MS)).coverage]).toEqual([false, "stale"]);
  });

  it("finds how durations are spread in two moments of the past that are asked for at once, and asks for each once", async () => {
    const { source, asked, time } = sourceOver(withSpread(meshOf(2)));
    const moments = [START_MS - 3_600_000, START_MS - 7_200_000];
    const spreads = () =>
      Promise.all(
        moments.map(async (toMs) => {
          const { value, notices } = valueOf(await source.traffic(lastMinutes(10, toMs)));
          return value.rows[0]?.traffic.latency === null ? notices[0]?.code : "there";
        }),
      );
    expect(await spreads()).toEqual(["durations-pending", "durations-pending"]);
    await vi.waitFor(async () => {
      await time.advance(250);
      expect(await spreads()).toEqual(["there", "there"]);
    });
    const times = (what: string) => asked.filter(({ query }) => query.includes(what)).map(({ form }) => form["time"]);
    expect([new Set(times("increase(call_seconds")).size, times("increase(call_seconds").length]).toEqual([2, 2]);
    expect(times("increase(calls_total")).toHaveLength(2);
  });

  it("comes back to a moment whose turn others took, though its counts are still at hand", async () => {
    const { source, time } = sourceOver(withSpread(meshOf(2)));
    const ask = async (hour: number) => valueOf(await source.traffic(lastMinutes(10, START_MS - hour * 3_600_000)));
    const hours = Array.from({ length: 12 }, (_, index) => index + 1);
    await Promise.all(hours.map(ask));
    for (const hour of hours)
      await vi.waitFor(async () => {
        await time.advance(250);
        expect((await ask(hour)).value.rows[0]?.traffic.latency).not.toBeNull();
      });
  });

  it("does not call a window whole of which it could not find out whether the store's data reaches over it", async () => {
    const refusal = {
      status: 422,
      mediaType: "application/json",
      text: '{"status":"error","errorType":"execution","error":"no"}',
      elapsedMs: 1,
    };
    const { traffic, source, time } = sourceOver((question) => (question.query.startsWith("group") ? ok(refusal) : meshOf(2)(question)));
    const whole = valueOf(await traffic());
    expect([whole.coverage, whole.value.rows.length]).toEqual(["partial", 2]);
    expect(whole.notices[0]).toMatchObject({ code: "reach-unknown", text: expect.stringContaining("could not work out a question: no.") });
    const nowMs = time.clock.nowMs();
    const chart = valueOf(await source.trafficSteps({ fromMs: nowMs - 600_000, toMs: nowMs }, 60_000));
    expect([chart.coverage, chart.notices[0]?.code]).toEqual(["partial", "reach-unknown"]);
  });

  it("takes a slow answer for no other clock", async () => {
    expect(await Promise.all([-8_000, -4_000, 0].map((ms) => skewAt(START_MS + ms)))).toEqual([0, 0, 0]);
    expect(await Promise.all([-20_000, 10_000].map((ms) => skewAt(START_MS + ms)))).toEqual([-12_000, 10_000]);
  });

  it("says where a store keeps no histograms", async () => {
    const { source, traffic, time } = sourceOver(meshOf(2));
    valueOf(await traffic());
    await time.advance(250);
    await time.advance(250);
    const notice = {
      level: "info",
      code: "no-histograms",
      text: "mesh keeps no histogram of call_seconds: quantiles are missing.",
      source: "mesh",
      mend: "Let it collect call_seconds_bucket.",
    };
    expect(valueOf(await traffic()).notices).toEqual([notice]);
    expect(valueOf(await source.traffic(lastMinutes(10), { targets: ["a/s0"] })).notices).toEqual([notice]);
  });

  it("asks for no more steps than it may, and says which it took", async () => {
    const { source, asked } = sourceOver(meshOf(1));
    const { value, notices } = valueOf(await source.trafficSteps({ fromMs: START_MS - 30 * 86_400_000, toMs: START_MS }, 1_000));
    expect(value.steps.length).toBeLessThanOrEqual(2_000);
    expect(value.stepMs).toBe(1_296_000);
    expect(value.steps).toHaveLength(2_000);
    const form = asked.find(({ path }) => path.endsWith("query_range"))?.form ?? {};
    expect((Number(form["end"]) - Number(form["start"])) / Number(form["step"])).toBe(1_999);
    expect((Number(form["end"]) * 1_000) % value.stepMs).toBe(0);
    expect(notices.map(({ code }) => code)).toContain("durations-unasked");
  });

  it("never sends a name that PromQL cannot say", async () => {
    const { source, asked } = sourceOver(meshOf(1), { queryScope: { 'bad"label': "x" } });
    expect(await source.traffic(lastMinutes(10))).toMatchObject({ ok: false, error: { code: "INVALID", field: "label" } });
    expect(asked.filter(({ query }) => query.includes("calls_total"))).toEqual([]);
  });
});
