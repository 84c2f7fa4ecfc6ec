import { useCallback, useLayoutEffect, useReducer, useRef, useState, type RefObject } from "react";

import { scrollToRow } from "./row-range.ts";
import { nearestRowOf } from "./rows.ts";
import type { TraceView } from "./trace-view.ts";
import type { Folding } from "./use-folding.ts";

export interface ActiveRowInput {
  scroller: RefObject<HTMLDivElement | null>;
  view: TraceView;
  folding: Folding;
  rowPx: number;
  /** Height of the head that stays over the rows. */
  headPx: number;
  /** The span whose details are open when the page is entered. */
  selected: string | null;
}

export interface ActiveRow {
  /** Row that Tab reaches; where its span is folded away, the ancestor that is shown. -1 = there are no rows. */
  readonly activeRow: number;
  /** Makes a span the one that Tab reaches; scrolls nothing. */
  readonly activate: (key: string) => void;
  /** Opens the way to a span, scrolls to it and gives it the focus. */
  readonly goTo: (key: string) => void;
}

/** One row takes part in the tab order; arrow keys and shortcuts move that part and the focus with it. */
export function useActiveRow({ scroller, view, folding, rowPx, headPx, selected }: ActiveRowInput): ActiveRow {
  const [activeKey, activate] = useState<string | null>(selected);
  const { nodes, indexOf } = view;
  const { rows, show } = folding;
  const activeRow = nearestRowOf(nodes, rows, indexOf.get(activeKey ?? "") ?? 0);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  // A link that names a span brings it into sight, but leaves the focus where the reader has it.
  const wanted = useRef<{ key: string; isFocused: boolean } | null>(selected === null ? null : { key: selected, isFocused: false });

  const goTo = useCallback(
    (key: string) => {
      const index = indexOf.get(key);
      if (index === undefined) return;
      wanted.current = { key, isFocused: true };
      show(index);
      activate(key);
      redraw();
    },
    [indexOf, show],
  );

  useLayoutEffect(() => {
    const element = scroller.current;
    const { current: want } = wanted;
    if (element === null || want === null || want.key !== activeKey || element.clientHeight === 0) return;
    wanted.current = null;
    const to = scrollToRow(activeRow, rowPx, element.scrollTop, element.clientHeight - headPx);
    if (to !== null) element.scrollTo({ top: to });
    if (want.isFocused) element.querySelector<HTMLElement>(`[data-row="${activeRow}"]`)?.focus({ preventScroll: true });
  });

  return { activeRow, activate, goTo };
}
