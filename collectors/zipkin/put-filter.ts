import type { SearchTerm, TraceFilter } from "#lib/model/trace.ts";

/** A filter as Zipkin can be asked for it (openzipkin/zipkin-api, zipkin2-api.yaml, GET /traces). */
export interface ZipkinSearch {
  parameters: Record<string, string | number | null>;
  /** What is not in `parameters`, as words for a sentence. */
  untold: string[];
}

/** Attributes that Weft makes of other fields of a span than its tags, so that Zipkin does not know them by these names. */
const NOT_TAGS = new Set([
  "peer.service",
  "zipkin.shared",
  "service.name",
  "network.local.address",
  "network.local.port",
  "network.peer.address",
  "network.peer.port",
]);

/**
 * Zipkin tests each condition on any span of the service, so that it may give traces in which no single span meets all of
 * them, but holds none back that has one.
 */
export function putFilter(filter: TraceFilter): ZipkinSearch {
  const { service, operation, status, minMs, maxMs, terms, fromMs, toMs } = filter;
  const untold: string[] = [];
  if (status === "ok") untold.push("requests that did not fail");
  const [putTerms, otherTerms] = split(terms, canPut);
  untold.push(...otherTerms.map(inWords));
  // Zipkin takes a longest duration only together with a shortest one, which would keep back spans that have none.
  const isLongestAlone = maxMs !== null && minMs === null;
  if (isLongestAlone) untold.push("a longest duration alone");
  const endTs = Math.ceil(toMs);
  return {
    parameters: {
      serviceName: service,
      spanName: operation,
      annotationQuery: putTerms.length === 0 ? null : putTerms.map(termText).join(" and "),
      // Microseconds; 0 is refused.
      minDuration: minMs === null ? null : Math.max(1, Math.floor(minMs * 1_000)),
      maxDuration: maxMs === null || isLongestAlone ? null : Math.max(1, Math.ceil(maxMs * 1_000)),
      endTs,
      lookback: Math.max(1, endTs - Math.floor(fromMs)),
    },
    untold,
  };
}

/** The same question, only for spans that carry the tag `error`. */
export function askingForErrors({ parameters }: ZipkinSearch): Record<string, string | number | null> {
  const terms = parameters["annotationQuery"] ?? null;
  return { ...parameters, annotationQuery: terms === null ? "error" : `${terms} and error` };
}

/**
 * Terms are joined by ` and `, parted at the first `=`, and trimmed; a term that this would change cannot be put. An empty
 * value means that the key is there.
 */
function canPut({ key, value, isNegated }: SearchTerm): boolean {
  if (isNegated || NOT_TAGS.has(key) || key === "" || key.includes("=")) return false;
  return [key, value ?? ""].every((text) => text === text.trim() && !` ${text} `.includes(" and "));
}

function termText({ key, value }: SearchTerm): string {
  return value === null ? key : `${key}=${value}`;
}

function inWords(term: SearchTerm): string {
  return `${term.isNegated ? "not " : ""}${termText(term)}`;
}

function split<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
