"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { NoticeList } from "#components/ui/notice-list.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { ProblemState, StaleLine } from "#components/ui/problem-state.tsx";
import { asProblem } from "#lib/client/api-problem.ts";
import { asSentence } from "#lib/client/format.ts";
import { useView } from "#lib/client/search-params.ts";
import { traceServicesQuery } from "#lib/client/trace-queries.ts";
import {
  asksOfOneSpan,
  hasConditions,
  NO_SELECTION,
  pinOf,
  requestWithin,
  selectionBounds,
  selectionRequest,
  useTraceSearch,
  type TraceSearchChange,
  type TraceSearchState,
} from "#lib/client/trace-search-params.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { TraceService } from "#lib/model/trace.ts";
import { countFacets } from "#lib/traces/facets.ts";
import { nameWords } from "#lib/traces/words.ts";

import { facetGroups } from "./condition-change.ts";
import { DifferencePanel } from "./difference-panel.tsx";
import { FacetsPanel } from "./facets-panel.tsx";
import { NothingFound } from "./nothing-found.tsx";
import { ScatterPanel } from "./scatter-panel.tsx";
import { SearchBar } from "./search-bar.tsx";
import { reachWords, searchSentence } from "./sentence.ts";
import { TraceListPanel } from "./trace-list-panel.tsx";
import { useOpenTrace } from "./use-open-trace.ts";
import { useTraceList, type TraceList } from "./use-trace-list.ts";

const NO_SERVICES: readonly TraceService[] = [];

/** Find the trace that explains an error: conditions, the plot, what tells a selection from the rest, and the list. */
export function TraceSearchPage() {
  const [state, onChange] = useTraceSearch();
  const { window, at } = useView();
  const pin = pinOf(window, at);
  const list = useTraceList(state);
  const offered = useQuery(traceServicesQuery(state.source === "" ? null : state.source));
  const services = offered.data?.value.items ?? NO_SERVICES;
  const { hrefOf, open, openPasted } = useOpenTrace(state.source);
  const failure = useLastingError(list.query);
  const problem = failure === null ? null : asProblem(failure);
  const isRefused = problem?.field === "q";
  return (
    <Page>
      <SearchHeader list={list} state={state} />
      <SearchBar
        state={state}
        pin={pin}
        isPast={at !== null}
        services={services}
        refusal={problem !== null && isRefused ? `${asSentence(problem.message)} ${asSentence(problem.mend)}`.trim() : null}
        onChange={onChange}
        onOpen={openPasted}
      />
      <StaleLine error={list.query.data === undefined ? null : list.query.error} what="The list of traces" />
      {failure === null ? (
        <div className="grid items-start gap-(--gap-panel) desk:grid-cols-[224px_minmax(0,1fr)]">
          <Facets list={list} state={state} onChange={onChange} />
          <div className="flex min-w-0 flex-col gap-(--gap-panel)">
            <ScatterPanel list={list} state={state} pin={pin} services={services} onChange={onChange} onOpen={open} />
            <Comparison list={list} state={state} window={window} onChange={onChange} />
            <TraceListPanel
              list={list}
              state={state}
              hrefOf={hrefOf}
              onChange={onChange}
              empty={<NothingFound state={state} stretchWords={list.stretchWords} gaveUp={list.gaveUp} onChange={onChange} />}
            />
            <NoticeList notices={list.query.data?.notices ?? []} className="panel px-4 py-3" />
          </div>
        </div>
      ) : (
        <section className="panel">
          <ProblemState error={failure} what="The list of traces" onRetry={() => void list.query.refetch()} />
        </section>
      )}
    </Page>
  );
}

function SearchHeader({ list, state }: { list: TraceList; state: TraceSearchState }) {
  const now = useNow();
  const { query, rows, hidden, stretchWords } = list;
  const reach = query.data === undefined ? null : reachWords(query.data.value);
  const isAsking = query.isFetching;
  const title =
    query.data === undefined || rows === undefined
      ? "Traces"
      : searchSentence(
          { ...query.data.value, items: [...rows] },
          { hasConditions: hasConditions(state), stretch: stretchWords, hidden },
          now,
        );
  return (
    <PageHeader trail={reach === null ? `Traces, ${stretchWords}` : `Traces, ${stretchWords}; ${reach}`} title={title}>
      <Button isDisabled={isAsking} onClick={() => void query.refetch()}>
        <Icon name="retry" size={14} />
        {isAsking ? "Searching…" : "Search again"}
      </Button>
    </PageHeader>
  );
}

interface PartProps {
  list: TraceList;
  state: TraceSearchState;
  onChange: (change: TraceSearchChange) => void;
}

function Facets({ list, state, onChange }: PartProps) {
  const { rows } = list;
  const facets = useMemo(() => (rows === undefined ? undefined : countFacets(rows)), [rows]);
  return (
    <FacetsPanel
      groups={facets === undefined ? undefined : facetGroups(facets, state)}
      counted={rows?.length ?? 0}
      onChange={(change) => onChange({ ...NO_SELECTION, ...change })}
    />
  );
}

function Comparison({ list, state, window, onChange }: PartProps & { window: string }) {
  const selection = selectionRequest(state);
  // A version is compared over all that was asked for, also where the list reaches less far back.
  const stretch = selectionBounds(state) === null ? list.asked : list.domain;
  if (!state.diff || selection === null || stretch === null) return null;
  return (
    <DifferencePanel
      request={requestWithin(state, window, stretch)}
      selection={selection}
      state={state}
      caveat={comparisonCaveat(state)}
      onChange={(change) => onChange({ ...NO_SELECTION, ...change })}
      onClose={() => onChange({ diff: null })}
    />
  );
}

/** Durations are drawn of whole traces, and asked of one span where a service or an operation is chosen. */
function comparisonCaveat(state: TraceSearchState): string | null {
  const whose = state.operation === "" ? `calls to ${nameWords(state.service)}` : `the operation ${nameWords(state.operation)}`;
  if (asksOfOneSpan(state) && (state.selMin !== null || state.selMax !== null)) {
    return `The durations of the selection are taken here as those of ${whose}, not of whole traces. Drop the service and the operation to compare whole traces.`;
  }
  if (state.wholeMin !== null || state.wholeMax !== null)
    return "The bounds of the whole trace's duration do not hold here: all traces of the other conditions are compared.";
  return null;
}
