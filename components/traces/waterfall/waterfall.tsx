"use client";

import { useImperativeHandle, useMemo, useRef, type CSSProperties, type KeyboardEvent, type MouseEvent, type Ref } from "react";

import { useRowHeight } from "#components/ui/use-row-height.ts";
import { formatQuantity } from "#lib/client/format.ts";
import { useIsNarrow } from "#lib/client/use-narrow.ts";

import { AxisRow } from "./axis-row.tsx";
import { barPlace } from "./bar-place.ts";
import { nearestRowOf, rowOf } from "./rows.ts";
import type { Ghost } from "./span-bar.tsx";
import { SpanRow } from "./span-row.tsx";
import { axisTicks } from "./time-axis.ts";
import { TimeGrid } from "./time-grid.tsx";
import type { TraceView } from "./trace-view.ts";
import { useActiveRow } from "./use-active-row.ts";
import type { Folding } from "./use-folding.ts";
import { useScrollWindow } from "./use-scroll-window.ts";
import { useSize } from "./use-size.ts";
import { treeAction } from "./waterfall-keys.ts";
import type { TimeRange } from "./zoom.ts";

export interface WaterfallHandle {
  /** Brings a span into sight, opening what it is folded into, and gives it the focus. */
  goTo: (key: string) => void;
  /** Goes to the next span that has a bar in sight, or to the one before. */
  step: (by: 1 | -1) => void;
  /** Scrolls by a page. */
  page: (by: 1 | -1) => void;
  /** Index of the span that has the focus, or would get it by Tab. */
  at: () => number;
}

export interface WaterfallProps {
  view: TraceView;
  folding: Folding;
  range: TimeRange;
  /** Key of the span whose details are open. */
  selected: string | null;
  /** Indexes of the spans that the find text met. */
  matches: ReadonlySet<number>;
  /** Matched spans of the other trace, by key; `null` = there is no other trace. */
  ghosts: ReadonlyMap<string, Ghost> | null;
  /** Percent of the width that the names take. */
  namePercent: number;
  onNamePercent: (percent: number) => void;
  onSelect: (key: string) => void;
  ref: Ref<WaterfallHandle>;
}

/** Name above bar needs two lines. */
const NARROW_ROW_PX = 56;
const HEAD_PX = 24;

/** Every span of a trace as a row of a tree: what is in sight is drawn, everything can be reached by keyboard. */
export function Waterfall({ view, folding, range, selected, matches, ghosts, namePercent, onNamePercent, onSelect, ref }: WaterfallProps) {
  const { nodes } = view;
  const { rows, folded } = folding;
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow() === true;
  const usualRowPx = useRowHeight();
  const rowPx = isNarrow ? Math.max(usualRowPx, NARROW_ROW_PX) : usualRowPx;
  const { widthPx } = useSize(grid);
  const { first, last } = useScrollWindow(scroller, nodes, rows, rowPx);
  const { activeRow, activate, goTo } = useActiveRow({ scroller, view, folding, rowPx, headPx: HEAD_PX, selected });
  const ticks = useMemo(() => axisTicks(range, widthPx), [range, widthPx]);

  const pageRows = (): number => Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEAD_PX) / rowPx) - 1);
  useImperativeHandle(ref, () => ({
    goTo,
    step: (by) => {
      for (let row = activeRow + by; row >= 0 && row < rows.length; row += by) {
        const node = nodes[rows[row] ?? -1];
        if (node === undefined || barPlace(node.startMs, node.endMs, range) === null) continue;
        goTo(node.key);
        return;
      }
    },
    page: (by) => scroller.current?.scrollBy(0, by * pageRows() * rowPx),
    at: () => rows[activeRow] ?? -1,
  }));

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (!(event.target instanceof HTMLElement) || event.target.role !== "row" || event.ctrlKey || event.metaKey || event.altKey) return;
    const node = nodes[rows[activeRow] ?? -1];
    if (node === undefined) return;
    const action = treeAction(
      { key: event.key, isShift: event.shiftKey },
      {
        row: activeRow,
        rows: rows.length,
        page: pageRows(),
        hasChildren: node.size > 0,
        isFolded: folded.has(node.key),
        parentRow: node.parent < 0 ? -1 : rowOf(rows, node.parent),
      },
    );
    if (action === null) return;
    event.preventDefault();
    if (action.do === "toggle") folding.toggle(node.key);
    else if (action.do === "open") onSelect(node.key);
    else if (action.do === "unfold-siblings") folding.openSiblings(node.parent);
    else goTo(nodes[rows[action.row] ?? -1]?.key ?? node.key);
  };

  const onClick = (event: MouseEvent<HTMLDivElement>) => {
    if (!(event.target instanceof Element)) return;
    const row = event.target.closest<HTMLElement>("[data-row]")?.dataset["row"];
    const node = row === undefined ? undefined : nodes[rows[Number(row)] ?? -1];
    if (node === undefined) return;
    activate(node.key);
    if (event.target.closest("[data-fold]") === null) onSelect(node.key);
    else folding.toggle(node.key);
  };

  // Beside the row below the span that was given up: what ran inside it ended before the line.
  const wordTop = (index: number): number => (nearestRowOf(nodes, rows, index) + 1.5) * rowPx - 6;
  const drawn = rowsToDraw(first, last, activeRow);
  const columns: CSSProperties & { "--name-w": string } = { "--name-w": `${namePercent}%` };
  return (
    <div
      ref={scroller}
      role="treegrid"
      tabIndex={-1}
      aria-label={`Spans of the trace, ${formatQuantity(nodes.length, "span")}`}
      aria-rowcount={rows.length + 1}
      aria-colcount={2}
      style={columns}
      onKeyDown={onKeyDown}
      onClick={onClick}
      className="relative min-h-0 flex-1 overflow-auto overscroll-contain outline-none"
    >
      <AxisRow ticks={ticks} namePercent={namePercent} onNamePercent={onNamePercent} />
      <div role="rowgroup" style={{ height: rows.length * rowPx }} className="relative">
        <TimeGrid ref={grid} ticks={ticks} limits={view.limits} range={range} topOf={wordTop} />
        {drawn.map((row) => {
          const index = rows[row] ?? -1;
          const node = nodes[index];
          return node === undefined ? null : (
            <SpanRow
              key={node.key}
              node={node}
              row={row}
              rowPx={rowPx}
              isFolded={folded.has(node.key)}
              isActive={row === activeRow}
              isSelected={node.key === selected}
              isMatch={matches.has(index)}
              range={range}
              widthPx={widthPx}
              ghost={ghosts?.get(node.key) ?? null}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The window of rows, and the one that Tab reaches, wherever it is. */
export function rowsToDraw(first: number, last: number, activeRow: number): number[] {
  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  if (activeRow < 0 || (activeRow >= first && activeRow <= last)) return rows;
  return activeRow < first ? [activeRow, ...rows] : [...rows, activeRow];
}
