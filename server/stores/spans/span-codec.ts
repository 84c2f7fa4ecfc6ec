import type { SearchTerm, Span, TraceResource } from "#lib/model/trace.ts";

/** One span for reading: its bytes, and what the trace it stands in gives to it. */
interface SpanPlace {
  /** Start of the trace. */
  startUnixNano: bigint;
  /** Index into the trace's `resources`. */
  resource: number;
  scope: string | null;
}

/** Spans of one sender and one instrumentation, as bytes of OTLP messages. */
export interface OtlpGroup {
  resource: Uint8Array;
  scope: string | null;
  spans: Uint8Array[];
}

/** What the archive must be able to read in the bytes that it keeps. */
export interface SpanCodec {
  span(body: Uint8Array, place: SpanPlace): Span;
  resource(body: Uint8Array): TraceResource;
  /** Whether one span with its resource meets every term. */
  matches(body: Uint8Array, resourceBody: Uint8Array, terms: readonly SearchTerm[]): boolean;
  /**
   * Bytes that every span that meets the terms has in its body or in its resource's, so that the others need not be looked
   * into. Fewer than there are terms where a term says nothing about bytes.
   */
  needles(terms: readonly SearchTerm[]): Uint8Array[];
  /** An OTLP export request in its JSON form. */
  otlpJson(groups: readonly OtlpGroup[]): string;
}
