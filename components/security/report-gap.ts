import type { Coverage } from "#lib/model/evidence.ts";
import type { SecurityReport } from "#lib/model/security.ts";

import { seenOf } from "./edge-rows.ts";

/**
 * `filtered` = nothing is left of what the namespaces hide or keep; `empty` = nothing is known at all; `unwatched` = nobody tells of
 * callers; `unnamed` = how calls travel is counted, and nobody tells who the callers are; `unseen` = nobody called in the window.
 */
export type ReportGapKind = "filtered" | "empty" | "stale" | "unwatched" | "unnamed" | "unseen";

/**
 * The one thing that the reader must know first about what the report lacks; `null` when it lacks nothing of the kind. A report of
 * chosen namespaces (`isNarrowed`) that is empty says nothing about the rest.
 */
export function reportGap(report: SecurityReport, coverage: Coverage, isNarrowed: boolean): ReportGapKind | null {
  const { edges, workloads, certificates, observedSince } = report;
  if (edges.length === 0 && workloads.length === 0 && certificates.length === 0) return isNarrowed ? "filtered" : "empty";
  if (coverage === "stale") return "stale";
  if (observedSince === null) return edges.some(({ observed }) => observed.transport !== "unknown") ? "unnamed" : "unwatched";
  return edges.length > 0 && edges.every((edge) => seenOf(edge) === 0) ? "unseen" : null;
}

/** Whether no proxy of any workload is known, so that what proxies alone tell is not known either. */
export function knowsNoProxy(report: SecurityReport | undefined): boolean {
  return report?.workloads.every(({ proxies }) => proxies.of === 0) ?? false;
}
