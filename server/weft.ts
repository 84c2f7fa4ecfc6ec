import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";

import { createCollectors } from "#collectors/runtime.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { ChangeJournal } from "#lib/ports/change-journal.ts";
import type { MetricsSource } from "#lib/ports/sources.ts";
import { ChangeLog } from "#lib/usecases/changes/change-log.ts";
import { LayeredMetrics } from "#lib/usecases/layered-metrics.ts";
import { markerOf } from "#lib/usecases/plan-split.ts";

import type { Options } from "./config/options.ts";
import { createServer } from "./create-server.ts";
import { createRuntime, type Runtime } from "./runtime.ts";
import { startSpans } from "./spans.ts";
import { lockDataDir } from "./stores/data-dir-lock.ts";
import { FileChangeJournal } from "./stores/file-change-journal.ts";
import { RingMetricsSource } from "./stores/ring-metrics-source.ts";
import { MemorySeriesStore } from "./stores/series-store.ts";
import { systemClock, systemScheduler } from "./telemetry/system-time.ts";
import { traceHttp } from "./telemetry/traced-http.ts";
import type { SpanExport } from "./telemetry/tracing.ts";

/** A running console. */
export interface Weft {
  url: string;
  /** Where spans can be sent; `null` = that way is closed. */
  spanAddresses: { http: string | null; grpc: string | null; zipkin: string | null };
  runtime: Runtime;
  stop(): Promise<void>;
}

export interface StartOptions extends Options {
  /** Directory of the exported pages. */
  uiDir: string;
  /** Lets a test stand between the verbs and the journal. */
  wrapJournal?: (journal: ChangeJournal) => ChangeJournal;
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
      wrapHttp: telemetry === null ? undefined : (http) => traceHttp(http, telemetry.tracer),
    },
  );
  const spans = await startSpans(options, { dataDir, clock: systemClock, scheduler: systemScheduler }).catch(async (error: unknown) => {
    await collectors.close();
    await journal.close();
    throw error;
  });
  const [feed] = collectors.feeds;
  const ofProxies =
    feed === undefined ? [] : [new RingMetricsSource({ feed, store, reportMs: options.pollIntervalMs, counted: "counters of each proxy" })];
  const runtime = createRuntime({
    sources: {
      ...collectors,
      feeds: spans === null ? collectors.feeds : [...collectors.feeds, spans.feed],
      metrics: layered([...ofProxies, ...(spans === null ? [] : [spans.metrics])]),
      archive: spans?.archive ?? null,
    },
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
    async stop() {
      await end();
      await unlock();
    },
  };
}

/** Strongest first; `null` where nothing tells of traffic. */
function layered([strongest, ...weaker]: readonly MetricsSource[]): MetricsSource | null {
  if (strongest === undefined) return null;
  return weaker.length === 0 ? strongest : new LayeredMetrics([strongest, ...weaker]);
}
