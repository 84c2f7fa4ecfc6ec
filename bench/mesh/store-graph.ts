import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { endpoints } from "#lib/contract/endpoints.ts";

import { BenchConsole } from "../bench-console.ts";
import { hundredths, medianMs } from "../measure.ts";
import { knobs } from "./knobs.ts";
import { ask, loadedStore, untilIdle } from "./loaded-store.ts";
import { syntheticMesh } from "./model.ts";
import { floorQuery, namespaceQueries } from "./peer-queries.ts";

const STEP_MS = 15_000;
const SAMPLES = 9;
const WINDOW_MS = 60_000;
/** Over which the pattern goes, and those over which the same edges are spread. */
const NAMESPACES = [20, 5, 50, 200] as const;

export interface StoreGraphFigures {
  storeServices: number;
  storeEdges: number;
  floorMs: number;
  apiMs: number;
  patternMs: number;
  /** The longest of the questions that the API put for an answer, and the CPU time of the console's process. */
  longestQuestionMs: number;
  consoleCpuMs: number;
  namespaces5Ms: number;
  namespaces50Ms: number;
  namespaces200Ms: number;
  ratios: { floor: number; perNamespacePattern: number; namespaces200over5: number };
}

/**
 * The graph API of a console that reads a real Prometheus, against one question for all edges and against a console's way of
 * asking for each namespace. Every round asks about another instant, so that nobody answers from memory.
 */
export async function storeGraph(size: { services: number; edges: number; rounds: number }): Promise<StoreGraphFigures> {
  const folder = await mkdtemp(join(tmpdir(), "weft-bench-mesh-"));
  // An hour ago: the instants asked for lie in what was loaded.
  const endMs = Math.floor(Date.now() / STEP_MS) * STEP_MS - 3_600_000;
  const stretch = { fromMs: endMs - (SAMPLES - 1) * STEP_MS, samples: SAMPLES };
  const meshes = NAMESPACES.map((namespaces) => ({
    mesh: meshOver(namespaces, size),
    stretch: { ...stretch, isWithoutBuckets: namespaces !== 20 },
  }));
  const store = await loadedStore(join(folder, "store"), meshes);
  const consoles: BenchConsole[] = [];
  try {
    for (const namespaces of NAMESPACES)
      consoles.push(await consoleOver(store.url, meshName(namespaces), join(folder, meshName(namespaces))));
    const times = await rounds(store.url, consoles, endMs, size.rounds);
    const [api = [], five = [], fifty = [], twoHundred = []] = times.apis;
    const [floorMs, apiMs, patternMs] = [medianMs(times.floor), medianMs(api), medianMs(times.pattern)];
    const spread = [five, fifty, twoHundred].map(medianMs);
    const [namespaces5Ms = 0, namespaces50Ms = 0, namespaces200Ms = 0] = spread;
    return {
      storeServices: size.services,
      storeEdges: size.edges,
      floorMs,
      apiMs,
      patternMs,
      longestQuestionMs: medianMs(times.longestQuestion),
      consoleCpuMs: medianMs(times.consoleCpu),
      namespaces5Ms,
      namespaces50Ms,
      namespaces200Ms,
      // Compared round by round: what slows the machine down slows both.
      ratios: {
        floor: medianRatio(api, times.floor),
        perNamespacePattern: medianRatio(api, times.pattern),
        namespaces200over5: medianRatio(twoHundred, five),
      },
    };
  } finally {
    for (const one of consoles) await one.stop();
    await store.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Times {
  floor: number[];
  pattern: number[];
  /** By console. */
  apis: number[][];
  /** Of the first console. */
  longestQuestion: number[];
  consoleCpu: number[];
}

/** One after the other, again and again; the first round warms up and does not count. */
async function rounds(url: string, consoles: readonly BenchConsole[], endMs: number, many: number): Promise<Times> {
  const times: Times = { floor: [], pattern: [], apis: consoles.map(() => []), longestQuestion: [], consoleCpu: [] };
  for (let round = 0; round <= many; round++) {
    const atMs = endMs - (round % 55) * 1_000;
    const timed = async (into: number[] | undefined, work: () => Promise<unknown>): Promise<void> => {
      await untilIdle(url);
      const startedMs = performance.now();
      await work();
      if (round > 0) into?.push(performance.now() - startedMs);
    };
    await timed(times.floor, () => ask(url, floorQuery(meshName(20)), atMs));
    for (const [index, console] of consoles.entries()) {
      let text = "";
      await untilIdle(url);
      const before = await console.usage();
      await timed(times.apis[index], async () => void (text = await drawGraph(console, atMs)));
      const after = await console.usage();
      if (round === 0 || index > 0) continue;
      times.consoleCpu.push(after.cpuMs - before.cpuMs);
      times.longestQuestion.push(longestQuestionMs(text));
    }
    await timed(times.pattern, async () => {
      for (let namespace = 0; namespace < 20; namespace++) {
        for (const query of namespaceQueries(meshName(20), `ns-${namespace}`)) await ask(url, query, atMs);
      }
    });
  }
  return times;
}

/** By what the answer itself says of its questions. */
function longestQuestionMs(answer: string): number {
  const { provenance } = JSON.parse(answer) as { provenance: readonly { cost?: { ms: number } }[] };
  return Math.max(0, ...provenance.map(({ cost }) => cost?.ms ?? 0));
}

async function drawGraph({ url }: BenchConsole, atMs: number): Promise<string> {
  const query = new URLSearchParams({ window: `${WINDOW_MS / 1_000}s`, at: new Date(atMs).toISOString() });
  const answer = await fetch(`${url}${endpoints.getGraph.path}?${query}`);
  const text = await answer.text();
  // A figure for a graph that is not there would be worth nothing.
  if (!answer.ok || !text.includes('"edges":[{')) throw new Error(`the graph answered ${answer.status}: ${text.slice(0, 300)}`);
  return text;
}

function meshName(namespaces: number): string {
  return `over-${namespaces}`;
}

function meshOver(namespaces: number, { services, edges }: { services: number; edges: number }) {
  const mixed = { errorShare: 0.2, grpcShare: 0.2, tcpShare: 0.05, egressShare: 0.02, lostShare: 0.05, mtlsShare: 0.95 };
  return syntheticMesh(knobs({ ...mixed, services, edges, namespaces, name: meshName(namespaces), stepMs: STEP_MS }));
}

function consoleOver(url: string, mesh: string, dataDir: string): Promise<BenchConsole> {
  const metricsSources = [{ id: "store", kind: "prometheus", url, timeoutMs: 60_000, queryScope: { mesh }, telemetry: ["istio"] }];
  return BenchConsole.start({ dataDir, metricsSources, otlpHttp: "off" });
}

function medianRatio(a: readonly number[], b: readonly number[]): number {
  return hundredths(medianMs(a.map((ms, index) => ms / (b[index] ?? ms))));
}
