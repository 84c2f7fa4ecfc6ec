"use client";

import { useState } from "react";

import { DataTable, type Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { useUrlSort } from "#components/ui/use-url-sort.ts";
import { formatCount, formatDuration, formatPercent } from "#lib/client/format.ts";
import { serviceColour } from "#lib/traces/service-colour.ts";
import type { SpanStatistics, TraceStatistics } from "#lib/traces/trace-statistics.ts";

import { colourToken } from "../waterfall/trace-view.ts";

export interface StatisticsTableProps {
  statistics: TraceStatistics;
  /** Address of the waterfall with these spans found. */
  hrefOf: (row: SpanStatistics) => string;
}

function columnsFor(hrefOf: StatisticsTableProps["hrefOf"]): Column<SpanStatistics>[] {
  return [
    {
      id: "name",
      header: "Service and operation",
      isRowHeader: true,
      sortValue: (row) => `${row.service} ${row.operation ?? ""}`,
      firstSort: "asc",
      cell: (row) => (
        <span className="flex items-center gap-[7px]">
          <i
            aria-hidden="true"
            style={{ background: colourToken(serviceColour(row.service)) }}
            className="h-4 w-1 flex-none rounded-[2px]"
          />
          <EvidenceLink href={hrefOf(row)} className="font-medium">
            <ForeignText text={row.service} />
          </EvidenceLink>
          {row.operation === null ? null : <ForeignText text={row.operation} className="max-w-72 truncate text-text-2" />}
        </span>
      ),
    },
    {
      id: "count",
      header: "Spans",
      isNumber: true,
      sortValue: (row) => row.count,
      firstSort: "desc",
      cell: (row) => formatCount(row.count),
    },
    {
      id: "total",
      header: "Total",
      isNumber: true,
      sortValue: (row) => row.totalMs,
      firstSort: "desc",
      cell: (row) => formatDuration(row.totalMs),
    },
    {
      id: "self",
      header: "Own",
      isNumber: true,
      sortValue: (row) => row.selfMs,
      firstSort: "desc",
      cell: (row) => formatDuration(row.selfMs),
    },
    {
      id: "critical",
      header: "Critical path",
      isNumber: true,
      sortValue: (row) => row.criticalShare,
      firstSort: "desc",
      cell: (row) => (row.criticalShare === null ? <Missing /> : formatPercent(row.criticalShare)),
    },
    {
      id: "p95",
      header: "p95",
      isNumber: true,
      sortValue: (row) => row.p95Ms,
      firstSort: "desc",
      isWideOnly: true,
      cell: (row) => formatDuration(row.p95Ms),
    },
    {
      id: "max",
      header: "Longest",
      isNumber: true,
      sortValue: (row) => row.maxMs,
      firstSort: "desc",
      isWideOnly: true,
      cell: (row) => formatDuration(row.maxMs),
    },
    {
      id: "errors",
      header: "Errors",
      isNumber: true,
      sortValue: (row) => row.errors,
      firstSort: "desc",
      cell: (row) => (row.errors === 0 ? "0" : <b className="font-semi text-fail-text">{formatCount(row.errors)}</b>),
    },
  ];
}

/** What each service and operation took of the trace, as numbers. */
export function StatisticsTable({ statistics, hrefOf }: StatisticsTableProps) {
  const [sort, setSort] = useUrlSort({ column: "self", direction: "desc" });
  const [by, setBy] = useState<"operations" | "services">("operations");
  return (
    <Panel
      title="Numbers"
      className="min-h-0 flex-1"
      badge={
        <Segmented
          label="Rows"
          value={by}
          options={[
            { value: "operations", label: "By operation" },
            { value: "services", label: "By service" },
          ]}
          onChange={setBy}
        />
      }
    >
      <DataTable
        caption={by === "services" ? "Services of the trace" : "Operations of the trace"}
        columns={columnsFor(hrefOf)}
        rows={statistics[by]}
        rowKey={(row) => `${row.namespace ?? ""}/${row.service} ${row.operation ?? ""}`}
        sort={sort}
        onSort={setSort}
      />
    </Panel>
  );
}
