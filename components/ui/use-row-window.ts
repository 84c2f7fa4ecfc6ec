import { useEffect, useState, type RefObject } from "react";

import { rowWindow, WINDOW_FROM, type RowWindow } from "./row-window.ts";
import { useRowHeight } from "./use-row-height.ts";

/** Follows a scroller and says which rows are worth drawing. Redraws only when the window moves by a row. */
export function useRowWindow(count: number, scroller: RefObject<HTMLDivElement | null>): RowWindow {
  const rowHeight = useRowHeight();
  const [view, setView] = useState({ scrolledPx: 0, viewportPx: 800 });
  const isLong = count >= WINDOW_FROM;
  useEffect(() => {
    const element = scroller.current;
    if (!isLong || element === null) return undefined;
    const read = () => {
      const scrolledPx = Math.floor(element.scrollTop / rowHeight) * rowHeight;
      const viewportPx = element.clientHeight;
      setView((old) => (old.scrolledPx === scrolledPx && old.viewportPx === viewportPx ? old : { scrolledPx, viewportPx }));
    };
    const resized = new ResizeObserver(read);
    resized.observe(element);
    element.addEventListener("scroll", read, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", read);
    };
  }, [isLong, rowHeight, scroller]);
  return rowWindow(count, rowHeight, view.scrolledPx, view.viewportPx);
}
