import type { ClusterFacts } from "../cluster-facts.ts";
import { clusterFacts } from "../cluster-facts.ts";

/** Who stands behind a target as its name alone tells it. */
export function clusterNameFacts(cluster: string): ClusterFacts {
  return clusterFacts(cluster, null);
}
