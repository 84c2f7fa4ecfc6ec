import { availableParallelism, loadavg } from "node:os";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { parseNodeId } from "#lib/model/ids.ts";

import { DemoMesh, type LedgerEdge, sleep } from "./demo-mesh.ts";

const isLong = process.env["WEFT_TEST_LONG"] === "1";
const RUN_MS = isLong ? 600_000 : 60_000;
const WINDOW_MS = 30_000;
/** Buckets of the demo's proxies, milliseconds. */
const BOUNDS_MS = [1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300, 350, 400, 500, 700, 1000, 2500, 5000, 10000];

interface Figures {
  count: number;
  errors: number;
}

function keyOf(source: string, target: string, version: string | null): string {
  return `${source} > ${target} ${version ?? "-"}`;
}

/** Requests that a correct console shows: what arrived, what was sent and never arrived, and what the callee's proxy forbade. */
function requestsOf(edge: LedgerEdge): number {
  return edge.count + lostOf(edge) + edge.denied;
}

/** A connection that was ended before any request is no request. */
function lostOf(edge: LedgerEdge): number {
  return edge.neverArrived - edge.refused;
}

function truthOf(edges: readonly LedgerEdge[]): Record<string, Figures> {
  return Object.fromEntries(
    edges
      .filter((edge) => requestsOf(edge) > 0)
      .map((edge) => [keyOf(edge.source, edge.target, edge.version), { count: requestsOf(edge), errors: edge.errors + lostOf(edge) }]),
  );
}

function shownBy(graph: MeshGraph): Record<string, Figures> {
  return Object.fromEntries(
    graph.edges.flatMap((edge) =>
      edge.versions
        .filter(({ red }) => (red.count ?? 0) > 0)
        .map(({ version, red }) => [
          keyOf(parseNodeId(edge.source).service, parseNodeId(edge.target).service, version),
          { count: red.count ?? 0, errors: red.errorCount ?? 0 },
        ]),
    ),
  );
}

function countIn(edges: readonly LedgerEdge[], key: string): number {
  const edge = edges.find((one) => keyOf(one.source, one.target, one.version) === key);
  return edge === undefined ? 0 : requestsOf(edge);
}

/** How far apart the console's polls of each service really were: it polls less often when answers take long. */
class PollPace {
  private readonly seen = new Map<string, { service: string; at: number[] }>();
  private readonly mesh: DemoMesh;
  private isRunning = false;

  constructor(mesh: DemoMesh) {
    this.mesh = mesh;
  }

  start(): void {
    this.isRunning = true;
    void this.run();
  }

  stop(): void {
    this.isRunning = false;
  }

  /** Longest time between two polls of a service's proxies; a target without a proxy is told of by its callers. */
  longestMs(service: string, fromMs: number, toMs: number): number {
    const own = [...this.seen.values()].filter((one) => one.service === service);
    const told = own.length > 0 ? own : [...this.seen.values()];
    const gaps = told.flatMap(({ at }) =>
      at.slice(1).flatMap((ms, index) => (ms >= fromMs && (at[index] ?? 0) <= toMs ? [ms - (at[index] ?? ms)] : [])),
    );
    return Math.max(1_000, ...gaps);
  }

  private async run(): Promise<void> {
    while (this.isRunning) {
      const { value } = await this.mesh.api.get(endpoints.listProxies);
      for (const proxy of value.items) {
        const known = this.seen.get(proxy.id) ?? { service: proxy.service, at: [] };
        const ms = proxy.lastSeen === null ? 0 : Date.parse(proxy.lastSeen);
        if (ms > (known.at.at(-1) ?? 0)) known.at.push(ms);
        this.seen.set(proxy.id, known);
      }
      await sleep(250);
    }
  }
}

function bucketOf(ms: number): number {
  const index = BOUNDS_MS.findIndex((bound) => ms <= bound);
  return index < 0 ? BOUNDS_MS.length : index;
}

