import type { TimeWindow } from "#lib/model/red.ts";
import type { TraceFilter } from "#lib/model/trace.ts";

/** A window as it stands in the evidence of an answer. */
export function windowWords({ fromMs, toMs }: TimeWindow): string {
  return `${instantWords(fromMs)} to ${instantWords(toMs)}`;
}

function instantWords(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

/** A filter in words, as it stands in the evidence of an answer. */
export function filterWords(filter: TraceFilter): string {
  const { service, namespace, operation, version, status, minMs, maxMs, terms } = filter;
  const parts = [
    service === null ? null : `service ${namespace === null ? service : `${namespace}/${service}`}`,
    operation === null ? null : `operation ${operation}`,
    version === null ? null : `version ${version}`,
    status === null ? null : `status ${status}`,
    minMs === null ? null : `at least ${minMs} ms`,
    maxMs === null ? null : `at most ${maxMs} ms`,
    ...terms.map(({ key, value, isNegated }) => `${isNegated ? "not " : ""}${key}${value === null ? "" : `=${value}`}`),
  ].filter((part) => part !== null);
  return `traces ${parts.length === 0 ? "" : `with ${parts.join(", ")}, `}started ${windowWords(filter)}`;
}
