import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { SpanRecord } from "#lib/ports/span-store.ts";

import { Arrivals } from "./arrivals.ts";
import { Callers, type CountedCall, type PlacedSpan } from "./callers.ts";
import { Directory } from "./directory.ts";
import { OperationMinutes } from "./operation-minutes.ts";
import { kindNumber, minuteOf, type StoredStart, storedDuration, storedStart, storedText } from "./span-columns.ts";
import { keyOfBytes, SpanSides } from "./span-sides.ts";
import { type TraceEntry, TraceBook } from "./trace-book.ts";

/** Columns of a span that the sums and counts were made of. */
const COUNTED = "s.id, s.trace_no, s.service_id, s.operation_id, s.resource_id, s.at_ms, s.duration_ns, s.is_error, s.caller_id";

/** A record that is new, with all that is counted of it. */
interface NewSpan extends PlacedSpan {
  record: SpanRecord;
  trace: TraceEntry;
  start: StoredStart;
  durationNs: number;
  operationId: number;
  resourceId: number;
}

/** All tables of one open file, changed together: each call is one transaction, and throws what SQLite says. */
export class SpanTables {
  /** Spans in the file. */
  spans: number;
  private readonly db: DatabaseSync;
  private readonly directory: Directory;
  private readonly traces: TraceBook;
  private readonly minutes: OperationMinutes;
  private readonly sides: SpanSides;
  private readonly callers: Callers;
  private nextId: number;
  private readonly insert: StatementSync;
  private readonly removeSpan: StatementSync;
  private readonly removeSpans: StatementSync;
  private readonly oldestTraces: StatementSync;
  private readonly tracesUpTo: StatementSync;
  private readonly arrivals: Arrivals;
  private readonly oldest: StatementSync;

