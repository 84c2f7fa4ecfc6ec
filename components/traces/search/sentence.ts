import { formatAge, formatClock, formatCount, formatQuantity } from "#lib/client/format.ts";
import { nextLimit } from "#lib/client/trace-search-params.ts";
import type { TraceSearch, TraceSummary } from "#lib/model/trace.ts";

/** How many traces of a list failed. */
export function failedCount(traces: readonly TraceSummary[]): number {
  return traces.filter((trace) => trace.status === "error").length;
}

function newestMs(traces: readonly TraceSummary[]): number | null {
  return traces.reduce<number | null>((newest, trace) => Math.max(newest ?? 0, Date.parse(trace.startedAt)), null);
}

function oldestMs(traces: readonly TraceSummary[]): number | null {
  return traces.reduce<number | null>((least, trace) => Math.min(least ?? Number.POSITIVE_INFINITY, Date.parse(trace.startedAt)), null);
}

export interface Narrowing {
  /** Conditions of the search. */
  hasConditions: boolean;
  /** The time in words: `in the last 5 min`. */
  stretch: string;
  /** Loaded traces that the page itself hides. */
  hidden: number;
}

/** What is said of a search that ended before it found anything; `null` = it found something, or looked everywhere. */
export function gaveUpSentence({ items, hasMore, searchedTo }: TraceSearch): string | null {
  if (items.length > 0) return null;
  if (searchedTo !== null) return `No trace found back to ${formatClock(searchedTo)}; older ones were not looked at. Narrow the search`;
  return hasMore ? "No trace found among those that were looked at; there are others. Narrow the search" : null;
}

/** How far back a list reaches that is not whole: `newest 200, back to 18:29:41`; `null` = it is whole, or empty. */
export function reachWords({ items, hasMore }: TraceSearch): string | null {
  const oldest = oldestMs(items);
  return hasMore && oldest !== null ? `newest ${formatCount(items.length)}, back to ${formatClock(oldest)}` : null;
}

/** The page's title: how many failed of how many, and how old the newest is. `now` 0 = not known yet. */
export function searchSentence(search: TraceSearch, { hasConditions, stretch, hidden }: Narrowing, now: number): string {
  const { items, hasMore } = search;
  const newest = newestMs(items);
  if (newest === null && hidden > 0) return `None of ${formatQuantity(hidden, "loaded trace")} matches what the top bar asks for`;
  if (newest === null) return gaveUpSentence(search) ?? nothingWords(hasConditions, stretch);
  const failed = failedCount(items);
  const age = now === 0 ? "" : `; newest ${formatAge(now - newest)} ago`;
  if (items.length === 1) return `The only trace found ${failed === 1 ? "failed" : "did not fail"}${age.replace("newest ", "")}`;
  const all = `${hasMore ? "the newest " : ""}${formatQuantity(items.length, "trace")}`;
  return failed === 0 ? `None of ${all} failed${age}` : `${formatCount(failed)} of ${all} failed${age}`;
}

function nothingWords(hasConditions: boolean, stretch: string): string {
  return hasConditions ? "No trace meets these conditions" : `No trace started ${stretch}`;
}

/** What the list leaves out, under it; `null` = nothing, or the list is empty. */
export function moreSentence(search: TraceSearch, limit: number): string | null {
  const { items, hasMore, searchedTo } = search;
  const lookedTo = searchedTo === null ? "" : ` The source looked back to ${formatClock(searchedTo)}, no further.`;
  const oldest = oldestMs(items);
  // The list's own place says it.
  if (oldest === null) return null;
  if (hasMore && items.length >= limit) {
    const next = nextLimit(limit);
    const way = next === null ? "Narrow the search: no more are loaded at once." : `Narrow the search, or load ${formatCount(next)}.`;
    return `There is more: these are the newest ${formatCount(items.length)}, back to ${formatClock(oldest)}. ${way}${lookedTo}`;
  }
  if (hasMore) return `There may be more that the source did not get to.${lookedTo}`;
  return searchedTo === null ? null : `Older traces may be missing.${lookedTo}`;
}

/** What those who hear the page are told when an answer comes. */
export function foundSentence(search: TraceSearch): string {
  const failed = failedCount(search.items);
  if (search.items.length === 0) return `${gaveUpSentence(search) ?? "No trace found"}.`;
  return `${formatQuantity(search.items.length, "trace")} found, ${formatCount(failed)} failed.`;
}
