import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { decodeExportRequest } from "#collectors/shared/otlp/decode-export.ts";
import { SPAN_LIMITS } from "#collectors/shared/otlp/limits.ts";
import { otlpType } from "#collectors/shared/otlp/testing/otlp-proto.ts";
import type { SpanRecord } from "#lib/ports/span-store.ts";
import { GroupCommit } from "#server/ingest/group-commit.ts";
import { INGEST_LIMITS } from "#server/ingest/limits.ts";
import { ServiceNames } from "#server/ingest/service-names.ts";
import { createSpanTraffic } from "#server/ingest/span-traffic.ts";
import { openSpanStore, type SpanFile } from "#server/stores/spans/span-store.ts";
import { systemClock, systemScheduler } from "#server/telemetry/system-time.ts";

import type { Benchmark } from "./benchmark.ts";
import { cpuSeconds, hundredths, medianSpeed, quantile } from "./measure.ts";
import { preparedRequest, stamp, type PreparedRequest } from "./traffic/export-request.ts";
import { randomFrom } from "./traffic/random.ts";

const SPANS_PER_REQUEST = 100;
const SERVICES = 12;
const REQUESTS = 1_000;
const STORED_REQUESTS = 200;
const ROUNDS = 5;
/** The time that passes for the rollup between two requests: 10,000 spans a second. */
const REQUEST_EVERY_MS = 10;
const DRAIN_EVERY = 100;
const START_MS = Date.UTC(2026, 0, 1);
const WAIT_MS = 10_000;

/** Keeps what is read alive and used, so that no compiler may leave the work out. */
let seen = 0;

function referenceDecode(requests: readonly PreparedRequest[]): void {
  const type = otlpType("ExportTraceServiceRequest");
  for (const { body } of requests) seen += Object.keys(type.decode(body)).length;
}

function decode(requests: readonly PreparedRequest[]): void {
  for (const { body } of requests) seen += decodeExportRequest(body, SPAN_LIMITS).records.length;
}

/** Decode, index fields, facts and sums per edge, drained as the intake's thread does each second, to the last span. */
function wholeWay(requests: readonly PreparedRequest[], counting: Counting): void {
  for (const [index, { body }] of requests.entries()) {
    counting.add(decodeExportRequest(body, SPAN_LIMITS).records);
    if (index % DRAIN_EVERY === 0) counting.drain();
  }
  counting.drainAll();
}

/** What the intake's thread counts with, from its start to its end: its tables grow once, not once a turn. */
class Counting {
  private readonly names = new ServiceNames(INGEST_LIMITS.services);
  private readonly rollup = createSpanTraffic();
  private nowMs = START_MS;

  add(records: readonly SpanRecord[]): void {
    this.nowMs += REQUEST_EVERY_MS;
    this.rollup.add(
      records.map((record) => this.names.bound(record)),
      this.nowMs,
    );
  }

  drain(): void {
    seen += this.rollup.drain(this.nowMs).length;
  }

  drainAll(): void {
    this.nowMs += WAIT_MS;
    this.drain();
  }
}

/** The same and a durable write, in the groups that the intake makes; as many requests wait as fill one group. */
async function stored(requests: readonly PreparedRequest[], store: SpanFile, counting: Counting): Promise<void> {
  const commits = new GroupCommit({
    write: (records) => store.write(records),
    limits: INGEST_LIMITS,
    clock: systemClock,
    scheduler: systemScheduler,
    onCommit({ records, write }) {
      if (!write.ok) throw write.error;
      counting.add(records.filter((_, index) => write.value.fresh[index] === true));
    },
  });
  let waiting: Promise<unknown>[] = [];
  let bytes = 0;
  for (const { body } of requests) {
    waiting.push(commits.submit(decodeExportRequest(body, SPAN_LIMITS).records, body.length));
    bytes += body.length;
    if (bytes < INGEST_LIMITS.groupBytes) continue;
    await Promise.all(waiting);
    [waiting, bytes] = [[], 0];
  }
  commits.close();
  await Promise.all(waiting);
  counting.drainAll();
}

interface Rounds {
  reference: number[];
  decode: number[];
  wholeWay: number[];
  stored: number[];
}

async function measure(requests: readonly PreparedRequest[], store: SpanFile): Promise<Rounds> {
  const rounds: Rounds = { reference: [], decode: [], wholeWay: [], stored: [] };
  const spans = requests.length * SPANS_PER_REQUEST;
  const few = requests.slice(0, STORED_REQUESTS);
  const [counting, countingStored] = [new Counting(), new Counting()];
  for (let round = 0; round <= ROUNDS; round++) {
    // Other trace ids each time: a span that is stored already would be no work.
    for (const [index, request] of requests.entries()) stamp(request, round * REQUESTS + index + 1);
    const reference = spans / (await cpuSeconds(() => referenceDecode(requests)));
    const bare = spans / (await cpuSeconds(() => decode(requests)));
    const whole = spans / (await cpuSeconds(() => wholeWay(requests, counting)));
    const written = (few.length * SPANS_PER_REQUEST) / (await cpuSeconds(() => stored(few, store, countingStored)));
    // The first round only warms up.
    if (round === 0) continue;
    rounds.reference.push(reference);
    rounds.decode.push(bare);
    rounds.wholeWay.push(whole);
    rounds.stored.push(written);
  }
  return rounds;
}

/** How much dearer a span is than with the reference library's bare decode of the same bytes, and what that buys. */
export const otlp: Benchmark = {
  name: "otlp",
  async run() {
    const random = randomFrom(1);
    const plan = { random, services: SERVICES, spans: SPANS_PER_REQUEST, fromMs: START_MS, toMs: START_MS + 60_000 };
    const requests = Array.from({ length: REQUESTS }, () => preparedRequest(plan));
    const dir = mkdtempSync(join(tmpdir(), "weft-bench-"));
    const store = openSpanStore({ dir, maxBytes: Number.MAX_SAFE_INTEGER, maxAgeMs: Number.MAX_SAFE_INTEGER, isDurable: true });
    try {
      const rounds = await measure(requests, store);
      if (seen === 0) throw new Error("nothing was decoded");
      const bytes = requests.reduce((sum, { body }) => sum + body.length, 0);
      const ratio = (ours: readonly number[]): number =>
        quantile(
          ours.map((speed, round) => speed / (rounds.reference[round] ?? 0)),
          0.5,
        );
      return {
        rounds: ROUNDS,
        bytesPerSpan: Math.round(bytes / (REQUESTS * SPANS_PER_REQUEST)),
        referenceSpansPerCpuSecond: medianSpeed(rounds.reference),
        decodeSpansPerCpuSecond: medianSpeed(rounds.decode),
        wholeWaySpansPerCpuSecond: medianSpeed(rounds.wholeWay),
        storedSpansPerCpuSecond: medianSpeed(rounds.stored),
        decodeRatio: ratio(rounds.decode),
        wholeWayRatio: ratio(rounds.wholeWay),
        wholeWayRatioGoal: 1.5,
        storedRatio: ratio(rounds.stored),
        loadAverage: hundredths(loadavg()[0] ?? 0),
      };
    } finally {
      store.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
