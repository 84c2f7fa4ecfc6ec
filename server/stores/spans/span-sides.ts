import type { DatabaseSync, StatementSync } from "node:sqlite";

/** One of the spans that share an id in a trace, as far as its callers and callees need it. */
export interface Side {
  kind: number;
  serviceId: number;
  /** The one of the next higher kind. */
  next: Side | null;
}

/** What is known of the spans of one trace, by `keyOfSpan`; `null` = the file has none with this id. */
export interface KnownSides {
  traceNo: number;
  /** Every span of the trace is known here, so that the file need not be asked. */
  isWhole: boolean;
  byId: Map<string, Side | null>;
}

function pair(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Bytes as a key among others of the same length. Ten times cheaper for ids than the text of a Buffer. */
export function keyOfBytes(id: Uint8Array): string {
  if (id.length === 8) return String.fromCharCode(pair(id, 0), pair(id, 2), pair(id, 4), pair(id, 6));
  if (id.length === 16) {
    return String.fromCharCode(pair(id, 0), pair(id, 2), pair(id, 4), pair(id, 6), pair(id, 8), pair(id, 10), pair(id, 12), pair(id, 14));
  }
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString("latin1");
}

/** Which spans have an id: out of memory, where most come soon after each other, else out of the file. */
export class SpanSides {
  private readonly stored: StatementSync;

  constructor(db: DatabaseSync) {
    this.stored = db.prepare("SELECT kind, service_id FROM spans WHERE trace_no = ? AND span_id = ? ORDER BY kind DESC");
  }

  /** The first of them, by kind. */
  of(known: KnownSides, key: string, spanId: Uint8Array): Side | null {
    const side = known.byId.get(key);
    if (side !== undefined || known.isWhole) return side ?? null;
    let first: Side | null = null;
    for (const row of this.stored.all(known.traceNo, spanId)) {
      first = { kind: Number(row["kind"]), serviceId: Number(row["service_id"]), next: first };
    }
    known.byId.set(key, first);
    return first;
  }

  /** Takes in a span that will be written; false = there is one of this id and kind. */
  add(known: KnownSides, key: string, spanId: Uint8Array, kind: number, serviceId: number): boolean {
    let before: Side | null = null;
    let after = this.of(known, key, spanId);
    while (after !== null && after.kind < kind) {
      before = after;
      after = after.next;
    }
    if (after?.kind === kind) return false;
    const side = { kind, serviceId, next: after };
    if (before === null) known.byId.set(key, side);
    else before.next = side;
    return true;
  }
}
