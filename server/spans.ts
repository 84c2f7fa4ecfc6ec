import { join } from "node:path";

import { SPANS_ID } from "#lib/model/source.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { Feed, MetricsSource } from "#lib/ports/sources.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";
import type { SpanArchive } from "#lib/ports/traces.ts";

import type { SpanOptions } from "./config/options.ts";
import { type Ingest, startIngest } from "./ingest/ingest.ts";
import type { IngestPorts } from "./ingest/ports.ts";
import { createSpanArchive } from "./stores/spans/archive.ts";
import { RingMetricsSource } from "./stores/ring-metrics-source.ts";
import { MemorySeriesStore } from "./stores/series-store.ts";

/** The ports that the standards name. One that is taken is left closed unless it was asked for. */
const USUAL_PORTS = { http: 4318, grpc: 4317, zipkin: 9411 } as const;
const TICK_MS = 1_000;
const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

/** Everything that Weft does with spans that are sent to it. */
export interface Spans {
  feed: Feed;
  metrics: MetricsSource;
  archive: SpanArchive;
  ingest: Ingest;
  stop(): Promise<void>;
}

export interface SpanParts {
  dataDir: string;
  clock: Clock;
  scheduler: Scheduler;
  /** Other usual ports, for tests. */
  usualPorts?: Readonly<Record<keyof IngestPorts, number>>;
}

/** Opens the ports and the archive. `null` = every port was turned off. Throws CONFLICT for a port that was asked for and is taken. */
export async function startSpans(options: SpanOptions, parts: SpanParts): Promise<Spans | null> {
  const { clock, scheduler } = parts;
  const asked = { http: options.otlpHttp, grpc: options.otlpGrpc, zipkin: options.zipkin };
  if (Object.values(asked).every((port) => port === null)) return null;
  const store = {
    dir: join(parts.dataDir, "spans"),
    maxBytes: options.keepSpansMib * MIB,
    maxAgeMs: options.keepSpansHours * HOUR_MS,
    isDurable: !options.areSpansInMemory,
  };
  const { ingest, closed } = await openPorts(asked, store, parts);
  const ring = new MemorySeriesStore();
  const unsubscribe = ingest.onTraffic((samples) => ring.record(samples));
  const archive = createSpanArchive({ id: SPANS_ID, location: () => ingest.location(), clock, scheduler, status: () => ingest.status() });
  let tick = scheduler.after(TICK_MS, mark);
  function mark(): void {
    // A second in which nothing was sent is told, too, as long as somebody listens.
    if (ingest.status().state !== "down") ring.markReported(clock.nowMs());
    tick = scheduler.after(TICK_MS, mark);
  }
  const feed: Feed = {
    id: SPANS_ID,
    start: () => undefined,
    stop: () => Promise.resolve(),
    status() {
      const status = ingest.status();
      return { ...status, findings: [...status.findings, ...closed] };
    },
  };
  return {
    feed,
    metrics: new RingMetricsSource({ feed, store: ring, reportMs: TICK_MS, counted: "calls that spans tell of" }),
    archive,
    ingest,
    async stop() {
      tick.cancel();
      unsubscribe();
      await archive.stop();
      await ingest.stop();
    },
  };
}

interface Opened {
  ingest: Ingest;
  /** What to tell of usual ports that somebody else has. */
  closed: { subject: string; text: string; mend: string | null }[];
}

async function openPorts(asked: Record<keyof IngestPorts, number | null | undefined>, store: unknown, parts: SpanParts): Promise<Opened> {
  const closed: Opened["closed"] = [];
  const usual = parts.usualPorts ?? USUAL_PORTS;
  const ports: IngestPorts = {
    http: asked.http === undefined ? usual.http : asked.http,
    grpc: asked.grpc === undefined ? usual.grpc : asked.grpc,
    zipkin: asked.zipkin === undefined ? usual.zipkin : asked.zipkin,
  };
  for (;;) {
    try {
      const ingest = await startIngest({ host: "127.0.0.1", ports: { ...ports }, store, clock: parts.clock, scheduler: parts.scheduler });
      return { ingest, closed };
    } catch (error) {
      if (!(error instanceof WeftError) || error.code !== "CONFLICT") throw error;
      const taken = (["http", "grpc", "zipkin"] as const).find(
        (kind) => asked[kind] === undefined && ports[kind] !== null && error.message.includes(String(ports[kind])),
      );
      if (taken === undefined) throw error;
      closed.push({ subject: `port ${ports[taken]}`, text: `${error.message}, so it stays closed`, mend: error.mend });
      ports[taken] = null;
    }
  }
}
