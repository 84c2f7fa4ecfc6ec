"use client";

import { useMemo } from "react";

import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { formatCount, formatQuantity } from "#lib/client/format.ts";
import { NO_EDGE_FILTERS, type SecurityChange, type SecurityState } from "#lib/client/security-search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { CertificateView, SecurityReport } from "#lib/model/security.ts";

import { edgeColumns } from "./edge-columns.tsx";
import { EdgeFilters } from "./edge-filters.tsx";
import { edgeRows, hasPlaintext } from "./edge-rows.ts";
import { NothingInNamespaces, useNamespaceFilter } from "./namespace-filter.tsx";
import { SecurityTable } from "./security-table.tsx";

const INITIAL_SORT = { column: "observed", direction: "asc" } as const;
const NO_CERTIFICATES: readonly CertificateView[] = [];

export interface ViewProps {
  answer: Sourced<SecurityReport> | undefined;
  state: SecurityState;
  find: string;
  onChange: (change: SecurityChange) => void;
  /** Drops the find text too. */
  onClear: (change: SecurityChange) => void;
}

/** How many of how many are shown. */
export function shownWords(shown: number | undefined, all: number | undefined, one: string, many = `${one}s`): string {
  if (shown === undefined || all === undefined) return "";
  return shown === all ? formatQuantity(all, one, many) : `${formatCount(shown)} of ${formatQuantity(all, one, many)}`;
}

/** Every edge with what is declared and what was seen, plaintext first. */
export function EdgesView({ answer, state, find, onChange, onClear }: ViewProps) {
  const hrefTo = useHref();
  const { isNarrowed } = useNamespaceFilter();
  const report = answer?.value;
  const edges = report?.edges;
  const certificates = report?.certificates ?? NO_CERTIFICATES;
  const { observed, declared, place, differs } = state;
  const rows = useMemo(
    () => (edges === undefined ? undefined : edgeRows(edges, { observed, declared, place, differs }, find)),
    [edges, observed, declared, place, differs, find],
  );
  const columns = useMemo(() => edgeColumns(hrefTo, certificates), [hrefTo, certificates]);
  return (
    <SecurityTable
      title="Edges"
      note="declared is policy, observed is what the proxies saw"
      count={shownWords(rows?.length, edges?.length, "edge")}
      filters={<EdgeFilters edges={edges} state={state} find={find} onChange={onChange} />}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      initialSort={INITIAL_SORT}
      isAlarming={hasPlaintext}
      answer={answer}
      empty={
        edges?.length === 0 && isNarrowed ? (
          <NothingInNamespaces what="edge" />
        ) : edges?.length === 0 ? (
          <EmptyState title="No edge is known in this window">
            An edge appears as soon as one service is set to call another, or does. Look at{" "}
            <EvidenceLink href={hrefTo("/sources")}>Sources</EvidenceLink> for what answers, and at the namespaces in the top bar.
          </EmptyState>
        ) : (
          <NothingLeft what="edge" onShowAll={() => onClear({ ...NO_EDGE_FILTERS, sel: null })} />
        )
      }
    />
  );
}

/** Rows are there, but what was chosen hides them all. */
export function NothingLeft({ what, onShowAll }: { what: string; onShowAll: () => void }) {
  return (
    <EmptyState
      title={`No ${what} matches what was chosen`}
      actions={
        <Button isSmall onClick={onShowAll}>
          Show all
        </Button>
      }
    >
      They are hidden by the filters or by the find text; that says nothing about whether they are safe.
    </EmptyState>
  );
}
