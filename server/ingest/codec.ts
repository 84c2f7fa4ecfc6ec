import type { SpanRecord } from "#lib/ports/span-store.ts";

/** The two encodings of OTLP over HTTP; gRPC carries the first. */
export type Format = "protobuf" | "json";

/** The signals of OTLP. Only traces are kept. */
export type Signal = "traces" | "metrics" | "logs";

/** Spans of one request. `rejected` of them could not be taken, and `reasons` names why, the first few. */
export interface DecodedSpans {
  records: SpanRecord[];
  rejected: number;
  reasons: string[];
}

/** Reads what senders send and writes what they are answered. Readers throw INVALID when a body is not what it should be. */
export interface IngestCodec {
  spans(body: Uint8Array, format: Format): DecodedSpans;
  zipkinSpans(body: Uint8Array): DecodedSpans;
  /** Data points in a metrics request. */
  metricPoints(body: Uint8Array, format: Format): number;
  logRecords(body: Uint8Array, format: Format): number;
  /** An `Export…ServiceResponse`; empty when nothing was rejected. */
  answer(signal: Signal, rejected: number, reason: string, format: Format): Uint8Array;
  /** A `google.rpc.Status`; with `retryAfterS` it carries a `RetryInfo`. */
  status(code: number, message: string, format: Format, retryAfterS?: number): Uint8Array;
}
