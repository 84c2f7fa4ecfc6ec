import type { SearchTerm, Span, Trace, TraceFilter, TraceResource } from "#lib/model/trace.ts";

/**
 * Whether a trace meets a filter: one of its spans meets every condition, and it started in `(fromMs, toMs]`.
 * Without a service and an operation, the durations are asked of the earliest span and `status: "ok"` of the whole trace,
 * so that a trace with a failed span is never listed as good. Attributes are looked for on the span and its resource.
 */
export function matchesFilter(trace: Trace, filter: TraceFilter): boolean {
  const startMs = Number(BigInt(trace.startUnixNano) / 1_000n) / 1_000;
  if (startMs <= filter.fromMs || startMs > filter.toMs) return false;
  const isNarrow = filter.service !== null || filter.operation !== null;
  if (!isNarrow) {
    const earliest = trace.spans.reduce<Span | null>(
      (least, span) => (least !== null && least.startMs <= span.startMs ? least : span),
      null,
    );
    if (earliest === null || !isInRange(earliest, filter)) return false;
    if (filter.status === "ok" && trace.spans.some((span) => span.isError)) return false;
  }
  return trace.spans.some((span) => matchesSpan(span, trace.resources[span.resource], filter, isNarrow));
}

function matchesSpan(span: Span, resource: TraceResource | undefined, filter: TraceFilter, isNarrow: boolean): boolean {
  if (resource === undefined) return false;
  if (filter.service !== null && resource.service !== filter.service) return false;
  if (filter.service !== null && filter.namespace !== null && resource.namespace !== filter.namespace) return false;
  if (filter.operation !== null && span.name !== filter.operation) return false;
  if (filter.version !== null && resource.version !== filter.version) return false;
  if (filter.status !== null && span.isError !== (filter.status === "error")) return false;
  if (isNarrow && !isInRange(span, filter)) return false;
  return filter.terms.every((term) => matchesTerm(term, span, resource));
}

function isInRange({ durationMs }: Span, { minMs, maxMs }: TraceFilter): boolean {
  return (minMs === null || durationMs >= minMs) && (maxMs === null || durationMs <= maxMs);
}

function matchesTerm({ key, value, isNegated }: SearchTerm, span: Span, resource: TraceResource): boolean {
  const isMet = (attribute: { key: string; value: string }): boolean =>
    attribute.key === key && (value === null || attribute.value === value);
  return (span.attributes.some(isMet) || resource.attributes.some(isMet)) !== isNegated;
}
