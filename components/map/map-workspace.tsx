"use client";

import { useRouter } from "next/navigation.js";
import { useCallback, useMemo, useRef, useState } from "react";

import { useAt, useTableMode } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useKeys } from "#lib/client/use-keys.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { formatQuantity } from "#lib/client/format.ts";

import { MapCanvas } from "./canvas/map-canvas.tsx";
import type { MapCanvasHandle } from "./canvas/map-canvas.tsx";
import { AgeLine } from "./frame/age-line.tsx";
import { FindHelp } from "./frame/find-help.tsx";
import { MapHeadline } from "./frame/map-headline.tsx";
import { MapLegend } from "./frame/map-legend.tsx";
import { MapNotices } from "./frame/map-notices.tsx";
import { MapTable } from "./frame/map-table.tsx";
import { MapTools } from "./frame/map-tools.tsx";
import { PastAside } from "./frame/past-aside.tsx";
import { TraceLine } from "./frame/trace-line.tsx";
import { MapInspector } from "./inspector/map-inspector.tsx";
import { mapNotices } from "./model/map-notices.ts";
import { hasPage } from "./model/names.ts";
import { ZOOM_STEP } from "./model/zoom.ts";
import type { DetailLevel } from "./model/zoom.ts";
import { TimelineStrip } from "./timeline/timeline-strip.tsx";
import type { TimelineHandle } from "./timeline/timeline-strip.tsx";
import { BELOW_DESK, useMatches } from "./use-matches.ts";
import { useMapState } from "./use-map-state.ts";
import type { MapState } from "./use-map-state.ts";

export interface MapWorkspaceProps {
  answer: Sourced<MeshGraph>;
  window: string;
  /** The answer is of another moment than the one that was asked for last. */
  isSettling: boolean;
}

/** Width of the inspector where it lies over the map. */
const OVERLAID = { right: 400 };
const NOTHING = {};

const DOTS = "bg-[radial-gradient(circle_at_1px_1px,var(--grid-dot)_1px,transparent_1.2px)] bg-size-[24px_24px]";

