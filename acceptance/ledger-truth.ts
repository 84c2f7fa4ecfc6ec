import type { LedgerEdge } from "./demo-mesh.ts";

/** Callers without a proxy and without a certificate that counts. */
export const NAMELESS: ReadonlySet<string> = new Set(["legacy-report", "audit-export", "rogue-job"]);
/** Outside the mesh: only its callers tell of it, as they see it in the end. */
export const OUTSIDE = "card-network";

/** An edge and version as both sides name it. */
export function keyOf(source: string, target: string, version: string | null): string {
  return `${source} > ${target} ${version ?? "-"}`;
}

/** A connection that was ended before any request is no request. */
export const lostIn = ({ neverArrived, refused }: LedgerEdge): number => neverArrived - refused;

/** Within `max(3, tolerance)` of the truth, or within what is known to be missing, or more. */
export function isNear(shown: number, real: number, tolerance: number, { more = 0, fewer = 0 } = {}): boolean {
  const around = Math.max(3, real * tolerance);
  return shown >= real - fewer - around && shown <= real + more + around;
}
