import type { FastifyInstance } from "fastify";
import { Counter, Gauge, Histogram, Registry } from "prom-client";

import type { IngestStats } from "../ingest/stats.ts";
import type { LiveHub } from "../live/live-hub.ts";
import { sourceStatuses } from "../routes/reads.ts";
import type { Runtime } from "../runtime.ts";
import { addRuntimeMetrics } from "./event-loop-lag.ts";
import { addIngestMetrics, commitDurations } from "./ingest-metrics.ts";

/** Weft's own figures, in the text that Prometheus reads. */
export interface Telemetry {
  contentType: string;
  page(): Promise<string>;
}

/** `ingest` tells how the intake of spans stands; left out = there is none. */
export function addTelemetry(app: FastifyInstance, runtime: Runtime, hub: LiveHub, ingest?: () => IngestStats): Telemetry {
  const registry = new Registry();
  const ofRuntime = addRuntimeMetrics(registry);
  app.addHook("onClose", async () => ofRuntime.close());
  if (ingest !== undefined) addIngestMetrics(registry, ingest);
  const requests = new Counter({
    name: "weft_http_requests_total",
    help: "Requests answered",
    labelNames: ["method", "route", "status"],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "weft_http_request_duration_seconds",
    help: "Time to answer",
    labelNames: ["route"],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge("weft_live_readers", "Open live streams", () => hub.size);
  gauge("weft_series_bytes", "Bytes of recent traffic in memory", () => runtime.options.store.stats().bytes);
  gauge("weft_series", "Distinct series in memory", () => runtime.options.store.stats().series);
  gauge("weft_samples_dropped", "Samples that came too late or over the bound", () => {
    const { late, overflow } = runtime.options.store.stats().dropped;
    return late + overflow;
  });
  const parts: Gauge<"source" | "state"> = new Gauge({
    name: "weft_source_parts",
    help: "Parts of a source that answer, and that there are",
    labelNames: ["source", "state"],
    registers: [registry],
    collect() {
      parts.reset();
      for (const { id, coverage } of sourceStatuses(runtime)) {
        parts.set({ source: id, state: "answering" }, coverage.n);
        parts.set({ source: id, state: "known" }, coverage.of);
      }
    },
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    requests.inc({ method: request.method, route, status: String(reply.statusCode) });
    seconds.observe({ route }, reply.elapsedTime / 1000);
  });
  return {
    contentType: registry.contentType,
    async page() {
      const page = await registry.metrics();
      return ingest === undefined ? page : `${page}\n${commitDurations(ingest().counts)}`;
    },
  };
}
