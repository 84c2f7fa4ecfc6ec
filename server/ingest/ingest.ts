import { Worker } from "node:worker_threads";

import { WeftError } from "#lib/model/errors.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { TrafficSample } from "#lib/ports/series-store.ts";
import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";

import { INGEST_LIMITS, type IngestLimits } from "./limits.ts";
import { fromPlain, type StopMessage, type WorkerMessage, type WorkerOrder } from "./messages.ts";
import type { IngestPorts } from "./ports.ts";
import { RestartPauses } from "./restart-pauses.ts";
import { createIngestStatus, type IngestAddresses } from "./status.ts";
import { followStats, type IngestStats } from "./stats.ts";

const LONGEST_STOP_MS = 8_000;
/** Bodies and the store's pages live outside of this heap. */
const HEAP_MIB = 384;
/** What a request leaves behind dies within a second: with room for that, little of it is ever copied. */
const YOUNG_MIB = 48;

export interface IngestOptions {
  host: "127.0.0.1";
  ports: IngestPorts;
  /** Where spans are kept, as the worker's store has it (`SpanStoreOptions`); given to it as it is. */
  store: unknown;
  limits?: Partial<IngestLimits>;
  clock: Clock;
  scheduler: Scheduler;
  /** Another worker, for tests. */
  workerUrl?: URL;
}

/** The intake of spans, as the rest of Weft sees it. */
export interface Ingest {
  readonly addresses: IngestAddresses;
  /** File of spans, to be read by others; another one after a restart where spans are not durable. `null` = there is none. */
  location(): string | null;
  status(): SourceStatus;
  /** As of the newest second; counts go on over restarts of the worker. */
  stats(): IngestStats;
  /** Hears once a second what spans told of traffic, unless they told nothing. The answer unsubscribes. */
  onTraffic(listen: (samples: TrafficSample[]) => void): () => void;
  /** Answers what is under way, writes it, closes the ports. */
  stop(): Promise<void>;
}

interface Running {
  worker: Worker;
  ports: IngestPorts;
  storePath: string | null;
  stats: IngestStats;
}

/**
 * Starts the intake in a thread of its own, and resolves when all its ports are open. A thread that dies is started again
 * on the same ports after a pause that grows from one second to thirty. Rejects with CONFLICT when a port is taken, and
 * with the store's own error when it cannot be opened.
 */
export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const { clock, scheduler } = options;
  const listeners = new Set<(samples: TrafficSample[]) => void>();
  let ports = options.ports;
  let storePath: string | null = null;
  let worker: Worker | null = null;
  let restart: ScheduledTask | null = null;
  const pauses = new RestartPauses();
  let startedMs = 0;
  let launching: Promise<void> = Promise.resolve();
  let isStopping = false;
  let down: string | null = null;
  /** Everything up to the death of the previous worker. */
  let earlier: IngestStats | null = null;

  const hear = (message: WorkerMessage): void => {
    if (message.type !== "tick") return;
    latest = followStats(earlier, message.stats);
    if (message.rows.length > 0) for (const listen of listeners) listen(message.rows);
  };
  const fail = (reason: string): void => {
    worker = null;
    if (isStopping) return;
    down = reason;
    earlier = latest;
    restart = scheduler.after(pauses.next(clock.monotonicMs() - startedMs), () => void (launching = launch()));
  };
  const begin = async (): Promise<Running> => {
    startedMs = clock.monotonicMs();
    const order: WorkerOrder = { host: options.host, ports, limits: { ...INGEST_LIMITS, ...options.limits }, store: options.store };
    const running = await spawn(options.workerUrl ?? new URL("./worker.ts", import.meta.url), order, hear, fail);
    worker = running.worker;
    ({ ports, storePath } = running);
    return running;
  };
  const launch = async (): Promise<void> => {
    try {
      const { stats } = await begin();
      latest = followStats(earlier, stats);
      down = null;
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  };

  let latest = (await begin()).stats;
  const addresses: IngestAddresses = {
    http: ports.http === null ? null : `http://${options.host}:${ports.http}`,
    grpc: ports.grpc === null ? null : `${options.host}:${ports.grpc}`,
    zipkin: ports.zipkin === null ? null : `http://${options.host}:${ports.zipkin}`,
  };
  const status = createIngestStatus(addresses, clock, options.limits?.services ?? INGEST_LIMITS.services);

  return {
    addresses,
    location: () => storePath,
    status: () => status(latest, down),
    stats: () => latest,
    onTraffic(listen) {
      listeners.add(listen);
      return () => void listeners.delete(listen);
    },
    async stop() {
      isStopping = true;
      restart?.cancel();
      // One that is just being started has the store open already.
      await launching;
      await end(worker);
      worker = null;
    },
  };
}

/** Resolves when the worker is ready. `onDeath` hears of an end after that, before it the promise is rejected. */
function spawn(url: URL, order: WorkerOrder, hear: (message: WorkerMessage) => void, onDeath: (reason: string) => void): Promise<Running> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, {
      workerData: order,
      name: "ingest",
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB, maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    let isReady = false;
    let reason = "";
    worker.on("message", (message: WorkerMessage) => {
      if (message.type === "failed") reject(fromPlain(message.error));
      else if (message.type === "ready") {
        isReady = true;
        resolve({ worker, ports: message.ports, storePath: message.storePath, stats: message.stats });
      } else hear(message);
    });
    worker.on("error", (error: unknown) => (reason = error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => {
      const text = `The thread that takes spans in ended (${reason === "" ? `code ${code}` : reason})`;
      if (isReady) onDeath(text);
      else reject(new WeftError("INTERNAL", text));
    });
  });
}

async function end(worker: Worker | null): Promise<void> {
  if (worker === null) return;
  const exited = new Promise<void>((resolve) => void worker.once("exit", () => resolve()));
  worker.postMessage({ type: "stop" } satisfies StopMessage, []);
  const cut = setTimeout(() => void worker.terminate(), LONGEST_STOP_MS);
  await exited;
  clearTimeout(cut);
}
