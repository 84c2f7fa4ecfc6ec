import { DatabaseSync, type StatementSync } from "node:sqlite";

import { type MadeSpan, serviceName } from "./made-trace.ts";

/**
 * What one would write in an afternoon, and write well: one table, attributes as JSON, and an index for every question that
 * is asked of it. As durable as the archive: WAL and a sync per commit.
 */
const TABLE = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = 4000;
  CREATE TABLE span (
    trace_id BLOB NOT NULL, span_id BLOB NOT NULL, parent_id BLOB, service TEXT NOT NULL, version TEXT NOT NULL, kind TEXT NOT NULL,
    name TEXT NOT NULL, start_ns INTEGER NOT NULL, duration_ns INTEGER NOT NULL, is_error INTEGER NOT NULL, attributes TEXT NOT NULL
  );
  CREATE INDEX by_trace ON span (trace_id);
  CREATE INDEX by_service ON span (service, start_ns);
  CREATE INDEX by_start ON span (start_ns);
`;

interface FoundTrace {
  root: unknown;
  services: unknown[];
}

interface PlainOperation {
  name: string;
  count: number;
  p99Ms: number;
}

/** Answers the questions of the archive in plain SQL. */
export class PlainSqlite {
  readonly db: DatabaseSync;
  private readonly insert: StatementSync;
  private readonly traceRows: StatementSync;
  private readonly slowTraces: StatementSync;
  private readonly rootOf: StatementSync;
  private readonly servicesOf: StatementSync;
  private readonly operationRows: StatementSync;
  private readonly edgeRows: StatementSync;

  constructor(path: string) {
    this.db = new DatabaseSync(path);
    this.db.exec(TABLE);
    this.insert = this.db.prepare("INSERT INTO span VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.traceRows = this.db.prepare("SELECT *, CAST(start_ns AS TEXT) AS start FROM span WHERE trace_id = ? ORDER BY start_ns");
    this.slowTraces = this.db.prepare(`
      SELECT trace_id, max(start_ns) AS newest FROM span
      WHERE service = ? AND start_ns > ? AND start_ns <= ? AND duration_ns >= ? GROUP BY trace_id ORDER BY newest DESC LIMIT ?`);
    this.rootOf = this.db.prepare(
      "SELECT service, version, name, CAST(start_ns AS TEXT) AS start, duration_ns FROM span WHERE trace_id = ? AND parent_id IS NULL",
    );
    this.servicesOf = this.db.prepare(
      "SELECT service, version, count(*) AS spans, sum(is_error) AS errors FROM span WHERE trace_id = ? GROUP BY service, version",
    );
    this.operationRows = this.db.prepare(`
      SELECT name, n, duration_ns FROM (
        SELECT name, kind, duration_ns, row_number() OVER (PARTITION BY name, kind, version ORDER BY duration_ns) AS r,
          count(*) OVER (PARTITION BY name, kind, version) AS n
        FROM span WHERE service = ? AND start_ns > ? AND start_ns <= ?
      ) WHERE r = max(1, (n * 99 + 99) / 100)`);
    this.edgeRows = this.db.prepare(`
      SELECT p.service AS source, c.service AS target, count(*) AS count, sum(c.is_error) AS errors
      FROM span c JOIN span p INDEXED BY by_trace ON p.trace_id = c.trace_id AND p.span_id = c.parent_id
      WHERE c.start_ns > ? AND c.start_ns <= ? AND c.kind IN ('server', 'consumer') AND p.service <> c.service
      GROUP BY p.service, c.service`);
    for (const statement of [this.traceRows, this.slowTraces]) statement.setReadBigInts(true);
  }

  write(spans: readonly MadeSpan[]): void {
    this.db.exec("BEGIN IMMEDIATE");
    for (const span of spans) {
      this.insert.run(
        span.traceId,
        span.spanId,
        span.parentId,
        serviceName(span.service),
        span.version,
        span.kind,
        span.name,
        span.startUnixNano,
        span.durationNano,
        span.isError ? 1 : 0,
        JSON.stringify(Object.fromEntries(span.attributes)),
      );
    }
    this.db.exec("COMMIT");
  }

  /** Number of spans; every row is read, with its attributes. */
  trace(id: Uint8Array): number {
    return this.traceRows.all(id).map((row) => ({ ...row, attributes: Object.entries(JSON.parse(String(row["attributes"]))) })).length;
  }

  /** Newest first, each with its root and its services. */
  search(service: number, { fromNs, toNs }: { fromNs: bigint; toNs: bigint }, minNs: number, limit: number): FoundTrace[] {
    const rows = this.slowTraces.all(serviceName(service), fromNs, toNs, minNs, limit);
    return rows.flatMap(({ trace_id: id }) =>
      id instanceof Uint8Array ? [{ root: this.rootOf.get(id), services: this.servicesOf.all(id) }] : [],
    );
  }

  operations(service: number, { fromNs, toNs }: { fromNs: bigint; toNs: bigint }): PlainOperation[] {
    return this.operationRows
      .all(serviceName(service), fromNs, toNs)
      .map((row) => ({ name: String(row["name"]), count: Number(row["n"]), p99Ms: Number(row["duration_ns"]) / 1e6 }));
  }

  /** Edges and the calls on all of them. */
  graph({ fromNs, toNs }: { fromNs: bigint; toNs: bigint }): { edges: number; calls: number } {
    const rows = this.edgeRows.all(fromNs, toNs);
    return { edges: rows.length, calls: rows.reduce((sum, row) => sum + Number(row["count"]), 0) };
  }

  close(): void {
    this.db.close();
  }
}
