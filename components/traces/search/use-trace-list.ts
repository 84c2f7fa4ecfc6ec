import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { matchesFind } from "#components/ui/table-sort.ts";
import { announcer } from "#lib/client/announcer.ts";
import { formatClock } from "#lib/client/format.ts";
import { useFind, useView, windowMs, windowWords } from "#lib/client/search-params.ts";
import { tracesQuery } from "#lib/client/trace-queries.ts";
import { requestOf, searchedStretch, selectionBounds, type TraceSearchState } from "#lib/client/trace-search-params.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TraceSearch, TraceSummary } from "#lib/model/trace.ts";

import { isWithin } from "./brush.ts";
import { loadedDomain } from "./scatter-scale.ts";
import { foundSentence, gaveUpSentence } from "./sentence.ts";

/** How often an empty list asks again: the first trace should not need a press. */
const EMPTY_REFRESH_MS = 5_000;
/** Who comes back from a trace within this time finds the list as it was. */
const HELD_MS = 60_000;

export interface TraceList {
  query: UseQueryResult<Sourced<TraceSearch>>;
  /** Loaded traces that the page shows; `undefined` until the first answer. */
  rows: readonly TraceSummary[] | undefined;
  /** Loaded traces that the top bar's find text and namespaces, or bounds of the whole trace, hide. */
  hidden: number;
  /** The stretch that was asked for, epoch milliseconds; `null` until the first answer. */
  asked: readonly [number, number] | null;
  /** The stretch that the plot shows: as much of it as is loaded. */
  domain: readonly [number, number] | null;
  /** There is more than what is loaded, before the plot's beginning. */
  isCut: boolean;
  /** How far the search came before it gave up without a trace; `null` = it did not. */
  gaveUp: string | null;
  /** The same in words: `in the last 5 min`. */
  stretchWords: string;
  /** What is drawn belongs to the search before. */
  isChanging: boolean;
}

function textsOf(trace: TraceSummary): string[] {
  return [trace.id, trace.root.operation, trace.status, ...trace.services.flatMap((one) => [one.service, ...one.versions])];
}

/** Whether the loaded trace is one that the page shows. */
export function isShown(trace: TraceSummary, state: TraceSearchState, find: string, namespaces: readonly string[]): boolean {
  if (!isWithin(trace, { fromMs: null, toMs: null, minMs: state.wholeMin, maxMs: state.wholeMax })) return false;
  if (!matchesFind(find, textsOf(trace))) return false;
  return namespaces.length === 0 || trace.services.some((one) => one.namespace === null || namespaces.includes(one.namespace));
}

/**
 * The traces of the search. They are read once and then stand still, so that nothing slides away under a hand that aims:
 * a newer list comes by asking again. Only an empty list asks by itself.
 */
export function useTraceList(state: TraceSearchState): TraceList {
  const { window, at, namespaces } = useView();
  const [find] = useFind();
  const query = useQuery({
    ...tracesQuery(requestOf(state, window, at), state.limit),
    staleTime: HELD_MS,
    refetchOnWindowFocus: false,
    refetchInterval: ({ state: asked }) => (at === null && asked.data?.value.items.length === 0 ? EMPTY_REFRESH_MS : false),
  });
  const answer = query.data;
  // The rows of the search before have no time of their own while the next is under way.
  const [answeredAt, setAnsweredAt] = useState(0);
  if (query.dataUpdatedAt > 0 && query.dataUpdatedAt !== answeredAt) setAnsweredAt(query.dataUpdatedAt);

  const rows = useMemo(
    () => answer?.value.items.filter((trace) => isShown(trace, state, find, namespaces)),
    [answer, state, find, namespaces],
  );
  const stretch = searchedStretch(state, window, at);
  const asked = answer === undefined || answeredAt === 0 ? null : askedStretch(stretch, answeredAt, windowMs(window));
  const domain = answer === undefined || asked === null ? null : loadedDomain(asked, answer.value);

  const spoken = answer === undefined || query.isPlaceholderData ? null : answer.value;
  useEffect(() => {
    if (spoken !== null) announcer.announce(foundSentence(spoken));
  }, [spoken]);

  return {
    query,
    rows,
    hidden: (answer?.value.items.length ?? 0) - (rows?.length ?? 0),
    asked,
    domain,
    isCut: answer?.value.hasMore === true,
    gaveUp: answer === undefined ? null : gaveUpSentence(answer.value),
    stretchWords:
      stretch === null
        ? `in the last ${windowWords(window)}`
        : `between ${formatClock(stretch.from)} and ${stretch.to === null ? "now" : formatClock(stretch.to)}`,
    isChanging: query.isPlaceholderData,
  };
}

/** What was asked for, up to the moment of the answer where no end was fixed. */
function askedStretch(stretch: ReturnType<typeof searchedStretch>, answeredAt: number, lengthMs: number): readonly [number, number] {
  const from = stretch === null ? answeredAt - lengthMs : Date.parse(stretch.from);
  const to = stretch === null || stretch.to === null ? answeredAt : Date.parse(stretch.to);
  return [from, to];
}

/** Traces of the selection: those in the drawn rectangle, or those that a version of the chosen service took part in. */
export function isSelected(trace: TraceSummary, state: TraceSearchState): boolean {
  const bounds = selectionBounds(state);
  if (bounds === null && state.selVersion === "") return false;
  if (bounds !== null && !isWithin(trace, bounds)) return false;
  if (state.selVersion === "") return true;
  const name = state.service.slice(state.service.lastIndexOf("/") + 1);
  return trace.services.some((one) => (name === "" || one.service === name) && one.versions.includes(state.selVersion));
}
