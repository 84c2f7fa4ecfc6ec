import type { DatabaseSync } from "node:sqlite";

import type { TimeWindow } from "#lib/model/red.ts";

import { nodeIdOf } from "./node-id.ts";

const MINUTE_MS = 60_000;

/** Calls from one service to another, as their spans tell. Ids of the graph. */
interface SpanEdge {
  source: string;
  target: string;
  count: number;
  errorCount: number;
}

/** Edges by number of calls, and the whole minutes that they were counted over. */
export interface SpanEdges {
  window: TimeWindow;
  edges: SpanEdge[];
}

/** Calls between different services in all minutes that the window touches. */
export function readEdges(db: DatabaseSync, { fromMs, toMs }: TimeWindow): SpanEdges {
  const [first, end] = [Math.floor(fromMs / MINUTE_MS), Math.ceil(toMs / MINUTE_MS)];
  const nodes = new Map(
    db
      .prepare("SELECT id, service, namespace FROM services")
      .all()
      .map((row) => [Number(row["id"]), nodeIdOf(String(row["service"]), row["namespace"] === null ? null : String(row["namespace"]))]),
  );
  const rows = db.prepare(`
    SELECT caller_id, service_id, sum(count) AS count, sum(errors) AS errors FROM edge_minutes
    WHERE minute >= ? AND minute < ? GROUP BY caller_id, service_id ORDER BY count DESC, caller_id, service_id`);
  const edges = rows.all(first, end).flatMap((row): SpanEdge[] => {
    const [source, target] = [nodes.get(Number(row["caller_id"])), nodes.get(Number(row["service_id"]))];
    // A caller whose own spans were removed before those of the calls has no name any more.
    return source === undefined || target === undefined
      ? []
      : [{ source, target, count: Number(row["count"]), errorCount: Number(row["errors"]) }];
  });
  return { window: { fromMs: first * MINUTE_MS, toMs: end * MINUTE_MS }, edges };
}