  constructor(db: DatabaseSync) {
    this.db = db;
    this.directory = new Directory(db);
    this.traces = new TraceBook(db);
    this.minutes = new OperationMinutes(db);
    this.sides = new SpanSides(db);
    this.callers = new Callers(db, this.sides);
    this.insert = db.prepare(
      `INSERT INTO spans (id, trace_no, span_id, kind, parent_id, service_id, operation_id, resource_id, at_ms, early_ns, duration_ns, is_error, caller_id, scope, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.removeSpan = db.prepare("DELETE FROM spans WHERE id = ?");
    this.removeSpans = db.prepare("DELETE FROM spans WHERE trace_no = ?");
    this.oldestTraces = db.prepare(`SELECT ${COUNTED} FROM spans s INDEXED BY spans_once ORDER BY s.trace_no LIMIT ?`);
    this.tracesUpTo = db.prepare(`SELECT ${COUNTED} FROM spans s INDEXED BY spans_once WHERE s.trace_no <= ? ORDER BY s.trace_no LIMIT ?`);
    this.arrivals = new Arrivals(db);
    this.oldest = db.prepare("SELECT first_at_ms, first_early_ns FROM traces ORDER BY first_at_ms LIMIT 1");
    this.nextId = Number(db.prepare("SELECT coalesce(max(id), 0) AS id FROM spans").get()?.["id"]) + 1;
    this.spans = Number(db.prepare("SELECT coalesce(sum(spans), 0) AS spans FROM services").get()?.["spans"]);
  }

  /** Adds what is not here yet, and says of each whether it was new. */
  write(records: readonly SpanRecord[]): boolean[] {
    return this.inTransaction(() => {
      const fresh: NewSpan[] = [];
      const isFresh = records.map((record) => {
        const span = this.placed(record);
        if (span !== null) fresh.push(span);
        return span !== null;
      });
      // Only now: a caller may come after its call in the same batch.
      for (const span of fresh) this.add(span);
      return isFresh;
    });
  }

  /** Removes up to `limit` spans of the traces that came first, a trace after the other; answers how many. */
  removeOldestTraces(limit: number): number {
    return this.inTransaction(() => this.removeRows(this.oldestTraces.all(limit)));
  }

  /** Notes which traces have come by now; without it nothing ages. */
  markArrivals(nowMs: number): void {
    this.arrivals.mark(nowMs, this.traces.last);
  }

  /** Removes up to `limit` spans of traces that had come by `beforeMs`, oldest first; answers how many. */
  removeTracesBefore(beforeMs: number, limit: number): number {
    const upTo = this.arrivals.lastBy(beforeMs);
    if (upTo === null) return 0;
    return this.inTransaction(() => {
      const removed = this.removeRows(this.tracesUpTo.all(upTo, limit));
      if (removed < limit) this.arrivals.forgetBy(beforeMs);
      return removed;
    });
  }

  /** Start of the oldest span, epoch milliseconds; `null` = there is none. */
  oldestMs(): number | null {
    const row = this.oldest.get();
    return row === undefined ? null : Number(row["first_at_ms"]) - (Number(row["first_early_ns"]) > 0 ? 1 : 0);
  }

  /** `null` = there is a span of this trace, id and kind. */
  private placed(record: SpanRecord): NewSpan | null {
    const { spanId, parentId, isError, resource } = record;
    const trace = this.traces.entry(record.traceId);
    const sender = this.directory.sender(resource);
    const kind = kindNumber(record.kind);
    const key = keyOfBytes(spanId);
    const { serviceId, resourceId } = sender;
    if (!this.sides.add(trace.sides, key, spanId, kind, serviceId)) return null;
    const start = storedStart(record.startUnixNano);
    return {
      id: this.nextId++,
      sides: trace.sides,
      key,
      spanId,
      parentId,
      kind,
      minute: minuteOf(start.atMs),
      serviceId,
      isError,
      record,
      trace,
      start,
      durationNs: storedDuration(record.durationNano),
      operationId: this.directory.operationId(sender, kind, record.name),
      resourceId,
    };
  }

  private add(span: NewSpan): void {
    const { id, trace, spanId, kind, parentId, serviceId, operationId, resourceId, start, durationNs, isError, record } = span;
    const callerId = this.callers.callerOf(span);
    this.insert.run(
      id,
      trace.no,
      spanId,
      kind,
      parentId,
      serviceId,
      operationId,
      resourceId,
      start.atMs,
      start.earlyNs,
      durationNs,
      isError ? 1 : 0,
      callerId,
      record.scope === null ? null : storedText(record.scope),
      record.body,
    );
    this.spans++;
    this.traces.add(trace, span);
    this.directory.count(serviceId, operationId, resourceId, 1);
    this.minutes.count(span, 1);
    this.callers.add(span, callerId);
  }

  private removeRows(rows: readonly Record<string, unknown>[]): number {
    const traces = new Map<number, { ids: number[]; errors: number }>();
    for (const row of rows) {
      const [serviceId, operationId, traceNo] = [Number(row["service_id"]), Number(row["operation_id"]), Number(row["trace_no"])];
      const call: CountedCall = { minute: minuteOf(Number(row["at_ms"])), serviceId, isError: row["is_error"] === 1 };
      this.directory.count(serviceId, operationId, Number(row["resource_id"]), -1);
      this.minutes.count({ ...call, operationId, durationNs: Number(row["duration_ns"]) }, -1);
      this.callers.count(call, row["caller_id"] === null ? null : Number(row["caller_id"]), -1);
      let trace = traces.get(traceNo);
      if (trace === undefined) traces.set(traceNo, (trace = { ids: [], errors: 0 }));
      trace.ids.push(Number(row["id"]));
      trace.errors += Number(call.isError);
    }
    for (const [no, { ids, errors }] of traces) {
      if (this.traces.subtract(no, ids.length, errors) === 0) this.removeSpans.run(no);
      else for (const id of ids) this.removeSpan.run(id);
    }
    this.spans -= rows.length;
    return rows.length;
  }

  private inTransaction<T>(change: () => T): T {
    const before = this.spans;
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const value = change();
      this.traces.settle();
      this.minutes.settle();
      this.callers.settle();
      this.directory.settle();
      this.db.exec("COMMIT");
      this.callers.keep();
      return value;
    } catch (error) {
      // SQLite has rolled back by itself after some errors (https://sqlite.org/lang_transaction.html).
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      this.spans = before;
      this.directory.forget();
      this.minutes.forget();
      this.callers.forget();
      this.traces.forget();
      throw error;
    }
  }
}
