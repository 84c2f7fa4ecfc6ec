import { isSpanContextValid, trace } from "@opentelemetry/api";

/**
 * The ids that a log line carries while a span is active, named as OpenTelemetry's "Trace Context in non-OTLP Log Formats" has
 * them; none otherwise.
 */
export function spanIds(): { trace_id?: string; span_id?: string } {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || !isSpanContextValid(active)) return {};
  return { trace_id: active.traceId, span_id: active.spanId };
}
