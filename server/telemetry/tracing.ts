import type { TextMapPropagator, Tracer } from "@opentelemetry/api";

/** With what spans of Weft's own are made. Whoever makes them knows no more than this: where they go is decided at the start. */
export interface Tracing {
  tracer: Tracer;
  /** Reads the caller's trace out of the headers of a request. */
  propagator: TextMapPropagator;
}

/** Spans of Weft's own that are sent away. */
export interface SpanExport extends Tracing {
  /** Hears in a sentence that spans were not sent, once a minute at most. */
  onTrouble(listen: (text: string) => void): void;
  /** Sends what waits, for a few seconds at most. Never rejects; the second call does nothing. */
  stop(): Promise<void>;
}
