"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { ProblemState } from "#components/ui/problem-state.tsx";
import { graphQuery, sourcesQuery } from "#lib/client/query-options.ts";
import { useView } from "#lib/client/search-params.ts";
import { useAskedAt } from "#lib/client/use-asked-at.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useLasting } from "#lib/client/use-lasting.ts";
import { useIsNarrow } from "#lib/client/use-narrow.ts";

import { MapSkeleton, NoServices, NoSources, NothingInNamespaces } from "./frame/map-states.tsx";
import { MapWorkspace } from "./map-workspace.tsx";
import { PhoneWorkspace } from "./phone/phone-workspace.tsx";
import { useStatusVoice } from "./use-status-voice.ts";

/** A picture of another moment or window keeps its colours for so long while the next is read. */
const SETTLE_MS = 300;

/** The map page in every state that its answer can be in. */
export function MapView() {
  const { window, at, namespaces } = useView();
  const askedAt = useAskedAt();
  const view = useMemo(() => ({ window, namespaces }), [window, namespaces]);
  const graph = useQuery({ ...graphQuery(view, askedAt), placeholderData: keepPreviousData });
  const isSettling = useLasting(graph.isPlaceholderData || askedAt !== at, SETTLE_MS);
  const sources = useQuery(sourcesQuery());
  const hrefTo = useHref();
  const isNarrow = useIsNarrow();
  // What scrubbing shows is no news.
  useStatusVoice(at === null && !graph.isPlaceholderData ? graph.data?.value : undefined);

  const answer = graph.data;
  if (answer === undefined) {
    if (!graph.isError) return <MapSkeleton />;
    return (
      <section className="panel mx-auto mt-28 w-[min(560px,calc(100%-32px))]">
        <ProblemState error={graph.error} what="The map" onRetry={() => void graph.refetch()} />
      </section>
    );
  }
  if (answer.value.nodes.length === 0) {
    const known = sources.data?.value.items;
    if (known?.length === 0) return <NoSources />;
    return namespaces.length > 0 ? <NothingInNamespaces namespaces={namespaces} /> : <NoServices sources={known ?? []} hrefTo={hrefTo} />;
  }
  const Workspace = isNarrow === true ? PhoneWorkspace : MapWorkspace;
  return <Workspace answer={answer} window={window} isSettling={isSettling} />;
}
