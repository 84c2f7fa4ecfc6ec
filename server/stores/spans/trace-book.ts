import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { StoredStart } from "./span-columns.ts";

/** Traces remembered between writes; the one that was met first is forgotten first. */
const MOST_REMEMBERED = 20_000;

/** What decides which span a trace begins with. */
interface RootCandidate extends StoredStart {
  id: number;
  /** It names no parent. */
  isRooted: boolean;
  durationNs: number;
}

interface TraceEntry {
  no: number;
  traceId: Uint8Array;
  spans: number;
  isNew: boolean;
  /** `null` = no span of it is kept. */
  root: RootCandidate | null;
}

/** A span without a parent comes before any with one, then the earlier start; of equals the one that came first. */
function comesBefore(a: RootCandidate, b: RootCandidate): boolean {
  if (a.isRooted !== b.isRooted) return a.isRooted;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.earlyNs > b.earlyNs);
}

/**
 * One row for each trace: how many of its spans are kept and which of them is its root. Numbers rise with the arrival of
 * traces. Works inside the transaction of its caller, who calls `forget` when that is rolled back.
 */
export class TraceBook {
  private readonly find: StatementSync;
  private readonly insert: StatementSync;
  private readonly update: StatementSync;
  private readonly byNo: StatementSync;
  private readonly remove: StatementSync;
  private readonly candidates: StatementSync;
  private readonly lastNo: StatementSync;
  private nextNo: number;
  private remembered = new Map<string, TraceEntry>();
  private changed = new Set<TraceEntry>();

  constructor(db: DatabaseSync) {
    const columns = "no, trace_id, spans, root_id, is_rooted, root_at_ms, root_early_ns, root_duration_ns";
    this.find = db.prepare(`SELECT ${columns} FROM traces WHERE trace_id = ?`);
    this.insert = db.prepare(
      `INSERT INTO traces (spans, root_id, is_rooted, root_at_ms, root_early_ns, root_duration_ns, no, trace_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.update = db.prepare(
      "UPDATE traces SET spans = ?, root_id = ?, is_rooted = ?, root_at_ms = ?, root_early_ns = ?, root_duration_ns = ? WHERE no = ?",
    );
    this.byNo = db.prepare("SELECT trace_id FROM traces WHERE no = ?");
    this.remove = db.prepare("DELETE FROM traces WHERE no = ?");
    this.candidates = db.prepare("SELECT id, parent_id, at_ms, early_ns, duration_ns FROM spans WHERE trace_no = ? ORDER BY id");
    this.lastNo = db.prepare("SELECT coalesce(max(no), 0) AS no FROM traces");
    this.nextNo = this.afterLast();
  }

  entry(traceId: Uint8Array): TraceEntry {
    const key = Buffer.from(traceId.buffer, traceId.byteOffset, traceId.byteLength).toString("latin1");
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const entry = this.stored(traceId) ?? { no: this.nextNo++, traceId: traceId.slice(), spans: 0, isNew: true, root: null };
    this.remembered.set(key, entry);
    return entry;
  }

  add(entry: TraceEntry, span: RootCandidate): void {
    entry.spans++;
    if (entry.root === null || comesBefore(span, entry.root)) entry.root = span;
    this.changed.add(entry);
  }

  /** Writes what `add` changed; the last act before the commit. */
  settle(): void {
    for (const entry of this.changed) {
      if (entry.root === null) continue;
      const { id, isRooted, atMs, earlyNs, durationNs } = entry.root;
      const values = [entry.spans, id, isRooted ? 1 : 0, atMs, earlyNs, durationNs, entry.no] as const;
      if (entry.isNew) this.insert.run(...values, entry.traceId);
      else this.update.run(...values);
      entry.isNew = false;
    }
    this.changed.clear();
    for (const key of this.remembered.keys()) {
      if (this.remembered.size <= MOST_REMEMBERED) break;
      this.remembered.delete(key);
    }
  }

  /** Brings a trace up to date after some of its spans were removed from the file. */
  recount(no: number): void {
    const traceId = this.byNo.get(no)?.["trace_id"];
    if (!(traceId instanceof Uint8Array)) return;
    this.remembered.delete(Buffer.from(traceId).toString("latin1"));
    const entry: TraceEntry = { no, traceId, spans: 0, isNew: false, root: null };
    for (const row of this.candidates.iterate(no)) {
      this.add(entry, {
        id: Number(row["id"]),
        isRooted: row["parent_id"] === null,
        atMs: Number(row["at_ms"]),
        earlyNs: Number(row["early_ns"]),
        durationNs: Number(row["duration_ns"]),
      });
    }
    if (entry.root === null) this.remove.run(no);
  }

  forget(): void {
    this.remembered = new Map();
    this.changed = new Set();
    this.nextNo = this.afterLast();
  }

  private afterLast(): number {
    return Number(this.lastNo.get()?.["no"]) + 1;
  }

  private stored(traceId: Uint8Array): TraceEntry | null {
    const row = this.find.get(traceId);
    if (row === undefined) return null;
    const root = {
      id: Number(row["root_id"]),
      isRooted: row["is_rooted"] === 1,
      atMs: Number(row["root_at_ms"]),
      earlyNs: Number(row["root_early_ns"]),
      durationNs: Number(row["root_duration_ns"]),
    };
    return { no: Number(row["no"]), traceId: traceId.slice(), spans: Number(row["spans"]), isNew: false, root };
  }
}
