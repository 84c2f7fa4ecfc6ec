"use client";

import { useQuery } from "@tanstack/react-query";

import { StatusCounts } from "#components/ui/status-counts.tsx";
import type { HealthCounts } from "#lib/client/counted-services.ts";
import { atMsOf } from "#lib/client/moment.ts";
import { changesQuery } from "#lib/client/query-options.ts";
import { useAt } from "#lib/client/search-params.ts";
import type { Change } from "#lib/model/change.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import { LockCounts } from "../frame/lock-counts.tsx";
import { NeedsLookList } from "../inspector/summary-inspector.tsx";
import { shortHeadline, type Headline } from "../model/headline.ts";
import type { NeedsLook } from "../model/needs-look.ts";
import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LatestChange, RollBack } from "./latest-change.tsx";

export interface PhoneSummaryProps {
  mesh: MeshGraph;
  counts: HealthCounts;
  /** Stands in the title where nothing was seen at all. */
  headline: Headline;
  items: readonly NeedsLook[];
  /** How old or how incomplete the numbers are; nothing when they are neither. */
  aside: React.ReactNode;
  onSelect: (id: string) => void;
  onMap: () => void;
}

/** The map on a phone: how things stand, the latest change and the way back from it, and what needs a look. */
export function PhoneSummary({ mesh, counts, headline, items, aside, onSelect, onMap }: PhoneSummaryProps) {
  const changes = useQuery(changesQuery());
  const latest = useLatestBy(changes.data?.value.items);
  const isEmptyPast = useAt() !== null && mesh.edges.length === 0;
  return (
    <div className="flex min-h-full flex-col">
      <div className="flex flex-1 flex-col gap-3 p-4">
        <div>
          <h1 className="text-20 font-semi leading-tight tracking-[-0.012em]">{isEmptyPast ? headline.sentence : shortHeadline(counts)}</h1>
          <StatusCounts counts={counts} isShort className="mt-1.5 text-13" />
          {mesh.edges.length === 0 ? null : (
            <p className="mt-1.5 text-13">
              <span className="sr-only">Edges by transport: </span>
              <LockCounts edges={mesh.edges} />
            </p>
          )}
          {aside === null ? null : <div className="mt-1.5 text-13 text-text-2">{aside}</div>}
        </div>
        {latest === undefined ? null : <LatestChange change={latest} />}
        <section className="panel overflow-hidden">
          <NeedsLookList items={items} isAnythingKnown={mesh.edges.length > 0} level={2} onSelect={onSelect} />
        </section>
        <Button onClick={onMap} className="w-full">
          <Icon name="map" size={14} />
          Show the map
        </Button>
      </div>
      {latest?.canUndo === true ? <RollBack change={latest} /> : null}
    </div>
  );
}

/** The newest change that had been asked for by the moment that is looked at. */
function useLatestBy(changes: readonly Change[] | undefined): Change | undefined {
  const atMs = atMsOf(useAt()) ?? Number.POSITIVE_INFINITY;
  return changes?.find(({ timings }) => Date.parse(timings.askedAt) <= atMs);
}
