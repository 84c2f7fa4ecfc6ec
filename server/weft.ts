import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";

import type { KeepCounts } from "#collectors/collector-reader.ts";
import type { OutsideOptions } from "#collectors/outside-sources.ts";
import { createCollectors, type Collectors } from "#collectors/runtime.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { ChangeJournal } from "#lib/ports/change-journal.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import { ChangeLog } from "#lib/usecases/changes/change-log.ts";
import type { MeshSources } from "#lib/usecases/context.ts";
import { markerOf } from "#lib/usecases/plan-split.ts";

import type { Options } from "./config/options.ts";
import { createServer } from "./create-server.ts";
import { createRuntime, type Runtime } from "./runtime.ts";
import { startSpans, type Spans } from "./spans.ts";
import { lockDataDir } from "./stores/data-dir-lock.ts";
import { FileChangeJournal } from "./stores/file-change-journal.ts";
import { RingMetricsSource } from "./stores/ring-metrics-source.ts";
import { MemorySeriesStore } from "./stores/series-store.ts";
import { systemClock, systemScheduler } from "./telemetry/system-time.ts";
import { traceHttp } from "./telemetry/traced-http.ts";
import type { SpanExport } from "./telemetry/tracing.ts";
import { TrafficSources } from "./traffic-sources.ts";

/** A running console. */
export interface Weft {
  url: string;
  /** Where spans can be sent; `null` = that way is closed. */
  spanAddresses: { http: string | null; grpc: string | null; zipkin: string | null };
  runtime: Runtime;
  /** Exchanges the sources outside, and keeps those that are configured as before. Throws INVALID, and then changes nothing. */
  configure(options: OutsideOptions): Promise<void>;
  /** Writes a line into Weft's log. */
  warn(text: string): void;
  stop(): Promise<void>;
}

export interface StartOptions extends Options {
  /** Directory of the exported pages. */
  uiDir: string;
  /** Lets a test stand between the verbs and the journal. */
  wrapJournal?: (journal: ChangeJournal) => ChangeJournal;
  /** How the file stands that sources are configured in; left out = there is none. */
  configuration?: (() => SourceStatus | null) | undefined;
}

/**
 * Starts the console: locks its data directory, recovers open changes, listens on loopback. Throws a WeftError with a
 * mend when the port is taken, the directory is in use or cannot be written.
 */
export async function startWeft(options: StartOptions): Promise<Weft> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new WeftError("INVALID", `The data directory ${dataDir} cannot be made`, {
      field: "--data-dir",
      mend: "Choose one that can be written",
      cause,
    });
  });
  const unlock = await lockDataDir(dataDir);
  let telemetry: SpanExport | null = null;
  try {
    telemetry = await startTelemetry(options.telemetryOtlp);
    return await startLocked(options, dataDir, unlock, telemetry);
  } catch (error) {
    await telemetry?.stop();
    await unlock();
    throw error;
  }
}

/** The SDK is loaded only where spans of Weft's own are asked for. */
async function startTelemetry(url: string | undefined): Promise<SpanExport | null> {
  if (url === undefined) return null;
  const { startSpanExport } = await import("./telemetry/span-export.ts");
  return startSpanExport({ url, clock: systemClock, scheduler: systemScheduler });
}

async function startLocked(
  options: StartOptions,
  dataDir: string,
  unlock: () => Promise<void>,
  telemetry: SpanExport | null,
): Promise<Weft> {
  const store = new MemorySeriesStore();
  const journal = new FileChangeJournal(dataDir);
  const log = new ChangeLog(options.wrapJournal?.(journal) ?? journal);
  const findChange = (marker: string): string | null => log.list().find((change) => marker === markerOf(change.planId))?.id ?? null;
  const collectors = await createCollectors(
    { ...options, dataDir },
    {
      store,
      clock: systemClock,
      scheduler: systemScheduler,
      findChange,
      keepCounts,
      wrapHttp: telemetry === null ? undefined : (http) => traceHttp(http, telemetry.tracer),
    },
  );
  const spans = await startSpans(options, { dataDir, clock: systemClock, scheduler: systemScheduler }).catch(async (error: unknown) => {
    await collectors.close();
    await journal.close();
    throw error;
  });
  const { outside } = collectors;
  const runtime = createRuntime({
    sources: meshSources(collectors, spans, store, options.pollIntervalMs),
    stores: () => outside.readers,
    configuration: options.configuration,
    store,
    log,
    clock: systemClock,
    scheduler: systemScheduler,
  });
  const app = await createServer(runtime, {
    ...options,
    uiDir: resolve(options.uiDir),
    cookieName: `weft_${randomBytes(4).toString("hex")}`,
    ingestStats: spans === null ? undefined : () => spans.ingest.stats(),
    tracing: telemetry ?? undefined,
  });
  telemetry?.onTrouble((text) => app.log.warn(text));
  const end = async (): Promise<void> => {
    await app.close();
    await runtime.stop();
    // Before the intake, which may be what its spans are sent to.
    await telemetry?.stop();
    await spans?.stop();
    await collectors.close();
    await journal.close();
  };
  try {
    // Recovered first: a write that comes before would not know what an earlier process left.
    await runtime.start();
    outside.start();
    await app.listen({ host: "127.0.0.1", port: options.port });
  } catch (cause) {
    await end();
    const isTaken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    throw isTaken
      ? new WeftError("CONFLICT", `Port ${options.port} is taken`, {
          field: "--port",
          mend: "Stop what listens there, or choose another with --port",
          cause,
        })
      : cause;
  }
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spanAddresses: spans?.ingest.addresses ?? { http: null, grpc: null, zipkin: null },
    runtime,
    configure: (next) => outside.configure(next),
    warn: (text) => app.log.warn(text),
    async stop() {
      await end();
      await unlock();
    },
  };
}

/** A ring of its own for each feed: numbers of two are never summed. */
const keepCounts: KeepCounts = (create) => {
  const store = new MemorySeriesStore();
  const feed = create(store);
  return { feed, metrics: new RingMetricsSource({ feed, store, reportMs: feed.reportMs, counted: "calls that a Collector tells of" }) };
};

/** What the verbs may ask. Sources outside are looked up at each question: they may be exchanged. */
function meshSources(collectors: Collectors, spans: Spans | null, store: MemorySeriesStore, reportMs: number): MeshSources {
  const { outside, topology, routing, demands, security, feeds } = collectors;
  const [feed] = feeds;
  const metrics = new TrafficSources({
    proxies: feed === undefined ? null : new RingMetricsSource({ feed, store, reportMs, counted: "counters of each proxy" }),
    spans: spans?.metrics ?? null,
    readers: () => outside.readers,
    scheduler: systemScheduler,
  });
  return {
    routing,
    demands,
    security,
    feeds: spans === null ? feeds : [...feeds, spans.feed],
    archive: spans?.archive ?? null,
    get topology() {
      return [...topology, ...outside.readers.flatMap((reader) => reader.topology())];
    },
    get metrics() {
      return metrics.isEmpty ? null : metrics;
    },
    get traces() {
      return outside.traces;
    },
  };
}
