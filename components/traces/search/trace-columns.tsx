"use client";

import type { Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { cx } from "#components/ui/cx.ts";
import { formatCount, formatDuration } from "#lib/client/format.ts";
import type { TraceSummary } from "#lib/model/trace.ts";

import { ServiceNames, ServiceTick } from "./service-ticks.tsx";

/** Where a trace opens. */
export type TraceHref = (trace: Pick<TraceSummary, "id">) => string;

const MOST_NAMES = 3;
const ID_SHOWN = 8;

/** Shape and word of a trace's result, for a row that has no room for the word. */
export function TraceStatus({ status }: Pick<TraceSummary, "status">) {
  return (
    <>
      <StatusGlyph tone={status === "error" ? "fail" : "ok"} />
      <span className="sr-only">{status === "error" ? "failed: " : "did not fail: "}</span>
    </>
  );
}

/** The beginning of a trace: who, and what. */
export function RootName({ trace }: { trace: TraceSummary }) {
  return (
    <>
      <ForeignText text={trace.root.service} className="font-medium" /> <ForeignText text={trace.root.operation} />
      {trace.hasRoot ? null : <span className="text-text-3"> (its beginning did not come)</span>}
    </>
  );
}

/** `reviews v2, cart v1 v3`: versions that took part, with whose they are. */
export function VersionsMet({ services }: Pick<TraceSummary, "services">) {
  const met = services.filter((one) => one.versions.length > 0);
  if (met.length === 0) return <Missing word="no version told" />;
  return (
    <span className="inline-flex gap-2">
      {met.map((one) => (
        <span key={`${one.namespace ?? ""}/${one.service}`}>
          <ForeignText text={one.service} className="text-text-3" /> <ForeignText text={one.versions.join(" ")} />
        </span>
      ))}
    </span>
  );
}

/** A duration and its length against the longest that is shown. */
export function DurationBar({ ms, longestMs, isFailed }: { ms: number; longestMs: number; isFailed: boolean }) {
  const share = longestMs > 0 ? Math.min(1, ms / longestMs) : 0;
  return (
    <span className="relative inline-block min-w-28 text-right">
      <span
        aria-hidden="true"
        className={cx("absolute inset-y-[-3px] right-0 rounded-1", isFailed ? "bg-fail-bg" : "bg-sunken")}
        style={{ width: `${share * 100}%` }}
      />
      <span className={cx("relative pr-1", isFailed && "text-fail-text")}>{formatDuration(ms)}</span>
    </span>
  );
}

/** Columns that the reader may put away; the first one always stands. */
export const OPTIONAL_COLUMNS = [
  { id: "services", header: "Services" },
  { id: "versions", header: "Versions met" },
  { id: "spans", header: "Spans" },
  { id: "errors", header: "Errors" },
  { id: "duration", header: "Duration" },
  { id: "start", header: "Start" },
  { id: "id", header: "Trace" },
] as const;

export function traceColumns(hrefOf: TraceHref, longestMs: number, hidden: readonly string[]): readonly Column<TraceSummary>[] {
  const all: readonly Column<TraceSummary>[] = [
    {
      id: "root",
      header: "Root",
      isRowHeader: true,
      sortValue: (row) => `${row.root.service} ${row.root.operation}`,
      className: "max-w-80",
      cell: (row) => (
        <span className="flex min-w-0 items-center gap-1.5">
          <TraceStatus status={row.status} />
          <ServiceTick service={row.root.service} />
          <EvidenceLink href={hrefOf(row)} className="min-w-0 scroll-mt-9 truncate">
            <RootName trace={row} />
          </EvidenceLink>
        </span>
      ),
    },
    {
      id: "services",
      header: "Services",
      firstSort: "desc",
      sortValue: (row) => row.services.length,
      className: "max-w-88",
      cell: (row) => <ServiceNames services={row.services} most={MOST_NAMES} />,
    },
    { id: "versions", header: "Versions met", className: "max-w-64 truncate", cell: (row) => <VersionsMet services={row.services} /> },
    {
      id: "spans",
      header: "Spans",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.spans,
      cell: (row) => formatCount(row.spans),
    },
    {
      id: "errors",
      header: "Errors",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.errors,
      cell: (row) => <span className={cx(row.errors > 0 && "font-semi text-fail-text")}>{formatCount(row.errors)}</span>,
    },
    {
      id: "duration",
      header: "Duration",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.durationMs,
      cell: (row) => <DurationBar ms={row.durationMs} longestMs={longestMs} isFailed={row.status === "error"} />,
    },
    {
      id: "start",
      header: "Start",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => Date.parse(row.startedAt),
      cell: (row) => <Moment at={row.startedAt} />,
    },
    {
      id: "id",
      header: "Trace",
      cell: (row) => (
        <span className="font-mono text-11 text-text-2" title={row.id}>
          {row.id.slice(0, ID_SHOWN)}
        </span>
      ),
    },
  ];
  return all.filter((column) => !hidden.includes(column.id));
}
