import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { Provenance } from "#lib/model/evidence.ts";
import { START_MS } from "#lib/testing/builders.ts";

import { startFaultProxy, type FaultProxy } from "./testing/fault-proxy.ts";
import { startRecordedPrometheus, startRecordedVictoriaMetrics, type RealStore } from "./testing/real-store.ts";
import { EDGES, ODD_NAMES } from "./testing/recorded-mesh.ts";
import { createRig, PATIENCE, type Rig, valueOf } from "./testing/rig.ts";

const HOUR_MS = 3_600_000;
const lastMinutes = (minutes: number, toMs = START_MS) => ({ fromMs: toMs - minutes * 60_000, toMs });

describe.each<[string, (endMs: number) => Promise<RealStore>]>([
  ["Prometheus", startRecordedPrometheus],
  ["VictoriaMetrics", startRecordedVictoriaMetrics],
])("a source over a real %s", (product, start) => {
  let real: RealStore;
  let proxy: FaultProxy;
  const rigs: Rig[] = [];

  beforeAll(async () => {
    real = await start(START_MS);
    proxy = await startFaultProxy({ target: real.url, nowMs: () => START_MS });
  });

  afterAll(async () => {
    await Promise.all(rigs.map((rig) => rig.close()));
    await proxy?.close();
    await real?.stop();
  });

  function rig(...args: Parameters<typeof createRig> extends [string, ...infer Rest] ? Rest : never): Rig {
    const one = createRig(proxy.url, ...args);
    rigs.push(one);
    return one;
  }

  it("finds out what it talks to, and how often that has something new", async () => {
    const { store, source } = rig();
    const facts = valueOf(await store.probe.facts());
    expect(facts.product).toContain(product);
    expect(facts.hidesNewestMs).toBe(0);
    expect(valueOf(await store.probe.scrapeMs(["nothing", "calls_total"]))).toBe(15_000);
    expect(valueOf(await store.probe.histograms("call_seconds", lastMinutes(5)))).toBe("classic");
    expect(valueOf(await store.probe.histograms("nothing", lastMinutes(5)))).toBe("none");
    valueOf(await source.traffic(lastMinutes(5)));
    expect(source.reportMs).toBe(15_000);
    expect(source.status()).toMatchObject({
      id: "metrics",
      state: "healthy",
      lastError: null,
      newestData: new Date(START_MS).toISOString(),
    });
  });

  it("counts every edge in one question, and names the window", async () => {
    const { source } = rig();
    const before = proxy.asked.length;
    const answer = valueOf(await source.traffic(lastMinutes(10)));
    expect(answer.value.window).toEqual(lastMinutes(10));
    expect(answer.coverage).toBe("complete");
    const rows = new Map(answer.value.rows.map((row) => [`${row.key.source}|${row.key.target}`, row]));
    expect(rows.size).toBe(EDGES.length);
    for (const { src, dst, perSecond } of EDGES) {
      const { traffic } = rows.get(`${src}|${dst}`) ?? { traffic: null };
      const perWindow = Object.values(perSecond).reduce((sum, one) => sum + one, 0) * 600;
      expect(Math.abs((traffic?.count ?? 0) - perWindow)).toBeLessThanOrEqual(perWindow * 0.01);
      expect(traffic?.errorCount).toBe(Math.round((perSecond["500"] ?? 0) * 600));
    }
    expect(answer.provenance).toHaveLength(1);
    expect(Provenance.parse(answer.provenance[0])).toMatchObject({
      source: "metrics",
      // What extrapolates is asked about a scrape more.
      query: `sum by (src, dst, code) (increase(calls_total[${product === "Prometheus" ? "615s" : "10m"}]))`,
      cost: { series: EDGES.length + 1 },
    });
    const counting = proxy.asked.slice(before).filter(({ form }) => form.get("query")?.includes("increase") === true);
    expect(counting.filter(({ form }) => form.get("query")?.includes("calls_total") === true)).toHaveLength(1);
  });

  it("keeps names exactly, and asks for just those", async () => {
    const { source } = rig();
    for (const name of ODD_NAMES) {
      const { value } = valueOf(await source.traffic(lastMinutes(10), { targets: [name] }));
      expect(value.rows.map(({ key }) => key.target)).toEqual([name]);
    }
    const all = valueOf(await source.traffic(lastMinutes(10), { targets: ODD_NAMES }));
    expect(all.value.rows.map(({ key }) => key.target).toSorted()).toEqual(ODD_NAMES.toSorted());
    expect(valueOf(await source.traffic(lastMinutes(10), { targets: [] })).value.rows).toEqual([]);
  });

  it("attaches how durations are spread when they have come, and waits for those of few edges", async () => {
    const { source, time } = rig();
    const first = valueOf(await source.traffic(lastMinutes(10)));
    expect(first.value.rows.every(({ traffic }) => traffic.latency === null)).toBe(true);
    expect(first.notices.map(({ code }) => code)).toEqual(["durations-pending"]);
    // Behind the answer.
    await time.advance(250);
    await vi.waitFor(async () => {
      const later = valueOf(await source.traffic(lastMinutes(10)));
      expect(later.notices).toEqual([]);
      const cart = later.value.rows.find(({ key }) => key.target === "shop/cart");
      expect(cart?.traffic.latency?.boundsMs).toEqual([5, 50, 500]);
      expect(cart?.traffic.latency?.counts).toEqual([0, 6_000, 0, 0]);
    }, PATIENCE);
    await time.advance(31_000);
    const old = valueOf(await source.traffic(lastMinutes(10, START_MS + 31_000)));
    expect(old.notices.map(({ code }) => code)).toContain("durations-pending");
    const few = valueOf(await source.traffic(lastMinutes(10), { targets: ["shop/db"] }));
    const took = few.value.rows.map(({ key, traffic }) => [key.source, traffic.latency?.counts.findIndex((count) => count > 0)]);
    expect(Object.fromEntries(took)).toEqual({ "shop/cart": 0, "ops/cron": 2 });
  });

  it("shows any past moment, a restart of every counter among them", async () => {
    const { source } = rig();
    const past = lastMinutes(10, START_MS - HOUR_MS + 5 * 60_000);
    const { value } = valueOf(await source.traffic(past));
    expect(value.window).toEqual(past);
    const db = value.rows.find(({ key }) => key.source === "shop/cart");
    expect(Math.abs((db?.traffic.count ?? 0) - 12_000)).toBeLessThanOrEqual(12_000 * 0.04);
    expect(valueOf(await source.traffic(lastMinutes(10, START_MS - 10 * HOUR_MS))).value.rows).toEqual([]);
  });

  it("draws charts in whole steps, with gaps where nobody told anything", async () => {
    const { source } = rig({}, START_MS + 10 * 60_000);
    const window = { fromMs: START_MS - 20 * 60_000, toMs: START_MS + 10 * 60_000 };
    const answer = valueOf(await source.trafficSteps(window, 60_000, { targets: ["shop/cart"] }));
    const { steps } = answer.value;
    expect(steps).toHaveLength(30);
    expect(answer.value.window).toEqual(window);
    expect(steps.at(0)).toMatchObject({ fromMs: window.fromMs, toMs: window.fromMs + 60_000, isReported: true });
    for (const { rows, toMs } of steps.filter(({ toMs }) => toMs <= START_MS)) {
      expect([toMs, rows[0]?.traffic.count]).toEqual([toMs, 600]);
      expect(rows[0]?.traffic.latency?.counts).toEqual([0, 600, 0, 0]);
    }
    const after = steps.filter(({ fromMs }) => fromMs > START_MS);
    expect(after.length).toBeGreaterThan(5);
    for (const step of after) expect(step).toMatchObject({ isReported: false, rows: [] });
    expect(answer.coverage).toBe("complete");
  });

  it("gives sparklines per target", async () => {
    const { source } = rig();
    const { value } = valueOf(await source.countSteps(lastMinutes(30), 30));
    expect(value).toMatchObject({ stepMs: 60_000, isReported: Array.from({ length: 30 }, () => true) });
    expect(value.rows.find(({ target }) => target === "shop/db")?.counts).toEqual(Array.from({ length: 30 }, () => 1_320));
    expect(value.rows.find(({ target }) => target === "shop/cart")?.errors).toEqual(Array.from({ length: 30 }, () => 60));
  });

  it("widens what is too short to count in, and says so", async () => {
    const { source } = rig();
    const answer = valueOf(await source.traffic({ fromMs: START_MS - 10_000, toMs: START_MS }));
    expect(answer.value.window).toEqual({ fromMs: START_MS - 30_000, toMs: START_MS });
    expect(answer.notices.map(({ text }) => text)).toContain(
      "metrics has a new value every 15 s, and two are needed to count: 30 s were looked at instead of 10 s.",
    );
    const steps = valueOf(await source.trafficSteps(lastMinutes(5), 1_000, { targets: ["shop/cart"] }));
    expect(steps.value.stepMs).toBe(30_000);
    expect(steps.notices.map(({ code }) => code)).toContain("window-widened");
  });

  it("knows services by their traffic", async () => {
    const { source } = rig();
    const { value } = valueOf(await source.topology());
    expect(value.services.map(({ id }) => id)).toEqual(expect.arrayContaining(["ops/cron", "shop/cart", "shop/db", "shop/web"]));
    expect(value.proxies).toEqual([]);
    expect(await source.proxy("cart-1")).toMatchObject({ ok: false, error: { code: "NOT_FOUND", sourceId: "metrics" } });
  });

  it("asks only for the part of a store that is this mesh", async () => {
    const mine = rig({ queryScope: { mesh: "one" } });
    expect(valueOf(await mine.source.traffic(lastMinutes(10))).value.rows).toHaveLength(EDGES.length);
    const other = rig({ queryScope: { mesh: 'an"other' } });
    const answer = valueOf(await other.source.traffic(lastMinutes(10)));
    expect([answer.value.rows, answer.coverage]).toEqual([[], "partial"]);
    expect(answer.notices).toMatchObject([
      { code: "no-series", level: "warning", mend: "Let it collect calls_total, and check queryScope." },
    ]);
    expect(other.source.status()).toMatchObject({ state: "degraded", findings: [{}, { text: "It holds nothing of a counter of calls." }] });
  });

  it("says who it is, and adds what a gateway wants, to every question", async () => {
    let token = "first";
    const { source, time } = rig(
      { tenant: "team-a", headers: { "X-Extra": "1" }, parameters: { dedup: "true" }, auth: { bearerTokenFile: "/token" } },
      undefined,
      async () => token,
    );
    const before = proxy.asked.length;
    valueOf(await source.traffic(lastMinutes(10)));
    token = "second";
    await time.advance(20_000);
    valueOf(await source.traffic(lastMinutes(10, START_MS + 20_000)));
    const asked = proxy.asked.slice(before);
    expect(new Set(asked.map(({ headers }) => headers.authorization))).toEqual(new Set(["Bearer first", "Bearer second"]));
    expect(
      new Set(asked.map(({ headers, query }) => `${String(headers["x-scope-orgid"])} ${String(headers["x-extra"])} ${query.get("dedup")}`)),
    ).toEqual(new Set(["team-a 1 true"]));
    expect(asked.filter(({ method }) => method === "POST").length).toBeGreaterThan(2);
  });

  it("asks by GET where a gateway lets no POST through", async () => {
    const { source } = rig();
    proxy.set({ kind: "no-post" });
    const before = proxy.asked.length;
    expect(valueOf(await source.traffic(lastMinutes(10))).value.rows).toHaveLength(EDGES.length);
    proxy.set({ kind: "none" });
    expect(proxy.asked.slice(before).filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("puts equal questions once, and gives up what nobody waits for any more", async () => {
    const { source, store } = rig();
    await store.probe.scrapeMs(["calls_total"]);
    proxy.set({ kind: "hang" });
    const before = { asked: proxy.asked.length, givenUp: proxy.givenUp };
    const [one, two] = [new AbortController(), new AbortController()];
    const answers = [one, two].map(({ signal }) => source.traffic(lastMinutes(10), undefined, signal));
    await vi.waitFor(() => expect(proxy.hanging).toBe(1), PATIENCE);
    one.abort();
    expect(await answers[0]).toMatchObject({ ok: false, error: { code: "SOURCE_UNREACHABLE" } });
    expect(proxy.hanging).toBe(1);
    two.abort();
    expect(await answers[1]).toMatchObject({ ok: false });
    await vi.waitFor(() => expect(proxy.givenUp).toBe(before.givenUp + 1), PATIENCE);
    expect(proxy.asked.length).toBe(before.asked + 1);
    expect(store.client.load).toEqual({ running: 0, waiting: 0 });
    expect(store.client.breaker.state).toBe("closed");
    proxy.set({ kind: "none" });
    expect(valueOf(await source.traffic(lastMinutes(10))).coverage).toBe("complete");
  });
});
