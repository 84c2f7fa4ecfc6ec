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
/** A console that has just started compiles what it runs for its first answers; those who read a map read one that runs for long. */
const WARM_ROUNDS = 5;
/** Of a processor, for all consoles together: that much they need for their clocks. */
const IDLE_SHARE = 0.1;
const IDLE_LOOKS = 100;
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

/**
 * One after the other, again and again; the first rounds warm up and do not count. Each round begins with another one: what somebody's
 * answer leaves behind, in the store and on the machine, is in the time of whoever is next.
 */
async function rounds(url: string, consoles: readonly BenchConsole[], endMs: number, many: number): Promise<Times> {
  const times: Times = { floor: [], pattern: [], apis: consoles.map(() => []), longestQuestion: [], consoleCpu: [] };
  const takes: ((atMs: number, isCounted: boolean) => Promise<void>)[] = [
    (atMs, isCounted) => timed(isCounted ? times.floor : null, () => ask(url, floorQuery(meshName(20)), atMs)),
    (atMs, isCounted) => timed(isCounted ? times.pattern : null, () => askEachNamespace(url, atMs)),
    ...consoles.map((console, index) => async (atMs: number, isCounted: boolean) => {
      let text = "";
      const before = await console.usage();
      await timed(isCounted ? times.apis[index] : null, async () => void (text = await drawGraph(console, atMs)));
      const after = await console.usage();
      if (!isCounted || index > 0) return;
      times.consoleCpu.push(after.cpuMs - before.cpuMs);
      times.longestQuestion.push(longestQuestionMs(text));
    }),
  ];
  for (let round = 0; round < WARM_ROUNDS + many; round++) {
    for (let turn = 0; turn < takes.length; turn++) {
      await untilAllIdle(url, consoles);
      await takes[(round + turn) % takes.length]?.(endMs - (round % 55) * 1_000, round >= WARM_ROUNDS);
    }
  }
  return times;
}

/** Waits until neither the store nor a console is at work: a console goes on reading for a while when its answer has left. */
async function untilAllIdle(url: string, consoles: readonly BenchConsole[]): Promise<void> {
  const cpuMs = async (): Promise<number> =>
    (await Promise.all(consoles.map((one) => one.usage()))).reduce((sum, one) => sum + one.cpuMs, 0);
  for (let look = 0; look < IDLE_LOOKS; look++) {
    const before = await cpuMs();
    const startedMs = performance.now();
    await untilIdle(url);
    if ((await cpuMs()) - before < (performance.now() - startedMs) * IDLE_SHARE) return;
  }
  throw new Error("the consoles were never idle");
}

/** `into`: `null` = it does not count. */
async function timed(into: number[] | null | undefined, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await work();
  into?.push(performance.now() - startedMs);
}

async function askEachNamespace(url: string, atMs: number): Promise<void> {
  for (let namespace = 0; namespace < 20; namespace++) {
    for (const query of namespaceQueries(meshName(20), `ns-${namespace}`)) await ask(url, query, atMs);
  }
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
