"use client";

import { memo, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";

import { cx } from "#components/ui/cx.ts";
import { formatDuration } from "#lib/client/format.ts";

import { MINIMAP_HEIGHT, MINIMAP_WIDTH, minimapPaths, shareAt, timeAt } from "./minimap-geometry.ts";
import { colourToken, type SpanNode } from "./trace-view.ts";
import { handleAfterKey, lengthOf, moveHandle, panRange, rangeBetween, type Handle, type TimeRange } from "./zoom.ts";

export interface MinimapProps {
  nodes: readonly SpanNode[];
  whole: TimeRange;
  range: TimeRange;
  /** `null` = the whole trace. */
  onRange: (range: TimeRange | null) => void;
}

/** What a drag does, fixed at its beginning. */
type Drag = { readonly kind: Handle } | { readonly kind: "new" | "move"; readonly anchorMs: number; readonly range: TimeRange };

const NEW_FROM_PX = 4;

/**
 * The whole trace in little, and the stretch of it that the waterfall shows. A drag on free ground picks a stretch, a
 * drag on the shade between the handles moves it, a double click shows everything again.
 */
export function Minimap({ nodes, whole, range, onRange }: MinimapProps) {
  const ground = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const [draft, setDraft] = useState<TimeRange | null>(null);
  const shown = draft ?? range;

  const msAt = (clientX: number): number => {
    const box = ground.current?.getBoundingClientRect();
    return box === undefined ? whole.fromMs : timeAt(clientX - box.left, box.width, whole);
  };
  const start = (event: PointerEvent<HTMLDivElement>, next: Drag) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = next;
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (drag.current === null || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    event.stopPropagation();
    setDraft(afterDrag(drag.current, msAt(event.clientX), shown, whole, ground.current?.clientWidth ?? 0));
  };
  const end = (event: PointerEvent<HTMLDivElement>) => {
    if (drag.current === null) return;
    event.stopPropagation();
    drag.current = null;
    if (draft !== null) onRange(draft);
    setDraft(null);
  };
  const dragging = { onPointerMove: move, onPointerUp: end, onPointerCancel: end };
  const isZoomed = lengthOf(shown) < lengthOf(whole);
  const from = shareAt(shown.fromMs, whole);
  const to = shareAt(shown.toMs, whole);

  return (
    <section
      aria-label="Whole trace"
      // A low phone has no room for it above the first rows; who zoomed in needs it to move about.
      className={cx("panel flex-none px-5 py-2.5", !isZoomed && "max-tablet:[@media_(max-height:900px)]:hidden")}
    >
      <div
        ref={ground}
        onPointerDown={(event) => start(event, { kind: "new", anchorMs: msAt(event.clientX), range: shown })}
        onDoubleClick={() => onRange(null)}
        {...dragging}
        className="relative h-[50px] cursor-crosshair touch-pan-y select-none rounded-2 border border-info"
      >
        <MinimapLines nodes={nodes} whole={whole} />
        {isZoomed ? (
          <>
            <Shade left={0} width={from} />
            <Shade left={to} width={1 - to} />
            <div
              aria-hidden="true"
              onPointerDown={(event) => start(event, { kind: "move", anchorMs: msAt(event.clientX), range: shown })}
              {...dragging}
              style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
              className="absolute inset-y-0 cursor-grab border-x border-info active:cursor-grabbing"
            />
          </>
        ) : null}
        <ZoomHandle
          handle="from"
          at={from}
          range={shown}
          whole={whole}
          onRange={onRange}
          onPointerDown={(event) => start(event, { kind: "from" })}
          {...dragging}
        />
        <ZoomHandle
          handle="to"
          at={to}
          range={shown}
          whole={whole}
          onRange={onRange}
          onPointerDown={(event) => start(event, { kind: "to" })}
          {...dragging}
        />
      </div>
      <p className="sr-only" role="status">
        {isZoomed ? `Shown: ${formatDuration(shown.fromMs)} to ${formatDuration(shown.toMs)} of ${formatDuration(lengthOf(whole))}.` : ""}
      </p>
    </section>
  );
}

function afterDrag(drag: Drag, ms: number, shown: TimeRange, whole: TimeRange, widthPx: number): TimeRange | null {
  switch (drag.kind) {
    case "from":
    case "to":
      return moveHandle(shown, whole, drag.kind, ms);
    case "move":
      return panRange(drag.range, whole, (ms - drag.anchorMs) / lengthOf(drag.range));
    default: {
      // A click is no stretch: it takes a few pixels to mean one.
      const leastMs = widthPx <= 0 ? 0 : (NEW_FROM_PX / widthPx) * lengthOf(whole);
      return Math.abs(ms - drag.anchorMs) < leastMs ? null : rangeBetween(drag.anchorMs, ms, whole);
    }
  }
}

/** Drawn once per trace: a handful of paths, however many spans there are. */
const MinimapLines = memo(function MinimapLines({ nodes, whole }: { nodes: readonly SpanNode[]; whole: TimeRange }) {
  const paths = useMemo(() => minimapPaths(nodes, whole), [nodes, whole]);
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${MINIMAP_WIDTH} ${MINIMAP_HEIGHT}`}
      preserveAspectRatio="none"
      className="pointer-events-none absolute inset-0 size-full"
    >
      {paths.map(({ colour, d }) => (
        <path
          key={colour}
          d={d}
          fill="none"
          stroke={colour === "error" ? "var(--fail)" : colourToken(colour)}
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
});

function Shade({ left, width }: { left: number; width: number }) {
  return (
    <span
      aria-hidden="true"
      style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
      className="pointer-events-none absolute inset-y-0 bg-[color-mix(in_srgb,var(--bg)_65%,transparent)]"
    />
  );
}

interface ZoomHandleProps {
  handle: Handle;
  /** Share of the width. */
  at: number;
  range: TimeRange;
  whole: TimeRange;
  onRange: (range: TimeRange | null) => void;
  onPointerDown: (event: PointerEvent<HTMLDivElement>) => void;
  onPointerMove: (event: PointerEvent<HTMLDivElement>) => void;
  onPointerUp: (event: PointerEvent<HTMLDivElement>) => void;
  onPointerCancel: (event: PointerEvent<HTMLDivElement>) => void;
}

/** One end of the stretch. Says its time; arrow keys move it. */
function ZoomHandle({ handle, at, range, whole, onRange, ...pointer }: ZoomHandleProps) {
  const ms = handle === "from" ? range.fromMs : range.toMs;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const next = handleAfterKey({ key: event.key, isShift: event.shiftKey }, range, whole, handle);
    if (next === null) return;
    event.preventDefault();
    onRange(next);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={handle === "from" ? "Shown from" : "Shown to"}
      aria-valuemin={Math.round(whole.fromMs * 1_000) / 1_000}
      aria-valuemax={Math.round(whole.toMs * 1_000) / 1_000}
      aria-valuenow={Math.round(ms * 1_000) / 1_000}
      aria-valuetext={`${formatDuration(ms)} of ${formatDuration(lengthOf(whole))}`}
      onKeyDown={onKeyDown}
      {...pointer}
      style={{ left: `${at * 100}%` }}
      className="absolute inset-y-[13px] z-10 -ml-3 w-6 cursor-ew-resize touch-none after:absolute after:inset-y-0.5 after:left-1/2 after:-ml-[2.5px] after:w-[5px] after:rounded-full after:bg-info"
    />
  );
}
