import type { ServerDemand } from "#lib/model/tls.ts";

import type { Cluster, Listener, RouteConfiguration } from "../admin/wire-config.ts";
import { chainsOf, clustersByRoute, type ChainFacts } from "./chain-facts.ts";
import { clusterFacts, isServiceCluster, type ClusterFacts } from "./cluster-facts.ts";
import { authorizationStages, type AuthorizationStageFacts } from "./authorization-stages.ts";
import { findGaps, lacksDecisions, type Gap } from "./gaps.ts";
import { demandOf, inboundListeners, type InboundListener } from "./listener-facts.ts";

/** The configuration of a proxy, as its admin dumps it. */
export interface ConfigDump {
  listeners: readonly Listener[];
  clusters: readonly Cluster[];
  routes: readonly RouteConfiguration[];
  /** How often histograms are merged, seconds; `null` when it is not known. */
  statsFlushSeconds: number | null;
}

/** What Weft needs to know of a proxy's configuration. */
export interface ConfigFacts {
  /** What its inbound listeners demand; `unknown` without any. */
  demand: ServerDemand;
  /** Whether it lets callers from outside the mesh in and hands them on to services. */
  isIngress: boolean;
  /** Where it takes traffic in, `address:port`. */
  listensAt: string[];
  clusters: ReadonlyMap<string, ClusterFacts>;
  /** Upstreams that its outbound side leads to. */
  reached: ReadonlySet<string>;
  /** Those of them that some listener reaches without the recommended logger: for them the built-in statistics are read. */
  unlogged: ReadonlySet<string>;
  /** Whether every inbound chain of that sort has the recommended logger; false when there is none of that sort. */
  logsInbound: { http: boolean; tcp: boolean };
  clustersByRoute: ReadonlyMap<string, readonly string[]>;
  /** Whether any of its routes come from outside its listeners. */
  subscribesRoutes: boolean;
  /** Whether TCP connections are counted when they stand; else when they end. */
  countsOnConnect: { inbound: boolean; outbound: boolean };
  /** Its inbound listeners, each with what it accepts. */
  listeners: readonly InboundListener[];
  /** Its authorization stages, in the order in which they are asked, listener by listener. */
  stages: readonly AuthorizationStageFacts[];
  /** Whether every chain that decides on requests says on whose; true where none decides. */
  namesDecisions: boolean;
  gaps: Gap[];
}

/** Turns a dump into facts. Never throws: what cannot be understood is left out, and shows as a gap. */
export function configFacts(dump: ConfigDump): ConfigFacts {
  const clusters = new Map(dump.clusters.map((cluster) => [cluster.name, clusterFacts(cluster)]));
  const routes = new Map(dump.routes.map((route) => [route.name, route]));
  const isService = (name: string): boolean => {
    const facts = clusters.get(name);
    return facts !== undefined && isServiceCluster(facts);
  };
  const chains = dump.listeners.flatMap((listener) => chainsOf(listener, routes, isService));
  const inbound = chains.filter((chain) => chain.direction === "inbound");
  const entrances = ingressListeners(inbound, isService);
  const listeners = inboundListeners(dump.listeners, inbound);
  const outbound = chains.filter((chain) => chain.direction === "outbound" || entrances.has(chain.listener));
  return {
    demand: demandOf(inbound.map((chain) => chain.transport)),
    isIngress: entrances.size > 0,
    listensAt: dump.listeners.filter((listener) => inbound.some((chain) => chain.listener === listener.name)).flatMap(addressOf),
    clusters,
    reached: clustersOf(outbound),
    unlogged: clustersOf(
      outbound.filter((chain) => !chain.logged.has(chain.carries === "http" ? "outbound_requests_total" : "outbound_connections_total")),
    ),
    logsInbound: { http: logsAll(inbound, "http", "inbound_requests_total"), tcp: logsAll(inbound, "tcp", "inbound_connections_total") },
    clustersByRoute: new Map(dump.routes.flatMap((route) => [...clustersByRoute(route)])),
    subscribesRoutes: chains.some((chain) => chain.subscribesRoutes),
    countsOnConnect: { inbound: countsOnConnect(inbound), outbound: countsOnConnect(outbound) },
    listeners,
    stages: authorizationStages(inbound),
    namesDecisions: !inbound.some(lacksDecisions),
    gaps: findGaps({ inbound, outbound, listeners, statsFlushSeconds: dump.statsFlushSeconds }),
  };
}

/**
 * An ingress listener takes callers in (it is inbound), asks none of them for a certificate on any chain, and hands them
 * on to other services. A permissive listener differs twice: one of its chains does ask, and it leads to the proxy's own
 * application; a plaintext sidecar differs by the latter. A listener called `ingress…` or `gateway…` counts without its
 * routes being known.
 */
function ingressListeners(inbound: readonly ChainFacts[], isService: (cluster: string) => boolean): Set<string> {
  const names = new Set(inbound.map((chain) => chain.listener));
  const isIngress = (name: string): boolean => {
    const chains = inbound.filter((chain) => chain.listener === name);
    if (chains.some((chain) => chain.transport === "mutual")) return false;
    const clusters = [...clustersOf(chains)];
    return clusters.length === 0 ? /^(ingress|gateway)/i.test(name) : clusters.some(isService);
  };
  return new Set([...names].filter(isIngress));
}

function logsAll(chains: readonly ChainFacts[], carries: ChainFacts["carries"], counter: string): boolean {
  const own = chains.filter((chain) => chain.carries === carries);
  return own.length > 0 && own.every((chain) => chain.logged.has(counter));
}

/** Records of several listeners end up in one counter, so one that counts at the end decides for all. */
function countsOnConnect(chains: readonly ChainFacts[]): boolean {
  return chains.every((chain) => chain.carries !== "tcp" || chain.countsOnConnect);
}

function clustersOf(chains: readonly ChainFacts[]): Set<string> {
  return new Set(chains.flatMap((chain) => [...chain.clusters]));
}

function addressOf(listener: Listener): string[] {
  const socket = listener.address?.socket_address;
  return socket === undefined || socket.port_value === 0 ? [] : [`${socket.address}:${socket.port_value}`];
}
