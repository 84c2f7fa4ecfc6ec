import { HttpConnectionManager, TcpProxy, type FilterChain, type Listener, type RouteConfiguration } from "../admin/wire-config.ts";
import { loggedStats, type LoggedStats } from "./logged-stats.ts";
import { authorizationOf, type AuthorizationFilter } from "./authorization-facts.ts";
import { transportOf, type ChainTransport } from "./chain-transport.ts";
import { readAny } from "./read-any.ts";

/** One filter chain that carries traffic. */
export interface ChainFacts {
  listener: string;
  direction: "inbound" | "outbound";
  carries: "http" | "tcp";
  transport: ChainTransport;
  /** Names of the upstreams it leads to. */
  clusters: ReadonlySet<string>;
  logged: LoggedStats;
  /** TCP: whether a connection is counted when it stands, rather than when it ends. */
  countsOnConnect: boolean;
  /** HTTP: whether its routes come from outside the listener. */
  subscribesRoutes: boolean;
  /** HTTP: whether every virtual host tells upstreams which attempt a request is; `null` when its routes are not known. */
  tellsAttempt: boolean | null;
  /** The filters that decide who may do what, in the order in which they are asked. */
  authorization: readonly AuthorizationFilter[];
}

/** Routes by name, as the dump tells them. */
export type KnownRoutes = ReadonlyMap<string, RouteConfiguration>;

/** The chains of a listener that carry HTTP or TCP; others (health probes, redirect-only) are left out. */
export function chainsOf(listener: Listener, routes: KnownRoutes, isService: (cluster: string) => boolean): ChainFacts[] {
  const chains = [...listener.filter_chains, ...(listener.default_filter_chain === undefined ? [] : [listener.default_filter_chain])];
  return chains.flatMap((chain) => {
    const carried = readHttp(chain, routes) ?? readTcp(chain);
    if (carried === null) return [];
    const direction = directionOf(listener, carried.logged, carried.clusters, isService);
    return [{ ...carried, listener: listener.name, direction, transport: transportOf(chain) }];
  });
}

type Carried = Omit<ChainFacts, "listener" | "direction" | "transport">;

function readHttp(chain: FilterChain, routes: KnownRoutes): Carried | null {
  for (const filter of chain.filters) {
    const manager = readAny(filter.typed_config, "HttpConnectionManager", HttpConnectionManager);
    if (manager === null) continue;
    const route = manager.route_config ?? routes.get(manager.rds?.route_config_name ?? "");
    return {
      carries: "http",
      clusters: new Set(route === undefined ? [] : [...clustersByRoute(route).values()].flat()),
      logged: loggedStats(manager.access_log),
      countsOnConnect: false,
      subscribesRoutes: manager.rds !== undefined,
      tellsAttempt: route === undefined ? null : route.virtual_hosts.every((host) => host.include_request_attempt_count),
      authorization: authorizationOf([...chain.filters, ...manager.http_filters], manager.stat_prefix),
    };
  }
  return null;
}

function readTcp(chain: FilterChain): Carried | null {
  for (const filter of chain.filters) {
    const proxy = readAny(filter.typed_config, "TcpProxy", TcpProxy);
    if (proxy === null) continue;
    const legs = proxy.weighted_clusters?.clusters.map((leg) => leg.name) ?? [];
    return {
      carries: "tcp",
      clusters: new Set([...(proxy.cluster === undefined ? [] : [proxy.cluster]), ...legs]),
      logged: loggedStats(proxy.access_log),
      countsOnConnect: proxy.access_log_options?.flush_access_log_on_connected ?? false,
      subscribesRoutes: false,
      tellsAttempt: null,
      authorization: authorizationOf(chain.filters, null),
    };
  }
  return null;
}

/** Upstreams by the name of the route that leads to them. Routes without a name share one entry. */
export function clustersByRoute(route: RouteConfiguration): Map<string, string[]> {
  const byRoute = new Map<string, string[]>();
  for (const entry of route.virtual_hosts.flatMap((host) => host.routes)) {
    const legs = entry.route?.weighted_clusters?.clusters.map((leg) => leg.name) ?? [];
    const clusters = entry.route?.cluster === undefined ? legs : [entry.route.cluster, ...legs];
    byRoute.set(entry.name, [...(byRoute.get(entry.name) ?? []), ...clusters]);
  }
  return byRoute;
}

/** The listener's own word where it has one; else what it counts; else whether it leads to other services. */
function directionOf(
  listener: Listener,
  logged: LoggedStats,
  clusters: ReadonlySet<string>,
  isService: (cluster: string) => boolean,
): ChainFacts["direction"] {
  if (listener.traffic_direction === "INBOUND") return "inbound";
  if (listener.traffic_direction === "OUTBOUND") return "outbound";
  const names = [...logged.keys()];
  if (names.some((name) => name.startsWith("inbound_"))) return "inbound";
  if (names.some((name) => name.startsWith("outbound_"))) return "outbound";
  return [...clusters].some(isService) ? "outbound" : "inbound";
}
