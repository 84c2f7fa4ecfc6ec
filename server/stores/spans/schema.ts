import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import { WeftError } from "#lib/model/errors.ts";

/** File of the archive inside the data directory; SQLite keeps `-wal` and `-shm` beside it. */
export const FILE = "spans.sqlite";

/** Raised when a table changes its meaning; a file of a later Weft is refused, not guessed at. */
const SCHEMA_VERSION = 1;

/** Pages of the log after which a commit also moves it into the file: 16 MiB. */
const CHECKPOINT_PAGES = 4_000;
const CACHE_KIB = 32_768;
const BUSY_MS = 5_000;

const OPERATION_MINUTES = `
  CREATE TABLE operation_minutes (
    minute INTEGER NOT NULL, service_id INTEGER NOT NULL, operation_id INTEGER NOT NULL, errors INTEGER NOT NULL, counts BLOB NOT NULL,
    PRIMARY KEY (minute, service_id, operation_id)
  ) WITHOUT ROWID;`;

/**
 * `at_ms` is the start rounded up to the millisecond, and the start is `at_ms` less `early_ns`: the half-open window
 * `(from, to]` of milliseconds needs no finer column, and any 64-bit start of a sender stays exact and fits a JS number.
 *
 * `arrivals` says up to which number traces had come by an instant of this machine's clock.
 *
 * `first` is the earliest span that a trace ever had. `caller_id` is the service that a call came from, `0` where the call
 * had been taken in already (see callers.ts), NULL as long as nobody knows.
 *
 * Rows that others refer to carry the number of spans that do (`spans`), and go with the last one. AUTOINCREMENT: a number
 * is never given twice, so that a reader may remember what it stood for.
 *
 * `operation_minutes` and `edge_minutes` are at any time exactly the sum of the spans that are kept. Minute `m` is `(m, m + 1]` minutes.
 * Their keys begin with the minute: what a batch counts lies on few pages, and every page that a commit changes is written.
 */
const TABLES = `
  CREATE TABLE services (
    id INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, namespace TEXT, spans INTEGER NOT NULL
  );
  CREATE INDEX services_by_name ON services (service, namespace);
  CREATE TABLE operations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, service_id INTEGER NOT NULL, version TEXT, name TEXT NOT NULL, kind INTEGER NOT NULL,
    spans INTEGER NOT NULL
  );
  CREATE INDEX operations_by_name ON operations (service_id, name, kind, version);
  CREATE TABLE resources (
    id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, spans INTEGER NOT NULL, body BLOB NOT NULL
  );
  CREATE TABLE traces (
    no INTEGER PRIMARY KEY, trace_id BLOB NOT NULL UNIQUE, spans INTEGER NOT NULL, errors INTEGER NOT NULL,
    first_at_ms INTEGER NOT NULL, first_early_ns INTEGER NOT NULL, first_duration_ns INTEGER NOT NULL
  );
  CREATE INDEX traces_by_start ON traces (first_at_ms);
  CREATE TABLE arrivals (at_ms INTEGER PRIMARY KEY, trace_no INTEGER NOT NULL);
  CREATE TABLE spans (
    id INTEGER PRIMARY KEY, trace_no INTEGER NOT NULL, span_id BLOB NOT NULL, kind INTEGER NOT NULL, parent_id BLOB,
    service_id INTEGER NOT NULL, operation_id INTEGER NOT NULL, resource_id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL, early_ns INTEGER NOT NULL, duration_ns INTEGER NOT NULL, is_error INTEGER NOT NULL,
    caller_id INTEGER, scope TEXT, body BLOB NOT NULL
  );
  CREATE UNIQUE INDEX spans_once ON spans (trace_no, span_id, kind);
  CREATE INDEX spans_by_service ON spans (service_id, at_ms, operation_id, duration_ns, is_error, trace_no);
  CREATE TABLE edge_minutes (
    minute INTEGER NOT NULL, caller_id INTEGER NOT NULL, service_id INTEGER NOT NULL, count INTEGER NOT NULL, errors INTEGER NOT NULL,
    PRIMARY KEY (minute, caller_id, service_id)
  ) WITHOUT ROWID;
  ${OPERATION_MINUTES}
`;

interface OpenOptions {
  isDurable: boolean;
  /** Tests make the disk "full" with it. */
  maxPages: number | null;
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/** Touches the root page of every table and index, where damage would stop all writing. */
function touch(db: DatabaseSync): void {
  db.exec(`
    SELECT max(id) FROM spans; SELECT max(no) FROM traces; SELECT min(first_at_ms) FROM traces; SELECT count(*) FROM services;
    SELECT max(id) FROM operations; SELECT max(id) FROM resources; SELECT min(minute) FROM operation_minutes; SELECT min(minute) FROM edge_minutes; SELECT min(at_ms) FROM arrivals;
    SELECT min(service_id) FROM spans INDEXED BY spans_by_service; SELECT min(trace_no) FROM spans INDEXED BY spans_once;
  `);
}

/**
 * Opens the file for its one writer, makes it where it is missing, and brings its tables up to date. Throws UNSUPPORTED
 * for a file of a later Weft, and what SQLite says for everything else.
 */
export function openForWriting(path: string, options: OpenOptions): DatabaseSync {
  // Made here first, for its owner only: SQLite gives the log the rights of the file.
  closeSync(openSync(path, "a", 0o600));
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    // Before the first table, or it has no effect. It lets the file shrink a few pages at a time.
    db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    db.exec("PRAGMA journal_mode = WAL");
    // FULL: a commit is on the disk when it returns (https://sqlite.org/pragma.html#pragma_synchronous).
    db.exec(`PRAGMA synchronous = ${options.isDurable ? "FULL" : "OFF"}`);
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY`);
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${2 * CHECKPOINT_PAGES * 4096}`);
    if (options.maxPages !== null) db.exec(`PRAGMA max_page_count = ${options.maxPages}`);
    const version = versionOf(db);
    if (version > SCHEMA_VERSION) {
      throw new WeftError(
        "UNSUPPORTED",
        `The spans in ${path} were written by a later Weft (format ${version}, this one knows ${SCHEMA_VERSION})`,
        {
          mend: "Start the later Weft, or move the file away to begin a new one",
        },
      );
    }
    if (version < SCHEMA_VERSION) db.exec(`BEGIN; ${TABLES} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    touch(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens the file for reading beside its writer. Throws what SQLite says; a file of another format is UNSUPPORTED. */
export function openForReading(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY`);
    const version = versionOf(db);
    if (version !== SCHEMA_VERSION) {
      throw new WeftError("UNSUPPORTED", `The spans in ${path} have format ${version}, this Weft reads ${SCHEMA_VERSION}`, {
        mend: "Wait for the writer to bring the file up to date, or start the Weft that wrote it",
      });
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
