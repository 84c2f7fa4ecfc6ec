"use client";

import { useRef, type ReactNode } from "react";

import { DataTable, type Column } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { useUrlSort } from "#components/ui/use-url-sort.ts";
import type { Sort } from "#components/ui/table-sort.ts";
import type { Sourced } from "#lib/model/evidence.ts";

import { useRowSelection } from "./row-opener.tsx";
import { useRowOpening } from "./use-row-opening.ts";

export interface SecurityTableProps<Row> {
  title: string;
  /** A few words beside the title. */
  note: string;
  /** Filters, under the title. */
  filters?: ReactNode;
  /** How many there are. */
  count: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  initialSort: Sort;
  empty: ReactNode;
  answer: Sourced<unknown> | undefined;
  /** A tint for rows that need a look. */
  isAlarming?: (row: Row) => boolean;
  skeletonRows?: number;
}

/** One table of the report: its rows open beside it, its order is in the address. */
export function SecurityTable<Row>(props: SecurityTableProps<Row>) {
  const { title, note, filters, count, columns, rows, rowKey, initialSort, empty, answer, isAlarming, skeletonRows = 13 } = props;
  const box = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useUrlSort(initialSort);
  const { selected } = useRowSelection();
  useRowOpening(box);
  const known = columns.some((column) => column.id === sort.column && column.sortValue !== undefined);
  return (
    <Panel
      title={title}
      aside={
        <>
          <span className="text-12 text-text-3 max-tablet:hidden">{note}</span>
          <span className="text-12 text-text-2">{count}</span>
        </>
      }
      answer={answer}
    >
      {filters === undefined ? null : <div className="flex flex-wrap items-center gap-1.5 px-4 pb-2">{filters}</div>}
      <div ref={box} className="flex min-h-0 flex-col pb-1">
        <DataTable
          className="max-h-[75dvh]"
          caption={`${title}, ${count}`}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          sort={known ? sort : initialSort}
          onSort={setSort}
          empty={empty}
          skeletonRows={skeletonRows}
          rowClassName={(row) =>
            rowKey(row) === selected
              ? "bg-info-bg cursor-pointer"
              : isAlarming?.(row) === true
                ? "bg-warn-bg cursor-pointer"
                : "cursor-pointer"
          }
        />
      </div>
    </Panel>
  );
}
