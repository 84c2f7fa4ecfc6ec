import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import type { MeshEdge, MeshGraph } from "#lib/model/graph.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import type { ServerProcess } from "#peers/shared/server-process.ts";
import { startPrometheus } from "#peers/prometheus/start.ts";
import { resolveVictoriaMetrics } from "#peers/victoria-metrics/resolve.ts";
import { startVictoriaMetrics } from "#peers/victoria-metrics/start.ts";

import { startBuiltInStatistics, type BuiltInStatistics } from "./built-in-statistics.ts";
import { ConsoleApi, DemoMesh, type LedgerEdge, sleep } from "./demo-mesh.ts";
import { isNear, keyOf, lostIn, NAMELESS, OUTSIDE } from "./ledger-truth.ts";
import { answerOf, settledMs, startStoreConsole } from "./store-console.ts";

const isLong = process.env["WEFT_TEST_LONG"] === "1";
const RUN_MS = isLong ? 600_000 : 60_000;
const TOLERANCE = isLong ? 0.01 : 0.02;

interface Figures {
  count: number;
  /** `null` = this telemetry cannot tell. */
  errors: number | null;
  /** A second attempt may have failed too: so many more errors are right. */
  retries: number;
}

type Truth = ReadonlyMap<string, Figures>;

function truthOf(edges: readonly LedgerEdge[], figuresOf: (edge: LedgerEdge) => Figures | null, areNamed = false): Truth {
  const truth = new Map<string, Figures>();
  for (const edge of edges) {
    const figures = figuresOf(edge);
    if (figures === null) continue;
    const source = NAMELESS.has(edge.source) && !areNamed ? "unidentified" : edge.source;
    truth.set(keyOf(source, edge.target, edge.version), figures);
  }
  return truth;
}

const asSent = ({ sent, sentErrors }: LedgerEdge): Figures => ({ count: sent, errors: sentErrors, retries: 0 });

/** Where the recommended logger is: the destination's first attempts, what never arrived from the caller, and what was forbidden. */
function asLogged(edge: LedgerEdge): Figures {
  if (edge.target === OUTSIDE) return asSent(edge);
  const lost = lostIn(edge);
  return { count: edge.count + lost + edge.denied, errors: edge.errors + lost, retries: 0 };
}

/** As Istio counts: every attempt that arrived, what reached nobody, and what was forbidden. Nobody tells who came to the gateway. */
function asIstioTells(edge: LedgerEdge): Figures | null {
  if (edge.target === "gateway") return null;
  if (edge.target === OUTSIDE) return asSent(edge);
  const lost = lostIn(edge);
  return { count: edge.count + edge.retries + lost + edge.denied, errors: edge.errors + lost, retries: edge.retries };
}

/**
 * Statistics that every Envoy has are kept by callers for each upstream: the answer that a caller got in the end, by its class. So callers
 * without a proxy are not told of, nor is TCP; an answer of gRPC has class 2xx whatever its status; and a call that was given up has no
 * answer, though it is a failed one in the ledger: how many fail is told within so many.
 */
function asBuiltInTells(edge: LedgerEdge): Figures | null {
  if (edge.protocol === "tcp" || edge.source === "internet" || NAMELESS.has(edge.source)) return null;
  return { count: edge.sent, errors: edge.protocol === "grpc" ? null : edge.sentErrors, retries: 0 };
}

/** What the proxies of one namespace tell of. */
const ofPayments = ({ source, target }: LedgerEdge): boolean => ["payments", "ledger"].includes(target) || source === "payments";

function versionsOf(edges: readonly MeshEdge[]): { key: string; count: number; errors: number }[] {
  return edges.flatMap(({ source, target, versions }) =>
    versions
      .filter(({ red }) => (red.count ?? 0) > 0)
      .map(({ version, red }) => ({
        key: keyOf(parseNodeId(source).service, parseNodeId(target).service, version),
        count: red.count ?? 0,
        errors: red.errorCount ?? 0,
      })),
  );
}

function requestsIn(some: Iterable<{ count: number }>): number {
  return [...some].reduce((sum, { count }) => sum + count, 0);
}

/**
 * Every edge and version equals the truth, there is no other, none is there twice, and all together are as many. `hidden`: what the store
 * cannot know, see `hiddenIn`.
 */
