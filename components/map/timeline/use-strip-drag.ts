import { useRef, useState, type PointerEvent } from "react";

import type { TimeControls } from "#lib/client/use-time-controls.ts";

import { stripTime, type StripScale } from "./strip-drawing.ts";

/** A hand trembles: less than this is a press, not a drag, pixels. */
const DRAG_PX = 4;

interface Press {
  pointerId: number;
  x: number;
  hasMoved: boolean;
}

export interface StripDrag {
  /** The moment under the pointer; `null` = it is elsewhere. */
  pointed: number | null;
  /** The moment that the hand holds; `null` = it holds none. */
  held: number | null;
  handlers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    onPointerCancel: () => void;
    onPointerLeave: () => void;
  };
}

/** A press on the picture ends the window there; a drag shows where it would, and ends it where it is let go. */
export function useStripDrag(scale: StripScale, { goTo, scrubTo }: Pick<TimeControls, "goTo" | "scrubTo">): StripDrag {
  const press = useRef<Press | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [held, setHeld] = useState<number | null>(null);
  const timeAt = (event: PointerEvent<HTMLElement>): number =>
    stripTime(event.clientX - event.currentTarget.getBoundingClientRect().left, scale);
  const letGo = (): void => {
    press.current = null;
    setHeld(null);
  };
  return {
    pointed,
    held,
    handlers: {
      onPointerDown: (event) => {
        // A mark leads to its change.
        const isOnMark = event.target instanceof Element && event.target.closest("a") !== null;
        if (event.button !== 0 || isOnMark || scale.to === 0) return;
        press.current = { pointerId: event.pointerId, x: event.clientX, hasMoved: false };
      },
      onPointerMove: (event) => {
        setPointed(timeAt(event));
        const own = press.current;
        if (own === null || (!own.hasMoved && Math.abs(event.clientX - own.x) < DRAG_PX)) return;
        if (!own.hasMoved) event.currentTarget.setPointerCapture(own.pointerId);
        own.hasMoved = true;
        setHeld(timeAt(event));
      },
      onPointerUp: (event) => {
        const own = press.current;
        if (own === null) return;
        letGo();
        const move = own.hasMoved ? scrubTo : goTo;
        move(timeAt(event));
      },
      onPointerCancel: letGo,
      onPointerLeave: () => setPointed(null),
    },
  };
}
