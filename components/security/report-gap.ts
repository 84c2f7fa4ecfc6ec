import type { Coverage } from "#lib/model/evidence.ts";
import type { SecurityReport } from "#lib/model/security.ts";

import { seenOf } from "./edge-rows.ts";

/** `empty` = nothing is known at all; `unwatched` = nobody tells of callers; `unseen` = nobody called in the window. */
export type ReportGapKind = "empty" | "stale" | "unwatched" | "unseen";

/** The one thing that the reader must know first about what the report lacks; `null` when it lacks nothing of the kind. */
export function reportGap(report: SecurityReport, coverage: Coverage): ReportGapKind | null {
  const { edges, workloads, certificates, observedSince } = report;
  if (edges.length === 0 && workloads.length === 0 && certificates.length === 0) return "empty";
  if (coverage === "stale") return "stale";
  if (observedSince === null) return "unwatched";
  return edges.length > 0 && edges.every((edge) => seenOf(edge) === 0) ? "unseen" : null;
}
