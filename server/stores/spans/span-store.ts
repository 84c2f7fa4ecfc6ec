import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { SpanRecord, SpanStore, SpanStoreStats, SpanWrite } from "#lib/ports/span-store.ts";

import { putAside, saidOfAside } from "./put-aside.ts";
import { FILE, openForWriting } from "./schema.ts";
import { SpanTables } from "./span-tables.ts";
import { troubleOf, wordsOf } from "../sqlite-errors.ts";

/** Spans that one step of retention removes: some milliseconds, for the intake waits meanwhile. */
const STEP_SPANS = 1_000;
/** Free pages inside the file that are left for what comes next, as a share of all; a step gives back so many more. */
const MOST_FREE_SHARE = 0.2;
const FEW_PAGES = 256;
const STEP_PAGES = 2_000;
/** A log larger than this is emptied when there is nothing else to do. */
const LARGE_LOG_BYTES = 48 * 1024 * 1024;

export interface SpanStoreOptions {
  /** Made when it is missing. Not used by a store that is not durable: it has a temporary directory of its own. */
  dir: string;
  /** Bound on the pages in use; free pages inside the file and the log come on top. */
  maxBytes: number;
  maxAgeMs: number;
  /** False = nothing is synced, and `close` removes everything. */
  isDurable: boolean;
  /** Most pages the file may have, so that a test can fill the disk. */
  maxPages?: number;
}

/** A store whose file can be read by others while it is open. */
export interface SpanFile extends SpanStore {
  readonly path: string;
}

interface Opened {
  db: DatabaseSync;
  tables: SpanTables;
}

class SqliteSpanStore implements SpanFile {
  readonly path: string;
  private readonly dir: string;
  private readonly options: SpanStoreOptions;
  private opened: Opened | null = null;
  private removed = 0;
  private damage: string | null;

  constructor(options: SpanStoreOptions) {
    this.options = options;
    this.dir = options.isDurable ? options.dir : mkdtempSync(join(tmpdir(), "weft-spans-"));
    mkdirSync(this.dir, { recursive: true, mode: 0o700 });
    this.path = join(this.dir, FILE);
    this.damage = saidOfAside(this.dir);
    this.whole(() => undefined);
  }

  write(records: readonly SpanRecord[]): Result<SpanWrite> {
    try {
      return ok({ fresh: this.whole(({ tables }) => tables.write(records)) });
    } catch (cause) {
      return err(
        new WeftError("SOURCE_REFUSED", `The spans cannot be written to ${this.path} (${wordsOf(cause)}), so none of them was kept`, {
          mend: "Free disk space or mend the rights of the directory, or keep fewer spans; then send them again",
          isRetryable: true,
          cause,
        }),
      );
    }
  }

  stats(): SpanStoreStats {
    const bytes = ["", "-wal", "-shm"].reduce((sum, part) => sum + (statSync(this.path + part, { throwIfNoEntry: false })?.size ?? 0), 0);
    const { isDurable } = this.options;
    try {
      const [spans, oldestMs] = this.whole(({ tables }) => [tables.spans, tables.oldestMs()] as const);
      return { bytes, spans, oldestMs, isDurable, removed: this.removed, damage: this.damage };
    } catch (error) {
      const damage = `The spans in ${this.path} cannot be read at the moment (${wordsOf(error)})`;
      return { bytes, spans: 0, oldestMs: null, isDurable, removed: this.removed, damage };
    }
  }

  retain(nowMs: number): { isDone: boolean } {
    try {
      return { isDone: this.whole((opened) => this.step(opened, nowMs)) };
    } catch {
      // Nothing was removed, and the next call tries again: whoever writes meanwhile is told why it fails.
      return { isDone: true };
    }
  }

  close(): void {
    this.shut();
    if (!this.options.isDurable) rmSync(this.dir, { recursive: true, force: true });
  }

  /** Runs `use` on the open file; a file that turns out to be damaged is put aside, and `use` runs again on a new one. */
  private whole<T>(use: (opened: Opened) => T): T {
    try {
      return use(this.open());
    } catch (error) {
      if (troubleOf(error) !== "damaged") {
        // A connection that cannot even roll back is of no more use; the next call opens another.
        if (this.opened?.db.isTransaction === true) this.shut();
        throw error;
      }
      this.shut();
      const name = putAside(this.dir);
      this.damage = `The spans kept so far could not be read (${wordsOf(error)}): they lie aside in ${join(this.dir, name)}, and a new file was begun`;
      return use(this.open());
    }
  }

  private open(): Opened {
    if (this.opened === null) {
      const { isDurable, maxPages = null } = this.options;
      const db = openForWriting(this.path, { isDurable, maxPages });
      try {
        this.opened = { db, tables: new SpanTables(db) };
      } catch (error) {
        db.close();
        throw error;
      }
    }
    return this.opened;
  }

  private shut(): void {
    try {
      this.opened?.db.close();
    } finally {
      this.opened = null;
    }
  }

  private step({ db, tables }: Opened, nowMs: number): boolean {
    try {
      tables.markArrivals(nowMs);
    } catch (error) {
      // A full disk must not keep anyone from making room; what is not noted now is noted later.
      if (troubleOf(error) === "damaged") throw error;
    }
    const aged = tables.removeTracesBefore(nowMs - this.options.maxAgeMs, STEP_SPANS);
    this.removed += aged;
    if (aged === STEP_SPANS) return false;
    const pages = pagesOf(db);
    if (pages.used * pages.bytesEach > this.options.maxBytes) {
      const pushedOut = tables.removeOldestTraces(STEP_SPANS);
      this.removed += pushedOut;
      return pushedOut === 0;
    }
    if (pages.free > FEW_PAGES && pages.free > MOST_FREE_SHARE * (pages.used + pages.free)) {
      db.exec(`PRAGMA incremental_vacuum(${STEP_PAGES})`);
      return pagesOf(db).free === pages.free;
    }
    if ((statSync(`${this.path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > LARGE_LOG_BYTES) emptyLog(db);
    return true;
  }
}

function pagesOf(db: DatabaseSync): { used: number; free: number; bytesEach: number } {
  const pragma = (name: string): number => Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const free = pragma("freelist_count");
  return { used: pragma("page_count") - free, free, bytesEach: pragma("page_size") };
}

/** Readers may hold the log; then it stays for another time, and nobody waits. */
function emptyLog(db: DatabaseSync): void {
  const { timeout } = db.prepare("PRAGMA busy_timeout").get() ?? {};
  db.exec("PRAGMA busy_timeout = 0");
  try {
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.exec(`PRAGMA busy_timeout = ${Number(timeout)}`);
  }
}

/**
 * The archive of spans in one SQLite file. Only one process may have it open for writing: take the lock of the data
 * directory first. A damaged file is put aside as `spans.damaged-<n>.sqlite`. Throws UNSUPPORTED for a file of a later
 * Weft, INVALID when the directory or the file cannot be opened.
 */
export function openSpanStore(options: SpanStoreOptions): SpanFile {
  try {
    return new SqliteSpanStore(options);
  } catch (cause) {
    if (cause instanceof WeftError) throw cause;
    throw new WeftError("INVALID", `The archive of spans in ${options.dir} cannot be opened (${wordsOf(cause)})`, {
      field: "--data-dir",
      mend: "Mend the rights of the directory, free disk space, or choose another directory",
      cause,
    });
  }
}
