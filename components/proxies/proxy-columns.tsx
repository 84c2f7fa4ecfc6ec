"use client";

import type { Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Age } from "#components/ui/moment.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { formatDuration, formatSpan, instantMs } from "#lib/client/format.ts";
import type { HrefTo } from "#lib/client/use-href.ts";
import type { Proxy } from "#lib/model/topology.ts";

import { proxyRank, proxyTone, proxyWord, SYNC_WORDS } from "./proxy-words.ts";

export function proxyColumns(hrefTo: HrefTo): readonly Column<Proxy>[] {
  return [
    {
      id: "proxy",
      header: "Proxy",
      isRowHeader: true,
      sortValue: (row) => row.id,
      cell: (row) => (
        <EvidenceLink href={hrefTo("/proxy", { id: row.id })} className="font-mono">
          {row.id}
        </EvidenceLink>
      ),
    },
    {
      id: "state",
      header: "State",
      sortValue: (row) => proxyRank(row.state),
      cell: (row) => <StatusWord tone={proxyTone(row.state)}>{proxyWord(row.state)}</StatusWord>,
    },
    {
      id: "sync",
      header: "Routing",
      sortValue: (row) => row.sync,
      cell: (row) => (
        <StatusWord tone={SYNC_WORDS[row.sync].tone} isQuiet>
          {SYNC_WORDS[row.sync].word}
        </StatusWord>
      ),
    },
    {
      id: "service",
      header: "Service",
      isWideOnly: true,
      sortValue: (row) => row.service,
      cell: (row) => (
        <EvidenceLink href={hrefTo("/service", { id: row.nodeId })}>
          {row.service}
          {row.version === null ? "" : ` ${row.version}`}
        </EvidenceLink>
      ),
    },
    {
      id: "namespace",
      header: "Namespace",
      isWideOnly: true,
      sortValue: (row) => row.namespace,
      cell: (row) => row.namespace ?? <Missing word="none" />,
    },
    {
      id: "software",
      header: "Software",
      isWideOnly: true,
      sortValue: (row) => row.software,
      cell: (row) => row.software ?? <Missing word="not told yet" />,
    },
    {
      id: "seen",
      header: "Last answer",
      isNumber: true,
      sortValue: (row) => instantMs(row.lastSeen),
      cell: (row) => <Age at={row.lastSeen} />,
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
      id: "uptime",
      header: "Up for",
      isNumber: true,
      isWideOnly: true,
      sortValue: (row) => row.uptimeSeconds,
      cell: (row) => (row.uptimeSeconds === null ? <Missing /> : formatSpan(row.uptimeSeconds * 1_000)),
    },
    {
      id: "gaps",
      header: "Says less",
      isNumber: true,
      isWideOnly: true,
      firstSort: "desc",
      sortValue: (row) => row.gaps.length,
      cell: (row) => (row.gaps.length === 0 ? <span className="text-text-3">nothing missing</span> : `${row.gaps.length} missing`),
    },
  ];
}
