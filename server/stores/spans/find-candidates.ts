import type { DatabaseSync, SQLInputValue } from "node:sqlite";

import type { TraceFilter } from "#lib/model/trace.ts";

import type { Effort } from "./effort.ts";
import type { SpanCodec } from "./span-codec.ts";
import { storedText } from "./span-columns.ts";
import { TermMatcher } from "./term-matcher.ts";

/** Rows of an index that one statement walks: few at first, because most searches end soon. */
const FIRST_CHUNK = 2_000;
const LARGEST_CHUNK = 50_000;
/** The same where bytes are looked into. */
const LARGEST_READ_CHUNK = 8_000;
/** A span of a service may start so long after the window and its trace is still found by it. */
const LATEST_SPAN_MS = 600_000;

interface Candidates {
  /** Numbers of traces, newest start first. */
  traceNos: number[];
  /** There are, or may be, more. */
  hasMore: boolean;
  /** Everything that started later was looked at, epoch milliseconds; `null` = the whole window was. */
  searchedToMs: number | null;
}

interface Condition {
  sql: string;
  values: SQLInputValue[];
}

interface Found {
  no: number;
  atMs: number;
  earlyNs: number;
}

interface CandidateSearch {
  db: DatabaseSync;
  codec: SpanCodec;
  filter: TraceFilter;
  limit: number;
  effort: Effort;
}

function nanos(ms: number): number {
  return Math.round(ms * 1_000_000);
}

function within(column: string, { minMs, maxMs }: TraceFilter): Condition[] {
  const conditions: Condition[] = [];
  if (minMs !== null) conditions.push({ sql: `${column} >= ?`, values: [nanos(minMs)] });
  if (maxMs !== null) conditions.push({ sql: `${column} <= ?`, values: [nanos(maxMs)] });
  return conditions;
}

/** Conditions that one span must meet, but for its service and its attributes. */
function spanConditions(filter: TraceFilter): Condition[] {
  const conditions: Condition[] = [];
  if (filter.operation !== null || filter.version !== null) {
    const operation = filter.operation === null ? null : storedText(filter.operation);
    const version = filter.version === null ? null : storedText(filter.version);
    conditions.push({
      sql: "s.operation_id IN (SELECT id FROM operations WHERE (? IS NULL OR name = ?) AND (? IS NULL OR version = ?))",
      values: [operation, operation, version, version],
    });
  }
  if (filter.status !== null) conditions.push({ sql: "s.is_error = ?", values: [filter.status === "error" ? 1 : 0] });
  if (filter.service !== null || filter.operation !== null) conditions.push(...within("s.duration_ns", filter));
  return conditions;
}

/** Passes over spans that cannot meet the terms, without handing their bytes out of SQLite. */
function needleConditions(codec: SpanCodec, { terms }: TraceFilter): Condition[] {
  return codec.needles(terms).map((needle) => ({
    sql: "(instr(s.body, ?) > 0 OR s.resource_id IN (SELECT id FROM resources WHERE instr(body, ?) > 0))",
    values: [needle, needle],
  }));
}

function joined(conditions: readonly Condition[]): { sql: string; values: SQLInputValue[] } {
  return { sql: conditions.map(({ sql }) => ` AND ${sql}`).join(""), values: conditions.flatMap(({ values }) => values) };
}

function newestFirst(a: Found, b: Found): number {
  return b.atMs - a.atMs || a.earlyNs - b.earlyNs || b.no - a.no;
}

function rowOf(row: Record<string, unknown>): Found {
  return { no: Number(row["no"]), atMs: Number(row["first_at_ms"]), earlyNs: Number(row["first_early_ns"]) };
}

/**
 * Traces that started in the window and have one span that meets every condition, newest first. The window is walked
 * backwards in chunks, by the traces, or by the spans of the services that are meant; bytes are read only where terms ask for
 * attributes. Without a service and an operation, durations are those of the trace's earliest span, and `ok` means that
 * no span of the trace failed.
 */
export function findCandidates(search: CandidateSearch): Candidates {
  if (search.limit <= 0) return { traceNos: [], hasMore: false, searchedToMs: null };
  const serviceIds = servicesOf(search.db, search.filter);
  return serviceIds === null ? walkTraces(search) : walkServices(search, serviceIds);
}

