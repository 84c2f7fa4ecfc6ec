"use client";

import { useMemo, useState } from "react";

import { ErrorShare } from "#components/services/service-columns.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import type { Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import type { Sort } from "#components/ui/table-sort.ts";
import { statusRank, toneOf } from "#components/ui/tone.ts";
import { formatDuration, formatNumber, formatPercent, formatQuantity } from "#lib/client/format.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import type { FindQuery } from "../model/find.ts";
import { transportWords } from "../model/names.ts";
import { isRefusedOnly, lockOf, lockOfObserved, lockRank, tlsWords } from "../model/transport.ts";
import { LockWord } from "../nodes/lock-glyph.tsx";
import { edgeRows, nodeRows } from "../model/table-rows.ts";
import type { EdgeRow, NodeRow } from "../model/table-rows.ts";

export interface MapTableProps {
  mesh: MeshGraph;
  find: FindQuery;
  selected: string | null;
  onSelect: (id: string) => void;
}

const FIRST: Sort = { column: "status", direction: "asc" };

/** The map's twin: the same nodes and edges, filter and selection, as two sortable tables. */
export function MapTable({ mesh, find, selected, onSelect }: MapTableProps) {
  const [nodeSort, setNodeSort] = useState<Sort>(FIRST);
  const [edgeSort, setEdgeSort] = useState<Sort>(FIRST);
  const nodes = useMemo(() => nodeRows(mesh, find), [mesh, find]);
  const edges = useMemo(() => edgeRows(mesh, find), [mesh, find]);
  const nodeColumns = useMemo(() => columnsOfNodes(selected, onSelect), [selected, onSelect]);
  const edgeColumns = useMemo(() => columnsOfEdges(selected, onSelect), [selected, onSelect]);
  const nodeCount = countWords(nodes.length, mesh.nodes.length, "node");
  const edgeCount = countWords(edges.length, mesh.edges.length, "edge");
  const rowClassName = (row: { id: string }): string => (row.id === selected ? "bg-info-bg" : "");
  return (
    <div className="absolute inset-x-5 bottom-3 top-1.5 grid grid-rows-2 gap-3 max-tablet:inset-x-3 max-tablet:bottom-16">
      <Panel title="Nodes" aside={<span className="text-12 text-text-2">{nodeCount}</span>} className="min-h-0">
        <DataTable
          caption={`Nodes of the map, ${nodeCount}`}
          columns={nodeColumns}
          rows={nodes}
          rowKey={(row) => row.id}
          sort={nodeSort}
          onSort={setNodeSort}
          rowClassName={rowClassName}
          empty={<EmptyState title="No node matches the find text" />}
        />
      </Panel>
      <Panel title="Edges" aside={<span className="text-12 text-text-2">{edgeCount}</span>} className="min-h-0">
        <DataTable
          caption={`Edges of the map, ${edgeCount}`}
          columns={edgeColumns}
          rows={edges}
          rowKey={(row) => row.id}
          sort={edgeSort}
          onSort={setEdgeSort}
          rowClassName={rowClassName}
          empty={<EmptyState title="No edge matches the find text" />}
        />
      </Panel>
    </div>
  );
}

function countWords(shown: number, all: number, one: string): string {
  return shown === all ? formatQuantity(all, one) : `${shown} of ${formatQuantity(all, one)}`;
}

interface SelectCellProps {
  id: string;
  selected: string | null;
  label: string;
  onSelect: (id: string) => void;
}

function SelectCell({ id, selected, label, onSelect }: SelectCellProps) {
  return (
    <button
      type="button"
      data-table-item={id}
      aria-pressed={id === selected}
      onClick={() => onSelect(id)}
      className="evidence inline-flex min-h-6 items-center font-medium -outline-offset-1"
    >
      {label}
    </button>
  );
}

