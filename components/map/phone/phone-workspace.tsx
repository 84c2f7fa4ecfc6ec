"use client";

import { useMemo, useRef, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { useAt, useMode } from "#lib/client/search-params.ts";
import { useKeys } from "#lib/client/use-keys.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import { MapCanvas } from "../canvas/map-canvas.tsx";
import type { MapCanvasHandle } from "../canvas/map-canvas.tsx";
import { AgeLine } from "../frame/age-line.tsx";
import { CoveredWords } from "../frame/past-aside.tsx";
import { MapNotices } from "../frame/map-notices.tsx";
import { MapTools } from "../frame/map-tools.tsx";
import { MapInspector } from "../inspector/map-inspector.tsx";
import { mapNotices } from "../model/map-notices.ts";
import { ZOOM_STEP } from "../model/zoom.ts";
import type { DetailLevel } from "../model/zoom.ts";
import { TraceLine } from "../frame/trace-line.tsx";
import { MapTable } from "../frame/map-table.tsx";
import { useTableMode } from "#lib/client/search-params.ts";
import { useMapState } from "../use-map-state.ts";
import { PhoneSummary } from "./phone-summary.tsx";

export interface PhoneWorkspaceProps {
  answer: Sourced<MeshGraph>;
  window: string;
  /** The answer is of another moment than the one that was asked for last. */
  isSettling: boolean;
}

/** How much of the screen the sheet takes at most. */
const SHEET_SHARE = 0.55;

/** The map on a phone: a summary first, the graph and its table behind a button, what is selected as a sheet from below. */
export function PhoneWorkspace({ answer, window, isSettling }: PhoneWorkspaceProps) {
  const state = useMapState(answer, isSettling);
  const { mesh, counts, graph, positions, selected, select, find, found, shownTrace, headline, items, isStale } = state;
  const isPast = useAt() !== null;
  const [mode, setMode] = useMode();
  const [isTable, setTable] = useTableMode();
  const [level, setLevel] = useState<DetailLevel>("card");
  const canvas = useRef<MapCanvasHandle>(null);
  useKeys({ Escape: () => select(null) });

  const notices = useMemo(() => mapNotices(answer, { isPast, isNoted: false }), [answer, isPast]);
  const aside = (
    <>
      <CoveredWords answer={answer} />
      <AgeLine answer={answer} isStale={isStale} />
      <MapNotices notices={notices} isInFlow />
      {shownTrace === null ? null : <TraceLine shown={shownTrace} services={found?.count ?? 0} />}
    </>
  );
  return (
    <div className="relative h-full overflow-x-clip">
      {mode === "map" ? (
        <section aria-label="Map" className="absolute inset-0 overflow-clip">
          <Button className="absolute bottom-3 left-3 z-20" onClick={() => void setMode(null)}>
            Summary
          </Button>
          <MapTools
            isTable={isTable}
            onTable={(next) => void setTable(next ? true : null)}
            level={level}
            onZoomIn={() => canvas.current?.zoomBy(ZOOM_STEP)}
            onZoomOut={() => canvas.current?.zoomBy(1 / ZOOM_STEP)}
            onFit={() => canvas.current?.fit()}
          />
          <div className="absolute inset-x-0 bottom-0 top-17 overflow-clip">
            {isTable ? <MapTable mesh={mesh} find={find} selected={selected} onSelect={select} /> : null}
            {isTable || positions === null ? null : (
              <MapCanvas
                ref={canvas}
                mesh={mesh}
                graph={graph}
                positions={positions}
                selected={selected}
                found={found}
                isStale={isStale}
                covered={selected === null ? {} : { bottom: SHEET_SHARE * globalThis.innerHeight }}
                onSelect={select}
                onOpen={select}
                onLevel={setLevel}
              />
            )}
          </div>
        </section>
      ) : (
        <div className="h-full overflow-y-auto">
          <PhoneSummary
            mesh={mesh}
            counts={counts}
            headline={headline}
            items={items}
            aside={aside}
            onSelect={select}
            onMap={() => void setMode("map")}
          />
        </div>
      )}
      {selected === null ? null : (
        <MapInspector
          mesh={mesh}
          graph={graph}
          positions={positions}
          selected={selected}
          items={items}
          notices={answer.notices}
          window={window}
          canSteer={false}
          onSelect={select}
          className="absolute inset-x-0 bottom-0 z-30 max-h-[60%] rounded-t-4 border-t shadow-3"
        />
      )}
    </div>
  );
}