/** Map or its table, inspector and timeline, with one selection across all of them. */
export function MapWorkspace({ answer, window, isSettling }: MapWorkspaceProps) {
  const state = useMapState(answer, isSettling);
  const { mesh, counts, graph, positions, selected, select, find, found, headline, items, isStale } = state;
  const [isTable, setTable] = useTableMode();
  const [level, setLevel] = useState<DetailLevel>("card");
  const canvas = useRef<MapCanvasHandle>(null);
  const timeline = useRef<TimelineHandle>(null);
  const router = useRouter();
  const hrefTo = useHref();
  const isOverlaid = useMatches(BELOW_DESK);
  const isPast = useAt() !== null;
  const notices = useMemo(() => mapNotices(answer, { isPast, isNoted: !isOverlaid }), [answer, isPast, isOverlaid]);

  const choose = useCallback((id: string | null) => select(id), [select]);
  const close = useCallback(() => {
    if (selected === null) return;
    select(null);
    focusItem(selected, canvas.current);
  }, [select, selected]);
  const inspectorSelect = useCallback((id: string | null) => (id === null ? close() : select(id)), [close, select]);
  const open = (id: string): void => {
    const node = mesh.nodes.find((one) => one.id === id);
    if (node !== undefined && hasPage(node)) router.push(hrefTo("/service", { id }));
  };
  const flip = (): void => void setTable(isTable ? null : true);

  useKeys({
    "+": () => canvas.current?.zoomBy(ZOOM_STEP),
    "=": () => canvas.current?.zoomBy(ZOOM_STEP),
    "-": () => canvas.current?.zoomBy(1 / ZOOM_STEP),
    "0": () => canvas.current?.fit(),
    t: flip,
    "[": () => timeline.current?.step(-1),
    "]": () => timeline.current?.step(1),
    Escape: close,
  });

  return (
    <div className="grid h-full grid-rows-[minmax(0,1fr)_var(--timeline-h)] desk:grid-cols-[minmax(0,1fr)_var(--inspector-w)]">
      <section aria-label="Map" className={`relative grid min-w-0 grid-rows-[auto_minmax(0,1fr)] overflow-clip ${DOTS}`}>
        <MapHeadline
          headline={headline}
          counts={counts}
          asked={<Asked answer={answer} state={state} />}
          news={
            <>
              <AgeLine answer={answer} isStale={isStale} />
              <MapNotices notices={notices} />
            </>
          }
        />
        <MapTools
          isTable={isTable}
          onTable={(next) => void setTable(next ? true : null)}
          level={level}
          onZoomIn={() => canvas.current?.zoomBy(ZOOM_STEP)}
          onZoomOut={() => canvas.current?.zoomBy(1 / ZOOM_STEP)}
          onFit={() => canvas.current?.fit()}
        />
        <div className="relative isolate overflow-clip">
          {isTable ? (
            <MapTable mesh={mesh} find={find} selected={selected} onSelect={choose} />
          ) : (
            <>
              {positions === null ? (
                <p className="absolute inset-x-0 top-1/2 text-center text-12 text-text-3">
                  Placing {formatQuantity(graph.nodes.length, "node")}…
                </p>
              ) : (
                <MapCanvas
                  ref={canvas}
                  mesh={mesh}
                  graph={graph}
                  positions={positions}
                  selected={selected}
                  found={found}
                  isStale={isStale}
                  covered={isOverlaid && selected !== null ? OVERLAID : NOTHING}
                  onSelect={choose}
                  onOpen={open}
                  onLevel={setLevel}
                />
              )}
              <MapLegend answer={answer} />
            </>
          )}
        </div>
      </section>
      <MapInspector
        mesh={mesh}
        graph={graph}
        positions={positions}
        selected={selected}
        items={items}
        notices={answer.notices}
        window={window}
        onSelect={inspectorSelect}
        className={`desk:row-span-2 desk:border-l max-desk:absolute max-desk:inset-y-0 max-desk:right-0 max-desk:z-30 max-desk:w-(--inspector-w) max-desk:border-l max-desk:shadow-3 ${selected === null ? "max-desk:hidden" : ""}`}
      />
      <TimelineStrip ref={timeline} totals={mesh.totals} window={window} />
    </div>
  );
}

/** Where the reader went: a moment of the past, a trace, a find text and what it could not be understood as, opened namespaces. */
function Asked({ answer, state }: { answer: Sourced<MeshGraph>; state: MapState }) {
  const { find, found, shownTrace, layoutProblem, opened, closeNamespace } = state;
  return (
    <>
      <PastAside answer={answer} />
      {layoutProblem === null ? null : <p>{layoutProblem}</p>}
      {shownTrace === null ? null : <TraceLine shown={shownTrace} services={found?.count ?? 0} />}
      {found === null || shownTrace !== null ? null : (
        <p role="status">
          {found.count === 0 && found.edges.size > 0
            ? `${formatQuantity(found.edges.size, "edge matches", "edges match")} the find text`
            : `${formatQuantity(found.count, "service matches", "services match")} the find text`}
        </p>
      )}
      {find.problems.map((problem) => (
        <p key={problem}>{problem}</p>
      ))}
      {found === null && find.problems.length === 0 ? null : <FindHelp />}
      {opened.size === 0 ? null : (
        <p className="flex flex-wrap gap-2">
          {[...opened].map((namespace) => (
            <button key={namespace} type="button" className="evidence min-h-6" onClick={() => closeNamespace(namespace)}>
              Close {namespace}
            </button>
          ))}
        </p>
      )}
    </>
  );
}

/** Where the reader came from: the node on the map, or the row of the table. */
function focusItem(id: string, canvas: MapCanvasHandle | null): void {
  if (canvas?.focus(id) === true) return;
  document.querySelector<HTMLElement>(`[data-table-item="${CSS.escape(id)}"]`)?.focus();
}
