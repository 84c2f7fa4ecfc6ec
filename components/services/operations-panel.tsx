"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { DataTable, type Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { Sort } from "#components/ui/table-sort.ts";
import { formatCount, formatDuration } from "#lib/client/format.ts";
import { windowEndWords } from "#lib/client/moment.ts";
import { useAt, windowWords } from "#lib/client/search-params.ts";
import { operationsQuery } from "#lib/client/trace-queries.ts";
import { emptyWords } from "#lib/client/unkept-words.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useNow } from "#lib/client/use-now.ts";
import { useReceivesSpans } from "#lib/client/use-receives-spans.ts";
import type { OperationRed } from "#lib/model/trace.ts";

import { ErrorShare } from "./service-columns.tsx";

export interface OperationsPanelProps {
  /** Node id of the service. */
  id: string;
  window: string;
}

const INITIAL: Sort = { column: "spans", direction: "desc" };

/** What a service does, counted from its spans. Nothing where no spans are received. */
export function OperationsPanel({ id, window }: OperationsPanelProps) {
  const at = useAt();
  const now = useNow();
  const isReceiving = useReceivesSpans();
  const answer = useQuery({ ...operationsQuery(id, window, at, isReceiving === true), retry: false });
  const [sort, setSort] = useState<Sort>(INITIAL);
  const hrefTo = useHref();
  const columns = useMemo(() => columnsOf((operation) => hrefTo("/traces", { service: id, operation })), [hrefTo, id]);
  // Its place is kept until it is known that there is nothing to show here.
  if (isReceiving === false || (answer.isError && answer.data === undefined)) return null;
  return (
    <Panel
      title="Operations"
      aside={
        <span className="text-12 text-text-2">
          spans of {at === null ? "the " : ""}
          {windowEndWords(windowWords(window), at, now)}
        </span>
      }
      answer={answer.data}
    >
      <DataTable
        caption="Operations of this service, with spans, errors and durations"
        columns={columns}
        rows={answer.data?.value.items}
        rowKey={(row) => `${row.operation} ${row.kind} ${row.version ?? ""}`}
        sort={sort}
        onSort={setSort}
        className="h-[280px]"
        empty={
          <p className="px-4 py-3 text-12 text-text-2">
            {emptyWords(answer.data?.notices ?? [], "No span of this service came in this window.", now)}
          </p>
        }
      />
    </Panel>
  );
}

function duration(ms: number | null) {
  return ms === null ? <Missing word="not measured" /> : formatDuration(ms);
}

function columnsOf(hrefOf: (operation: string) => string): Column<OperationRed>[] {
  return [
    {
      id: "operation",
      header: "Operation",
      isRowHeader: true,
      sortValue: (row) => row.operation,
      cell: (row) => (
        <EvidenceLink href={hrefOf(row.operation)}>
          <bdi>{row.operation}</bdi>
        </EvidenceLink>
      ),
    },
    { id: "kind", header: "Kind", isWideOnly: true, sortValue: (row) => row.kind, cell: (row) => row.kind },
    { id: "version", header: "Version", sortValue: (row) => row.version, cell: (row) => row.version ?? <Missing word="not told" /> },
    {
      id: "spans",
      header: "Spans",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.count,
      cell: (row) => formatCount(row.count),
    },
    {
      id: "errors",
      header: "Error %",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => (row.count > 0 ? row.errorCount / row.count : null),
      cell: (row) => <ErrorShare ratio={row.count > 0 ? row.errorCount / row.count : null} />,
    },
    {
      id: "p50",
      header: "p50",
      isNumber: true,
      isWideOnly: true,
      firstSort: "desc",
      sortValue: (row) => row.p50Ms,
      cell: (row) => duration(row.p50Ms),
    },
    { id: "p95", header: "p95", isNumber: true, firstSort: "desc", sortValue: (row) => row.p95Ms, cell: (row) => duration(row.p95Ms) },
    {
      id: "p99",
      header: "p99",
      isNumber: true,
      isWideOnly: true,
      firstSort: "desc",
      sortValue: (row) => row.p99Ms,
      cell: (row) => duration(row.p99Ms),
    },
  ];
}
