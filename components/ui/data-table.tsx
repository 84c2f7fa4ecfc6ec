"use client";

import { useMemo, useRef, type ReactNode } from "react";

import { cx } from "./cx.ts";
import { Icon } from "./icon.tsx";
import { ScrollRegion } from "./scroll-region.tsx";
import { nextSort, sortRows, type Sort, type SortValue } from "./table-sort.ts";
import { useRowWindow } from "./use-row-window.ts";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Makes the column sortable. `null` stands last. */
  sortValue?: (row: Row) => SortValue;
  /** Direction of the first click; worst or largest first is usually wanted. */
  firstSort?: Sort["direction"];
  isNumber?: boolean;
  /** The cell that names its row. */
  isRowHeader?: boolean;
  /** Left out where the table is phone-wide. */
  isWideOnly?: boolean;
  /** Long words may take more than one line. */
  isWrapping?: boolean;
  className?: string;
}

export interface DataTableProps<Row> {
  /** What the table holds, for those who hear it. */
  caption: string;
  columns: readonly Column<Row>[];
  /** `undefined` until the first answer: the table then keeps its place with empty rows. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** Shown in place of rows when there are none. */
  empty?: ReactNode;
  rowClassName?: (row: Row) => string | undefined;
  className?: string;
  skeletonRows?: number;
}

/** Rows as a real table: sortable by its headers, windowed when long, and of one height, so that live numbers move nothing. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, sort = null, onSort, empty, rowClassName, className, skeletonRows = 8 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => {
    if (rows === undefined) return [];
    const valueOf = sort === null ? undefined : columns.find((column) => column.id === sort.column)?.sortValue;
    return sort === null || valueOf === undefined ? rows : sortRows(rows, valueOf, sort.direction);
  }, [rows, columns, sort]);
  const { first, last, above, below } = useRowWindow(sorted.length, scroller);
  const isVirtual = above + below > 0;
  const shown = sorted.slice(first, last + 1);

  return (
    <ScrollRegion ref={scroller} label={caption} className={cx("relative min-h-0 overflow-auto", className)}>
      <table
        className="w-full border-collapse text-12"
        aria-rowcount={isVirtual ? sorted.length + 1 : undefined}
        aria-busy={rows === undefined}
      >
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 z-10 bg-surface">
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows === undefined ? <SkeletonRows columns={columns} count={skeletonRows} /> : null}
          <Spacer height={above} columns={columns.length} />
          {shown.map((row, index) => (
            <tr
              key={rowKey(row)}
              aria-rowindex={isVirtual ? first + index + 2 : undefined}
              className={cx("h-(--row-h) border-b last:border-b-0 hover:bg-hover", rowClassName?.(row))}
            >
              {columns.map((column) => (
                <BodyCell key={column.id} column={column}>
                  {column.cell(row)}
                </BodyCell>
              ))}
            </tr>
          ))}
          <Spacer height={below} columns={columns.length} />
        </tbody>
      </table>
      {rows !== undefined && sorted.length === 0 ? empty : null}
    </ScrollRegion>
  );
}

const CELL = "px-2 first:pl-4 last:pr-4";

function cellClass<Row>(column: Column<Row>): string {
  return cx(
    CELL,
    column.isWrapping === true ? "py-1.5" : "whitespace-nowrap",
    column.isNumber === true ? "text-right" : "text-left",
    column.isWideOnly === true && "max-tablet:hidden",
    column.className,
  );
}

interface HeaderCellProps<Row> {
  column: Column<Row>;
  sort: Sort | null;
  onSort: ((sort: Sort) => void) | undefined;
}

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const isSorted = sort?.column === column.id;
  const isSortable = column.sortValue !== undefined && onSort !== undefined;
  const direction = isSorted ? sort.direction : null;
  return (
    <th
      scope="col"
      aria-sort={direction === null ? undefined : direction === "asc" ? "ascending" : "descending"}
      className={cx(cellClass(column), "h-7 border-b text-11 font-medium text-text-3")}
    >
      {isSortable ? (
        <button
          type="button"
          onClick={() => onSort(nextSort(sort, column.id, column.firstSort ?? "asc"))}
          className={cx(
            "inline-flex h-6 items-center gap-0.5 rounded-1 hover:text-text pointer-coarse:h-11",
            isSorted && "text-text",
            column.isNumber === true && "flex-row-reverse",
          )}
        >
          {column.header}
          <Icon name={direction === "asc" ? "sortUp" : "sortDown"} size={12} className={isSorted ? "" : "opacity-0"} />
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

function BodyCell<Row>({ column, children }: { column: Column<Row>; children: ReactNode }) {
  if (column.isRowHeader === true) {
    return (
      <th scope="row" className={cx(cellClass(column), "font-regular")}>
        {children}
      </th>
    );
  }
  return <td className={cellClass(column)}>{children}</td>;
}

function SkeletonRows<Row>({ columns, count }: { columns: readonly Column<Row>[]; count: number }) {
  return Array.from({ length: count }, (_, row) => (
    <tr key={row} className="h-(--row-h) border-b last:border-b-0">
      {columns.map((column) => (
        <td key={column.id} className={cellClass(column)}>
          <span className={cx("skeleton h-3", column.isNumber === true ? "w-10" : "w-24")}>…</span>
        </td>
      ))}
    </tr>
  ));
}

/** Stands for the rows above or below the window, so that the scroll bar tells the truth. */
function Spacer({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ height }}>
        {null}
      </td>
    </tr>
  );
}
