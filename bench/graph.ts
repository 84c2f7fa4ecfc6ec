import { edgeId, serviceId } from "#lib/model/ids.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import type { Topology } from "#lib/model/topology.ts";
import type { TrafficKey, TrafficSample } from "#lib/ports/series-store.ts";
import { buildGraph } from "#lib/graph/build-graph.ts";
import { MemorySeriesStore } from "#server/stores/series-store.ts";

import type { Benchmark } from "./benchmark.ts";
import { medianMs } from "./measure.ts";
import { storeGraph } from "./mesh/store-graph.ts";

const SERVICES = 1_000;
const EDGES = 10_000;
const SECONDS = 60;
const BOUNDS_MS = [1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300, 350, 400, 500, 700, 1000, 2500, 5000, 10000];
const START_MS = 1_700_000_000_000;

/** A small generator with a seed, so that two runs fold the same mesh. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function name(index: number): string {
  return serviceId(`ns-${index % 20}`, `service-${index}`);
}

function trafficOf(random: () => number): EdgeTraffic {
  const count = 1 + Math.floor(random() * 20);
  const counts = BOUNDS_MS.map(() => 0);
  for (let request = 0; request < count; request++) {
    const bucket = Math.min(BOUNDS_MS.length - 1, 4 + Math.floor(random() * 8));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return {
    count,
    errorCount: random() < 0.02 ? 1 : 0,
    retries: 0,
    neverArrived: 0,
    callerCount: count,
    callerErrorCount: 0,
    transport: { mutual: count, oneWay: 0, plaintext: 0 },
    flags: {},
    latency: { boundsMs: BOUNDS_MS, counts: [...counts, 0] },
  };
}

/** One key object per series, as a collector hands them in. */
const KEYS: readonly TrafficKey[] = Array.from({ length: EDGES }, (_unused, index) => ({
  source: name(index % SERVICES),
  target: name((index * 7 + Math.floor(index / SERVICES) + 1) % SERVICES),
  protocol: "http",
  version: index % 10 === 0 ? "v2" : "v1",
  reporter: "destination",
}));

function samplesAt(atMs: number, random: () => number): TrafficSample[] {
  return KEYS.map((key) => ({ atMs, key, traffic: trafficOf(random) }));
}

const TOPOLOGY: Topology = {
  services: Array.from({ length: SERVICES }, (_unused, index) => ({
    id: name(index),
    kind: "service",
    namespace: `ns-${index % 20}`,
    service: `service-${index}`,
    versions: [{ version: "v1", proxies: { n: 2, of: 2 } }],
    demand: "strict",
    endpoints: { healthy: 2, total: 2 },
  })),
  proxies: [],
  declared: [],
};

/**
 * Folds one second of a mesh of 1,000 services and 10,000 edges into the ring, and draws its graph over a minute. Then draws
 * the graph of a mesh that a real Prometheus keeps: 200 services, or 1,000 where the full size is asked for.
 */
export const graph: Benchmark = {
  name: "graph",
  async run({ isFull }) {
    const ring = await ringGraph();
    const store = await storeGraph(isFull ? { services: 1_000, edges: 5_000, rounds: 7 } : { services: 200, edges: 1_000, rounds: 9 });
    return { ...ring, ...store };
  },
};

async function ringGraph() {
  const store = new MemorySeriesStore();
  const random = randomFrom(1);
  const fold: number[] = [];
  for (let second = 1; second <= SECONDS; second++) {
    const samples = samplesAt(START_MS + second * 1_000 - 500, random);
    const startedMs = performance.now();
    store.record(samples);
    fold.push(performance.now() - startedMs);
  }
  const window = { fromMs: START_MS, toMs: START_MS + SECONDS * 1_000 };
  const build: number[] = [];
  let edges = 0;
  for (let run = 0; run < 5; run++) {
    const startedMs = performance.now();
    const sum = store.sum(window);
    const counts = store.counts(window, 30);
    const drawn = buildGraph({
      window: sum.window,
      topology: TOPOLOGY,
      rows: sum.rows.map(({ key, traffic }) => ({ ...key, traffic, toldBy: "bench", seenBy: ["bench"] })),
      sparks: counts,
      sources: ["bench"],
      refusals: [],
    });
    build.push(performance.now() - startedMs);
    edges = new Set(drawn.edges.map((edge) => edgeId(edge.source, edge.target, edge.protocol))).size;
  }
  return {
    services: SERVICES,
    samplesPerSecond: EDGES,
    edges,
    foldMs: medianMs(fold),
    graphMs: medianMs(build),
    storeMiB: Math.round((store.stats().bytes / 1024 / 1024) * 10) / 10,
  };
}
