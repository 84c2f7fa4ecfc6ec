import type { SearchTerm, TraceFilter } from "#lib/model/trace.ts";

/** Conditions that every Jaeger can be asked for, before they are spelled for one of its interfaces. */
export interface JaegerSearch {
  service: string | null;
  operation: string | null;
  /** Epoch milliseconds, whole; the first is before the second. */
  fromMs: number;
  toMs: number;
  /** Microseconds, at least 1. */
  minMicros: number | null;
  maxMicros: number | null;
  attributes: Readonly<Record<string, string>>;
}

export interface PutFilter {
  search: JaegerSearch;
  /** What is not in `search`, as words for a sentence. */
  untold: string[];
}

/**
 * Jaeger asks all conditions of one span. Where durations are meant of a trace's beginning, and terms of any of its spans,
 * they are not put together: a trace that meets both in different spans would be kept back.
 */
export function putFilter(filter: TraceFilter): PutFilter {
  const { service, namespace, operation, version, status, minMs, maxMs, fromMs, toMs } = filter;
  const untold: string[] = [];
  if (namespace !== null) untold.push(`namespace ${namespace}`);
  if (status === "ok") untold.push("requests that did not fail");
  const putTerms = filter.terms.filter(canPut);
  untold.push(...filter.terms.filter((term) => !canPut(term)).map(inWords));
  const hasDuration = minMs !== null || maxMs !== null;
  const canPutDuration = service !== null || operation !== null || (putTerms.length === 0 && version === null);
  if (hasDuration && !canPutDuration) untold.push("a duration and attributes at once without a service");
  const from = Math.floor(fromMs);
  return {
    search: {
      service,
      operation,
      fromMs: from,
      toMs: Math.max(from + 1, Math.ceil(toMs)),
      minMicros: minMs === null || minMs === 0 || !canPutDuration ? null : Math.max(1, Math.floor(minMs * 1_000)),
      maxMicros: maxMs === null || !canPutDuration ? null : Math.max(1, Math.ceil(maxMs * 1_000)),
      // Attributes of the resource are looked through as well.
      attributes: {
        ...Object.fromEntries(putTerms.map(({ key, value }) => [key, value ?? ""])),
        ...(version === null ? {} : { "service.version": version }),
      },
    },
    untold,
  };
}

/** The same question, only for spans whose status is an error, which Jaeger finds as a tag. */
export function askingForErrors(search: JaegerSearch): JaegerSearch {
  return { ...search, attributes: { ...search.attributes, error: "true" } };
}

/** `error` is no attribute to Jaeger but its word for the status, and a key alone is nothing that it can be asked for. */
function canPut({ key, value, isNegated }: SearchTerm): boolean {
  return !isNegated && value !== null && key !== "error" && key !== "";
}

function inWords({ key, value, isNegated }: SearchTerm): string {
  return `${isNegated ? "not " : ""}${value === null ? key : `${key}=${value}`}`;
}
