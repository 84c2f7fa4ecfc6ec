import { useEffect, useRef } from "react";
import type { RefObject } from "react";

import type { Step } from "../model/walk.ts";

const STEPS: Readonly<Record<string, Step>> = { ArrowLeft: "caller", ArrowRight: "callee", ArrowUp: "previous", ArrowDown: "next" };

export interface MapKeyHandlers {
  /** An arrow was pressed on this node or edge label. */
  onStep: (id: string, step: Step) => void;
  /** Shift and Enter were pressed on it. */
  onOpen: (id: string) => void;
  onFocus: (id: string) => void;
}

/** Keys that mean something on a node or label of the map. Enter itself is the button's own. */
export function useMapKeys(container: RefObject<HTMLElement | null>, handlers: MapKeyHandlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const element = container.current;
    if (element === null) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      const id = itemId(event.target);
      if (id === null || event.altKey || event.ctrlKey || event.metaKey) return;
      const step = STEPS[event.key];
      if (event.key === "Enter" && event.shiftKey) {
        event.preventDefault();
        latest.current.onOpen(id);
      } else if (step !== undefined && !event.shiftKey) {
        event.preventDefault();
        latest.current.onStep(id, step);
      }
    };
    const onFocus = (event: FocusEvent): void => {
      const id = itemId(event.target);
      if (id !== null) latest.current.onFocus(id);
    };
    element.addEventListener("keydown", onKeyDown);
    element.addEventListener("focusin", onFocus);
    return () => {
      element.removeEventListener("keydown", onKeyDown);
      element.removeEventListener("focusin", onFocus);
    };
  }, [container]);
}

function itemId(target: EventTarget | null): string | null {
  return target instanceof HTMLElement ? (target.dataset.mapItem ?? null) : null;
}