function expectTruth({ edges }: Pick<MeshGraph, "edges">, truth: Truth, hidden = 0): void {
  const allowed = { fewer: hidden };
  const rows = versionsOf(edges);
  const keys = rows.map(({ key }) => key);
  expect(keys.length).toBe(new Set(keys).size);
  const shown = new Map(rows.map(({ key, ...figures }) => [key, figures]));
  const wrong = [...truth]
    .filter(([, { count }]) => count > 3)
    .flatMap(([key, { count, errors, retries }]) => {
      const one = shown.get(key) ?? { count: 0, errors: 0 };
      const isRight =
        isNear(one.count, count, TOLERANCE, allowed) &&
        (errors === null || isNear(one.errors, errors, TOLERANCE, { ...allowed, more: retries }));
      return isRight ? [] : [`${key}: ${one.count} with ${one.errors} failed shown, ${count} with ${errors} true`];
    });
  expect(wrong).toEqual([]);
  expect(keys.filter((key) => !truth.has(key))).toEqual([]);
  const [shownInAll, trueInAll] = [requestsIn(rows), requestsIn(truth.values())];
  expect(trueInAll).toBeGreaterThan(500);
  expect([shownInAll, trueInAll, isNear(shownInAll, trueInAll, TOLERANCE, allowed)]).toEqual([shownInAll, trueInAll, true]);
}

/** Who told each edge, by the edge's ends. */
function tellersOf({ edges }: Pick<MeshGraph, "edges">): Record<string, string | null> {
  return Object.fromEntries(
    edges
      .filter(({ red }) => (red.count ?? 0) > 0)
      .map(({ source, target, red }) => [`${parseNodeId(source).service} > ${parseNodeId(target).service}`, red.source]),
  );
}

let folder: string;
let mesh: DemoMesh;
let victoria: ServerProcess;
let builtIn: BuiltInStatistics;
let builtInStore: ServerProcess;
const stops: (() => Promise<void>)[] = [];
let fromMs = 0;
let toMs = 0;
let edges: LedgerEdge[] = [];

async function startConsole(name: string, source: readonly string[], proxiesDir?: string): Promise<ConsoleApi> {
  const weft = await startStoreConsole({ folder, name, source, proxiesDir });
  stops.push(() => weft.stop());
  return new ConsoleApi(weft.url);
}

/** The map of the window from pause to pause. */
async function graphOf(console: ConsoleApi) {
  return console.get(endpoints.getGraph, { window: `${Math.round((toMs - fromMs) / 1_000)}s`, at: new Date(toMs).toISOString() });
}

/** Those of the mesh's proxies that Weft is told of, in a directory of their own. */
async function someProxies(isTold: (id: string) => boolean): Promise<string> {
  const directory = join(folder, "proxies");
  await mkdir(directory);
  const told = mesh.state.proxies.map(({ id }) => id).filter(isTold);
  for (const id of told) await copyFile(join(mesh.runDir, "proxies", `${id}.json`), join(directory, `${id}.json`));
  expect(told.length).toBeGreaterThan(1);
  return directory;
}

/** What series held that came up within the window, when they were first seen: a Prometheus counts it nowhere. Envoys show no zero before. */
async function hiddenIn(url: string, metric: string): Promise<number> {
  const seconds = (toMs - fromMs) / 1_000;
  return answerOf(url, `sum(min_over_time(${metric}[${seconds}s]) unless last_over_time(${metric}[5m] offset ${seconds}s))`, toMs);
}

let beside: ConsoleApi;
let hidden = 0;
let hiddenBuiltIn = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-telemetries-"));
  // Fewer than usual: three stores scrape it, and a visitor that gives up is told of by nobody but the logger.
  mesh = await DemoMesh.start({ prometheus: true, rps: 40 });
  const { intervalMs: scrapeIntervalMs, jobs } = mesh.state.scrape;
  const victoriaMetrics = await resolveVictoriaMetrics();
  const flags = ["-maxLabelsPerTimeseries=60"];
  victoria = await startVictoriaMetrics({ victoriaMetrics, folder: join(folder, "victoria"), scrapeIntervalMs, jobs, flags });
  builtIn = await startBuiltInStatistics(mesh.state.proxies, scrapeIntervalMs);
  const prometheus = await resolvePrometheus();
  builtInStore = await startPrometheus({ prometheus, folder: join(folder, "built-in"), scrapeIntervalMs, jobs: builtIn.jobs });
  const url = `url: ${mesh.state.prometheusUrl ?? ""}`;
  // It counts by itself, so it has to be there while there is traffic.
  beside = await startConsole("beside", [url], await someProxies((id) => id.endsWith(".payments")));

  const stores = [
    { url: mesh.state.prometheusUrl ?? "", targets: jobs.length },
    { url: victoria.url, targets: jobs.length },
    { url: builtInStore.url, targets: builtIn.jobs.length },
  ];
  // Series of every edge are there before the window begins.
  await sleep(4 * scrapeIntervalMs);
  await mesh.drain();
  fromMs = await settledMs(stores, scrapeIntervalMs, 0);
  await mesh.faults({ load: "running" });
  await sleep(RUN_MS);
  await mesh.drain();
  toMs = await settledMs(stores, scrapeIntervalMs, fromMs);
  edges = await mesh.ledger(fromMs, toMs);
  const [own, given] = [mesh.state.prometheusUrl ?? "", builtInStore.url];
  hidden = (await hiddenIn(own, "envoy_weft_inbound_requests_total")) + (await hiddenIn(own, "envoy_weft_outbound_requests_total"));
  hiddenBuiltIn = await hiddenIn(given, 'envoy_cluster_upstream_rq_xx{tags="stock"}');
  console.log(`window ${(toMs - fromMs) / 1_000} s; first values of new series: ${hidden} by the logger, ${hiddenBuiltIn} built in`);
}, RUN_MS + 480_000);

