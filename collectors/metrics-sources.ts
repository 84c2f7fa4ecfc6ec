import { readFile } from "node:fs/promises";

import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { SeriesStore } from "#lib/ports/series-store.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

import { CollectorReader, type CountingFeed, type KeepCounts } from "./collector-reader.ts";
import { createEnvoyDialect } from "./envoy/metrics/dialect.ts";
import { istioDialect } from "./istio/metrics/dialect.ts";
import type { MetricsReader } from "./metrics-readers.ts";
import { createCollectorFeed } from "./opentelemetry-collector/feed.ts";
import { createPrometheusStore, type PrometheusStore } from "./prometheus/store.ts";
import { createTransport, type TlsFiles } from "./prometheus/transport.ts";
import { serviceGraphDialect } from "./service-graph/dialect.ts";
import type { HttpIdentity } from "./shared/http-auth.ts";
import type { MetricsDialect } from "./shared/promql/dialect.ts";
import { StoreReader } from "./store-reader.ts";

/** Kinds of telemetry that can be read from a store. */
export type TelemetryName = "istio" | "envoy" | "service-graph";

/** Labels, best first, by which an Envoy's statistics say whose they are; left out = the usual ones. */
export interface SourceLabels {
  service?: readonly string[] | undefined;
  namespace?: readonly string[] | undefined;
  version?: readonly string[] | undefined;
  /** Services that let callers from outside in, as `namespace/service`. */
  ingress?: readonly string[] | undefined;
}

/** One place outside that keeps or shows metrics. */
export interface MetricsReaderOptions extends HttpIdentity, TlsFiles {
  /** Unique among all sources. */
  id: string;
  kind: "prometheus" | "opentelemetry-collector";
  url: string;
  timeoutMs: number;
  externalUrl?: string | undefined;
  parameters?: Readonly<Record<string, string>> | undefined;
  concurrency?: number | undefined;
  queryScope?: Readonly<Record<string, string>> | undefined;
  /** Strongest first; left out = those whose metrics are there. */
  telemetry?: readonly TelemetryName[] | undefined;
  sourceLabels?: SourceLabels | undefined;
  /** How often an exposition is read that is not kept by anybody. */
  intervalMs?: number | undefined;
}

export interface MetricsReaderParts {
  clock: Clock;
  scheduler: Scheduler;
  /** For sources that need no certificates of their own. */
  http: HttpFetcher;
  /** Stands around the others; left out = nothing does. */
  wrapHttp?: ((http: HttpFetcher) => HttpFetcher) | undefined;
  /** For sources that are read again and again, and keep nothing themselves. */
  keepCounts: KeepCounts;
}

/** What asking takes. */
export type AskingParts = Omit<MetricsReaderParts, "keepCounts">;

/** The dialects that are read, strongest first: in the order that was given, else all that are known. */
export function dialectsOf({ telemetry, sourceLabels = {} }: Pick<MetricsReaderOptions, "telemetry" | "sourceLabels">): MetricsDialect[] {
  const { service, namespace, version, ingress } = sourceLabels;
  const labels = {
    ...(service === undefined ? {} : { service }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(version === undefined ? {} : { version }),
    ...(ingress === undefined ? {} : { ingress }),
  };
  const all: MetricsDialect[] = [istioDialect, createEnvoyDialect(labels), serviceGraphDialect];
  return telemetry === undefined ? all : [...new Set(telemetry)].flatMap((name) => all.filter(({ id }) => id === name));
}

/** A reader of one place. Nothing is contacted before its `start`. Throws INVALID for files that cannot be used. */
export async function createMetricsReader(options: MetricsReaderOptions, parts: MetricsReaderParts): Promise<MetricsReader> {
  if (options.kind === "opentelemetry-collector") {
    const { create, close } = await openCollector(options, parts);
    return new CollectorReader({ ...parts.keepCounts(create), onClose: close });
  }
  const { store, close } = await openStore(options, parts);
  return new StoreReader({
    id: options.id,
    store,
    dialects: dialectsOf(options),
    areChosen: options.telemetry !== undefined,
    parts,
    onClose: close,
  });
}

/** The store of a place, with a fetcher of its own where it has certificates. */
export async function openStore(
  options: MetricsReaderOptions,
  { clock, scheduler, http, wrapHttp = (http) => http }: AskingParts,
): Promise<{ store: PrometheusStore; close: () => Promise<void> }> {
  const own = await createTransport(options.id, options, { clock, scheduler, readText });
  const { id, url, timeoutMs, concurrency, parameters, queryScope, externalUrl, auth, tenant, headers } = options;
  const store = createPrometheusStore(
    { id, url, timeoutMs, concurrency, parameters, queryScope, externalUrl, auth, tenant, headers },
    { clock, scheduler, readText, http: own === null ? http : wrapHttp(own) },
  );
  return { store, close: async () => own?.close() };
}

/** The feed of a Collector's own exposition, with a fetcher of its own where it has certificates. */
export async function openCollector(
  options: MetricsReaderOptions,
  { clock, scheduler, http, wrapHttp = (http) => http }: AskingParts,
): Promise<{ create: (store: SeriesStore) => CountingFeed; close: () => Promise<void> }> {
  const own = await createTransport(options.id, options, { clock, scheduler, readText });
  const { id, url, timeoutMs, intervalMs, auth, tenant, headers } = options;
  const parts = { clock, scheduler, readText, http: own === null ? http : wrapHttp(own) };
  return {
    create: (store) => createCollectorFeed({ id, url, timeoutMs, intervalMs, auth, tenant, headers }, { ...parts, store }),
    close: async () => own?.close(),
  };
}

function readText(path: string): Promise<string> {
  return readFile(path, "utf8");
}
