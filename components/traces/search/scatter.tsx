"use client";

import { useMemo, useRef } from "react";

import { formatClock, formatDuration, formatQuantity } from "#lib/client/format.ts";
import type { TraceBounds } from "#lib/client/trace-search-params.ts";
import type { TraceSummary } from "#lib/model/trace.ts";
import { nameWords } from "#lib/traces/words.ts";

import { boundsOf, rectOfBounds, type PlotScales, type Rect, type TracePoint } from "./brush.ts";
import { PointNote } from "./point-note.tsx";
import { ScatterAxes } from "./scatter-axes.tsx";
import { ScatterPoints } from "./scatter-points.tsx";
import { durationScale, timeScale, type DurationAxis, type PlotArea } from "./scatter-scale.ts";
import { failedCount } from "./sentence.ts";
import { useBrush } from "./use-brush.ts";
import { useWidth } from "./use-width.ts";

const HEIGHT_PX = 208;
const MARGIN = { left: 60, top: 8, right: 12, bottom: 22 };
/** More points than this hide each other; the list loads no more at once. */
const MOST_POINTS = 1_000;

export interface ScatterProps {
  traces: readonly TraceSummary[];
  /** The stretch along the bottom, epoch milliseconds. */
  fromMs: number;
  toMs: number;
  axis: DurationAxis;
  /** The drawn selection; `null` = none is drawn. */
  bounds: TraceBounds | null;
  /** Ids of the traces that are selected; `null` = nothing is. */
  selected: ReadonlySet<string> | null;
  onSelect: (bounds: TraceBounds) => void;
  onOpen: (trace: TraceSummary) => void;
}

/** Traces by start and duration. Of one height from the first moment; it begins to draw when its width is known. */
export function Scatter(props: ScatterProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  return (
    <div ref={box} className="relative h-52">
      {width > 0 ? <ScatterDrawing {...props} width={width} /> : null}
    </div>
  );
}

function plotLabel(traces: readonly TraceSummary[]): string {
  const failed = failedCount(traces);
  return `${formatQuantity(traces.length, "trace")} by start and duration, ${failed} failed. Left and right arrows walk from trace to trace, Enter opens one. The table below holds the same traces.`;
}

function pointWords({ trace }: TracePoint): string {
  const result = trace.status === "error" ? "failed" : "did not fail";
  return `${nameWords(trace.root.service)} ${nameWords(trace.root.operation)}, ${result}, ${formatDuration(trace.durationMs)}, ${formatClock(trace.startedAt)}`;
}

function ScatterDrawing({ traces, fromMs, toMs, axis, bounds, selected, onSelect, onOpen, width }: ScatterProps & { width: number }) {
  const shown = useMemo(() => traces.slice(0, MOST_POINTS), [traces]);
  const plot = useMemo(() => plotOf(shown, fromMs, toMs, axis, width), [shown, fromMs, toMs, axis, width]);
  const points = useMemo(
    () =>
      shown.map((trace): TracePoint => ({
        trace,
        x: plot.time.toPx(Date.parse(trace.startedAt)),
        y: plot.duration.toPx(trace.durationMs),
      })),
    [shown, plot],
  );
  const brush = useBrush({
    area: plot.area,
    points,
    onSelect: (rect) => onSelect(boundsOf(rect, plot)),
    onOpen: (point) => onOpen(point.trace),
  });
  const rect = brush.dragged ?? (bounds === null ? null : rectOfBounds(bounds, plot));
  return (
    <div
      // Arrow keys move along the traces in order of time, as along the steps of a slider; each step says its trace.
      role="slider"
      tabIndex={0}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, points.length - 1)}
      aria-valuenow={brush.place}
      aria-valuetext={brush.active === null ? "none chosen" : pointWords(brush.active)}
      aria-label={plotLabel(shown)}
      onKeyDown={brush.onKeyDown}
      onBlur={brush.onBlur}
      className="chart absolute inset-0 -outline-offset-2"
    >
      <svg
        width={width}
        height={HEIGHT_PX}
        aria-hidden="true"
        className={`touch-pan-y select-none ${brush.active === null ? "cursor-crosshair" : "cursor-pointer"}`}
        {...brush.handlers}
      >
        <ScatterAxes {...plot} />
        <ScatterPoints points={points} selected={selected} />
        {rect === null ? null : <BrushRect rect={rect} />}
        {brush.active === null ? null : (
          <circle cx={brush.active.x} cy={brush.active.y} r="7" fill="none" stroke="var(--info)" strokeWidth="2" />
        )}
      </svg>
      {brush.active === null || brush.dragged !== null ? null : <PointNote point={brush.active} width={width} />}
    </div>
  );
}

function plotOf(traces: readonly TraceSummary[], fromMs: number, toMs: number, axis: DurationAxis, width: number) {
  const area: PlotArea = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: Math.max(1, width - MARGIN.left - MARGIN.right),
    height: HEIGHT_PX - MARGIN.top - MARGIN.bottom,
  };
  const zoneMs = -new Date(toMs).getTimezoneOffset() * 60_000;
  const durations = traces.map((trace) => trace.durationMs);
  return {
    area,
    time: timeScale([fromMs, toMs], area, zoneMs),
    duration: durationScale(axis, durations, area),
  } satisfies PlotScales;
}

/** The selection: what the reader chose, so it has the colour of a choice. */
function BrushRect({ rect }: { rect: Rect }) {
  return (
    <rect
      x={rect.x}
      y={rect.y}
      width={rect.width}
      height={rect.height}
      fill="var(--info)"
      fillOpacity="0.1"
      stroke="var(--info)"
      strokeWidth="1.5"
      pointerEvents="none"
    />
  );
}
