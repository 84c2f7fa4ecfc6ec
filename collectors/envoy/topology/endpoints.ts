import type { Upstream } from "#lib/model/topology.ts";
import { plainName } from "#collectors/shared/plain-name.ts";

import type { ClusterStatus } from "../admin/wire.ts";
import type { KnownProxy } from "../identity/known-proxy.ts";
import type { MeshView } from "../identity/mesh-view.ts";
import type { Observation } from "../polling/proxy-watch.ts";

export interface EndpointCount {
  healthy: number;
  total: number;
}

type HostStatus = ClusterStatus["host_statuses"][number];

/** The targets of a proxy; its own application and helpers are left out. */
export function upstreamsOf(known: KnownProxy, mesh: MeshView, breakers: Observation["openBreakers"]): Upstream[] {
  return (known.upstreams ?? []).flatMap((cluster) => {
    const target = mesh.target(known, cluster.name);
    if (target === null) return [];
    return [
      {
        name: plainName(cluster.name),
        nodeId: target.nodeId,
        version: target.version,
        endpoints: countEndpoints(cluster.host_statuses),
        ejected: cluster.host_statuses.filter((host) => host.health_status.failed_outlier_check).length,
        openBreakers: [...new Set(breakers.filter((open) => open.cluster === cluster.name).map((open) => open.breaker))],
      },
    ];
  });
}

function countEndpoints(hosts: readonly HostStatus[]): EndpointCount {
  return { healthy: hosts.filter(isHealthy).length, total: hosts.length };
}

const HEALTHY = new Set(["HEALTHY", "DEGRADED", "UNKNOWN"]);

function isHealthy({ health_status: health }: HostStatus): boolean {
  const isOut =
    health.failed_active_health_check ||
    health.failed_outlier_check ||
    health.pending_active_hc ||
    health.excluded_via_immediate_hc_fail ||
    health.pending_dynamic_removal;
  return !isOut && HEALTHY.has(health.eds_health_status);
}

/** Endpoints of every target as the caller that sees the smallest healthy share of them does. */
export function worstEndpoints(callers: readonly { upstreams: readonly Upstream[] }[]): Map<string, EndpointCount> {
  const worst = new Map<string, EndpointCount>();
  for (const { upstreams } of callers) {
    for (const [nodeId, count] of sumByNode(upstreams)) {
      const known = worst.get(nodeId);
      if (known === undefined || healthyShare(count) < healthyShare(known)) worst.set(nodeId, count);
    }
  }
  return worst;
}

function sumByNode(upstreams: readonly Upstream[]): Map<string, EndpointCount> {
  const sums = new Map<string, EndpointCount>();
  for (const { nodeId, endpoints } of upstreams) {
    const sum = sums.get(nodeId) ?? { healthy: 0, total: 0 };
    sums.set(nodeId, { healthy: sum.healthy + endpoints.healthy, total: sum.total + endpoints.total });
  }
  return sums;
}

function healthyShare({ healthy, total }: EndpointCount): number {
  return total === 0 ? 0 : healthy / total;
}
