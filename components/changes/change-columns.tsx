"use client";

import type { Column } from "#components/ui/data-table.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { formatDuration, instantMs } from "#lib/client/format.ts";
import type { HrefTo } from "#lib/client/use-href.ts";
import type { Change } from "#lib/model/change.ts";
import { parseNodeId } from "#lib/model/ids.ts";

import { changeTone, changeWord, kindWord, observedWords, shortChange } from "./change-words.ts";

export function changeColumns(hrefTo: HrefTo): readonly Column<Change>[] {
  return [
    {
      id: "change",
      header: "Change",
      isRowHeader: true,
      sortValue: (row) => row.id,
      cell: (row) => (
        <EvidenceLink href={hrefTo("/change", { id: row.id })} className="font-medium">
          {parseNodeId(row.target).service} {shortChange(row)}
        </EvidenceLink>
      ),
    },
    {
      id: "state",
      header: "State",
      sortValue: (row) => row.state,
      cell: (row) => <StatusWord tone={changeTone(row.state)}>{changeWord(row)}</StatusWord>,
    },
    {
      id: "observed",
      header: "Observed",
      isWideOnly: true,
      cell: (row) => observedWords(row) ?? <span className="text-text-3">not yet</span>,
    },
    {
      id: "live",
      header: "Live after",
      isNumber: true,
      isWideOnly: true,
      sortValue: (row) => row.timings.liveAfterMs,
      cell: (row) =>
        row.timings.liveAfterMs === null ? <span className="text-text-3">not live</span> : formatDuration(row.timings.liveAfterMs),
    },
    { id: "actor", header: "By", isWideOnly: true, sortValue: (row) => row.actor, cell: (row) => row.actor },
    {
      id: "kind",
      header: "Kind",
      isWideOnly: true,
      cell: (row) =>
        row.undoOf === null ? (
          <span className="text-text-2">{kindWord(row)}</span>
        ) : (
          <EvidenceLink href={hrefTo("/change", { id: row.undoOf })}>undo of {row.undoOf}</EvidenceLink>
        ),
    },
    {
      id: "id",
      header: "Number",
      isWideOnly: true,
      sortValue: (row) => row.id,
      cell: (row) => <span className="font-mono text-11 text-text-2">{row.id}</span>,
    },
    {
      id: "asked",
      header: "Asked",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => instantMs(row.timings.askedAt),
      cell: (row) => <Moment at={row.timings.askedAt} />,
    },
  ];
}
