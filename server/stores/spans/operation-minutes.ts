import type { DatabaseSync, StatementSync } from "node:sqlite";

import { addEncoded, bucketOf, encodeCounts } from "./duration-counts.ts";

/** Rows remembered between writes, so that spans of the same minute need not read them again; beyond, all are forgotten. */
const MOST_REMEMBERED = 20_000;

/** A row as it will be after this transaction. */
interface Sum {
  minute: number;
  serviceId: number;
  operationId: number;
  errors: number;
  /** Empty buckets at the end may be missing. */
  counts: number[];
  isChanged: boolean;
}

interface CountedSpan {
  serviceId: number;
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
  /** By minute, then by operation. */
  private remembered = new Map<number, Map<number, Sum>>();
  private size = 0;
  private changed: Sum[] = [];

  constructor(db: DatabaseSync) {
    const key = "minute = ? AND service_id = ? AND operation_id = ?";
    this.find = db.prepare(`SELECT errors, counts FROM operation_minutes WHERE ${key}`);
    this.put = db.prepare(
      "INSERT OR REPLACE INTO operation_minutes (minute, service_id, operation_id, errors, counts) VALUES (?, ?, ?, ?, ?)",
    );
    this.remove = db.prepare(`DELETE FROM operation_minutes WHERE ${key}`);
  }

  /** `by` is 1 for a span that came and -1 for one that was removed. */
  count(span: CountedSpan, by: 1 | -1): void {
    const sum = this.sum(span);
    if (!sum.isChanged) {
      sum.isChanged = true;
      this.changed.push(sum);
    }
    if (span.isError) sum.errors += by;
    const { counts } = sum;
    const bucket = bucketOf(span.durationNs);
    while (counts.length <= bucket) counts.push(0);
    counts[bucket] = (counts[bucket] ?? 0) + by;
  }

  /** Writes what changed; the last act before the commit. */
  settle(): void {
    for (const sum of this.changed) {
      const { minute, serviceId, operationId, errors, counts } = sum;
      sum.isChanged = false;
      const encoded = encodeCounts(counts);
      if (encoded.length > 0) this.put.run(minute, serviceId, operationId, errors, encoded);
      else {
        this.remove.run(minute, serviceId, operationId);
        if (this.remembered.get(minute)?.delete(operationId) === true) this.size--;
      }
    }
    this.changed = [];
    if (this.size > MOST_REMEMBERED) this.forget();
  }

  forget(): void {
    this.remembered = new Map();
    this.size = 0;
    this.changed = [];
  }

  private sum({ minute, serviceId, operationId }: CountedSpan): Sum {
    let sums = this.remembered.get(minute);
    if (sums === undefined) this.remembered.set(minute, (sums = new Map()));
    let sum = sums.get(operationId);
    if (sum === undefined) {
      sum = { minute, serviceId, operationId, errors: 0, counts: [], isChanged: false };
      const row = this.find.get(minute, serviceId, operationId);
      if (row !== undefined) {
        sum.errors = Number(row["errors"]);
        if (row["counts"] instanceof Uint8Array) addEncoded(sum.counts, row["counts"]);
      }
      sums.set(operationId, sum);
      this.size++;
    }
    return sum;
  }
}
