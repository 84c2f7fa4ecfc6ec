import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import { startPrometheus } from "#peers/prometheus/start.ts";
import type { ServerProcess } from "#peers/shared/server-process.ts";
import { resolveVictoriaMetrics } from "#peers/victoria-metrics/resolve.ts";
import { startVictoriaMetrics } from "#peers/victoria-metrics/start.ts";

import { ConsoleApi, DemoMesh, type LedgerEdge, sleep, until } from "./demo-mesh.ts";
import { isNear, keyOf, lostIn, NAMELESS, OUTSIDE } from "./ledger-truth.ts";
import { settledMs, startStoreConsole } from "./store-console.ts";

const isLong = process.env["WEFT_TEST_LONG"] === "1";
const RUN_MS = isLong ? 600_000 : 60_000;
const TOLERANCE = isLong ? 0.01 : 0.02;
/** Buckets of the demo's proxies, milliseconds. */
const BOUNDS_MS = [1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300, 350, 400, 500, 700, 1000, 2500, 5000, 10000];

interface Truth {
  count: number;
  errors: number;
  retries: number;
  /** Part of `count` and `errors` that never arrived. */
  lost: number;
  p95Ms: number | null;
}

type Counts = Omit<Truth, "p95Ms">;

/** Requests as Istio counts them: every attempt that arrived, what reached nobody, and what was forbidden. Nobody tells who came to the gateway. */
function truthOf(edges: readonly LedgerEdge[]): Map<string, Truth> {
  const seen = edges.filter(({ target }) => target !== "gateway");
  return new Map(
    seen.map((edge) => {
      const lost = lostIn(edge);
      const source = NAMELESS.has(edge.source) ? "unidentified" : edge.source;
      const isOutside = edge.target === OUTSIDE;
      const count = isOutside ? edge.sent : edge.count + edge.retries + lost + edge.denied;
      const errors = isOutside ? edge.sentErrors : edge.errors + lost;
      return [
        keyOf(source, edge.target, edge.version),
        { count, errors, retries: edge.retries, lost: isOutside ? 0 : lost, p95Ms: edge.p95Ms },
      ];
    }),
  );
}

/** All calls of one version of the reviews. */
function sumOf(edges: readonly LedgerEdge[], version: string): Counts {
  const own = [...truthOf(edges)].flatMap(([key, one]) => (key.endsWith(`> reviews ${version}`) ? [one] : []));
  const sum = (of: (one: Truth) => number): number => own.reduce((total, one) => total + of(one), 0);
  return {
    count: sum((one) => one.count),
    errors: sum((one) => one.errors),
    retries: sum((one) => one.retries),
    lost: sum((one) => one.lost),
  };
}

/** As `isNear`, of a truth of which two bounds are known. */
function isBetween(shown: number, [least, most]: readonly [number, number]): boolean {
  return isNear(shown, Math.min(Math.max(shown, least), most), TOLERANCE);
}

function inWords(least: Counts, most: Counts): string {
  return `${least.count} to ${most.count} with ${least.errors} to ${most.errors} failed`;
}

function shownBy(graph: Pick<MeshGraph, "edges">): Map<string, { count: number; errors: number; p95Ms: number | null }> {
  return new Map(
    graph.edges.flatMap(({ source, target, versions }) =>
      versions
        .filter(({ red }) => (red.count ?? 0) > 0)
        .map(({ version, red }) => [
          keyOf(parseNodeId(source).service, parseNodeId(target).service, version),
          { count: red.count ?? 0, errors: red.errorCount ?? 0, p95Ms: red.p95Ms },
        ]),
    ),
  );
}

/** Whether the machine had more to do than it could while the traffic ran. */
function isStarved(): boolean {
  return loadWhileRunning > 2 * availableParallelism();
}

function bucketOf(ms: number): number {
  const index = BOUNDS_MS.findIndex((bound) => ms <= bound);
  return index < 0 ? BOUNDS_MS.length : index;
}

let loadWhileRunning = 0;
let folder: string;
let mesh: DemoMesh;
let prometheus: ServerProcess;
let victoria: ServerProcess;
const consoles = new Map<string, ConsoleApi>();
const stops: (() => Promise<void>)[] = [];

