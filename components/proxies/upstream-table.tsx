"use client";

import { useState } from "react";

import { cx } from "#components/ui/cx.ts";
import { DataTable, type Column } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import type { Sort } from "#components/ui/table-sort.ts";
import type { HrefTo } from "#lib/client/use-href.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { Upstream } from "#lib/model/topology.ts";

function upstreamColumns(hrefTo: HrefTo): readonly Column<Upstream>[] {
  return [
    {
      id: "name",
      header: "Target, as the proxy calls it",
      isRowHeader: true,
      sortValue: (row) => row.name,
      cell: (row) => <span className="font-mono text-11">{row.name}</span>,
    },
    {
      id: "service",
      header: "Service",
      sortValue: (row) => row.nodeId,
      cell: (row) => (
        <EvidenceLink href={hrefTo("/service", { id: row.nodeId })}>
          {parseNodeId(row.nodeId).service}
          {row.version === null ? "" : ` ${row.version}`}
        </EvidenceLink>
      ),
    },
    {
      id: "endpoints",
      header: "Ready endpoints",
      isNumber: true,
      sortValue: (row) => row.endpoints.healthy - row.endpoints.total,
      cell: (row) => (
        <span className={cx(row.endpoints.healthy < row.endpoints.total && "font-semi text-warn-text")}>
          {row.endpoints.healthy}/{row.endpoints.total}
        </span>
      ),
    },
    {
      id: "ejected",
      header: "Ejected",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.ejected,
      cell: (row) => <span className={cx(row.ejected > 0 && "font-semi text-warn-text")}>{row.ejected}</span>,
    },
    {
      id: "breakers",
      header: "Open breakers",
      sortValue: (row) => row.openBreakers.length,
      firstSort: "desc",
      cell: (row) =>
        row.openBreakers.length === 0 ? (
          <span className="text-text-3">none</span>
        ) : (
          <span className="font-semi text-warn-text">{row.openBreakers.join(", ")}</span>
        ),
    },
  ];
}

/** Targets of one proxy, as that proxy sees them. */
export function UpstreamTable({ upstreams, hrefTo }: { upstreams: readonly Upstream[]; hrefTo: HrefTo }) {
  const [sort, setSort] = useState<Sort>({ column: "endpoints", direction: "asc" });
  return (
    <DataTable
      caption="Targets of this proxy"
      columns={upstreamColumns(hrefTo)}
      rows={upstreams}
      rowKey={(row) => row.name}
      sort={sort}
      onSort={setSort}
      className="max-h-96"
      empty={<EmptyState title="This proxy named no target" />}
    />
  );
}
