"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo, type ReactNode } from "react";

import { formatCount, formatQuantity } from "#lib/client/format.ts";
import { useFind, useView } from "#lib/client/search-params.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";
import type { Sourced } from "#lib/model/evidence.ts";

import { Button } from "./button.tsx";
import { DataTable, type Column } from "./data-table.tsx";
import { EmptyState } from "./empty-state.tsx";
import { NoticeList } from "./notice-list.tsx";
import { Panel } from "./panel.tsx";
import { ProblemState, StaleLine } from "./problem-state.tsx";
import { matchesFind, type Sort } from "./table-sort.ts";
import { useUrlSort } from "./use-url-sort.ts";

export interface ListPanelProps<Row> {
  /** Plural noun, capital first: "Services". */
  title: string;
  one: string;
  many: string;
  query: UseQueryResult<Sourced<{ items: Row[]; total: number; next: string | null }>>;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  initialSort: Sort;
  /** What the find box looks at. */
  textsOf: (row: Row) => readonly (string | null)[];
  /** Rows of no namespace stay when the view names some. */
  namespaceOf?: (row: Row) => string | null;
  /** Shown when the list itself is empty: what is missing and how to get it. */
  empty: ReactNode;
  rowClassName?: (row: Row) => string | undefined;
  /** As high as its rows, where other panels follow. */
  isShort?: boolean;
}

/** A whole list as one table, narrowed by the top bar, in every state that a read can be in. */
export function ListPanel<Row>(props: ListPanelProps<Row>) {
  const { title, one, many, query, columns, rowKey, initialSort, textsOf, namespaceOf, empty, rowClassName, isShort = false } = props;
  const [find, setFind] = useFind();
  const { namespaces, setView } = useView();
  const [sort, setSort] = useUrlSort(initialSort);
  const items = query.data?.value.items;
  const rows = useMemo(
    () =>
      items?.filter((row) => {
        const namespace = namespaceOf?.(row) ?? null;
        return matchesFind(find, textsOf(row)) && (namespaces.length === 0 || namespace === null || namespaces.includes(namespace));
      }),
    [items, find, namespaces, textsOf, namespaceOf],
  );
  const failure = useLastingError(query);
  if (failure !== null) {
    return (
      <section className="panel">
        <ProblemState error={failure} what={`The list of ${many}`} onRetry={() => void query.refetch()} />
      </section>
    );
  }
  const isNarrowed = items !== undefined && rows !== undefined && rows.length < items.length;
  const count =
    items === undefined
      ? ""
      : isNarrowed
        ? `${formatCount(rows.length)} of ${formatQuantity(items.length, one, many)}`
        : formatQuantity(items.length, one, many);
  const clear = () => {
    void setFind(null);
    void setView({ namespaces: null });
  };
  return (
    <>
      <StaleLine error={query.error} what={`The list of ${many}`} />
      <Panel
        title={title}
        className={isShort ? "" : "min-h-0 flex-1"}
        aside={<span className="text-12 text-text-2">{count}</span>}
        answer={query.data}
      >
        <DataTable
          caption={`${title}, ${count}`}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          sort={sort}
          onSort={setSort}
          {...(rowClassName === undefined ? {} : { rowClassName })}
          empty={
            isNarrowed ? (
              <EmptyState
                title={`No ${one} matches what the top bar asks for`}
                actions={
                  <Button isSmall onClick={clear}>
                    Show all
                  </Button>
                }
              >
                {formatQuantity(items.length, "is", "are")} hidden by the find text or the namespaces.
              </EmptyState>
            ) : (
              empty
            )
          }
        />
        {query.data?.value.next === null || query.data === undefined ? null : (
          <p className="border-t px-4 py-2 text-12 text-text-2">
            The first {formatCount(query.data.value.items.length)} of {formatCount(query.data.value.total)} are shown; narrow the list by
            find.
          </p>
        )}
      </Panel>
      <NoticeList notices={query.data?.notices ?? []} className="panel px-4 py-3" />
    </>
  );
}
