import type { MeshKnobs } from "./knobs.ts";
import { isUnheard, type Flow, type SyntheticMesh, type Workload } from "./model.ts";
import type { Outcome } from "./outcomes.ts";

/** What a correct reader says of an edge and one version of its target. */
export interface EdgeTruth {
  /** `namespace/service`, `external/host`, or `unknown/unidentified`. */
  source: string;
  target: string;
  protocol: "http" | "grpc" | "tcp";
  /** `null` where nobody can know it. */
  version: string | null;
  count: number;
  errorCount: number;
  neverArrived: number;
  mutual: number;
  plaintext: number;
  flags: Record<string, number>;
  /** Durations by bucket, the last above the last bound; `null` where there are none. */
  durations: readonly number[] | null;
  sumMs: number;
}

/** Labels whose loss the truth can tell the effect of: others would need a reader's own guesses. */
const KNOWN_LOSSES = new Set([
  "source_canonical_service",
  "destination_canonical_service",
  "destination_canonical_revision",
  "connection_security_policy",
  "source_principal",
  "destination_principal",
  "request_protocol",
  "response_code",
  "grpc_response_status",
]);

/**
 * The truth of a whole number of steps, from the flows alone: a request is counted once, where it arrived, or at its caller when it
 * reached nobody or has left the mesh.
 */
export function truthOf(mesh: SyntheticMesh, steps: number): EdgeTruth[] {
  const lost = new Set(mesh.knobs.removedLabels);
  for (const label of lost) if (!KNOWN_LOSSES.has(label)) throw new Error(`the truth without ${label} is not known`);
  const rows = new Map<string, EdgeTruth>();
  for (const flow of mesh.flows) {
    for (const outcome of flow.outcomes) {
      const key = keyOf(flow, outcome, mesh.knobs, lost);
      if (key === null) continue;
      const id = JSON.stringify(key);
      const row = rows.get(id) ?? { ...key, ...NOTHING, flags: {} };
      rows.set(id, addOutcome(row, { flow, outcome, steps, lost, isTold: tellsItself(flow, mesh.knobs) }));
    }
  }
  return [...rows.values()];
}

const NOTHING = { count: 0, errorCount: 0, neverArrived: 0, mutual: 0, plaintext: 0, durations: null, sumMs: 0 };

type Key = Pick<EdgeTruth, "source" | "target" | "protocol" | "version">;

/** Whether the destination is in the mesh, and tells of what arrives. */
function tellsItself({ target, targetCluster }: Flow, knobs: MeshKnobs): boolean {
  return target.workload?.isSilent === false && !isUnheard(targetCluster, knobs);
}

/**
 * `null` = nobody can see it: in ambient mode the caller has no proxy that reads requests, so what is lost leaves no trace, nor does
 * what arrives at a destination that tells nothing. Of a caller in a cluster that is not heard nothing is seen but what arrives elsewhere.
 */
function keyOf(flow: Flow, outcome: Outcome, knobs: MeshKnobs, lost: ReadonlySet<string>): Key | null {
  const { target } = flow;
  const source = flow.source === null ? "unknown/unidentified" : nodeOf(flow.source, lost.has("source_canonical_service"));
  const isUnread = flow.source?.isAmbient === true;
  const isCallerUnheard = isUnheard(flow.sourceCluster, knobs);
  if (target.outside !== undefined) {
    if (isCallerUnheard) return null;
    return { source, target: `external/${target.outside.host}`, protocol: isUnread ? "tcp" : "http", version: null };
  }
  const { workload } = target;
  const hasReader = flow.source !== null && !isUnread && !isCallerUnheard;
  if (!hasReader && (outcome.lost !== null || !tellsItself(flow, knobs))) return null;
  const isTunnel = workload.isAmbient && !workload.hasWaypoint && outcome.lost === null;
  const isTcp = flow.protocol === "tcp" || isTunnel;
  return {
    source,
    target: nodeOf(workload, lost.has("destination_canonical_service")),
    protocol: isTcp ? "tcp" : lost.has("request_protocol") ? "http" : flow.protocol,
    version: outcome.lost === "host" || lost.has("destination_canonical_revision") ? null : workload.version,
  };
}

function nodeOf({ namespace, service, name }: Workload, isServiceLost: boolean): string {
  return `${namespace}/${isServiceLost ? name : service}`;
}

interface Addition {
  flow: Flow;
  outcome: Outcome;
  steps: number;
  lost: ReadonlySet<string>;
  isTold: boolean;
}

function addOutcome(row: EdgeTruth, { flow, outcome, steps, lost, isTold }: Addition): EdgeTruth {
  const count = outcome.perStep * steps;
  const isLost = outcome.lost !== null;
  // Beyond the mesh nobody reads anything, nor tells a silent destination: the caller tells all there is, but not how it travelled.
  const isTransportKnown = isTold && !isLost && !lost.has("connection_security_policy");
  const hasDurations = row.protocol !== "tcp" && !isLost;
  return {
    ...row,
    count: row.count + count,
    errorCount: row.errorCount + (isLost || (outcome.isError && isErrorTold(outcome, row.protocol, lost)) ? count : 0),
    neverArrived: row.neverArrived + (isLost ? count : 0),
    mutual: row.mutual + (isTransportKnown && flow.isMutual ? count : 0),
    plaintext: row.plaintext + (isTransportKnown && !flow.isMutual ? count : 0),
    flags: row.protocol === "tcp" && !isLost ? row.flags : withFlags(row.flags, outcome.flags, count),
    durations: hasDurations ? sum(row.durations, outcome.durations, steps) : row.durations,
    sumMs: row.sumMs + (hasDurations ? outcome.sumMs * steps : 0),
  };
}

/** A failure that only a lost label told of reads as a success. */
function isErrorTold({ code, grpcStatus }: Outcome, protocol: EdgeTruth["protocol"], lost: ReadonlySet<string>): boolean {
  if (protocol === "tcp") return false;
  const byCode = !lost.has("response_code") && (code === "0" || code.startsWith("5"));
  return byCode || (!lost.has("grpc_response_status") && grpcStatus !== "" && grpcStatus !== "5");
}

function withFlags(known: Record<string, number>, flags: string, count: number): Record<string, number> {
  if (flags === "-") return known;
  return flags.split(",").reduce((all, flag) => ({ ...all, [flag]: (all[flag] ?? 0) + count }), known);
}

function sum(known: readonly number[] | null, more: readonly number[], steps: number): number[] {
  return more.map((count, index) => (known?.[index] ?? 0) + count * steps);
}
