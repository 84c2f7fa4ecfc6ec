import type { DatabaseSync } from "node:sqlite";

import type { TimeWindow } from "#lib/model/red.ts";
import type { OperationRed } from "#lib/model/trace.ts";
import { quantileMs } from "#lib/red/histogram.ts";

import { addEncoded, BOUNDS_MS, bucketOf, noCounts } from "./duration-counts.ts";
import { nodeIdOf } from "./node-id.ts";
import { OPERATION_COLUMNS, operationOf } from "./operation-names.ts";

const MINUTE_MS = 60_000;

/** Numbers of the services that are one node of the graph. */
export function servicesOfNode(db: DatabaseSync, node: string): number[] {
  const rows = db.prepare("SELECT id, service, namespace FROM services").all();
  return rows.flatMap((row) =>
    nodeIdOf(String(row["service"]), row["namespace"] === null ? null : String(row["namespace"])) === node ? Number(row["id"]) : [],
  );
}

interface Sum {
  errors: number;
  counts: number[];
}

/** Whole minutes `(m, m + 1]` inside a window, and what is left of it before and after them, in milliseconds. */
function partsOf({ fromMs, toMs }: TimeWindow): { minutes: { first: number; end: number }; rest: TimeWindow[] } {
  const first = Math.ceil(fromMs / MINUTE_MS);
  const end = Math.max(first, Math.floor(toMs / MINUTE_MS));
  if (end === first) return { minutes: { first, end }, rest: [{ fromMs, toMs }] };
  return {
    minutes: { first, end },
    rest: [
      { fromMs, toMs: first * MINUTE_MS },
      { fromMs: end * MINUTE_MS, toMs },
    ],
  };
}

function sumOf(sums: Map<number, Sum>, operationId: number): Sum {
  const sum = sums.get(operationId) ?? { errors: 0, counts: noCounts() };
  sums.set(operationId, sum);
  return sum;
}

/** Adds whole minutes from the sums that were kept, and the rest of the window span by span: counts are exact. */
function sumsOf(db: DatabaseSync, window: TimeWindow, serviceId: number): Map<number, Sum> {
  const sums = new Map<number, Sum>();
  const { minutes, rest } = partsOf(window);
  // From one minute that has rows to the next: a window may be far longer than what is kept.
  const kept = db.prepare(`
    WITH RECURSIVE present (minute) AS (
      SELECT min(minute) FROM operation_minutes WHERE minute >= ?1
      UNION ALL SELECT (SELECT min(m.minute) FROM operation_minutes m WHERE m.minute > present.minute) FROM present WHERE present.minute < ?2
    )
    SELECT m.operation_id, m.errors, m.counts FROM present p
    CROSS JOIN operation_minutes m ON m.minute = p.minute AND m.service_id = ?3 WHERE p.minute < ?2`);
  for (const row of kept.iterate(minutes.first, minutes.end, serviceId)) {
    const sum = sumOf(sums, Number(row["operation_id"]));
    sum.errors += Number(row["errors"]);
    if (row["counts"] instanceof Uint8Array) addEncoded(sum.counts, row["counts"]);
  }
  const single = db.prepare(
    "SELECT operation_id, duration_ns, is_error FROM spans INDEXED BY spans_by_service WHERE service_id = ? AND at_ms > ? AND at_ms <= ?",
  );
  for (const { fromMs, toMs } of rest) {
    for (const row of single.iterate(serviceId, fromMs, toMs)) {
      const sum = sumOf(sums, Number(row["operation_id"]));
      sum.errors += Number(row["is_error"]);
      const bucket = bucketOf(Number(row["duration_ns"]));
      sum.counts[bucket] = (sum.counts[bucket] ?? 0) + 1;
    }
  }
  return sums;
}

/** Operations of a node of the graph in a window, by number of calls. */
export function readOperations(db: DatabaseSync, window: TimeWindow, node: string): OperationRed[] {
  const name = db.prepare(`SELECT ${OPERATION_COLUMNS} FROM operations o JOIN services v ON v.id = o.service_id WHERE o.id = ?`);
  const rows = servicesOfNode(db, node).flatMap((serviceId) =>
    [...sumsOf(db, window, serviceId)].map(([operationId, { errors, counts }]): OperationRed => {
      const { service, namespace, version, name: operation, kind } = operationOf(name.get(operationId) ?? {});
      const histogram = { boundsMs: BOUNDS_MS, counts };
      return {
        service,
        namespace,
        version,
        operation,
        kind,
        count: counts.reduce((sum, count) => sum + count, 0),
        errorCount: errors,
        p50Ms: quantileMs(histogram, 0.5),
        p95Ms: quantileMs(histogram, 0.95),
        p99Ms: quantileMs(histogram, 0.99),
      };
    }),
  );
  return rows.toSorted((a, b) => b.count - a.count || (a.operation < b.operation ? -1 : Number(a.operation > b.operation)));
}
