import { Cluster } from "../admin/wire-config.ts";
import { ClusterStatus } from "../admin/wire.ts";
import { configFacts, type ConfigFacts } from "../config/config-facts.ts";
import { clusterFacts } from "../config/cluster-facts.ts";
import type { KnownProxy } from "../identity/known-proxy.ts";
import { named } from "../identity/proxy-identity.ts";

/** Facts of a proxy that follows the recommended settings, with the upstreams it leads to. */
export function factsWith(clusters: readonly object[], more: Partial<ConfigFacts> = {}): ConfigFacts {
  const parsed = clusters.map((cluster) => clusterFacts(Cluster.parse(cluster)));
  return {
    ...configFacts({ listeners: [], clusters: [], routes: [], statsFlushSeconds: 1 }),
    clusters: new Map(parsed.map((cluster) => [cluster.name, cluster])),
    reached: new Set(parsed.map((cluster) => cluster.name)),
    logsInbound: { http: true, tcp: true },
    ...more,
  };
}

/** A proxy `<service>-<version>.<namespace>` with a mesh identity, and no upstreams unless given. */
export function knownProxy(namespace: string, service: string, version: string | null, more: Partial<KnownProxy> = {}): KnownProxy {
  return {
    id: `${service}-${version}.${namespace}`,
    host: "127.0.0.1",
    knownAddresses: {},
    identity: named(namespace, service, version),
    spiffeIds: [`spiffe://mesh/ns/${namespace}/sa/${service}`],
    config: factsWith([]),
    upstreams: [],
    seen: { inboundHttp: true, inboundTcp: true, outboundHttp: true },
    ...more,
  };
}

/** An upstream whose metadata names a service. */
export function serviceCluster(name: string, weft: { namespace?: string; service: string; version?: string; external?: boolean }): object {
  return { name, metadata: { filter_metadata: { weft } } };
}

/** The state of an upstream with endpoints at `127.0.0.1:<port>`. */
export function clusterStatus(name: string, ports: readonly number[], health: object = {}): ClusterStatus {
  const hosts = ports.map((port) => ({
    address: { socket_address: { address: "127.0.0.1", port_value: port } },
    health_status: { eds_health_status: "HEALTHY", ...health },
  }));
  return ClusterStatus.parse({ name, host_statuses: hosts });
}
