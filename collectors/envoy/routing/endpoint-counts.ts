import type { ClusterStatus } from "../admin/wire.ts";

/** Ready and all endpoints of every target that a proxy knows. */
export function endpointCounts(clusters: readonly ClusterStatus[]): Map<string, { ready: number; total: number }> {
  return new Map(
    clusters.map(({ name, host_statuses }) => [
      name,
      { ready: host_statuses.filter((host) => isReady(host.health_status)).length, total: host_statuses.length },
    ]),
  );
}

type Health = ClusterStatus["host_statuses"][number]["health_status"];

const SERVING = new Set(["HEALTHY", "UNKNOWN", "DEGRADED"]);

function isReady(health: Health): boolean {
  if (health.failed_active_health_check || health.failed_outlier_check || health.pending_active_hc) return false;
  return !health.pending_dynamic_removal && !health.excluded_via_immediate_hc_fail && SERVING.has(health.eds_health_status);
}
