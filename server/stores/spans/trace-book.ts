import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { StoredStart } from "./span-columns.ts";
import { keyOfBytes, type KnownSides } from "./span-sides.ts";

/** Traces, and ids of their spans, remembered between writes: some seconds of them. The trace that was met first is forgotten first. */
const MOST_REMEMBERED = 20_000;
const MOST_SPANS = 50_000;

/** What a trace must know of each of its spans. */
interface TraceSpan {
  start: StoredStart;
  durationNs: number;
  isError: boolean;
}

export interface TraceEntry {
  no: number;
  traceId: Uint8Array;
  spans: number;
  errors: number;
  isNew: boolean;
  /** `null` before the first span. */
  first: { atMs: number; earlyNs: number; durationNs: number } | null;
  /** Counts were changed since the last commit. */
  isChanged: boolean;
  isTouched: boolean;
  sides: KnownSides;
  /** Ids in `sides` that are counted in `spansRemembered`. */
  counted: number;
}

/**
 * One row for each trace: how many of its spans are kept, how many of these failed, and which was its earliest. Numbers
 * rise with the arrival of traces. Works inside the transaction of its caller, who calls `forget` when that is rolled back.
 */
export class TraceBook {
  private readonly find: StatementSync;
  private readonly insert: StatementSync;
  private readonly update: StatementSync;
  private readonly lessen: StatementSync;
  private readonly remove: StatementSync;
  private readonly lastNo: StatementSync;
  private nextNo: number;
  private remembered = new Map<string, TraceEntry>();
  private spansRemembered = 0;
  /** Those that were asked for since the last commit. */
  private touched: TraceEntry[] = [];

  constructor(db: DatabaseSync) {
    const columns = "spans, errors, first_at_ms, first_early_ns, first_duration_ns";
    this.find = db.prepare(`SELECT no, ${columns} FROM traces WHERE trace_id = ?`);
    this.insert = db.prepare(`INSERT INTO traces (${columns}, no, trace_id) VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.update = db.prepare(`UPDATE traces SET (${columns}) = (?, ?, ?, ?, ?) WHERE no = ?`);
    this.lessen = db.prepare("UPDATE traces SET spans = spans - ?, errors = errors - ? WHERE no = ? RETURNING trace_id, spans AS left");
    this.remove = db.prepare("DELETE FROM traces WHERE no = ? AND spans = ? RETURNING trace_id, 0 AS left");
    this.lastNo = db.prepare(
      // Also when all of them are gone: a number stands for its place in the order of arrival.
      "SELECT max((SELECT coalesce(max(no), 0) FROM traces), (SELECT coalesce(max(trace_no), 0) FROM arrivals)) AS no",
    );
    this.nextNo = this.afterLast();
  }

  entry(traceId: Uint8Array): TraceEntry {
    const key = keyOfBytes(traceId);
    let entry = this.remembered.get(key);
    if (entry === undefined) {
      entry = this.stored(traceId) ?? this.begun(traceId);
      this.remembered.set(key, entry);
    }
    if (!entry.isTouched) {
      entry.isTouched = true;
      this.touched.push(entry);
    }
    return entry;
  }

  add(entry: TraceEntry, { start: { atMs, earlyNs }, durationNs, isError }: TraceSpan): void {
    const { first } = entry;
    entry.spans++;
    if (isError) entry.errors++;
    if (first === null || atMs < first.atMs || (atMs === first.atMs && earlyNs > first.earlyNs))
      entry.first = { atMs, earlyNs, durationNs };
    entry.isChanged = true;
  }

  /** Takes spans of one trace out of the count that are removed from the file; answers how many are left. The trace goes with its last one. */
  subtract(no: number, spans: number, errors: number): number {
    const row = this.remove.get(no, spans) ?? this.lessen.get(spans, errors, no);
    if (row?.["trace_id"] instanceof Uint8Array) this.drop(keyOfBytes(row["trace_id"]));
    return Number(row?.["left"] ?? 0);
  }

  /** Writes what `add` changed; the last act before the commit. */
  settle(): void {
    for (const entry of this.touched) {
      if (entry.isChanged) this.put(entry);
      this.spansRemembered += entry.sides.byId.size - entry.counted;
      entry.counted = entry.sides.byId.size;
      entry.isTouched = false;
    }
    this.touched = [];
    for (const key of this.remembered.keys()) {
      if (this.remembered.size <= MOST_REMEMBERED && this.spansRemembered <= MOST_SPANS) break;
      this.drop(key);
    }
  }

  forget(): void {
    this.remembered = new Map();
    this.spansRemembered = 0;
    this.touched = [];
    // Never lower than before: a number that was given once stands for that trace.
    this.nextNo = Math.max(this.nextNo, this.afterLast());
  }

  /** The highest number given so far. */
  get last(): number {
    return this.nextNo - 1;
  }

  private afterLast(): number {
    return Number(this.lastNo.get()?.["no"]) + 1;
  }

  private put(entry: TraceEntry): void {
    entry.isChanged = false;
    if (entry.first === null) return;
    const { atMs, earlyNs, durationNs } = entry.first;
    if (entry.isNew) this.insert.run(entry.spans, entry.errors, atMs, earlyNs, durationNs, entry.no, entry.traceId);
    else this.update.run(entry.spans, entry.errors, atMs, earlyNs, durationNs, entry.no);
    entry.isNew = false;
  }

  private drop(key: string): void {
    this.spansRemembered -= this.remembered.get(key)?.counted ?? 0;
    this.remembered.delete(key);
  }

  private begun(traceId: Uint8Array): TraceEntry {
    const no = this.nextNo++;
    const sides = { traceNo: no, isWhole: true, byId: new Map() };
    return {
      no,
      traceId: traceId.slice(),
      spans: 0,
      errors: 0,
      isNew: true,
      isChanged: false,
      isTouched: false,
      first: null,
      sides,
      counted: 0,
    };
  }

  private stored(traceId: Uint8Array): TraceEntry | null {
    const row = this.find.get(traceId);
    if (row === undefined) return null;
    const number = (column: string): number => Number(row[column]);
    const no = number("no");
    return {
      no,
      sides: { traceNo: no, isWhole: false, byId: new Map() },
      counted: 0,
      traceId: traceId.slice(),
      spans: number("spans"),
      errors: number("errors"),
      isNew: false,
      isChanged: false,
      isTouched: false,
      first: { atMs: number("first_at_ms"), earlyNs: number("first_early_ns"), durationNs: number("first_duration_ns") },
    };
  }
}
