import type { Protocol } from "#lib/model/ids.ts";

import { randomFrom } from "../traffic/random.ts";

import type { MeshKnobs } from "./knobs.ts";
import { outcomesOf, type Outcome } from "./outcomes.ts";

/** One version of a service. */
export interface Workload {
  service: string;
  namespace: string;
  version: string;
  /** Its name as a deployment: `service-3-v1`. */
  name: string;
  isAmbient: boolean;
  hasWaypoint: boolean;
  /** What arrives is told by its callers alone. */
  isSilent: boolean;
}

/** A host outside the mesh. `isDeclared`: a service entry knows it, else it is let through unknown. */
export interface OutsideHost {
  host: string;
  isDeclared: boolean;
}

export type Target = { workload: Workload; outside?: undefined } | { outside: OutsideHost; workload?: undefined };

/** Calls from one workload to another between two clusters: what all series and the truth are made of. */
export interface Flow {
  /** `null` = a caller without a proxy. */
  source: Workload | null;
  sourceCluster: string;
  target: Target;
  targetCluster: string;
  protocol: Protocol;
  isMutual: boolean;
  outcomes: Outcome[];
}

export interface SyntheticMesh {
  knobs: MeshKnobs;
  flows: Flow[];
}

interface Service {
  protocol: Protocol;
  workloads: Workload[];
}

/** Makes the mesh that the knobs describe: the same for the same knobs. Which services call each other does not depend on namespaces. */
export function syntheticMesh(knobs: MeshKnobs): SyntheticMesh {
  const random = randomFrom(knobs.seed);
  const services = Array.from({ length: knobs.services }, (_, index) => serviceOf(index, knobs, random));
  const flows = pairsOf(knobs, random).flatMap(([from, to], index) => edgeFlows(services[from], services[to], index, knobs, random));
  return { knobs, flows };
}

function serviceOf(index: number, knobs: MeshKnobs, random: () => number): Service {
  const kind = random();
  const protocol = kind < knobs.tcpShare ? "tcp" : kind < knobs.tcpShare + knobs.grpcShare ? "grpc" : "http";
  const isAmbient = random() < knobs.ambientShare;
  const hasWaypoint = isAmbient && random() < knobs.waypointShare;
  // A share of none draws nothing, so that a mesh without it is the same as ever.
  const isSilent = !isAmbient && knobs.silentShare > 0 && random() < knobs.silentShare;
  const service = `service-${index}`;
  const workloads = Array.from({ length: knobs.versions }, (_, version) => ({
    service,
    namespace: `ns-${index % knobs.namespaces}`,
    version: `v${version + 1}`,
    name: `${service}-v${version + 1}`,
    isAmbient,
    hasWaypoint,
    isSilent: isSilent || version >= knobs.versions - knobs.silentVersions,
  }));
  return { protocol, workloads };
}

/** Distinct ordered pairs. */
function pairsOf({ services, edges }: MeshKnobs, random: () => number): [number, number][] {
  const pairs = new Map<number, [number, number]>();
  while (pairs.size < edges) {
    const [from, to] = [Math.floor(random() * services), Math.floor(random() * services)];
    if (from !== to) pairs.set(from * services + to, [from, to]);
  }
  return [...pairs.values()];
}

function edgeFlows(from: Service | undefined, to: Service | undefined, index: number, knobs: MeshKnobs, random: () => number): Flow[] {
  const caller = from?.workloads[0];
  if (caller === undefined || to === undefined) return [];
  const isEgress = random() < knobs.egressShare;
  const isBare = !isEgress && random() < knobs.bareCallerShare;
  const callee = to.workloads[0];
  // A tunnel is always mutual; a caller without a proxy has no certificate.
  const isMutual = !isEgress && !isBare && (callee?.isAmbient === true || random() < knobs.mtlsShare);
  const profile = {
    perStep: between(knobs.perStep, random),
    medianMs: between(knobs.medianMs, random),
    errorRatio: random() < knobs.errorShare ? knobs.errorRatio : 0,
    isLossy: random() < knobs.lostShare && !isBare && !(isEgress && caller.isAmbient),
  };
  const targets: Target[] = isEgress
    ? [{ outside: { host: `api-${index % 7}.example.com`, isDeclared: index % 2 === 0 } }]
    : to.workloads.map((workload) => ({ workload }));
  const protocol = isEgress ? "http" : to.protocol;
  const isBetweenSidecars = !isEgress && !caller.isAmbient && callee?.isAmbient === false;
  const hasSecondPort = isBetweenSidecars && protocol !== "tcp" && knobs.secondPortShare > 0 && random() < knobs.secondPortShare;
  const protocols: Protocol[] = hasSecondPort ? [protocol, "tcp"] : [protocol];
  return targets.flatMap((target) =>
    clusterPairs(knobs.clusters, isEgress).flatMap(([source, destination, share]): Flow[] => {
      const perStep = Math.max(1, Math.round((profile.perStep * share) / targets.length));
      const ends = { source: isBare ? null : caller, sourceCluster: source, target, targetCluster: destination, isMutual };
      return protocols.map((spoken) => ({
        ...ends,
        protocol: spoken,
        outcomes: outcomesOf({ ...profile, perStep, protocol: spoken, spread: knobs.spread }),
      }));
    }),
  );
}

/** Whether the store holds nothing of a cluster. */
export function isUnheard(cluster: string, { clusters, silentClusters }: MeshKnobs): boolean {
  return clusterNames(clusters).indexOf(cluster) >= clusters - silentClusters;
}

function clusterNames(clusters: number): string[] {
  return Array.from({ length: clusters }, (_, index) => `cluster-${index + 1}`);
}

/** Which cluster calls which, and its share of an edge's calls. */
function clusterPairs(clusters: number, isEgress: boolean): [string, string, number][] {
  const names = clusterNames(clusters);
  if (isEgress) return names.map((source) => [source, source, 1 / clusters]);
  return names.flatMap((source) =>
    names.map((target): [string, string, number] => {
      const away = clusters === 1 ? 0 : 0.2;
      return [source, target, (source === target ? 1 - away : away / (clusters - 1)) / clusters];
    }),
  );
}

function between([low, high]: readonly [number, number], random: () => number): number {
  return low + (high - low) * random();
}
