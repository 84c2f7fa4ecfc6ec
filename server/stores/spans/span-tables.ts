import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { SpanRecord } from "#lib/ports/span-store.ts";

import { Directory } from "./directory.ts";
import { OperationMinutes } from "./operation-minutes.ts";
import { kindNumber, storedDuration, storedStart } from "./span-columns.ts";
import { TraceBook } from "./trace-book.ts";

/** Columns of a span that the sums and counts were made of. */
const COUNTED = "id, trace_no, service_id, operation_id, resource_id, at_ms, duration_ns, is_error";

/** All tables of one open file, changed together: each call is one transaction, and throws what SQLite says. */
export class SpanTables {
  /** Spans in the file. */
  spans: number;
  private readonly db: DatabaseSync;
  private readonly directory: Directory;
  private readonly traces: TraceBook;
  private readonly minutes: OperationMinutes;
  private readonly insert: StatementSync;
  private readonly removeSpan: StatementSync;
  private readonly oldestTraces: StatementSync;
  private readonly startedBefore: StatementSync;
  private readonly oldest: StatementSync;

  constructor(db: DatabaseSync) {
    this.db = db;
    this.directory = new Directory(db);
    this.traces = new TraceBook(db);
    this.minutes = new OperationMinutes(db);
    this.insert = db.prepare(
      `INSERT INTO spans (trace_no, span_id, kind, parent_id, service_id, operation_id, resource_id, at_ms, early_ns, duration_ns, is_error, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (trace_no, span_id, kind) DO NOTHING`,
    );
    this.removeSpan = db.prepare("DELETE FROM spans WHERE id = ?");
    this.oldestTraces = db.prepare(`SELECT ${COUNTED} FROM spans INDEXED BY spans_once ORDER BY trace_no LIMIT ?`);
    this.startedBefore = db.prepare(`SELECT ${COUNTED} FROM spans INDEXED BY spans_by_start WHERE at_ms <= ? ORDER BY at_ms LIMIT ?`);
    this.oldest = db.prepare("SELECT at_ms, early_ns FROM spans INDEXED BY spans_by_start ORDER BY at_ms LIMIT 1");
    this.spans = Number(db.prepare("SELECT coalesce(sum(spans), 0) AS spans FROM services").get()?.["spans"]);
  }

  /** Adds what is not here yet, and says of each whether it was new. */
  write(records: readonly SpanRecord[]): boolean[] {
    return this.inTransaction(() => records.map((record) => this.add(record)));
  }

  /** Removes up to `limit` spans of the traces that came first, a trace after the other; answers how many. */
  removeOldestTraces(limit: number): number {
    return this.inTransaction(() => this.removeRows(this.oldestTraces.all(limit)));
  }

  /** Removes up to `limit` spans that started at `beforeMs` or earlier, oldest first; answers how many. */
  removeStartedBefore(beforeMs: number, limit: number): number {
    return this.inTransaction(() => this.removeRows(this.startedBefore.all(beforeMs, limit)));
  }

  /** Start of the oldest span, epoch milliseconds; `null` = there is none. */
  oldestMs(): number | null {
    const row = this.oldest.get();
    return row === undefined ? null : Number(row["at_ms"]) - (Number(row["early_ns"]) > 0 ? 1 : 0);
  }

  private add(record: SpanRecord): boolean {
    const sender = this.directory.sender(record.resource);
    const operationId = this.directory.operationId(sender, record.kind, record.name);
    const trace = this.traces.entry(record.traceId);
    const start = storedStart(record.startUnixNano);
    const durationNs = storedDuration(record.durationNano);
    const { changes, lastInsertRowid } = this.insert.run(
      trace.no,
      record.spanId,
      kindNumber(record.kind),
      record.parentId,
      sender.serviceId,
      operationId,
      sender.resourceId,
      start.atMs,
      start.earlyNs,
      durationNs,
      record.isError ? 1 : 0,
      record.body,
    );
    if (changes === 0) return false;
    this.spans++;
    this.traces.add(trace, { ...start, id: Number(lastInsertRowid), isRooted: record.parentId === null, durationNs });
    this.directory.count(sender.serviceId, operationId, sender.resourceId, 1);
    this.minutes.count({ operationId, atMs: start.atMs, durationNs, isError: record.isError }, 1);
    return true;
  }

  private removeRows(rows: readonly Record<string, unknown>[]): number {
    const traceNos = new Set<number>();
    for (const row of rows) {
      const operationId = Number(row["operation_id"]);
      const counted = { operationId, atMs: Number(row["at_ms"]), durationNs: Number(row["duration_ns"]), isError: row["is_error"] === 1 };
      this.removeSpan.run(Number(row["id"]));
      this.directory.count(Number(row["service_id"]), operationId, Number(row["resource_id"]), -1);
      this.minutes.count(counted, -1);
      traceNos.add(Number(row["trace_no"]));
    }
    for (const no of traceNos) this.traces.recount(no);
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
      this.directory.settle();
      this.db.exec("COMMIT");
      return value;
    } catch (error) {
      // SQLite has rolled back by itself after some errors (https://sqlite.org/lang_transaction.html).
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      this.spans = before;
      this.directory.forget();
      this.minutes.forget();
      this.traces.forget();
      throw error;
    }
  }
}
