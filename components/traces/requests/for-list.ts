import type { Exemplar } from "#lib/model/trace.ts";

const MOST_ROWS = 6;

/** The requests worth a row: failed ones, newest first, then the slowest. A trace stands once. */
export function forList(exemplars: readonly Exemplar[]): Exemplar[] {
  const failed = exemplars.filter((one) => one.isError).toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const others = exemplars.filter((one) => !one.isError).toSorted((a, b) => b.durationMs - a.durationMs);
  const once = new Map([...failed, ...others].toReversed().map((one) => [one.traceId, one]));
  return [...failed, ...others].filter((one) => once.get(one.traceId) === one).slice(0, MOST_ROWS);
}
