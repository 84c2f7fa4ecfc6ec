import type { TrafficSample } from "#lib/ports/series-store.ts";
import type { SpanRecord, SpanStore } from "#lib/ports/span-store.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

import { ByteBudget } from "./byte-budget.ts";
import type { IngestCodec } from "./codec.ts";
import { countCommit } from "./counts.ts";
import { type Commit, GroupCommit } from "./group-commit.ts";
import { listenHttp, type Listener } from "./http-listener.ts";
import { Intake } from "./intake.ts";
import type { IngestLimits } from "./limits.ts";
import { listenGrpc } from "./otlp-grpc.ts";
import { createOtlpHandler } from "./otlp-http.ts";
import { portError, type IngestPorts } from "./ports.ts";
import { startRetention } from "./retention.ts";
import { ServiceNames } from "./service-names.ts";
import type { IngestStats } from "./stats.ts";
import { createZipkinHandler } from "./zipkin-http.ts";

/** Turns spans into traffic, as they come. */
export interface TrafficRollup {
  add(records: readonly SpanRecord[], nowMs: number): void;
  /** What was added since the last time. */
  drain(nowMs: number): TrafficSample[];
}

export interface ReceiverParts {
  host: string;
  ports: IngestPorts;
  limits: IngestLimits;
  store: SpanStore;
  codec: IngestCodec;
  rollup: TrafficRollup;
  clock: Clock;
  scheduler: Scheduler;
}

/** Listening ports over one store. */
export interface Receiver {
  readonly ports: IngestPorts;
  stats(): IngestStats;
  drain(): TrafficSample[];
  /** Answers what is under way, writes what waits, lets `last` read once more, and closes the store. */
  stop(last?: () => void): Promise<void>;
}

/** Opens the ports. Throws CONFLICT when one is taken; then none stays open. The store is closed by `stop` alone. */
export async function startReceiver(parts: ReceiverParts): Promise<Receiver> {
  const { host, ports, limits, store, codec, rollup, clock, scheduler } = parts;
  const names = new ServiceNames(limits.services);
  let storeError: string | null = null;

  const onCommit = ({ records, write, elapsedMs }: Commit): void => {
    if (!write.ok) {
      storeError = write.error.message;
      intake.counts.failedCommits++;
      return;
    }
    storeError = null;
    countCommit(intake.counts, elapsedMs);
    const fresh = records.filter((_, index) => write.value.fresh[index] === true);
    intake.counts.kept += fresh.length;
    intake.counts.duplicate += records.length - fresh.length;
    rollup.add(
      fresh.map((record) => names.bound(record)),
      clock.nowMs(),
    );
  };
  const commits = new GroupCommit({ write: (records) => store.write(records), limits, clock, scheduler, onCommit });
  const intake = new Intake({ codec, commits, clock });
  const budget = new ByteBudget(limits.readingBytes);
  const shared = { intake, codec, budget, limits, scheduler };
  const http = { host, limits, onRefused: (refusal: Parameters<Intake["countRefusal"]>[0]) => intake.countRefusal(refusal) };

  const listeners: Listener[] = [];
  const open = async (kind: keyof IngestPorts, listen: (port: number) => Promise<Listener>): Promise<number | null> => {
    const port = ports[kind];
    if (port === null) return null;
    const listener = await listen(port).catch((cause: unknown) => {
      throw portError(kind, port, cause);
    });
    listeners.push(listener);
    return listener.port;
  };
  const closeListeners = (): Promise<unknown> => Promise.all(listeners.map((listener) => listener.stop()));

  const bound: IngestPorts = { http: null, grpc: null, zipkin: null };
  try {
    bound.http = await open("http", (port) => listenHttp({ ...http, port, handle: createOtlpHandler(shared) }));
    bound.grpc = await open("grpc", (port) => listenGrpc(host, port, shared));
    bound.zipkin = await open("zipkin", (port) => listenHttp({ ...http, port, handle: createZipkinHandler(shared) }));
  } catch (error) {
    await closeListeners();
    throw error;
  }
  const retention = startRetention({ store, clock, scheduler });

  return {
    ports: bound,
    stats: () => ({
      counts: intake.counts,
      reasons: [...intake.reasons],
      lastSpanAtMs: intake.lastSpanAtMs,
      lastTroubleAtMs: intake.lastTroubleAtMs,
      storeError,
      queueBytes: commits.bytes,
      readingBytes: budget.used,
      services: names.size,
      overflowSpans: names.overflow,
      isRetaining: retention.isWorking,
      store: store.stats(),
    }),
    drain: () => rollup.drain(clock.nowMs()),
    async stop(last) {
      retention.stop();
      const closed = closeListeners();
      commits.close();
      await closed;
      last?.();
      store.close();
    },
  };
}
