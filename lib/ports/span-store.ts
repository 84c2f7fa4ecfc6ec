import type { Result } from "#lib/model/errors.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { SpanKind, SpanStatus } from "#lib/model/trace.ts";

/** Who produced spans, shared by all records of one sender in a batch. `body` is an OTLP `Resource` message. */
export interface ResourceRecord {
  service: string;
  namespace: string | null;
  version: string | null;
  instance: string | null;
  body: Uint8Array;
}

/** One span as it came, with what is needed to find it and to count it read out of it. */
export interface SpanRecord {
  /** 16 bytes, not all zero. */
  traceId: Uint8Array;
  /** 8 bytes, not all zero. */
  spanId: Uint8Array;
  parentId: Uint8Array | null;
  kind: SpanKind;
  name: string;
  startUnixNano: bigint;
  /** Nanoseconds, never negative. */
  durationNano: number;
  status: SpanStatus;
  /** Failed by the rule of the map; see `Span.isError`. */
  isError: boolean;
  protocol: Protocol;
  /** Service or host at the other end, where a client's span tells one; `null` = not told. */
  peer: string | null;
  scope: string | null;
  resource: ResourceRecord;
  /** An OTLP `Span` message within the bounds that Weft keeps. */
  body: Uint8Array;
}

/** What became of a write. `fresh[i]` is false for a span that was there already (same trace, span and kind). */
export interface SpanWrite {
  fresh: boolean[];
}

export interface SpanStoreStats {
  /** Bytes on disk, or in memory for a store that is not durable. */
  bytes: number;
  spans: number;
  /** Start of the oldest span that is kept, epoch milliseconds; `null` = empty. */
  oldestMs: number | null;
  /** False = a restart loses everything. */
  isDurable: boolean;
  /** Spans that retention removed since the start of this process. */
  removed: number;
  /** Set when an earlier file could not be read and was put aside, as a sentence. */
  damage: string | null;
}

/**
 * Keeps spans. `write` is one transaction: when it returns ok, every record is on disk. Errors: SOURCE_REFUSED when it
 * cannot be written (disk full, no right); then none of the batch is kept and the store stays usable.
 */
export interface SpanStore {
  write(records: readonly SpanRecord[]): Result<SpanWrite>;
  stats(): SpanStoreStats;
  /** Removes the oldest spans until the bounds hold; works in small steps and says whether there is more to do. */
  retain(nowMs: number): { isDone: boolean };
  close(): void;
}
