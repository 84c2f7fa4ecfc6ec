import type { Health, HealthStatus, MeshNode } from "#lib/model/graph.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";

export type HealthCounts = Readonly<Record<HealthStatus, number>>;

/**
 * What every page counts, judges and lists as services of the view: not the callers outside the mesh, whom nobody judges, and where
 * namespaces are chosen no service of another one, which only stands at the other end of an edge. Peers of no namespace count.
 */
export function countedServices<T extends Pick<MeshNode, "id" | "namespace">>(nodes: readonly T[], namespaces: readonly string[]): T[] {
  return nodes.filter(
    ({ id, namespace }) => id !== INTERNET_ID && (namespaces.length === 0 || namespace === null || namespaces.includes(namespace)),
  );
}

/** How many stand in each status. */
export function countHealth(services: readonly { health: Health }[]): HealthCounts {
  const counts: Record<HealthStatus, number> = { failing: 0, degraded: 0, unknown: 0, healthy: 0 };
  for (const { health } of services) counts[health.status] += 1;
  return counts;
}