const statusValue = (row: { status: NodeRow["status"] }): number | null => (row.status === null ? null : statusRank(row.status));
const STATUS_CELL = (row: { status: NodeRow["status"] }) =>
  row.status === null ? <Missing word="not judged" /> : <StatusWord tone={toneOf(row.status)}>{row.status}</StatusWord>;
const RATE_CELL = (row: { rate: number | null }) => (row.rate === null ? <Missing word="no data" /> : formatNumber(row.rate));
const EDGE_RATE_CELL = (row: EdgeRow) =>
  isRefusedOnly({ rate: row.rate, refused: row.tls.refused }) ? <span className="text-text-3">none</span> : RATE_CELL(row);
const P95_CELL = (row: { p95Ms: number | null }) => (row.p95Ms === null ? <Missing word="not measured" /> : formatDuration(row.p95Ms));

function columnsOfNodes(selected: string | null, onSelect: (id: string) => void): readonly Column<NodeRow>[] {
  return [
    {
      id: "name",
      header: "Name",
      isRowHeader: true,
      sortValue: (row) => row.name,
      cell: (row) => <SelectCell id={row.id} selected={selected} label={row.name} onSelect={onSelect} />,
    },
    { id: "status", header: "Health", sortValue: statusValue, cell: STATUS_CELL },
    {
      id: "namespace",
      header: "Namespace",
      isWideOnly: true,
      sortValue: (row) => row.namespace,
      cell: (row) => row.namespace ?? <span className="text-text-3">{row.kind}</span>,
    },
    { id: "rate", header: "Requests/s", isNumber: true, firstSort: "desc", sortValue: (row) => row.rate, cell: RATE_CELL },
    {
      id: "errors",
      header: "Error %",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.errorRatio,
      cell: (row) => <ErrorShare ratio={row.errorRatio} />,
    },
    { id: "p95", header: "p95", isNumber: true, firstSort: "desc", isWideOnly: true, sortValue: (row) => row.p95Ms, cell: P95_CELL },
    {
      id: "versions",
      header: "Versions",
      isWideOnly: true,
      cell: (row) =>
        row.versions.length === 0 ? (
          <Missing word="no version told" />
        ) : (
          row.versions.map((one) => (one.share === null ? one.version : `${one.version} ${formatPercent(one.share)}`)).join(", ")
        ),
    },
    {
      id: "transport",
      header: "Callers come by",
      isWideOnly: true,
      sortValue: (row) => row.transport,
      cell: (row) => <Transport of={row} />,
    },
  ];
}

function columnsOfEdges(selected: string | null, onSelect: (id: string) => void): readonly Column<EdgeRow>[] {
  return [
    {
      id: "source",
      header: "Caller",
      isRowHeader: true,
      sortValue: (row) => row.source,
      cell: (row) => <SelectCell id={row.id} selected={selected} label={`${row.source} → ${row.target}`} onSelect={onSelect} />,
    },
    { id: "status", header: "Health", sortValue: statusValue, cell: STATUS_CELL },
    { id: "protocol", header: "Protocol", isWideOnly: true, sortValue: (row) => row.protocol, cell: (row) => row.protocol },
    { id: "rate", header: "Requests/s", isNumber: true, firstSort: "desc", sortValue: (row) => row.rate, cell: EDGE_RATE_CELL },
    {
      id: "errors",
      header: "Error %",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.errorRatio,
      cell: (row) => <ErrorShare ratio={row.errorRatio} />,
    },
    { id: "p95", header: "p95", isNumber: true, firstSort: "desc", isWideOnly: true, sortValue: (row) => row.p95Ms, cell: P95_CELL },
    {
      id: "transport",
      header: "Transport",
      sortValue: (row) => lockRank(lockOf(row.tls)),
      cell: (row) => <LockWord lock={lockOf(row.tls)}>{tlsWords(row.tls)}</LockWord>,
    },
  ];
}

function Transport({ of: { transport } }: { of: { transport: NodeRow["transport"] } }) {
  return <LockWord lock={lockOfObserved(transport)}>{transportWords(transport)}</LockWord>;
}
