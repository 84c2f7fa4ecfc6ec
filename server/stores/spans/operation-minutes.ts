import type { DatabaseSync, StatementSync } from "node:sqlite";

import { addEncoded, bucketOf, encodeCounts, noCounts } from "./duration-counts.ts";

interface Change {
  errors: number;
  counts: number[];
}

interface CountedSpan {
  operationId: number;
  minute: number;
  durationNs: number;
  isError: boolean;
}

/**
 * Requests, errors and durations per operation and minute, kept equal to the sum of the spans in the file: removing a span
 * takes it out again. Works inside the transaction of its caller, who calls `forget` when that is rolled back.
 */
export class OperationMinutes {
  private readonly find: StatementSync;
  private readonly put: StatementSync;
  private readonly remove: StatementSync;
  private changes = new Map<number, Map<number, Change>>();

  constructor(db: DatabaseSync) {
    this.find = db.prepare("SELECT errors, counts FROM operation_minutes WHERE operation_id = ? AND minute = ?");
    this.put = db.prepare("INSERT OR REPLACE INTO operation_minutes (operation_id, minute, errors, counts) VALUES (?, ?, ?, ?)");
    this.remove = db.prepare("DELETE FROM operation_minutes WHERE operation_id = ? AND minute = ?");
  }

  /** `by` is 1 for a span that came and -1 for one that was removed. */
  count(span: CountedSpan, by: 1 | -1): void {
    let minutes = this.changes.get(span.operationId);
    if (minutes === undefined) this.changes.set(span.operationId, (minutes = new Map()));
    const { minute } = span;
    let change = minutes.get(minute);
    if (change === undefined) minutes.set(minute, (change = { errors: 0, counts: noCounts() }));
    if (span.isError) change.errors += by;
    const bucket = bucketOf(span.durationNs);
    change.counts[bucket] = (change.counts[bucket] ?? 0) + by;
  }

  /** Writes what changed; the last act before the commit. */
  settle(): void {
    for (const [operationId, minutes] of this.changes) {
      for (const [minute, { errors, counts }] of minutes) {
        const row = this.find.get(operationId, minute);
        if (row !== undefined && row["counts"] instanceof Uint8Array) addEncoded(counts, row["counts"]);
        const encoded = encodeCounts(counts);
        if (encoded.length === 0) this.remove.run(operationId, minute);
        else this.put.run(operationId, minute, errors + Number(row?.["errors"] ?? 0), encoded);
      }
    }
    this.forget();
  }

  forget(): void {
    this.changes = new Map();
  }
}