function walkTraces({ db, codec, filter, limit, effort }: CandidateSearch): Candidates {
  const ofTrace: Condition[] = within("t.first_duration_ns", filter);
  if (filter.status === "error") ofTrace.push({ sql: "t.errors > 0", values: [] });
  if (filter.status === "ok") ofTrace.push({ sql: "t.errors = 0", values: [] });
  const ofSpan = joined(spanConditions(filter));
  const matcher = filter.terms.length === 0 ? null : new TermMatcher(db, codec, filter.terms);
  const spans = db.prepare(`SELECT s.body, s.resource_id FROM spans s WHERE s.trace_no = ?${ofSpan.sql}`);
  const needles = needleConditions(codec, filter);
  if (filter.version !== null || needles.length > 0) {
    const some = joined([...spanConditions(filter), ...needles]);
    ofTrace.push({ sql: `EXISTS (SELECT 1 FROM spans s WHERE s.trace_no = t.no${some.sql})`, values: some.values });
  }
  const conditions = joined(ofTrace);
  const nth = db.prepare(
    "SELECT first_at_ms FROM traces WHERE first_at_ms > ? AND first_at_ms <= ? ORDER BY first_at_ms DESC LIMIT 1 OFFSET ?",
  );
  const chunk = db.prepare(`
    SELECT t.no, t.first_at_ms, t.first_early_ns FROM traces t INDEXED BY traces_by_start
    WHERE t.first_at_ms >= ? AND t.first_at_ms <= ?${conditions.sql}
    ORDER BY t.first_at_ms DESC, t.first_early_ns, t.no DESC`);
  const largest = matcher === null ? LARGEST_CHUNK : LARGEST_READ_CHUNK;
  const traceNos: number[] = [];
  const fromMs = Math.floor(filter.fromMs);
  let toMs = Math.floor(filter.toMs);
  for (let rows = FIRST_CHUNK; toMs > fromMs; rows = Math.min(rows * 4, largest)) {
    if (effort.isSpent()) return { traceNos, hasMore: true, searchedToMs: toMs };
    const startMs = Number(nth.get(fromMs, toMs, rows)?.["first_at_ms"] ?? fromMs + 1);
    for (const row of chunk.iterate(startMs, toMs, ...conditions.values)) {
      const { no, atMs } = rowOf(row);
      if (matcher !== null) {
        if (matcher.isDone(effort)) return { traceNos, hasMore: true, searchedToMs: atMs };
        if (!matcher.matchesAny(spans.iterate(no, ...ofSpan.values))) continue;
      }
      if (traceNos.length === limit) return { traceNos, hasMore: true, searchedToMs: null };
      traceNos.push(no);
    }
    toMs = startMs - 1;
  }
  return { traceNos, hasMore: false, searchedToMs: null };
}

/** Services among whose spans the filter is met; `null` = any may be. */
function servicesOf(db: DatabaseSync, { service, namespace, operation }: TraceFilter): number[] | null {
  if (service === null && operation === null) return null;
  const inNamespace = namespace === null ? null : storedText(namespace);
  const rows =
    service === null
      ? db.prepare("SELECT DISTINCT service_id AS id FROM operations WHERE name = ?").all(storedText(operation ?? ""))
      : db.prepare("SELECT id FROM services WHERE service = ?1 AND (?2 IS NULL OR namespace = ?2)").all(storedText(service), inNamespace);
  return rows.map((row) => Number(row["id"]));
}

function walkServices({ db, codec, filter, limit, effort }: CandidateSearch, serviceIds: readonly number[]): Candidates {
  const conditions = joined([...spanConditions(filter), ...needleConditions(codec, filter)]);
  const matcher = filter.terms.length === 0 ? null : new TermMatcher(db, codec, filter.terms);
  const nth = db.prepare(
    "SELECT at_ms FROM spans INDEXED BY spans_by_service WHERE service_id = ? AND at_ms > ? AND at_ms <= ? ORDER BY at_ms DESC LIMIT 1 OFFSET ?",
  );
  const chunk = db.prepare(`
    SELECT s.id, s.at_ms, t.no, t.first_at_ms, t.first_early_ns
    FROM spans s INDEXED BY spans_by_service CROSS JOIN traces t ON t.no = s.trace_no
    WHERE s.service_id IN (SELECT value FROM json_each(?)) AND s.at_ms >= ? AND s.at_ms <= ?${conditions.sql}
      AND t.first_at_ms > ? AND t.first_at_ms <= ?
    ORDER BY s.at_ms DESC, s.id DESC`);
  const largest = matcher === null ? LARGEST_CHUNK : LARGEST_READ_CHUNK;
  const found = new Map<number, Found>();
  const fromMs = Math.floor(filter.fromMs);
  const lastMs = Math.floor(filter.toMs);
  const best = (): Found[] => [...found.values()].toSorted(newestFirst);
  const answer = (searchedToMs: number | null, hasMore: boolean): Candidates => ({
    traceNos: best()
      .slice(0, limit)
      .map(({ no }) => no),
    hasMore: hasMore || found.size > limit,
    searchedToMs,
  });
  let toMs = lastMs + LATEST_SPAN_MS;
  for (let rows = FIRST_CHUNK; toMs > fromMs && serviceIds.length > 0; rows = Math.min(rows * 4, largest)) {
    if (effort.isSpent()) return answer(Math.min(toMs, lastMs), true);
    const startMs = serviceIds.reduce((start, id) => Math.max(start, Number(nth.get(id, fromMs, toMs, rows)?.["at_ms"] ?? 0)), fromMs + 1);
    for (const row of chunk.iterate(JSON.stringify(serviceIds), startMs, toMs, ...conditions.values, fromMs, lastMs)) {
      const trace = rowOf(row);
      if (found.has(trace.no)) continue;
      if (matcher !== null) {
        if (matcher.isDone(effort)) return answer(Math.min(Number(row["at_ms"]), lastMs), true);
        if (!matcher.matches(Number(row["id"]))) continue;
      }
      found.set(trace.no, trace);
    }
    toMs = startMs - 1;
    // A trace starts no later than its spans: who is not met yet is older than what was walked.
    if (found.size > limit && (best()[limit - 1]?.atMs ?? 0) > toMs) return answer(null, true);
  }
  return answer(null, false);
}
