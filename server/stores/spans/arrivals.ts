import type { DatabaseSync, StatementSync } from "node:sqlite";

/** So often it is noted what has come: traces may be kept by this much longer than asked. */
const EVERY_MS = 60_000;

/**
 * Which traces had come by which instant of this machine's clock. What a sender says of the time is no measure of age: a
 * clock that stands at 1970 would have its spans removed as soon as they came, and the rest of their trace with them.
 */
export class Arrivals {
  private readonly insert: StatementSync;
  private readonly newest: StatementSync;
  private readonly by: StatementSync;
  private readonly forget: StatementSync;
  private markedMs: number | null;

  constructor(db: DatabaseSync) {
    this.insert = db.prepare("INSERT OR REPLACE INTO arrivals (at_ms, trace_no) VALUES (?, ?)");
    this.newest = db.prepare("SELECT max(at_ms) AS at_ms FROM arrivals");
    this.by = db.prepare("SELECT max(trace_no) AS trace_no FROM arrivals WHERE at_ms <= ?");
    this.forget = db.prepare("DELETE FROM arrivals WHERE at_ms <= ?");
    const row = this.newest.get();
    this.markedMs = row?.["at_ms"] === null || row === undefined ? null : Number(row["at_ms"]);
  }

  /** Notes the highest number that was given by now, once a minute. A clock that was set back notes at once. */
  mark(nowMs: number, traceNo: number): void {
    if (this.markedMs !== null && nowMs >= this.markedMs && nowMs < this.markedMs + EVERY_MS) return;
    this.insert.run(Math.floor(nowMs), traceNo);
    this.markedMs = nowMs;
  }

  /** The highest number that had been given by then; `null` = nothing was noted so long ago. */
  lastBy(beforeMs: number): number | null {
    const no = this.by.get(Math.floor(beforeMs))?.["trace_no"];
    return no === null || no === undefined ? null : Number(no);
  }

  /** Drops notes that have served. */
  forgetBy(beforeMs: number): void {
    this.forget.run(Math.floor(beforeMs));
  }
}
