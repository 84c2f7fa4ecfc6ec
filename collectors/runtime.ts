import { join } from "node:path";

import { parseNodeId } from "#lib/model/ids.ts";
import type { DemandTarget } from "#lib/ports/demand-target.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { SecuritySource } from "#lib/ports/security.ts";
import type { SeriesStore } from "#lib/ports/series-store.ts";
import type { RoutingTarget } from "#lib/ports/routing-target.ts";
import type { Feed, TopologySource } from "#lib/ports/sources.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

import type { KeepCounts } from "./collector-reader.ts";
import { createAdminClient } from "./envoy/admin/client.ts";
import { createProxyDirectory } from "./envoy/directory.ts";
import { createListenerAdmin } from "./envoy/listeners/listener-admin.ts";
import { createEnvoyDemandTarget } from "./envoy/listeners/target.ts";
import { createEnvoyRoutingTarget } from "./envoy/routing/target.ts";
import { createEnvoySource } from "./envoy/source.ts";
import { OutsideSources, type OutsideOptions } from "./outside-sources.ts";
import { createHttpFetcher } from "./shared/http-fetcher.ts";

/** Which outside systems to read, and where they are. */
export interface CollectorOptions extends OutsideOptions {
  /** Directory with one small JSON file per proxy; left out = no proxies are read. */
  proxiesDir?: string | undefined;
  /** Directory of route files that may be written; left out = nothing is steered. */
  routesDir?: string | undefined;
  /** Directory of listener files that may be written; left out = no workload's demand is changed. */
  listenersDir?: string | undefined;
  pollIntervalMs: number;
  /** Binary for dry runs of what would be written. */
  validateBinary?: string | undefined;
  dataDir: string;
}

export interface CollectorParts {
  store: SeriesStore;
  clock: Clock;
  scheduler: Scheduler;
  /** The change that wrote with this marker; `null` when nobody knows. */
  findChange: (marker: string) => string | null;
  /** Stands around every way by which other programs are asked; left out = nothing does. */
  wrapHttp?: ((http: HttpFetcher) => HttpFetcher) | undefined;
  /** See `MetricsReaderParts`. */
  keepCounts: KeepCounts;
}

/** The running collectors, by what they can do. */
export interface Collectors {
  feeds: Feed[];
  topology: TopologySource[];
  routing: RoutingTarget[];
  demands: DemandTarget[];
  security: SecuritySource[];
  /** Places that are asked over the network, which may change while Weft runs. */
  outside: OutsideSources;
  /** Ends what is shared among them; call it after the feeds have stopped. */
  close(): Promise<void>;
}

const SOURCE_ID = "envoy";
const ROUTES_ID = "envoy-routes";
const LISTENERS_ID = "envoy-listeners";

/**
 * Turns configuration into collectors. Nothing is contacted before the feeds start. Errors: INVALID for a file with the
 * certificates of a source outside that cannot be used.
 */
export async function createCollectors(options: CollectorOptions, parts: CollectorParts): Promise<Collectors> {
  const { store, clock, scheduler, findChange, keepCounts, wrapHttp = (http) => http } = parts;
  const fetcher = createHttpFetcher({ clock, scheduler });
  const http = wrapHttp(fetcher);
  const outside = new OutsideSources({ clock, scheduler, http, wrapHttp, keepCounts });
  try {
    await outside.configure(options);
  } catch (error) {
    await fetcher.close();
    throw error;
  }
  const collectors: Collectors = {
    feeds: [],
    topology: [],
    routing: [],
    demands: [],
    security: [],
    outside,
    async close() {
      await Promise.all([outside.close(), fetcher.close()]);
    },
  };
  if (options.proxiesDir === undefined) return collectors;
  const { proxiesDir, routesDir, listenersDir, pollIntervalMs } = options;
  const source = createEnvoySource({ id: SOURCE_ID, proxiesDir, pollIntervalMs, store, clock, scheduler, http });
  collectors.feeds.push(source);
  collectors.topology.push(source);
  collectors.security.push(source);
  if (routesDir !== undefined) {
    const target = createEnvoyRoutingTarget({
      id: ROUTES_ID,
      routesDir,
      directory: createProxyDirectory(proxiesDir),
      admin: (address, timeoutMs) => createAdminClient({ address, http, timeoutMs }),
      clock,
      validateBinary: options.validateBinary ?? null,
      memoryFile: join(options.dataDir, "routing-memory.json"),
      findChange,
      identify(cluster) {
        const target = source.targetOf(cluster);
        return target === null ? null : { ...target, service: parseNodeId(target.nodeId).service };
      },
    });
    await target.sweep();
    collectors.routing.push(target);
  }
  if (listenersDir !== undefined) {
    const target = createEnvoyDemandTarget({
      id: LISTENERS_ID,
      listenersDir,
      directory: createProxyDirectory(proxiesDir),
      admin: (address, timeoutMs) => createListenerAdmin({ address, http, timeoutMs }),
      clock,
      validateBinary: options.validateBinary ?? null,
      memoryFile: join(options.dataDir, "listener-memory.json"),
      findChange,
    });
    await target.sweep();
    collectors.demands.push(target);
  }
  return collectors;
}
