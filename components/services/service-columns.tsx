"use client";

import { SplitBar } from "#components/routing/split-bar.tsx";
import { cx } from "#components/ui/cx.ts";
import type { Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ProxyCount } from "#components/ui/proxy-count.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { statusRank, toneOf, toneOfErrorRatio, TONE_TEXT } from "#components/ui/tone.ts";
import { formatCount, formatDuration, formatNumber, formatPercentNumber } from "#lib/client/format.ts";
import type { HrefTo } from "#lib/client/use-href.ts";
import type { ServiceSummary } from "#lib/model/inventory.ts";

import { DEMAND_WORDS, KIND_WORDS } from "./words.ts";

/** An error share in a table: coloured by the limits, a dash where nothing was counted. */
export function ErrorShare({ ratio }: { ratio: number | null }) {
  if (ratio === null) return <Missing word="no calls" />;
  const tone = toneOfErrorRatio(ratio);
  return <span className={cx(tone !== null && cx("font-semi", TONE_TEXT[tone]))}>{formatPercentNumber(ratio)}</span>;
}

/** Versions and the share of the calls that each got. */
export function VersionShares({ versions }: { versions: ServiceSummary["versions"] }) {
  if (versions.length === 0) return <Missing word="no version told" />;
  const legs = versions.map((one) => ({ id: one.version, version: one.version, share: one.share ?? 0 }));
  return (
    <span className="inline-flex items-center gap-2">
      {legs.length > 1 && legs.some((leg) => leg.share > 0) ? <SplitBar isThin legs={legs} className="w-16" /> : null}
      <span className="text-text-2">{versions.map((one) => one.version).join(", ")}</span>
    </span>
  );
}

/** What proxies say of themselves and demand of callers: known of now alone. */
const OF_NOW: readonly string[] = ["proxies", "accepts"];

/** The columns of the inventory; in one of the past, what is known of now alone has none. */
export function serviceColumns(hrefTo: HrefTo, isPast: boolean): readonly Column<ServiceSummary>[] {
  return isPast ? allColumns(hrefTo).filter(({ id }) => !OF_NOW.includes(id)) : allColumns(hrefTo);
}

function allColumns(hrefTo: HrefTo): readonly Column<ServiceSummary>[] {
  return [
    {
      id: "service",
      header: "Service",
      isRowHeader: true,
      sortValue: (row) => row.service,
      cell: (row) => (
        <EvidenceLink href={hrefTo("/service", { id: row.id })} className="font-medium">
          {row.service}
        </EvidenceLink>
      ),
    },
    {
      id: "status",
      header: "Health",
      sortValue: (row) => statusRank(row.health.status),
      cell: (row) => <StatusWord tone={toneOf(row.health.status)}>{row.health.status}</StatusWord>,
    },
    {
      id: "namespace",
      header: "Namespace",
      isWideOnly: true,
      sortValue: (row) => row.namespace,
      cell: (row) => row.namespace ?? <span className="text-text-3">{KIND_WORDS[row.kind]}</span>,
    },
    {
      id: "rate",
      header: "Requests/s",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.red.rate,
      cell: (row) => (row.red.rate === null ? <Missing word="no data" /> : formatNumber(row.red.rate)),
    },
    {
      id: "errors",
      header: "Error %",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.red.errorRatio,
      cell: (row) => <ErrorShare ratio={row.red.errorRatio} />,
    },
    {
      id: "calls",
      header: "Calls",
      isNumber: true,
      isWideOnly: true,
      firstSort: "desc",
      sortValue: (row) => row.red.count,
      cell: (row) => (row.red.count === null ? <Missing word="no data" /> : formatCount(row.red.count)),
    },
    {
      id: "p95",
      header: "p95",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.red.p95Ms,
      cell: (row) => (row.red.p95Ms === null ? <Missing word="not measured" /> : formatDuration(row.red.p95Ms)),
    },
    { id: "versions", header: "Versions", isWideOnly: true, cell: (row) => <VersionShares versions={row.versions} /> },
    {
      id: "proxies",
      header: "Proxies",
      isNumber: true,
      isWideOnly: true,
      sortValue: (row) => row.proxies?.of ?? null,
      cell: (row) => <ProxyCount proxies={row.proxies} />,
    },
    {
      id: "accepts",
      header: "Accepts",
      isWideOnly: true,
      sortValue: (row) => row.demand,
      cell: (row) => <span className="text-text-2">{DEMAND_WORDS[row.demand]}</span>,
    },
  ];
}
