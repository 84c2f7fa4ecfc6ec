import { unseenCluster } from "../../config/cluster-facts.ts";
import { nameTarget, type TargetName } from "../target-names.ts";

/** Who stands behind a target as its name alone tells it. */
export function clusterNameFacts(cluster: string): TargetName {
  return nameTarget(unseenCluster(cluster));
}