describe("the map tells the truth", () => {
  let mesh: DemoMesh;
  beforeAll(async () => {
    mesh = await DemoMesh.start();
  });
  afterAll(() => mesh?.stop());

  it(`equals the applications' own counts over ${RUN_MS / 1000} s, every edge and no other`, { timeout: RUN_MS + 240_000 }, async () => {
    await mesh.drain();
    // Draining ends with two seconds in which nothing moved.
    const pausedMs = Date.now() - 2_000;
    // A window longer than five minutes is summed in steps of ten seconds: the one it begins in must hold no earlier traffic.
    await sleep(RUN_MS > 240_000 ? 12_500 : 2_500);
    const fromMs = Date.now();
    await mesh.faults({ load: "running" });

    const offs: string[] = [];
    const pace = new PollPace(mesh);
    pace.start();
    const endMs = fromMs + RUN_MS;
    await sleep(32_000);
    while (Date.now() < endMs) {
      const atMs = Math.floor((Date.now() - 2_000) / 1000) * 1000;
      const graph = await mesh.api.get(endpoints.getGraph, { window: `${WINDOW_MS / 1000}s`, at: new Date(atMs).toISOString() });
      const shown = shownBy(graph.value);
      const whole = await mesh.ledger(atMs - WINDOW_MS, atMs);
      for (const edge of whole) {
        const key = keyOf(edge.source, edge.target, edge.version);
        // A poll tells of the time since the one before, and a proxy counts a call when it ends: the window's two edges may
        // each be off by that much, and by nothing else.
        const slackMs = pace.longestMs(edge.target, atMs - WINDOW_MS, atMs) + (edge.p99Ms ?? 0) + 100;
        const least = countIn(await mesh.ledger(atMs - WINDOW_MS, atMs - slackMs), key);
        const most = countIn(await mesh.ledger(atMs - WINDOW_MS - slackMs, atMs), key);
        const tolerance = Math.max(2, edge.count * 0.005);
        const count = shown[key]?.count ?? 0;
        if (count < least - tolerance || count > most + tolerance)
          offs.push(`${key}: ${count} shown, ${least} to ${most} true with ${slackMs.toFixed(0)} ms between polls`);
      }
      await sleep(5_000);
    }
    pace.stop();
    expect(offs, "running windows").toEqual([]);

    await mesh.drain();
    await sleep(2_500);
    const toMs = Date.now();
    const seconds = Math.ceil((toMs - fromMs) / 1000) + 1;
    const graph = await mesh.api.get(endpoints.getGraph, { window: `${seconds}s`, at: new Date(toMs).toISOString() });
    expect(Date.parse(graph.value.window.from), "the window reaches back into the pause").toBeGreaterThan(pausedMs);
    const ledger = await mesh.ledger(fromMs, toMs);
    expect(Object.keys(truthOf(ledger)).length).toBeGreaterThan(12);
    expect(shownBy(graph.value)).toEqual(truthOf(ledger));

    const isStarved = (loadavg()[0] ?? 0) > 2 * availableParallelism();
    if (isStarved) console.log(`the machine is starved (load ${loadavg()[0]?.toFixed(1)}): durations are held to the lower bound only`);
    const wrong = graph.value.edges.flatMap((edge) => {
      const source = parseNodeId(edge.source).service;
      const target = parseNodeId(edge.target).service;
      return edge.versions.flatMap(({ version, red }) => {
        const truth = ledger.find((one) => keyOf(one.source, one.target, one.version) === keyOf(source, target, version));
        if (truth === undefined || truth.p95Ms === null || truth.count < 200 || red.p95Ms === null) return [];
        const apart = bucketOf(red.p95Ms) - bucketOf(truth.p95Ms);
        // A proxy that waits for a processor sees more than the application behind it, never less.
        return apart >= -1 && (apart <= 1 || isStarved)
          ? []
          : [`${keyOf(source, target, version)}: p95 ${red.p95Ms} shown, ${truth.p95Ms} true`];
      });
    });
    expect(wrong, "p95 within one bucket").toEqual([]);
  });

  it("carries provenance on every read", async () => {
    const answers = await Promise.all([
      mesh.api.get(endpoints.getGraph),
      mesh.api.get(endpoints.getRed, { subject: "mesh" }),
      mesh.api.get(endpoints.listServices),
      mesh.api.get(endpoints.listRoutes),
      mesh.api.get(endpoints.listChanges),
      mesh.api.get(endpoints.listProxies),
      mesh.api.get(endpoints.listSources),
    ]);
    for (const answer of answers) {
      expect(answer.provenance.length).toBeGreaterThan(0);
      expect(answer.provenance[0]?.source).not.toBe("");
    }
  });

  it("dims a stopped proxy's part and nothing else, and draws nothing missing as zero", { timeout: 60_000 }, async () => {
    await mesh.faults({ load: "running" });
    const victim = mesh.state.proxies.find((proxy) => proxy.service === "ledger");
    expect(victim).toBeDefined();
    if (victim === undefined) return;
    await mesh.faults({ proxies: { [victim.id]: "frozen" } });
    try {
      const nodes = await mesh.api.get(endpoints.getGraph);
      expect(nodes.value.nodes.length).toBeGreaterThan(5);
      await sleep(14_000);
      const { value, coverage } = await mesh.api.get(endpoints.getGraph, { window: "8s" });
      const ledger = value.nodes.find((node) => node.service === "ledger");
      expect(ledger?.health.status).not.toBe("healthy");
      expect(ledger?.proxies?.n).toBe(0);
      expect(ledger?.red.rate === 0).toBe(false);
      expect(coverage).not.toBe("complete");
      expect(value.nodes.find((node) => node.service === "catalog")?.red.rate ?? 0).toBeGreaterThan(1);
    } finally {
      await mesh.faults({ proxies: { [victim.id]: "running" } });
    }
  });
});