/** The same console but for where its store is. */
async function startConsole(name: string, url: string): Promise<void> {
  const weft = await startStoreConsole({ folder, name, source: [`url: ${url}`, "telemetry: [istio]"] });
  stops.push(() => weft.stop());
  consoles.set(name, new ConsoleApi(weft.url));
}

/** Two stores whose data begins now. */
async function startStores(): Promise<void> {
  const { intervalMs: scrapeIntervalMs, jobs } = mesh.state.scrape;
  const flags = ["-maxLabelsPerTimeseries=60"];
  const [program, victoriaMetrics] = [await resolvePrometheus(), await resolveVictoriaMetrics()];
  prometheus = await startPrometheus({ prometheus: program, folder: join(folder, "prometheus"), scrapeIntervalMs, jobs });
  victoria = await startVictoriaMetrics({ victoriaMetrics, folder: join(folder, "victoria"), scrapeIntervalMs, jobs, flags });
  await startConsole("Prometheus", prometheus.url);
  await startConsole("VictoriaMetrics", victoria.url);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-stores-"));
  mesh = await DemoMesh.start({ prometheus: true });
}, 240_000);

afterAll(async () => {
  for (const stop of stops) await stop();
  await victoria?.stop();
  await prometheus?.stop();
  await mesh?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("a mesh that is read from a store alone", () => {
  let fromMs = 0;
  let toMs = 0;
  let truth: ReturnType<typeof truthOf>;

  /** The window from pause to pause, as the API takes it. */
  const window = (): { window: string; at: string } => ({
    window: `${Math.round((toMs - fromMs) / 1_000)}s`,
    at: new Date(toMs).toISOString(),
  });

  beforeAll(async () => {
    const { intervalMs, jobs } = mesh.state.scrape;
    // Series of every edge are there before the window begins.
    await sleep(4 * intervalMs);
    await mesh.drain();
    await startStores();
    const stores = [mesh.state.prometheusUrl ?? "", prometheus.url, victoria.url].map((url) => ({ url, targets: jobs.length }));
    fromMs = await settledMs(stores, intervalMs, 0);
    await mesh.faults({ load: "running" });
    await sleep(RUN_MS);
    loadWhileRunning = loadavg()[isLong ? 2 : 0] ?? 0;
    await mesh.drain();
    toMs = await settledMs(stores, intervalMs, fromMs);
    truth = truthOf(await mesh.ledger(fromMs, toMs));
  }, RUN_MS + 480_000);

  it.each(["Prometheus", "VictoriaMetrics"])("every edge on the map, and no other: %s", async (store) => {
    const graph = await consoles.get(store)?.get(endpoints.getGraph, window());
    const shown = shownBy(graph?.value ?? { edges: [] });
    const wrong = [...truth]
      .filter(([, { count }]) => count > 3)
      .flatMap(([key, { count, errors, retries, lost }]) => {
        const one = shown.get(key) ?? { count: 0, errors: 0 };
        // Who waits too long for a processor gives up before his proxy has sent anything on, and only he knows.
        const fewer = isStarved() ? lost : 0;
        const isRight = isNear(one.count, count, TOLERANCE, { fewer }) && isNear(one.errors, errors, TOLERANCE, { fewer, more: retries });
        return isRight ? [] : [`${key}: ${one.count} with ${one.errors} failed shown, ${count} with ${errors} true`];
      });
    expect(truth.size).toBeGreaterThan(12);
    expect(wrong).toEqual([]);
    expect([...shown.keys()].filter((key) => !truth.has(key))).toEqual([]);
  });

  it.each(["Prometheus", "VictoriaMetrics"])("p95 within one bucket: %s", { timeout: 90_000 }, async (store) => {
    // Durations of a whole mesh come after its counts.
    const shown = await until("durations", async () => {
      const graph = await consoles.get(store)?.get(endpoints.getGraph, window());
      const found = graph === undefined ? new Map<string, never>() : shownBy(graph.value);
      return [...found.values()].some(({ p95Ms }) => p95Ms !== null) ? found : null;
    });
    const compared = [...truth].filter(([key, one]) => one.p95Ms !== null && one.count >= 200 && one.retries === 0 && shown.has(key));
    if (isStarved())
      console.log(`the machine is starved (load ${loadWhileRunning.toFixed(1)}): durations are held to the lower bound only`);
    const wrong = compared.flatMap(([key, { p95Ms }]) => {
      const told = shown.get(key)?.p95Ms ?? null;
      const apart = told === null || p95Ms === null ? -Infinity : bucketOf(told) - bucketOf(p95Ms);
      // A proxy that waits for a processor sees more than the application behind it, never less.
      const isRight = apart >= -1 && (apart <= 1 || isStarved());
      return isRight ? [] : [`${key}: ${told} shown, ${p95Ms} true`];
    });
    expect(compared.length).toBeGreaterThan(4);
    expect(wrong).toEqual([]);
  });

  it.each(["Prometheus", "VictoriaMetrics"])("a chart's steps add up to what there was: %s", async (store) => {
    const from = new Date(fromMs).toISOString();
    const chart = await consoles
      .get(store)
      ?.get(endpoints.getRed, { subject: "service:shop/catalog", from, to: new Date(toMs).toISOString() });
    const steps = chart?.value.series.flatMap(({ count }) => count) ?? [];
    const told = steps.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    const count = [...truth].filter(([key]) => key.includes("> catalog ")).reduce((sum, [, one]) => sum + one.count, 0);
    expect(count).toBeGreaterThan(500);
    expect([told, count, isNear(told, count, TOLERANCE)]).toEqual([told, count, true]);
  });

  // It looks back ten minutes, or to where data begins. Under load its first scrape may be one earlier: calls between the two may be in it.
  it.each([
    ["Prometheus", () => consoles.get("Prometheus"), { isSinceLoad: isLong }],
    ["VictoriaMetrics", () => consoles.get("VictoriaMetrics"), { isSinceLoad: isLong }],
    ["the demo's own console, whose data begins under load", () => mesh.api, { isSinceLoad: true }],
  ])("a verdict is of the calls that both versions answered: %s", async (_, consoleOf, { isSinceLoad }) => {
    const answer = await consoleOf()?.get(endpoints.getService, { id: "reviews/reviews", ...window() });
    const [verdict] = answer?.value.verdicts ?? [];
    expect([verdict?.candidate, verdict?.baseline]).toEqual(["v2", "v1"]);
    const [sinceMs, untilMs] = [Date.parse(verdict?.from ?? ""), Date.parse(verdict?.to ?? "")];
    expect(untilMs).toBe(toMs);
    const after = await mesh.ledger(sinceMs, untilMs);
    const around = await mesh.ledger(sinceMs - (isSinceLoad ? mesh.state.scrape.intervalMs : 0), untilMs);
    const wrong = (["candidate", "baseline"] as const).flatMap((side) => {
      const version = verdict?.[side] ?? "";
      const [least, most] = [sumOf(after, version), sumOf(around, version)];
      const { n, errors } = verdict?.errors[side] ?? { n: 0, errors: 0 };
      const fewer = isStarved() ? most.lost : 0;
      const isRight =
        isBetween(n, [least.count - fewer, most.count]) && isBetween(errors, [least.errors - fewer, most.errors + most.retries]);
      expect(least.count).toBeGreaterThan(50);
      return isRight ? [] : [`${version}: ${n} with ${errors} failed judged, ${inWords(least, most)} true`];
    });
    expect(wrong).toEqual([]);
  });

  it("says what it asked, of whom, and what that cost", async () => {
    const answer = await consoles.get("Prometheus")?.get(endpoints.getGraph, window());
    expect(answer?.provenance.map(({ source }) => source)).toContain("store");
    expect(answer?.provenance.some(({ cost }) => (cost?.series ?? 0) > 0)).toBe(true);
    expect(answer?.provenance.some(({ query }) => query.includes("istio_requests_total"))).toBe(true);
  });

  it("is what the demo's own console shows, too", async () => {
    const graph = await mesh.api.get(endpoints.getGraph, window());
    const sources = new Set(graph.value.edges.flatMap(({ red }) => (red.source === null ? [] : [red.source])));
    expect(sources.size).toBeGreaterThan(0);
    expect([...sources].every((source) => source.startsWith("prometheus"))).toBe(true);
    expect([...shownBy(graph.value).keys()]).toEqual(expect.arrayContaining(["frontend > catalog v1", "cart > kv v1"]));
  });
});
