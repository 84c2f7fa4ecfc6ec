"use client";

import { useMemo, useRef } from "react";

import { CompareBar } from "#components/traces/compare/compare-bar.tsx";
import { NothingCompared } from "#components/traces/compare/nothing-compared.tsx";
import { CompareView } from "#components/traces/compare/compare-view.tsx";
import { useComparison } from "#components/traces/compare/use-comparison.ts";
import { useNormalTrace } from "#components/traces/compare/use-normal-trace.ts";
import { SpanDrawer } from "#components/traces/detail/span-drawer.tsx";
import { StatisticsTable } from "#components/traces/detail/statistics-table.tsx";
import { TraceActions } from "#components/traces/detail/trace-actions.tsx";
import { TraceHeader } from "#components/traces/detail/trace-header.tsx";
import { CriticalLead } from "#components/traces/waterfall/critical-lead.tsx";
import { Minimap } from "#components/traces/waterfall/minimap.tsx";
import { keyOfSpan, type TraceView } from "#components/traces/waterfall/trace-view.ts";
import { WaterfallPanel } from "#components/traces/waterfall/waterfall-panel.tsx";
import type { WaterfallHandle } from "#components/traces/waterfall/waterfall.tsx";
import { clampRange } from "#components/traces/waterfall/zoom.ts";
import { NoticeList } from "#components/ui/notice-list.tsx";
import { Page } from "#components/ui/page-header.tsx";
import { StaleLine } from "#components/ui/problem-state.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { useHref } from "#lib/client/use-href.ts";
import { useIsNarrow } from "#lib/client/use-narrow.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { Trace } from "#lib/model/trace.ts";

import { useTraceParams } from "./search-params.ts";

export interface TraceWorkspaceProps {
  view: TraceView;
  answer: Sourced<Trace>;
  /** Why a newer answer could not be read; `null` = nothing is wrong. */
  error: unknown;
}

const VIEW_WORDS = [
  { value: "waterfall", label: "Waterfall" },
  { value: "table", label: "Table" },
  { value: "compare", label: "Compare" },
] as const;

/** One trace: what it was, what an ordinary one is like, and where its time went. */
export function TraceWorkspace({ view, answer, error }: TraceWorkspaceProps) {
  const params = useTraceParams();
  const { id, source, setParams } = params;
  const hrefTo = useHref();
  const isNarrow = useIsNarrow() === true;
  const waterfall = useRef<WaterfallHandle>(null);
  const isCorrected = params.clock !== "told";
  const state = useComparison(view, params.with, source, isCorrected);
  const normal = useNormalTrace(view, params.with, source, (found) => void setParams({ with: found }));
  const range = useMemo(() => (params.zoom === null ? view.whole : clampRange(params.zoom, view.whole)), [params.zoom, view.whole]);
  const selected = useMemo(() => keyOfSpan(view, params.span), [view, params.span]);

  const select = (key: string | null): void => {
    void setParams({ span: key });
    if (key === null && selected !== null) waterfall.current?.goTo(selected);
  };

  return (
    <Page isFull={!isNarrow && params.view !== "compare"}>
      <TraceHeader view={view} answer={answer} />
      <StaleLine error={error} what="This trace" />
      <NoticeList notices={answer.notices} className="panel flex-none px-4 py-3" />
      <div className="flex flex-none flex-wrap items-center gap-x-4 gap-y-2">
        <Segmented label="View" value={params.view} options={VIEW_WORDS} onChange={(next) => void setParams({ view: next })} />
        <span className="ml-auto">
          <TraceActions view={view} source={source} spanId={view.nodes[view.indexOf.get(selected ?? "") ?? -1]?.span.spanId ?? null} />
        </span>
      </div>
      <CompareBar
        withId={params.with}
        source={source}
        state={state}
        normal={normal}
        isComparing={params.view === "compare"}
        onCompare={() => void setParams({ view: "compare" })}
        onDrop={() => void setParams({ with: null, view: params.view === "compare" ? null : params.view })}
      />
      {params.view === "table" ? (
        <StatisticsTable
          statistics={view.statistics}
          hrefOf={({ service, operation }) =>
            hrefTo("/trace", {
              id,
              source,
              with: params.with,
              find: `service="${service}"${operation === null ? "" : ` operation="${operation}"`}`,
            })
          }
        />
      ) : null}
      {params.view === "compare" && state.compared !== null ? <CompareView view={view} compared={state.compared} /> : null}
      {params.view === "compare" && params.with === "" ? <NothingCompared normal={normal} /> : null}
      {params.view === "waterfall" ? (
        <>
          <Minimap nodes={view.nodes} whole={view.whole} range={range} onRange={(next) => void setParams({ zoom: next })} />
          <div
            className={`relative grid min-h-[340px] flex-1 grid-rows-[minmax(0,1fr)] gap-(--gap-panel) max-tablet:contents ${selected === null ? "" : "desk:grid-cols-[minmax(0,1fr)_360px]"}`}
          >
            <WaterfallPanel
              view={view}
              range={range}
              onRange={(next) => void setParams({ zoom: next })}
              selected={selected}
              onSelect={select}
              find={params.find}
              onFind={(text) => void setParams({ find: text === "" ? null : text })}
              isCorrected={isCorrected}
              onCorrected={(isOn) => void setParams({ clock: isOn ? null : "told", zoom: null })}
              namePercent={params.names}
              onNamePercent={(percent) => void setParams({ names: percent })}
              ghosts={state.compared?.ghosts ?? null}
              aside={<CriticalLead lead={view.lead} />}
              waterfall={waterfall}
            />
            {selected === null ? null : (
              <SpanDrawer view={view} index={view.indexOf.get(selected) ?? -1} source={source} onClose={() => select(null)} />
            )}
          </div>
        </>
      ) : null}
    </Page>
  );
}
