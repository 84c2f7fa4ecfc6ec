import type { DatabaseSync, StatementSync } from "node:sqlite";

import { ENTRY_KINDS, kindNumber } from "./span-columns.ts";

/** Written as the caller of a span whose call its own service had taken in already. */
export const TAKEN_IN = 0;

/** Calls whose parent has not come yet; the one that waits longest is given up first. */
const MOST_WAITING = 100_000;

/** What a call is counted by. */
export interface CountedCall {
  minute: number;
  serviceId: number;
  isError: boolean;
}

/** A span as it is written. */
export interface PlacedSpan extends CountedCall {
  traceNo: number;
  spanId: Uint8Array;
  parentId: Uint8Array | null;
  kind: number;
}

/** A call whose parent has not come: no bytes of the span, which would keep a whole request in memory. */
interface WaitingCall extends CountedCall {
  id: number;
  traceNo: number;
}

interface Side {
  kind: number;
  serviceId: number;
}

interface EdgeCount {
  minute: number;
  callerId: number;
  serviceId: number;
  count: number;
  errors: number;
}

const CLIENT = kindNumber("client");

function keyOf(traceNo: number, spanId: Uint8Array): string {
  return `${traceNo} ${Buffer.from(spanId.buffer, spanId.byteOffset, spanId.byteLength).toString("latin1")}`;
}

function callerThrough(parent: Side, child: CountedCall): number {
  return parent.serviceId === child.serviceId && ENTRY_KINDS.has(parent.kind) ? TAKEN_IN : parent.serviceId;
}

/**
 * Finds out who called. A span of kind server or consumer is a call from the service of its parent, unless its parent is
 * such a span of the same service: then that one is the call (a proxy in front of its application). A root whose caller's
 * side has the same id (Zipkin) came from there. A parent that comes later is waited for as long as this process lives.
 * Keeps `edge_minutes` equal to the sum of the spans; works inside the transaction of its caller, who calls `forget` when
 * that is rolled back.
 */
export class Callers {
  private readonly sides: StatementSync;
  private readonly setCaller: StatementSync;
  private readonly addCount: StatementSync;
  private readonly removeNone: StatementSync;
  private readonly waiting = new Map<string, WaitingCall[]>();
  /** What this transaction changed in `waiting`. */
  private began = new Set<WaitingCall>();
  private ended = new Map<string, WaitingCall[]>();
  private counts = new Map<string, EdgeCount>();

  constructor(db: DatabaseSync) {
    this.sides = db.prepare("SELECT kind, service_id FROM spans WHERE trace_no = ? AND span_id = ? ORDER BY kind");
    this.setCaller = db.prepare("UPDATE spans SET caller_id = ? WHERE id = ? AND trace_no = ?");
    this.addCount = db.prepare(`
      INSERT INTO edge_minutes (minute, caller_id, service_id, count, errors) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count, errors = errors + excluded.errors RETURNING count`);
    this.removeNone = db.prepare("DELETE FROM edge_minutes WHERE minute = ? AND caller_id = ? AND service_id = ?");
  }

  /** A span is about to be written: answers its caller as far as it is known now. */
  callerOf(span: PlacedSpan): number | null {
    if (!ENTRY_KINDS.has(span.kind)) return null;
    if (span.parentId === null) return this.side(span.traceNo, span.spanId, (side) => side.kind === CLIENT)?.serviceId ?? null;
    const parent = this.side(span.traceNo, span.parentId, () => true);
    return parent === null ? null : callerThrough(parent, span);
  }

  /** A span was written as row `id` with this caller. */
  add(id: number, span: PlacedSpan, callerId: number | null): void {
    this.count(span, callerId, 1);
    if (callerId === null && span.parentId !== null && ENTRY_KINDS.has(span.kind)) {
      const { traceNo, minute, serviceId, isError } = span;
      this.wait(keyOf(traceNo, span.parentId), { id, traceNo, minute, serviceId, isError });
    }
    this.tellWaiting(span);
  }

  /** Counts a call; `by` is -1 for one whose span was removed. */
  count({ minute, serviceId, isError }: CountedCall, callerId: number | null, by: 1 | -1): void {
    if (callerId === null || callerId === TAKEN_IN || callerId === serviceId) return;
    const key = `${minute} ${callerId} ${serviceId}`;
    const sum = this.counts.get(key) ?? { minute, callerId, serviceId, count: 0, errors: 0 };
    sum.count += by;
    if (isError) sum.errors += by;
    this.counts.set(key, sum);
  }

  /** Writes the counts; the last act before the commit. */
  settle(): void {
    for (const { minute, callerId, serviceId, count, errors } of this.counts.values()) {
      if (count === 0 && errors === 0) continue;
      if (this.addCount.get(minute, callerId, serviceId, count, errors)?.["count"] === 0) this.removeNone.run(minute, callerId, serviceId);
    }
    this.counts = new Map();
    this.began = new Set();
    this.ended = new Map();
    for (const key of this.waiting.keys()) {
      if (this.waiting.size <= MOST_WAITING) break;
      this.waiting.delete(key);
    }
  }

  /** Who waited before the transaction waits again, and nobody else. */
  forget(): void {
    for (const [key, calls] of this.ended) this.waiting.set(key, [...calls, ...(this.waiting.get(key) ?? [])]);
    for (const [key, calls] of this.waiting) {
      const left = calls.filter((call) => !this.began.has(call));
      if (left.length === 0) this.waiting.delete(key);
      else if (left.length < calls.length) this.waiting.set(key, left);
    }
    this.counts = new Map();
    this.began = new Set();
    this.ended = new Map();
  }

  private side(traceNo: number, spanId: Uint8Array, isMeant: (side: Side) => boolean): Side | null {
    // A server's side comes before the client's: of two sides with one id, the one that took the call in made the next.
    for (const row of this.sides.iterate(traceNo, spanId)) {
      const side = { kind: Number(row["kind"]), serviceId: Number(row["service_id"]) };
      if (isMeant(side)) return side;
    }
    return null;
  }

  private wait(key: string, call: WaitingCall): void {
    const others = this.waiting.get(key);
    if (others === undefined) this.waiting.set(key, [call]);
    else others.push(call);
    this.began.add(call);
  }

  private tellWaiting(parent: PlacedSpan): void {
    if (this.waiting.size === 0) return;
    const key = keyOf(parent.traceNo, parent.spanId);
    const calls = this.waiting.get(key);
    if (calls === undefined) return;
    this.waiting.delete(key);
    this.ended.set(key, calls);
    for (const call of calls) {
      const callerId = callerThrough(parent, call);
      // The row may have been removed meanwhile.
      if (this.setCaller.run(callerId, call.id, call.traceNo).changes > 0) this.count(call, callerId, 1);
    }
  }
}