afterAll(async () => {
  for (const stop of stops) await stop();
  await builtInStore?.stop();
  await builtIn?.stop();
  await victoria?.stop();
  await mesh?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("Envoy's own statistics in a store", () => {
  it.each(["Prometheus", "VictoriaMetrics"])("equal the ledger where the recommended logger is: %s", async (store) => {
    const url = store === "Prometheus" ? (mesh.state.prometheusUrl ?? "") : victoria.url;
    const { value: graph, notices } = await graphOf(await startConsole(`envoy-${store}`, [`url: ${url}`, "telemetry: [envoy]"]));
    expectTruth(graph, truthOf(edges, asLogged), store === "Prometheus" ? hidden : 0);
    expect(new Set(Object.values(tellersOf(graph)))).toEqual(new Set(["store"]));
    expect(notices.map(({ code }) => code)).not.toContain("ENVOY_BUILT_IN_ONLY");
    // The logger's records hold how each request came.
    const tls = new Map(graph.edges.map(({ source, target, tls: { observed } }) => [`${source} > ${target}`, observed]));
    expect(tls.get("payments/payments > payments/ledger")).toBe("mutual");
    expect(tls.get("unknown/unidentified > payments/ledger")).toBe("plaintext");
  });

  it.each(["stock", "istio"])("equal what callers saw where nothing but the built-in ones is there, by the tags of: %s", async (tags) => {
    const scope = ["telemetry: [envoy]", `queryScope: { tags: ${tags} }`];
    const { value: graph, notices } = await graphOf(await startConsole(`built-in-${tags}`, [`url: ${builtInStore.url}`, ...scope]));
    const givenUp = edges.reduce((sum, { errors, source }) => sum + (source === "gateway" ? errors : 0), 0);
    expectTruth(graph, truthOf(edges, asBuiltInTells), hiddenBuiltIn + givenUp);
    expect(new Set(graph.edges.map(({ reporter }) => reporter))).toEqual(new Set(["source"]));
    expect(new Set(graph.edges.map(({ tls: { observed } }) => observed))).toEqual(new Set(["unknown"]));
    expect(notices.map(({ code }) => code)).toContain("ENVOY_BUILT_IN_ONLY");
  });
});

describe("several tellers of one mesh", () => {
  it("in one store: the stronger's numbers, the weaker's where it alone saw an edge, and nothing twice", async () => {
    const url = `url: ${mesh.state.prometheusUrl ?? ""}`;
    const { value: graph, provenance } = await graphOf(await startConsole("both", [url, "telemetry: [istio, envoy]"]));
    const atGateway = truthOf(edges, (edge) => (edge.target === "gateway" ? asLogged(edge) : null));
    expectTruth(graph, new Map([...truthOf(edges, asIstioTells), ...atGateway]), hidden);
    const { "internet > gateway": gateway, ...others } = tellersOf(graph);
    expect(gateway).toBe("store/envoy");
    expect(new Set(Object.values(others))).toEqual(new Set(["store"]));
    const seenByBoth = graph.edges.filter(({ seenBy }) => seenBy.join() === "store,store/envoy");
    expect(seenByBoth.length).toBe(Object.keys(others).length);
    expect(new Set(provenance.map(({ source }) => source))).toEqual(new Set(["store", "store/envoy"]));
  });

  it("some proxies beside a store of all: each edge from the strongest that saw it, and a caller under two names once", async () => {
    const { value: graph } = await graphOf(beside);
    const byProxies = truthOf(edges, (edge) => (ofPayments(edge) ? asLogged(edge) : null), true);
    const byStore = truthOf(edges, (edge) => (ofPayments(edge) ? null : edge.target === "gateway" ? asLogged(edge) : asIstioTells(edge)));
    expectTruth(graph, new Map([...byProxies, ...byStore]), hidden);
    expect(tellersOf(graph)).toMatchObject({
      "checkout > payments": "envoy",
      "payments > ledger": "envoy",
      "legacy-report > ledger": "envoy",
      "payments > card-network": "envoy",
      "gateway > frontend": "store",
      "cart > kv": "store",
      "internet > gateway": "store/envoy",
    });
    expect(graph.edges.find(({ target }) => target === "payments/payments")?.seenBy).toEqual(["envoy", "store", "store/envoy"]);
  });
});
