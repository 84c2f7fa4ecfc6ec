"use client";

import { useMemo, useState } from "react";

import { DataTable, type Column } from "#components/ui/data-table.tsx";
import { Delta } from "#components/ui/delta.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { formatCount, formatDuration, formatQuantity } from "#lib/client/format.ts";
import type { OperationPair } from "#lib/traces/compare-traces.ts";
import { serviceColour } from "#lib/traces/service-colour.ts";
import type { SpanNode } from "#lib/traces/trace-tree.ts";

import { colourToken, serviceWords } from "../waterfall/trace-view.ts";
import type { TraceView } from "../waterfall/trace-view.ts";
import { changeOf, compareRows, type CompareRow } from "./compare-rows.ts";
import type { Compared } from "./use-comparison.ts";

export interface CompareViewProps {
  view: TraceView;
  compared: Compared;
}

const CHANGE_WORDS: Readonly<Record<ReturnType<typeof changeOf>, string>> = {
  added: "only here",
  lost: "only there",
  slower: "slower here",
  faster: "faster here",
  same: "alike",
};

const INDENT_PX = 12;
const MOST_INDENTS = 14;

function SpanName({ node, depth }: { node: SpanNode | null; depth: number }) {
  if (node === null) {
    return (
      <span className="text-text-3">
        <span aria-hidden="true">–</span>
        <span className="sr-only">not there</span>
      </span>
    );
  }
  return (
    <span className="flex min-w-0 items-center gap-[7px]" style={{ paddingLeft: Math.min(depth, MOST_INDENTS) * INDENT_PX }}>
      <i
        aria-hidden="true"
        style={{ background: colourToken(serviceColour(node.resource.service)) }}
        className="h-4 w-1 flex-none rounded-[2px]"
      />
      <ForeignText text={serviceWords(node)} className="max-w-40 truncate font-medium" />
      <ForeignText text={node.span.name} className="max-w-56 truncate text-text-2" />
      <span className="ml-auto pl-2">{formatDuration(node.span.durationMs)}</span>
    </span>
  );
}

const TREE_COLUMNS: readonly Column<CompareRow>[] = [
  { id: "here", header: "Here", cell: (row) => <SpanName node={row.here} depth={row.depth} />, isRowHeader: true, className: "w-[42%]" },
  { id: "there", header: "There", cell: (row) => <SpanName node={row.there} depth={row.depth} />, className: "w-[42%]" },
  {
    id: "delta",
    header: "Difference",
    isNumber: true,
    cell: (row) =>
      row.deltaMs === null ? (
        <b className="font-semi">{CHANGE_WORDS[changeOf(row)]}</b>
      ) : (
        <>
          <Delta value={row.deltaMs} format={formatDuration} isStrong={changeOf(row) !== "same"} />
          <span className="sr-only"> {CHANGE_WORDS[changeOf(row)]}</span>
        </>
      ),
  },
];

const OPERATION_COLUMNS: readonly Column<OperationPair>[] = [
  {
    id: "operation",
    header: "Service and operation",
    isRowHeader: true,
    cell: (row) => (
      <span className="flex items-center gap-[7px]">
        <i aria-hidden="true" style={{ background: colourToken(serviceColour(row.service)) }} className="h-4 w-1 flex-none rounded-[2px]" />
        <ForeignText text={row.service} className="max-w-40 truncate font-medium" />
        <ForeignText text={row.operation} className="max-w-56 truncate text-text-2" />
      </span>
    ),
  },
  { id: "here", header: "Calls here", isNumber: true, cell: (row) => formatCount(row.countHere) },
  { id: "there", header: "there", isNumber: true, cell: (row) => formatCount(row.countThere) },
  { id: "hereMs", header: "Total here", isNumber: true, cell: (row) => formatDuration(row.totalHereMs) },
  { id: "thereMs", header: "there", isNumber: true, cell: (row) => formatDuration(row.totalThereMs) },
  { id: "delta", header: "Difference", isNumber: true, cell: (row) => <Delta value={row.deltaMs} format={formatDuration} isStrong /> },
];

/** Two traces side by side: what was added, lost, slower, by operation and span by span. */
export function CompareView({ view, compared }: CompareViewProps) {
  const { other, comparison } = compared;
  const [shown, setShown] = useState<"changes" | "all">("changes");
  const rows = useMemo(() => compareRows(view.tree, other.tree, comparison), [view, other, comparison]);
  const changed = useMemo(() => rows.filter((row) => changeOf(row) !== "same"), [rows]);
  const operations = useMemo(
    () => comparison.operations.filter((row) => row.countHere !== row.countThere || row.deltaMs !== 0),
    [comparison],
  );
  const slower = changed.filter((row) => changeOf(row) === "slower").length;
  return (
    <div className="grid min-h-0 flex-1 content-start gap-(--gap-panel)">
      <Panel
        title="What changed"
        aside={
          <span className="text-12 text-text-2">
            {formatQuantity(comparison.added.length, "span")} only here, {formatQuantity(comparison.lost.length, "span")} only there,{" "}
            {formatCount(slower)} slower here
          </span>
        }
      >
        <DataTable
          caption="Operations by difference of their total time"
          columns={OPERATION_COLUMNS}
          rows={operations}
          rowKey={(row) => `${row.service} ${row.operation} ${String(row.isCall)}`}
          className="max-h-80"
          empty={<EmptyState tone="ok" title="Both traces have the same calls and take equally long" />}
        />
      </Panel>
      <Panel
        title="Side by side"
        badge={
          <Segmented
            label="Which spans"
            value={shown}
            options={[
              { value: "changes", label: `Differences ${formatCount(changed.length)}` },
              { value: "all", label: `All ${formatCount(rows.length)}` },
            ]}
            onChange={setShown}
          />
        }
      >
        <DataTable
          caption="Spans of both traces, side by side"
          columns={TREE_COLUMNS}
          rows={shown === "all" ? rows : changed}
          rowKey={(row) => row.key}
          className="max-h-[60dvh]"
          empty={<EmptyState tone="ok" title="No span was added, lost, slower or faster" />}
        />
      </Panel>
    </div>
  );
}
