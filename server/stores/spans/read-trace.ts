import type { DatabaseSync } from "node:sqlite";

import type { Span, Trace, TraceResource } from "#lib/model/trace.ts";

import type { Effort } from "./effort.ts";
import type { OtlpGroup, SpanCodec } from "./span-codec.ts";
import { startNanos } from "./span-columns.ts";

export interface ReadBounds {
  spans: number;
  /** Bytes of spans as they were sent. */
  bytes: number;
}

/** What a page can draw. */
export const TRACE_BOUNDS: ReadBounds = { spans: 50_000, bytes: 64 * 1024 * 1024 };

const SPANS_BETWEEN_LOOKS = 500;

/** A trace that is kept. */
export interface KeptTrace {
  no: number;
  /** 32 lower-case hex digits. */
  id: string;
  spans: number;
}

function keptOf(row: Record<string, unknown> | undefined): KeptTrace | null {
  if (!(row?.["trace_id"] instanceof Uint8Array)) return null;
  return { no: Number(row["no"]), id: Buffer.from(row["trace_id"]).toString("hex"), spans: Number(row["spans"]) };
}

/** `null` = no span of it is kept. */
export function traceOfId(db: DatabaseSync, id: string): KeptTrace | null {
  return keptOf(db.prepare("SELECT no, trace_id, spans FROM traces WHERE trace_id = ?").get(Buffer.from(id, "hex")));
}

/** `null` = no span of it is kept any more. */
export function traceOfNumber(db: DatabaseSync, no: number): KeptTrace | null {
  return keptOf(db.prepare("SELECT no, trace_id, spans FROM traces WHERE no = ?").get(no));
}

/** Ids of a trace's spans in order of start, of equals in order of arrival, and the first start. */
function orderOf(db: DatabaseSync, no: number, most: number): { ids: number[]; startUnixNano: bigint; durationMs: number } {
  const rows = db
    .prepare("SELECT id, at_ms, early_ns FROM spans WHERE trace_no = ? ORDER BY at_ms, early_ns DESC, id LIMIT ?")
    .all(no, most);
  const [first] = rows;
  const start = { atMs: Number(first?.["at_ms"] ?? 0), earlyNs: Number(first?.["early_ns"] ?? 0) };
  const end = db.prepare("SELECT max((at_ms - ?) * 1e6 - early_ns + ? + duration_ns) AS last FROM spans WHERE trace_no = ?");
  return {
    ids: rows.map((row) => Number(row["id"])),
    startUnixNano: startNanos(start),
    durationMs: Number(end.get(start.atMs, start.earlyNs, no)?.["last"] ?? 0) / 1e6,
  };
}

/** Hands each span's row over in the order of `ids`, until the bounds or the effort end; answers how many it was. */
function eachSpan(
  db: DatabaseSync,
  ids: readonly number[],
  bytes: number,
  effort: Effort,
  take: (row: { body: Uint8Array; resourceId: number; scope: string | null }) => void,
): number {
  const find = db.prepare("SELECT resource_id, scope, body FROM spans WHERE id = ?");
  let left = bytes;
  for (const [index, id] of ids.entries()) {
    const row = find.get(id);
    if (row === undefined || !(row["body"] instanceof Uint8Array)) throw new Error(`span ${id} is in the index but not in the table`);
    left -= row["body"].length;
    const isOver = left < 0 || (index % SPANS_BETWEEN_LOOKS === 0 && effort.isSpent());
    if (isOver && index > 0) return index;
    take({ body: row["body"], resourceId: Number(row["resource_id"]), scope: row["scope"] === null ? null : String(row["scope"]) });
  }
  return ids.length;
}

function resourceReader(db: DatabaseSync): (id: number) => Uint8Array {
  const find = db.prepare("SELECT body FROM resources WHERE id = ?");
  return (id) => {
    const body = find.get(id)?.["body"];
    if (!(body instanceof Uint8Array)) throw new Error(`resource ${id} has spans but no row`);
    return body;
  };
}

/** The spans of a trace within the bounds, the earliest. */
export function readTrace(db: DatabaseSync, codec: SpanCodec, trace: KeptTrace, effort: Effort, bounds: ReadBounds): Trace {
  const { ids, startUnixNano, durationMs } = orderOf(db, trace.no, bounds.spans);
  const bodyOf = resourceReader(db);
  const places = new Map<number, number>();
  const resources: TraceResource[] = [];
  const spans: Span[] = [];
  eachSpan(db, ids, bounds.bytes, effort, ({ body, resourceId, scope }) => {
    let resource = places.get(resourceId);
    if (resource === undefined) {
      resource = resources.push(codec.resource(bodyOf(resourceId))) - 1;
      places.set(resourceId, resource);
    }
    spans.push(codec.span(body, { startUnixNano, resource, scope }));
  });
  return {
    id: trace.id,
    startedAt: new Date(Number(startUnixNano / 1_000_000n)).toISOString(),
    startUnixNano: startUnixNano.toString(),
    durationMs,
    resources,
    spans,
    omitted: trace.spans - spans.length,
    externalUrl: null,
  };
}

/** The spans of a trace within the bounds, the earliest, as an OTLP export request. */
export function readOtlpJson(db: DatabaseSync, codec: SpanCodec, trace: KeptTrace, effort: Effort, bounds: ReadBounds): string {
  const bodyOf = resourceReader(db);
  const groups = new Map<string, OtlpGroup>();
  eachSpan(db, orderOf(db, trace.no, bounds.spans).ids, bounds.bytes, effort, ({ body, resourceId, scope }) => {
    const key = JSON.stringify([resourceId, scope]);
    const group = groups.get(key) ?? { resource: bodyOf(resourceId), scope, spans: [] };
    group.spans.push(body);
    groups.set(key, group);
  });
  return codec.otlpJson([...groups.values()]);
}
