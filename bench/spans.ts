import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { decodeExportRequest } from "#collectors/shared/otlp/decode-export.ts";
import { SPAN_LIMITS } from "#collectors/shared/otlp/limits.ts";
import { type Result, WeftError } from "#lib/model/errors.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { SpanRecord } from "#lib/ports/span-store.ts";
import { UNBOUNDED } from "#server/stores/spans/effort.ts";
import { otlpCodec } from "#server/stores/spans/otlp-codec.ts";
import { type Question, SpanReader } from "#server/stores/spans/span-reader.ts";
import { openSpanStore, type SpanFile } from "#server/stores/spans/span-store.ts";

import type { Benchmark } from "./benchmark.ts";
import { cpuSeconds, hundredths, medianSpeed, quantile } from "./measure.ts";
import { preparedRequest, stamp } from "./traffic/export-request.ts";
import { type MadeSpan, serviceName, SPANS_PER_TRACE } from "./traffic/made-trace.ts";
import { PlainSqlite } from "./traffic/plain-sqlite.ts";
import { randomFrom } from "./traffic/random.ts";

const DEFAULT_SPANS = 300_000;
const SERVICES = 200;
/** Spans per commit: what the intake groups at 256 KiB. */
const PER_COMMIT = 700;
const COMMITS_PER_TURN = 10;
const ASKED = 40;
const GRAPHS = 5;
const TOP = 20;
const SLOW_MS = 100;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.UTC(2026, 0, 1);
const ALL: TimeWindow = { fromMs: START_MS, toMs: START_MS + HOUR_MS };

interface Both {
  ours: number[];
  plain: number[];
}

interface Batch {
  records: SpanRecord[];
  spans: MadeSpan[];
}

/** Spans of an hour in order of time, made as they are needed: a million of them would not fit the heap at once. */
function* batches(spans: number, random: () => number): Generator<Batch> {
  const count = Math.ceil(spans / PER_COMMIT);
  for (let number = 1; number <= count; number++) {
    const fromMs = START_MS + ((number - 1) / count) * (HOUR_MS - MINUTE_MS);
    const request = preparedRequest({ random, services: SERVICES, spans: PER_COMMIT, fromMs, toMs: fromMs + 1_000 });
    stamp(request, number);
    const { records } = decodeExportRequest(request.body, SPAN_LIMITS);
    const stamped = Buffer.from(records[0]?.traceId.subarray(0, 8) ?? []);
    for (let at = 0; at < request.spans.length; at += SPANS_PER_TRACE) stamped.copy(request.spans[at]?.traceId ?? stamped);
    yield { records, spans: [...request.spans] };
  }
}

interface Filled {
  spans: number;
  traceIds: Buffer[];
  /** Spans per second of CPU, and per second, turn by turn. */
  cpu: Both;
  wall: Both;
}

