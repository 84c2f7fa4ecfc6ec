"use client";

import { useMemo, useRef, type ReactNode } from "react";

import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { sortRows } from "#components/ui/table-sort.ts";
import { useUrlSort } from "#components/ui/use-url-sort.ts";
import { formatCount, formatQuantity } from "#lib/client/format.ts";
import { useFind, useView } from "#lib/client/search-params.ts";
import { nextLimit, type TraceSearchChange, type TraceSearchState } from "#lib/client/trace-search-params.ts";
import { useIsNarrow } from "#lib/client/use-narrow.ts";

import { ColumnPicker, useHiddenColumns } from "./column-picker.tsx";
import { moreSentence } from "./sentence.ts";
import { TraceCards } from "./trace-cards.tsx";
import { traceColumns, type TraceHref } from "./trace-columns.tsx";
import { useRowKeys } from "./use-row-keys.ts";
import { isSelected, type TraceList } from "./use-trace-list.ts";

const INITIAL_SORT = { column: "start", direction: "desc" } as const;
/** Rows of the skeleton: about as many as there is room for, so that little moves when they come. */
const SKELETON_ROWS = 12;

export interface TraceListPanelProps {
  list: TraceList;
  state: TraceSearchState;
  hrefOf: TraceHref;
  onChange: (change: TraceSearchChange) => void;
  /** Shown in place of rows when nothing was found. */
  empty: ReactNode;
}

/** The loaded traces as rows, on a phone as cards, and what is not among them. */
export function TraceListPanel({ list, state, hrefOf, onChange, empty }: TraceListPanelProps) {
  const isNarrow = useIsNarrow() === true;
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  const [sort, setSort] = useUrlSort(INITIAL_SORT);
  const hiddenColumns = useHiddenColumns();
  const { rows } = list;
  const longestMs = useMemo(() => (rows ?? []).reduce((longest, trace) => Math.max(longest, trace.durationMs), 0), [rows]);
  const columns = useMemo(() => traceColumns(hrefOf, longestMs, hiddenColumns), [hrefOf, longestMs, hiddenColumns]);
  const answer = list.query.data?.value;
  const count = rows === undefined ? "" : countWords(rows.length, rows.length + list.hidden);
  const nothing = list.hidden > 0 ? <HiddenState list={list} onChange={onChange} /> : empty;
  const valueOf = columns.find((column) => column.id === sort.column)?.sortValue;
  return (
    <Panel title="Traces" aside={<span className="text-12 text-text-2">{count}</span>} badge={isNarrow ? undefined : <ColumnPicker />}>
      <div ref={box} className={cx(list.isChanging && "opacity-60")} aria-busy={list.isChanging}>
        {isNarrow && rows !== undefined ? (
          rows.length === 0 ? (
            nothing
          ) : (
            <TraceCards traces={valueOf === undefined ? rows : sortRows(rows, valueOf, sort.direction)} hrefOf={hrefOf} />
          )
        ) : (
          <DataTable
            caption={`Traces, ${count}`}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            sort={sort}
            onSort={setSort}
            skeletonRows={SKELETON_ROWS}
            empty={nothing}
            rowClassName={(row) => cx("cursor-pointer", isSelected(row, state) && "bg-info-bg")}
            className="max-h-[max(320px,70dvh)]"
          />
        )}
      </div>
      {answer === undefined ? null : <MoreLine text={moreSentence(answer, state.limit)} limit={state.limit} onChange={onChange} />}
    </Panel>
  );
}

function countWords(shown: number, all: number): string {
  return shown < all ? `${formatCount(shown)} of ${formatQuantity(all, "trace")}` : formatQuantity(all, "trace");
}

function MoreLine({ text, limit, onChange }: { text: string | null; limit: number; onChange: (change: TraceSearchChange) => void }) {
  if (text === null) return null;
  const next = nextLimit(limit);
  return (
    <div className="flex flex-wrap items-center gap-3 border-t px-4 py-2 text-12 text-text-2">
      <p>{text}</p>
      {next === null ? null : (
        <Button isSmall onClick={() => onChange({ limit: next })}>
          Load {formatCount(next)}
        </Button>
      )}
    </div>
  );
}

/** Traces were found, and what the page itself applies hides them all. */
function HiddenState({ list, onChange }: Pick<TraceListPanelProps, "list" | "onChange">) {
  const [, setFind] = useFind();
  const { setView } = useView();
  const showAll = () => {
    void setFind(null);
    void setView({ namespaces: null });
    onChange({ wholeMin: null, wholeMax: null });
  };
  return (
    <EmptyState
      title="No loaded trace matches what the top bar asks for"
      actions={
        <Button isSmall onClick={showAll}>
          Show all
        </Button>
      }
    >
      {formatQuantity(list.hidden, "is", "are")} hidden by the find text, the namespaces, or the duration of the whole trace.
    </EmptyState>
  );
}
