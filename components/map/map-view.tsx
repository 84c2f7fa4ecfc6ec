"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { ProblemState } from "#components/ui/problem-state.tsx";
import { graphQuery, sourcesQuery } from "#lib/client/query-options.ts";
import { useView } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useIsNarrow } from "#lib/client/use-narrow.ts";

import { MapSkeleton, NoServices, NoSources, NothingInNamespaces } from "./frame/map-states.tsx";
import { MapWorkspace } from "./map-workspace.tsx";
import { PhoneWorkspace } from "./phone/phone-workspace.tsx";
import { useStatusVoice } from "./use-status-voice.ts";

/** The map page in every state that its answer can be in. */
export function MapView() {
  const { window, namespaces } = useView();
  const view = useMemo(() => ({ window, namespaces }), [window, namespaces]);
  const graph = useQuery(graphQuery(view));
  const sources = useQuery(sourcesQuery());
  const hrefTo = useHref();
  const isNarrow = useIsNarrow();
  useStatusVoice(graph.data?.value);

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
  return isNarrow === true ? <PhoneWorkspace answer={answer} window={window} /> : <MapWorkspace answer={answer} window={window} />;
}
