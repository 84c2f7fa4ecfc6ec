import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

import { rowRange, type RowRange } from "./row-range.ts";
import type { SpanNode } from "./trace-view.ts";

/**
 * Which rows are drawn while the reader scrolls. Listens passively and reads one number per frame at most; React hears of
 * it only when the window moves. When rows come or go above, what was in sight stays in sight.
 */
export function useScrollWindow(
  scroller: RefObject<HTMLDivElement | null>,
  nodes: readonly SpanNode[],
  rows: readonly number[],
  rowPx: number,
): RowRange {
  const [heightPx, setHeightPx] = useState(800);
  const [range, setRange] = useState<RowRange>({ first: 0, last: -1 });
  const anchor = useRef<{ key: string; row: number } | null>(null);
  const count = rows.length;

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let frame = 0;
    const read = () => {
      frame = 0;
      const row = Math.max(0, Math.min(count - 1, Math.floor(element.scrollTop / rowPx)));
      anchor.current = { key: nodes[rows[row] ?? -1]?.key ?? "", row };
      const next = rowRange(count, rowPx, element.scrollTop, heightPx);
      setRange((old) => (old.first === next.first && old.last === next.last ? old : next));
    };
    const onScroll = () => {
      if (frame === 0) frame = requestAnimationFrame(read);
    };
    read();
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      if (frame !== 0) cancelAnimationFrame(frame);
      element.removeEventListener("scroll", onScroll);
    };
  }, [scroller, nodes, rows, count, rowPx, heightPx]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeightPx(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);

  // Only spans that came with a newer answer: folding moves what is below the folded row, as the reader expects.
  const shownNodes = useRef(nodes);
  useLayoutEffect(() => {
    const element = scroller.current;
    const was = anchor.current;
    if (shownNodes.current === nodes) return;
    shownNodes.current = nodes;
    if (element === null || was === null || element.scrollTop === 0) return;
    const row = rows.findIndex((index) => nodes[index]?.key === was.key);
    if (row >= 0 && row !== was.row) element.scrollBy({ top: (row - was.row) * rowPx });
  }, [scroller, nodes, rows, rowPx]);

  return { first: range.first, last: Math.min(range.last, count - 1) };
}
