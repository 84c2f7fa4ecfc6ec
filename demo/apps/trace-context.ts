import { randomBytes } from "node:crypto";

/** One request's place in its trace (W3C Trace Context). */
export interface TraceContext {
  readonly traceId: string;
  /** The caller's span, or `null` when this request begins the trace. */
  readonly parentId: string | null;
  /** This application's own span. */
  readonly spanId: string;
  readonly flags: string;
  readonly state: string | undefined;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Continues the caller's trace, or begins one. A malformed header counts as none, as the recommendation asks; Envoy sends an empty tracestate for none. */
export function continueTrace(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const [, traceId, parentId, flags] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  const spanId = randomBytes(8).toString("hex");
  if (traceId === undefined || parentId === undefined || flags === undefined) {
    return { traceId: randomBytes(16).toString("hex"), parentId: null, spanId, flags: "01", state: undefined };
  }
  return { traceId, parentId, spanId, flags, state: tracestate === "" ? undefined : tracestate };
}

/** The headers for a call made while handling this request. */
export function traceHeaders(trace: TraceContext): Record<string, string> {
  const traceparent = `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
  return trace.state === undefined ? { traceparent } : { traceparent, tracestate: trace.state };
}

export function isSampled(trace: TraceContext): boolean {
  return (Number.parseInt(trace.flags, 16) & 1) === 1;
}
