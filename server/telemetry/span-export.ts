import { randomUUID } from "node:crypto";

import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { ExportResultCode, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

import type { Clock, Scheduler } from "#lib/ports/time.ts";

import packageJson from "../../package.json" with { type: "json" };
import type { SpanExport, Tracing } from "./tracing.ts";

const TRACES_PATH = "/v1/traces";
/** Spans that wait; what comes on top is dropped. */
const MAX_WAITING = 2_048;
const BATCH = 512;
const EVERY_MS = 1_000;
/** For one batch with all its repeats: the exporter repeats after pauses from one second on, and nothing else ends that. */
const TIMEOUT_MS = 3_000;
const TROUBLE_EVERY_MS = 60_000;

export interface SpanExportOptions {
  /** Base address of a receiver of OTLP over HTTP; `/v1/traces` is put behind it where it is missing. */
  url: string;
  /** Milliseconds for one batch, and a little less than a stop takes at most. */
  timeoutMs?: number;
  clock: Clock;
  scheduler: Scheduler;
}

/**
 * Sends spans of Weft's own by OTLP over HTTP. The only module that loads the SDK: import it only where sending is asked for.
 * Nothing here makes spans of the sending itself. A receiver that is down costs the spans that do not fit the queue.
 */
export function startSpanExport(options: SpanExportOptions): SpanExport {
  const { clock, scheduler, timeoutMs = TIMEOUT_MS } = options;
  const url = tracesUrl(options.url);
  const listeners = new Set<(text: string) => void>();
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: timeoutMs });
  let unsent = 0;
  let toldAtMs: number | null = null;
  const lose = (count: number, error: Error | undefined): void => {
    unsent += count;
    const now = clock.monotonicMs();
    if (toldAtMs !== null && now - toldAtMs < TROUBLE_EVERY_MS) return;
    toldAtMs = now;
    const text = `${unsent} spans of Weft's own could not be sent to ${url}: ${reasonOf(error)}`;
    unsent = 0;
    // Whatever request was first in the batch has no part in it: its ids must not stand in the log line.
    context.with(ROOT_CONTEXT, () => {
      for (const listen of listeners) listen(text);
    });
  };
  const telling: SpanExporter = {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) lose(spans.length, result.error);
        // Told here already: the SDK would only reject a shutdown with it.
        done({ code: ExportResultCode.SUCCESS });
      });
    },
    shutdown: () => exporter.shutdown(),
  };
  const processor = new BatchSpanProcessor({
    exporter: telling,
    maxQueueSize: MAX_WAITING,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: EVERY_MS,
    exportTimeoutMillis: timeoutMs * 2,
  });
  const { tracing, shutdown } = createTracing(processor);
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    const limit = Promise.withResolvers<void>();
    const cut = scheduler.after(timeoutMs + 500, limit.resolve);
    await Promise.race([shutdown().catch(() => undefined), limit.promise]);
    cut.cancel();
  };
  return {
    ...tracing,
    onTrouble: (listen) => void listeners.add(listen),
    stop: () => (stopping ??= stop()),
  };
}

/** The SDK around a processor. Sampled as the caller decided, and all that nobody decided about. */
export function createTracing(processor: SpanProcessor): { tracing: Tracing; shutdown: () => Promise<void> } {
  // The active span of a chain of calls is kept by one manager per process; a second one is refused and not needed.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        "service.name": packageJson.name,
        "service.namespace": packageJson.name,
        "service.version": packageJson.version,
        "service.instance.id": randomUUID(),
      }),
    ),
    spanProcessors: [processor],
  });
  return {
    tracing: { tracer: provider.getTracer(packageJson.name, packageJson.version), propagator: new W3CTraceContextPropagator() },
    shutdown: () => provider.shutdown(),
  };
}

/** As the specification of OTLP exporters has it for a base address. */
function tracesUrl(base: string): string {
  const url = new URL(base);
  if (!url.pathname.endsWith(TRACES_PATH)) url.pathname = `${url.pathname.replace(/\/+$/, "")}${TRACES_PATH}`;
  return url.href;
}

/** An error of the connection often has a code and no message. */
function reasonOf(error: Error | undefined): string {
  if (error === undefined) return "no reason was given";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return [code, error.message].find((text) => text !== "") ?? error.name;
}
