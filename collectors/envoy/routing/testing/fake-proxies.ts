import { ok, WeftError, type Result } from "#lib/model/errors.ts";

import { CONFIG_ELEMENTS } from "../../admin/wire-config.ts";
import { ClusterStatus } from "../../admin/wire.ts";
import type { DirectoryReading } from "../../directory.ts";
import { parseRouteText } from "../parse-route-text.ts";
import type { RoutingAdmin } from "../routing-admin.ts";

/** One proxy of a test: what its admin would answer. */
export interface FakeProxy {
  /** Path in its configuration; `null` = it reads no route file. */
  reads: string | null;
  /** Healthy and all endpoints by target name. */
  clusters: Record<string, [ready: number, total: number]>;
  /** The text in force. */
  text: string;
  rejected: number;
  failed: number;
  startedAt: string;
  /** Why it does not answer; `null` = it answers. */
  down: WeftError | null;
  /** How many separate listeners read the file. */
  listeners: number;
}

export interface FakeProxies {
  readonly proxies: Record<string, FakeProxy>;
  readonly directory: { read(): Promise<DirectoryReading> };
  readonly admin: (address: string) => RoutingAdmin;
  /** Questions asked so far. */
  asked(): number;
}

export const REFUSED = new WeftError("SOURCE_UNREACHABLE", "127.0.0.1:9 refused the connection.", {
  cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
});
export const SILENT = new WeftError("TIMEOUT", "127.0.0.1:9 did not answer /config_dump within 400 ms.");

export function createFakeProxies(given: Readonly<Record<string, Partial<FakeProxy>>>): FakeProxies {
  const defaults: FakeProxy = {
    reads: null,
    clusters: {},
    text: "",
    rejected: 0,
    failed: 0,
    startedAt: "2026-01-01T00:00:00.000Z",
    down: null,
    listeners: 1,
  };
  const proxies = Object.fromEntries(Object.entries(given).map(([id, proxy]) => [id, { ...defaults, ...proxy }]));
  let asked = 0;

  function answer<T>(id: string, make: (proxy: FakeProxy) => T): Promise<Result<T>> {
    asked += 1;
    const proxy = proxies[id];
    if (proxy === undefined) throw new Error(`no fake proxy ${id}`);
    return Promise.resolve(proxy.down === null ? ok(make(proxy)) : { ok: false, error: proxy.down });
  }

  function admin(address: string): RoutingAdmin {
    const id = address.slice("http://".length);
    return {
      processStart: () => answer(id, (proxy) => proxy.startedAt),
      stats: () =>
        answer(
          id,
          (proxy) =>
            new Map([
              ["http.x.rds.r.update_rejected", proxy.rejected],
              ["http.x.rds.r.update_failure", proxy.failed],
            ]),
        ),
      clusters: () => answer(id, (proxy) => Object.entries(proxy.clusters).map(([name, [ready, total]]) => clusterOf(name, ready, total))),
      config: (resource) => answer(id, (proxy) => elementsOf(resource, proxy).map((one) => CONFIG_ELEMENTS[resource].parse(one)) as never),
    };
  }

  const directory = {
    read: async (): Promise<DirectoryReading> => ({
      proxies: Object.keys(proxies).map((id) => ({ id, address: `http://${id}`, knownAddresses: {}, file: `${id}.json` })),
      findings: [],
      isReadable: true,
    }),
  };
  return { proxies, directory, admin, asked: () => asked };
}

function clusterOf(name: string, ready: number, total: number): ClusterStatus {
  const hosts = Array.from({ length: total }, (_, index) => ({
    health_status: { eds_health_status: "HEALTHY", failed_outlier_check: index >= ready },
  }));
  return ClusterStatus.parse({ name, host_statuses: hosts });
}

function elementsOf(resource: string, proxy: FakeProxy): object[] {
  if (resource === "static_clusters") return Object.keys(proxy.clusters).map((name) => ({ cluster: { name } }));
  if (resource === "static_listeners")
    return Array.from({ length: proxy.reads === null ? 0 : proxy.listeners }, (_, index) => listenerOf(proxy.reads ?? "", index));
  if (resource !== "dynamic_route_configs") return [];
  const { configs, versionInfo } = parseRouteText(proxy.text, "yaml");
  return configs.map((config) => ({ version_info: versionInfo ?? "", route_config: config }));
}

function listenerOf(path: string, index: number): object {
  const rds = { route_config_name: "reviews", config_source: { path_config_source: { path }, initial_fetch_timeout: `${index}s` } };
  return {
    listener: {
      name: `l${index}`,
      filter_chains: [{ filters: [{ name: "hcm", typed_config: { "@type": "hcm", stat_prefix: "x", rds } }] }],
    },
  };
}
