import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

import type { Benchmark } from "./benchmark.ts";
import { hundredths, quantile } from "./measure.ts";
import { stampOf } from "./traffic/export-request.ts";
import { FloodedConsole } from "./traffic/flooded-console.ts";
import { type SendOrder, type Sent, SPANS_PER_REQUEST } from "./traffic/sender-thread.ts";

const SERVICES = 40;
const ROUNDS = 2;
/** A map is asked for this often; sooner, when an answer took longer. */
const ASK_EVERY_MS = 50;
/** Spans tell the map of traffic after ten seconds. */
const WARM_S = 13;
const REST_MS = 11_000;

/** Without a flood the same services send a little: the map that is drawn is the same one. */
const QUIET: SendOrder = { connections: 1, spansPerSecond: 500, seconds: 6 };
const FLOOD: SendOrder = { connections: 4, spansPerSecond: 20_000, seconds: 10 };
/** Ten times the flood is more than one thread takes: as much as it takes is what arrives. */
const TENFOLD: SendOrder = { connections: 16, spansPerSecond: null, seconds: 10 };

/** What one load did to the map, over all rounds. */
interface Phase {
  /** A list per round. */
  mapMs: number[][];
  ackMs: number[];
  acknowledged: number;
  refused: number;
  sendingMs: number;
  /** Most that was seen in the first round: later ones begin with what the heavier loads left. */
  rssMiB: number | null;
}

function noPhase(): Phase {
  return { mapMs: [], ackMs: [], acknowledged: 0, refused: 0, sendingMs: 0, rssMiB: null };
}

interface DrawnMap {
  ms: number;
  edges: number;
}

function askMap(url: URL, agent: Agent): Promise<DrawnMap> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const call = request(url, { agent }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.once("error", reject);
      answer.once("end", () => {
        const ms = performance.now() - startedMs;
        if (answer.statusCode !== 200) return reject(new Error(`the map answered ${answer.statusCode}`));
        resolve({ ms, edges: JSON.parse(Buffer.concat(parts).toString()).value.edges.length });
      });
    });
    call.once("error", reject);
    call.end();
  });
}

class Flood {
  readonly acknowledged = new Set<number>();
  edges = 0;
  private readonly weft: FloodedConsole;
  private readonly map: URL;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(weft: FloodedConsole) {
    this.weft = weft;
    this.map = new URL("/api/graph", weft.url);
  }

  /** Sends, and asks for the map one time after the other until all is sent. */
  async run(order: SendOrder, phase: Phase): Promise<void> {
    const progress = { isSending: true };
    const mapMs: number[] = [];
    let rssMiB = 0;
    const sending = this.weft.send(order).finally(() => (progress.isSending = false));
    while (progress.isSending) {
      const { ms, edges } = await askMap(this.map, this.agent);
      mapMs.push(ms);
      this.edges = Math.max(this.edges, edges);
      if (mapMs.length % 20 === 0) rssMiB = Math.max(rssMiB, await this.weft.rssMiB());
      await sleep(Math.max(0, ASK_EVERY_MS - ms));
    }
    phase.mapMs.push(mapMs);
    this.add(await sending, phase);
    phase.rssMiB ??= Math.max(rssMiB, await this.weft.rssMiB());
  }

  close(): void {
    this.agent.destroy();
  }

  private add(sent: Sent, phase: Phase): void {
    for (const number of sent.acknowledged) this.acknowledged.add(number);
    phase.acknowledged += sent.acknowledged.length;
    phase.refused += sent.refused;
    phase.ackMs.push(...sent.ackMs);
    phase.sendingMs += sent.elapsedMs;
  }
}

/** Spans in the file, and how many of them came with requests that were acknowledged. */
function found(path: string, acknowledged: ReadonlySet<number>): { all: number; acknowledged: number } {
  const db = new DatabaseSync(path, { readOnly: true });
  const count = { all: 0, acknowledged: 0 };
  try {
    for (const { id, spans } of db
      .prepare("SELECT t.trace_id AS id, count(*) AS spans FROM spans s JOIN traces t ON t.no = s.trace_no GROUP BY s.trace_no")
      .iterate()) {
      count.all += Number(spans);
      if (id instanceof Uint8Array && acknowledged.has(stampOf(id))) count.acknowledged += Number(spans);
    }
    return count;
  } finally {
    db.close();
  }
}

function mapQuantile({ mapMs }: Phase, share: number): number {
  return quantile(mapMs.flat(), share);
}

/** How far two measurements of the same quiet map lie apart: a ratio to it that is no larger says nothing. */
function noiseOf({ mapMs }: Phase): number {
  const rounds = mapMs.map((times) => quantile(times, 0.99));
  return hundredths(Math.max(...rounds) / Math.min(...rounds));
}

function figuresOf(name: string, phase: Phase): Record<string, number> {
  return {
    [`${name}MapP50Ms`]: mapQuantile(phase, 0.5),
    [`${name}MapP99Ms`]: mapQuantile(phase, 0.99),
    [`${name}Maps`]: phase.mapMs.flat().length,
    [`${name}SpansPerSecond`]: Math.round((phase.acknowledged * SPANS_PER_REQUEST * 1_000) / phase.sendingMs),
    [`${name}AckP50Ms`]: quantile(phase.ackMs, 0.5),
    [`${name}AckP99Ms`]: quantile(phase.ackMs, 0.99),
    [`${name}RefusedRequests`]: phase.refused,
    [`${name}RssMiB`]: phase.rssMiB ?? 0,
  };
}

/** What 20,000 spans a second, and as many as go in, do to the answer of the map, and whether all that was acknowledged is there. */
export const flood: Benchmark = {
  name: "flood",
  async run() {
    const dir = mkdtempSync(join(tmpdir(), "weft-bench-"));
    const [quiet, flooded, tenfold] = [noPhase(), noPhase(), noPhase()];
    const weft = await FloodedConsole.start(dir, SERVICES);
    const test = new Flood(weft);
    try {
      const startRssMiB = await weft.rssMiB();
      await test.run({ ...QUIET, seconds: WARM_S }, noPhase());
      for (let round = 0; round < ROUNDS; round++) {
        if (round > 0) await sleep(REST_MS);
        await test.run(QUIET, quiet);
        await test.run(FLOOD, flooded);
        await test.run(TENFOLD, tenfold);
      }
      const endRssMiB = await weft.rssMiB();
      test.close();
      await weft.stop();
      const { all, acknowledged } = found(join(dir, "spans", "spans.sqlite"), test.acknowledged);
      const ratio = (phase: Phase, share: number): number => hundredths(mapQuantile(phase, share) / mapQuantile(quiet, share));
      return {
        edges: test.edges,
        ...figuresOf("quiet", quiet),
        ...figuresOf("flood", flooded),
        ...figuresOf("tenfold", tenfold),
        floodP50Ratio: ratio(flooded, 0.5),
        floodP99Ratio: ratio(flooded, 0.99),
        tenfoldP50Ratio: ratio(tenfold, 0.5),
        tenfoldP99Ratio: ratio(tenfold, 0.99),
        p99RatioGoal: 1.5,
        quietRoundsP99Ratio: noiseOf(quiet),
        acknowledgedSpans: test.acknowledged.size * SPANS_PER_REQUEST,
        acknowledgedSpansFound: acknowledged,
        spansFound: all,
        startRssMiB,
        endRssMiB,
        loadAverage: hundredths(loadavg()[0] ?? 0),
      };
    } finally {
      test.close();
      await weft.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
