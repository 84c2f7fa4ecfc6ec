import type { Health, MeshEdge } from "#lib/model/graph.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { RefusalReason } from "#lib/model/security.ts";
import { worseStatus } from "#lib/health/health.ts";
import { UNKNOWN_RED } from "#lib/red/traffic.ts";
import { countRefused, refusalSentences } from "#lib/security/refusals.ts";

/** Connections that were refused before any request, and who tells of them. */
export interface GraphRefusal {
  source: string | null;
  target: string;
  witness: "server" | "caller";
  reason: RefusalReason;
  certificateRefused?: boolean;
  count: number;
  toldBy: string;
}

/**
 * Refused connections never became requests, so no share of errors shows them: beside good calls they degrade the edge,
 * whatever its requests say.
 */
export function withRefusals(health: Health, refusals: readonly GraphRefusal[]): Health {
  if (refusals.length === 0) return health;
  return { status: worseStatus(health.status, "degraded"), reasons: [...health.reasons, ...refusalSentences(refusals)] };
}

/** An edge of which nothing is known but that the caller was turned away: all its numbers are missing, none is 0. */
export function refusedEdge(
  key: { id: string; source: string; target: string; protocol: Protocol },
  declared: MeshEdge["tls"]["declared"],
  refusals: readonly GraphRefusal[],
): MeshEdge {
  return {
    ...key,
    red: UNKNOWN_RED,
    health: { status: "failing", reasons: refusalSentences(refusals) },
    tls: { declared, observed: "unknown", mutualShare: null, refused: countRefused(refusals) },
    versions: [],
    callerRed: null,
    retries: 0,
    neverArrived: 0,
    flags: {},
    reporter: refusals.every(({ witness }) => witness === "caller") ? "source" : "destination",
    seenBy: [...new Set(refusals.map(({ toldBy }) => toldBy))].toSorted(),
  };
}
