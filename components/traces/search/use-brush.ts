import { useState, type KeyboardEvent, type PointerEvent } from "react";

import { isDrag, nearestPoint, placeInTime, rectOf, stepPoint, type Point, type Rect, type TracePoint } from "./brush.ts";
import type { PlotArea } from "./scatter-scale.ts";

/** How near the pointer must be to a point to mean it. */
const REACH_PX = 14;

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

export interface BrushHandlers {
  onPointerDown: (event: PointerEvent<SVGSVGElement>) => void;
  onPointerMove: (event: PointerEvent<SVGSVGElement>) => void;
  onPointerUp: (event: PointerEvent<SVGSVGElement>) => void;
  onPointerLeave: (event: PointerEvent<SVGSVGElement>) => void;
  onPointerCancel: () => void;
}

export interface Brush {
  /** The rectangle under the hand; `null` while nothing is dragged. */
  dragged: Rect | null;
  /** The point that is pointed at or walked to. */
  active: TracePoint | null;
  /** Its place in order of time, from 0; the newest where there is none. */
  place: number;
  handlers: BrushHandlers;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

export interface BrushOptions {
  area: PlotArea;
  points: readonly TracePoint[];
  onSelect: (rect: Rect) => void;
  onOpen: (point: TracePoint) => void;
}

function placeOf(event: PointerEvent<SVGSVGElement>): Point {
  const box = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/**
 * The hand on the plot: a drag draws a rectangle, a press opens the trace under it, arrow keys walk from trace to trace.
 * A finger scrolls and presses, as everywhere; it selects by the fields.
 */
export function useBrush({ area, points, onSelect, onOpen }: BrushOptions): Brush {
  const [drag, setDrag] = useState<{ start: Point; end: Point } | null>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const active = points.find((point) => point.trace.id === activeId) ?? null;
  const dragged = drag !== null && isDrag(drag.start, drag.end) ? rectOf(drag.start, drag.end, area) : null;
  const pointAt = (point: TracePoint | null) => setActiveId(point?.trace.id ?? null);

  const handlers: BrushHandlers = {
    onPointerDown: (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      const start = placeOf(event);
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ start, end: start });
    },
    onPointerMove: (event) => {
      if (event.pointerType === "touch") return;
      const place = placeOf(event);
      if (drag === null) pointAt(nearestPoint(points, place, REACH_PX));
      else setDrag({ start: drag.start, end: place });
    },
    onPointerUp: (event) => {
      const place = placeOf(event);
      setDrag(null);
      if (drag !== null && isDrag(drag.start, place)) {
        onSelect(rectOf(drag.start, place, area));
        return;
      }
      const pressed = nearestPoint(points, place, REACH_PX);
      // A finger covers what it points at: its first press shows the trace, the second opens it.
      if (event.pointerType === "touch" && pressed?.trace.id !== activeId) pointAt(pressed);
      else if (pressed !== null && event.button === 0) onOpen(pressed);
    },
    onPointerLeave: (event) => {
      if (event.pointerType !== "touch") pointAt(null);
    },
    onPointerCancel: () => setDrag(null),
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      pointAt(stepPoint(points, active, step));
    } else if (event.key === "Enter" && active !== null) {
      event.preventDefault();
      onOpen(active);
    } else if (event.key === "Escape" && (active !== null || drag !== null)) {
      event.preventDefault();
      setDrag(null);
      pointAt(null);
    }
  };
  return { dragged, active, handlers, onKeyDown, place: placeInTime(points, active), onBlur: () => pointAt(null) };
}
