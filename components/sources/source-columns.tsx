"use client";

import { cx } from "#components/ui/cx.ts";
import type { Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { Age } from "#components/ui/moment.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { TONE_TEXT } from "#components/ui/tone.ts";
import { formatDuration, instantMs } from "#lib/client/format.ts";
import type { SourceStatus } from "#lib/model/source.ts";

import { sourceRank, sourceTone, sourceWord } from "./source-words.ts";

export const SOURCE_COLUMNS: readonly Column<SourceStatus>[] = [
  {
    id: "source",
    header: "Source",
    isRowHeader: true,
    sortValue: (row) => row.id,
    cell: (row) => (
      <span className="inline-flex items-center gap-[7px]">
        <StatusGlyph tone={sourceTone(row.state)} />
        <b className="font-medium">{row.id}</b>
      </span>
    ),
  },
  {
    id: "state",
    header: "State",
    sortValue: (row) => sourceRank(row.state),
    cell: (row) => (
      <span className={row.state === "healthy" ? "text-text-2" : cx("font-semi", TONE_TEXT[sourceTone(row.state)])}>{sourceWord(row)}</span>
    ),
  },
  {
    id: "gives",
    header: "Feeds",
    isWideOnly: true,
    isWrapping: true,
    cell: (row) => <span className="text-text-2">{row.gives.join(", ")}</span>,
  },
  {
    id: "address",
    header: "Address",
    isWideOnly: true,
    isWrapping: true,
    sortValue: (row) => row.address,
    cell: (row) => <span className="font-mono text-11">{row.address}</span>,
  },
  {
    id: "newest",
    header: "Newest data",
    isNumber: true,
    sortValue: (row) => instantMs(row.newestData),
    cell: (row) => <Age at={row.newestData} />,
  },
  {
    id: "answers",
    header: "Answers in",
    isNumber: true,
    isWideOnly: true,
    sortValue: (row) => row.answeredInMs,
    cell: (row) => (row.answeredInMs === null ? <Missing word="no answer" /> : formatDuration(row.answeredInMs)),
  },
  {
    id: "coverage",
    header: "Coverage",
    isNumber: true,
    isWideOnly: true,
    sortValue: (row) => (row.coverage.of === 0 ? null : row.coverage.n / row.coverage.of),
    cell: (row) => (row.coverage.of === 0 ? <Missing word="nothing to cover" /> : `${row.coverage.n}/${row.coverage.of}`),
  },
];
