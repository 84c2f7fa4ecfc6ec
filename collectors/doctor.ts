import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { ExaminedSource } from "#lib/ports/examined-source.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { Feed } from "#lib/ports/sources.ts";
import type { SeriesStore } from "#lib/ports/series-store.ts";

import { createEnvoyDialect } from "./envoy/metrics/dialect.ts";
import { envoyNeeds } from "./envoy/metrics/needs.ts";
import { examineProxies } from "./envoy/examine-proxies.ts";
import { istioNeeds } from "./istio/metrics/needs.ts";
import { dialectsOf, openCollector, openStore, type AskingParts, type MetricsReaderOptions } from "./metrics-sources.ts";
import type { OutsideOptions } from "./outside-sources.ts";
import { examineFeed } from "./opentelemetry-collector/examine-feed.ts";
import { examineStore } from "./prometheus/doctor/examine-store.ts";
import { serviceGraphNeeds } from "./service-graph/needs.ts";
import type { TelemetryNeeds } from "./shared/promql/telemetry-needs.ts";
import { reachFinding } from "./shared/reach-finding.ts";
import { createTraceSources, type TraceReaderOptions } from "./trace-sources.ts";

export interface DoctorOptions extends OutsideOptions {
  /** Directory with one small JSON file per proxy; left out = no proxies are examined. */
  proxiesDir?: string | undefined;
}

export interface DoctorParts extends AskingParts {
  /** Where a source may write what it reads meanwhile. */
  newStore: () => SeriesStore;
}

/** Everything that is configured, to be examined; `close` ends what the examinations opened. Nothing is contacted before. */
export async function examinedSources(
  { proxiesDir, metricsSources = [], traceSources = [] }: DoctorOptions,
  parts: DoctorParts,
): Promise<{ sources: ExaminedSource[]; close: () => Promise<void> }> {
  const closes: (() => Promise<void>)[] = [];
  const ofMetrics = await Promise.all(
    metricsSources.map((options) =>
      opened(options, async () => {
        if (options.kind === "opentelemetry-collector") {
          return examineCollector(options, parts, closes);
        }
        const { store, close } = await openStore(options, parts);
        closes.push(close);
        const { id, url } = options;
        const areChosen = options.telemetry !== undefined;
        return examineStore({
          id,
          url,
          store,
          needs: needsOf(options),
          areChosen,
          queryScope: options.queryScope ?? {},
          clock: parts.clock,
        });
      }),
    ),
  );
  const ofTraces = await Promise.all(
    traceSources.map((options) =>
      opened(options, async () => {
        const { source, close } = await openTraces(options, parts);
        closes.push(close);
        return source;
      }),
    ),
  );
  const ofProxies = proxiesDir === undefined ? [] : [examineProxies({ ...parts, proxiesDir, store: parts.newStore() })];
  return {
    sources: [...ofProxies, ...ofMetrics, ...ofTraces],
    async close() {
      await Promise.all(closes.map((close) => close()));
    },
  };
}

function needsOf(options: MetricsReaderOptions): TelemetryNeeds[] {
  const all = [istioNeeds, envoyNeeds(createEnvoyDialect(), options.sourceLabels?.service), serviceGraphNeeds];
  const wanted = new Set(dialectsOf(options).map(({ id }) => id));
  return all.filter(({ dialect }) => wanted.has(dialect.id));
}

async function openTraces(
  options: TraceReaderOptions,
  parts: AskingParts,
): Promise<{ source: ExaminedSource; close: () => Promise<void> }> {
  const { sources, close } = await createTraceSources([options], parts);
  const { id, kind, url } = options;
  const program = kind === "jaeger" ? "Jaeger" : "Zipkin";
  const probe = kind === "jaeger" ? "/api/v3/services" : "/api/v2/services";
  const examine = async (): Promise<DiagnosisFinding[]> => {
    const services = await sources[0]?.services();
    if (services === undefined) return [];
    if (!services.ok) return [reachFinding({ id, url, program, probe }, services.error)];
    const many = services.value.value.length;
    if (many > 0)
      return [{ level: "fine", code: "reached", text: `${program} answers, with ${many} services.`, takesAway: null, mend: null }];
    const mend = `Let services send their spans to it; check tenant of ${id}`;
    return [{ level: "warning", code: "no-traces", text: `${program} answers, and knows no service.`, takesAway: "every trace", mend }];
  };
  return { source: { id, kind, address: url, examine }, close };
}

const unwatched = (http: HttpFetcher): HttpFetcher => http;

async function examineCollector(
  options: MetricsReaderOptions,
  parts: DoctorParts,
  closes: (() => Promise<void>)[],
): Promise<ExaminedSource> {
  let watch = unwatched;
  const watched = (http: HttpFetcher): HttpFetcher => ({ get: (request) => watch(http).get(request) });
  const { create, close } = await openCollector(options, { ...parts, http: watched(parts.http), wrapHttp: watched });
  closes.push(close);
  const open = (by: typeof watch): Feed => {
    watch = by;
    return create(parts.newStore());
  };
  return examineFeed({ ...options, ...parts, open });
}

async function opened(options: { id: string; kind: string; url: string }, open: () => Promise<ExaminedSource>): Promise<ExaminedSource> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    return unusable(options, error);
  }
}

/** What cannot even be opened, such as for want of a file. */
function unusable({ id, kind, url }: { id: string; kind: string; url: string }, { message, mend }: WeftError): ExaminedSource {
  const finding: DiagnosisFinding = {
    level: "error",
    code: "unusable",
    text: message,
    takesAway: `everything that ${id} would tell`,
    mend: mend ?? `Correct ${id} in weft.yaml`,
  };
  return { id, kind, address: url, examine: () => Promise.resolve([finding]) };
}