/** Writes the same spans to both, some commits to the one and then the same to the other. */
async function fill(wanted: number, store: SpanFile, plain: PlainSqlite): Promise<Filled> {
  const filled: Filled = { spans: 0, traceIds: [], cpu: { ours: [], plain: [] }, wall: { ours: [], plain: [] } };
  const random = randomFrom(2);
  let turn: Batch[] = [];
  const take = async (name: keyof Both, write: (batch: Batch) => void): Promise<void> => {
    const startedMs = performance.now();
    const seconds = await cpuSeconds(() => turn.forEach(write));
    const spans = turn.length * PER_COMMIT;
    filled.cpu[name].push(spans / seconds);
    filled.wall[name].push((spans * 1_000) / (performance.now() - startedMs));
  };
  const write = async (): Promise<void> => {
    await take("ours", ({ records }) => valueOf(store.write(records)));
    await take("plain", ({ spans }) => plain.write(spans));
    filled.spans += turn.length * PER_COMMIT;
    turn = [];
  };
  for (const batch of batches(wanted, random)) {
    turn.push(batch);
    const first = batch.spans[Math.floor(random() * batch.spans.length)];
    if (first !== undefined) filled.traceIds.push(first.traceId);
    if (turn.length === COMMITS_PER_TURN) await write();
  }
  if (turn.length > 0) await write();
  return filled;
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

function nanos({ fromMs, toMs }: TimeWindow): { fromNs: bigint; toNs: bigint } {
  return { fromNs: BigInt(fromMs) * 1_000_000n, toNs: BigInt(toMs) * 1_000_000n };
}

/** Asks both in turn. An answer that differs from the other's makes its time worth nothing, so that it ends the benchmark. */
function ask(times: number, ours: (turn: number) => unknown, plain: (turn: number) => unknown): Both {
  const both: Both = { ours: [], plain: [] };
  for (let turn = 0; turn < times; turn++) {
    const startedMs = performance.now();
    const mine = ours(turn);
    const middleMs = performance.now();
    const theirs = plain(turn);
    both.ours.push(middleMs - startedMs);
    both.plain.push(performance.now() - middleMs);
    if (mine !== theirs) throw new Error(`the archive answers ${String(mine)}, plain SQL ${String(theirs)}`);
  }
  return both;
}

/** A fifth of the hour, another one each turn, on whole minutes as a chart would ask. */
function windowOf(turn: number): TimeWindow {
  const fromMs = START_MS + (turn % 45) * MINUTE_MS;
  return { fromMs, toMs: fromMs + 12 * MINUTE_MS };
}

function serviceOf(turn: number): number {
  return (turn * 37) % SERVICES;
}

interface Answers {
  trace: Both;
  search: Both;
  operations: Both;
  graph: Both;
}

function askAll({ traceIds }: Filled, reader: SpanReader, question: Question, plain: PlainSqlite): Answers {
  const idOf = (turn: number): Buffer => traceIds[(turn * 101) % traceIds.length] ?? Buffer.alloc(16);
  const filter = { namespace: null, operation: null, version: null, status: null, maxMs: null, terms: [], minMs: SLOW_MS };
  return {
    trace: ask(
      ASKED,
      (turn) => valueOf(reader.trace(question, idOf(turn).toString("hex"))).value.spans.length,
      (turn) => plain.trace(idOf(turn)),
    ),
    // The archive goes by the start of the trace, the SQL by that of the span: at the edges of a window they may differ by one.
    search: ask(
      ASKED,
      (turn) =>
        valueOf(reader.find(question, { ...filter, service: serviceName(serviceOf(turn)), ...windowOf(turn) }, TOP)).value.items.length > 0,
      (turn) => plain.search(serviceOf(turn), nanos(windowOf(turn)), SLOW_MS * 1e6, TOP).length > 0,
    ),
    operations: ask(
      ASKED,
      (turn) => valueOf(reader.operations(question, windowOf(turn), `shop/${serviceName(serviceOf(turn))}`)).value.length,
      (turn) => plain.operations(serviceOf(turn), nanos(windowOf(turn))).length,
    ),
    graph: ask(
      GRAPHS,
      () => valueOf(reader.edges(question, ALL)).value.edges.reduce((calls, { count }) => calls + count, 0),
      () => plain.graph(nanos(ALL)).calls,
    ),
  };
}

function figuresOf(name: string, { ours, plain }: Both): Record<string, number> {
  const [mine, theirs] = [quantile(ours, 0.5), quantile(plain, 0.5)];
  return { [`${name}Ms`]: mine, [`${name}PlainMs`]: theirs, [`${name}Ratio`]: hundredths(mine / theirs) };
}

function bytesOf(path: string): number {
  return ["", "-wal"].reduce((sum, part) => sum + (statSync(path + part, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** The archive against plain SQLite with good indexes. WEFT_BENCH_SPANS says how many spans; ratios of times: less is better. */
export const spans: Benchmark = {
  name: "spans",
  async run() {
    const wanted = Number(process.env["WEFT_BENCH_SPANS"] ?? DEFAULT_SPANS);
    if (!Number.isInteger(wanted) || wanted < PER_COMMIT * COMMITS_PER_TURN) {
      throw new WeftError("INVALID", "WEFT_BENCH_SPANS is not a number of spans from 7000 on", {
        mend: "Set it to 1000000, or leave it out",
      });
    }
    const dir = mkdtempSync(join(tmpdir(), "weft-bench-"));
    mkdirSync(join(dir, "ours"));
    const limits = { maxBytes: Number.MAX_SAFE_INTEGER, maxAgeMs: Number.MAX_SAFE_INTEGER, isDurable: true };
    const store = openSpanStore({ dir: join(dir, "ours"), ...limits });
    const plainPath = join(dir, "plain.sqlite");
    const plain = new PlainSqlite(plainPath);
    const reader = new SpanReader("bench", otlpCodec);
    try {
      const filled = await fill(wanted, store, plain);
      const answers = askAll(filled, reader, { path: store.path, nowMs: ALL.toMs, effort: UNBOUNDED }, plain);
      return {
        spans: filled.spans,
        insertSpansPerSecond: medianSpeed(filled.wall.ours),
        insertPlainSpansPerSecond: medianSpeed(filled.wall.plain),
        insertSpansPerCpuSecond: medianSpeed(filled.cpu.ours),
        insertPlainSpansPerCpuSecond: medianSpeed(filled.cpu.plain),
        insertRatio: hundredths(medianSpeed(filled.cpu.ours) / medianSpeed(filled.cpu.plain)),
        ...figuresOf("trace", answers.trace),
        ...figuresOf("search", answers.search),
        ...figuresOf("operations", answers.operations),
        ...figuresOf("dependencies", answers.graph),
        bytesPerSpan: Math.round(bytesOf(store.path) / filled.spans),
        plainBytesPerSpan: Math.round(bytesOf(plainPath) / filled.spans),
        bytesRatio: hundredths(bytesOf(store.path) / bytesOf(plainPath)),
        loadAverage: hundredths(loadavg()[0] ?? 0),
      };
    } finally {
      reader.close();
      plain.close();
      store.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
