import type { DatabaseSync, StatementSync } from "node:sqlite";

import { ENTRY_KINDS, kindNumber } from "./span-columns.ts";
import { keyOfBytes, type KnownSides, type Side, type SpanSides } from "./span-sides.ts";

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

/** A span that is about to be written. */
export interface PlacedSpan extends CountedCall {
  id: number;
  sides: KnownSides;
  /** `keyOfBytes` of `spanId`. */
  key: string;
  spanId: Uint8Array;
  parentId: Uint8Array | null;
  kind: number;
}

/** A call whose parent has not come: no bytes of the span, which would keep a whole request in memory. */
interface WaitingCall extends CountedCall {
  id: number;
  traceNo: number;
  parentKey: string;
}

interface EdgeCount {
  minute: number;
  callerId: number;
  serviceId: number;
  count: number;
  errors: number;
}

const CLIENT = kindNumber("client");

/** Two numbers of services as one: exact up to 94 million of them. */
const PAIR = 94_000_000;

function callerThrough(parent: Pick<Side, "kind" | "serviceId">, child: CountedCall): number {
  return parent.serviceId === child.serviceId && ENTRY_KINDS.has(parent.kind) ? TAKEN_IN : parent.serviceId;
}

/**
 * Finds out who called. A span of kind server or consumer is a call from the service of its parent, unless its parent is
 * such a span of the same service: then that one is the call (a proxy in front of its application). A root whose caller's
 * side has the same id (Zipkin) came from there. A parent that comes later is waited for as long as this process lives.
 * Keeps `edge_minutes` equal to the sum of the spans; works inside the transaction of its caller, who calls `keep` once that
 * is committed and `forget` when it is rolled back.
 */
export class Callers {
  private readonly sides: SpanSides;
  private readonly setCaller: StatementSync;
  private readonly addCount: StatementSync;
  private readonly subtractCount: StatementSync;
  private readonly removeNone: StatementSync;
  /** By trace, then by the key of the parent. */
  private readonly waiting = new Map<number, Map<string, WaitingCall[]>>();
  private waitingCalls = 0;
  /** What this transaction will change in `waiting`. */
  private began: WaitingCall[] = [];
  private ended = new Set<WaitingCall[]>();
  private counts = new Map<number, Map<number, EdgeCount>>();

  constructor(db: DatabaseSync, sides: SpanSides) {
    this.sides = sides;
    this.setCaller = db.prepare("UPDATE spans SET caller_id = ? WHERE id = ? AND trace_no = ?");
    this.addCount = db.prepare(`
      INSERT INTO edge_minutes (minute, caller_id, service_id, count, errors) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count, errors = errors + excluded.errors`);
    this.subtractCount = db.prepare(`
      UPDATE edge_minutes SET count = count + ?, errors = errors + ? WHERE minute = ? AND caller_id = ? AND service_id = ? RETURNING count`);
    this.removeNone = db.prepare("DELETE FROM edge_minutes WHERE minute = ? AND caller_id = ? AND service_id = ?");
  }

  /** The caller of a span, as far as it is known when all spans of its batch are among the sides. */
  callerOf(span: PlacedSpan): number | null {
    if (!ENTRY_KINDS.has(span.kind)) return null;
    if (span.parentId !== null) {
      const parent = this.sides.of(span.sides, keyOfBytes(span.parentId), span.parentId);
      return parent === null ? null : callerThrough(parent, span);
    }
    let side = this.sides.of(span.sides, span.key, span.spanId);
    while (side !== null && side.kind !== CLIENT) side = side.next;
    return side?.serviceId ?? null;
  }

  /** A span was written with this caller. */
  add(span: PlacedSpan, callerId: number | null): void {
    this.count(span, callerId, 1);
    if (callerId === null && span.parentId !== null && ENTRY_KINDS.has(span.kind)) {
      const { id, minute, serviceId, isError } = span;
      this.began.push({ id, traceNo: span.sides.traceNo, parentKey: keyOfBytes(span.parentId), minute, serviceId, isError });
    }
    const calls = this.waiting.get(span.sides.traceNo)?.get(span.key);
    if (calls !== undefined && !this.ended.has(calls)) this.tell(calls, span);
  }

  /** Counts a call; `by` is -1 for one whose span was removed. */
  count({ minute, serviceId, isError }: CountedCall, callerId: number | null, by: 1 | -1): void {
    if (callerId === null || callerId === TAKEN_IN || callerId === serviceId) return;
    let ofMinute = this.counts.get(minute);
    if (ofMinute === undefined) this.counts.set(minute, (ofMinute = new Map()));
    const key = callerId * PAIR + serviceId;
    let sum = ofMinute.get(key);
    if (sum === undefined) ofMinute.set(key, (sum = { minute, callerId, serviceId, count: 0, errors: 0 }));
    sum.count += by;
    if (isError) sum.errors += by;
  }

  /** Writes the counts; the last act before the commit. */
  settle(): void {
    for (const sums of this.counts.values()) {
      for (const { minute, callerId, serviceId, count, errors } of sums.values()) {
        if (count > 0) this.addCount.run(minute, callerId, serviceId, count, errors);
        else if (count < 0 || errors !== 0) {
          const left = this.subtractCount.get(count, errors, minute, callerId, serviceId);
          if (left?.["count"] === 0) this.removeNone.run(minute, callerId, serviceId);
        }
      }
    }
    this.counts = new Map();
  }

  /** The transaction is on disk: who waits is known. */
  keep(): void {
    for (const calls of this.ended) {
      const [first] = calls;
      if (first !== undefined) this.stopWaiting(first.traceNo, first.parentKey);
    }
    for (const call of this.began) this.wait(call);
    this.began = [];
    this.ended = new Set();
    for (const [traceNo, byParent] of this.waiting) {
      if (this.waitingCalls <= MOST_WAITING) break;
      for (const key of byParent.keys()) this.stopWaiting(traceNo, key);
    }
  }

  /** Who waited before the transaction waits on, and nobody else. */
  forget(): void {
    this.counts = new Map();
    this.began = [];
    this.ended = new Set();
  }

  private wait(call: WaitingCall): void {
    const { traceNo, parentKey } = call;
    let byParent = this.waiting.get(traceNo);
    if (byParent === undefined) this.waiting.set(traceNo, (byParent = new Map()));
    const others = byParent.get(parentKey);
    if (others === undefined) byParent.set(parentKey, [call]);
    else others.push(call);
    this.waitingCalls++;
  }

  private stopWaiting(traceNo: number, parentKey: string): void {
    const byParent = this.waiting.get(traceNo);
    this.waitingCalls -= byParent?.get(parentKey)?.length ?? 0;
    byParent?.delete(parentKey);
    if (byParent?.size === 0) this.waiting.delete(traceNo);
  }

  private tell(calls: WaitingCall[], parent: PlacedSpan): void {
    this.ended.add(calls);
    for (const call of calls) {
      const callerId = callerThrough(parent, call);
      // The row may have been removed meanwhile.
      if (this.setCaller.run(callerId, call.id, call.traceNo).changes > 0) this.count(call, callerId, 1);
    }
  }
}
