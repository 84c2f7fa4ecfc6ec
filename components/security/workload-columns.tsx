"use client";

import { nameOfId } from "#components/map/model/names.ts";
import { cx } from "#components/ui/cx.ts";
import type { Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ProxyCount } from "#components/ui/proxy-count.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { matchesFind } from "#components/ui/table-sort.ts";
import { formatCount } from "#lib/client/format.ts";
import type { HrefTo } from "#lib/client/use-href.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { CertificateView, WorkloadPosture } from "#lib/model/security.ts";

import { FirstIdentity } from "./identity-text.tsx";
import { RowOpener } from "./row-opener.tsx";
import { acceptsWords, DEMAND_WORDS } from "./security-words.ts";
import { TimeLeft } from "./time-left.tsx";

/** The workloads that are looked at, by name. */
export function workloadRows(workloads: readonly WorkloadPosture[], about: string, find: string): WorkloadPosture[] {
  return workloads
    .filter((one) => about === "" || one.id === about)
    .filter((one) =>
      matchesFind(find, [one.id, DEMAND_WORDS[one.demand], acceptsWords(one.accepts), ...one.presents.map(({ uri }) => uri)]),
    )
    .toSorted((a, b) => a.id.localeCompare(b.id, "en"));
}

export function workloadColumns(hrefTo: HrefTo, certificates: readonly CertificateView[]): readonly Column<WorkloadPosture>[] {
  return [
    {
      id: "workload",
      header: "Workload",
      isRowHeader: true,
      sortValue: (row) => nameOfId(row.id),
      cell: (row) => (
        <RowOpener id={row.id}>
          <span className="font-medium">{nameOfId(row.id)}</span>
          <span className="text-text-3 max-tablet:hidden">{parseNodeId(row.id).namespace}</span>
        </RowOpener>
      ),
    },
    {
      id: "demands",
      header: "Demands",
      sortValue: (row) => row.demand,
      cell: (row) =>
        row.demand === "unknown" ? (
          <StatusWord tone="unk" isQuiet>
            not known
          </StatusWord>
        ) : (
          <span className={cx(row.demand === "strict" ? "text-text-2" : "font-medium")}>{DEMAND_WORDS[row.demand]}</span>
        ),
    },
    {
      id: "accepts",
      header: "Accepts",
      isWideOnly: true,
      isWrapping: true,
      sortValue: (row) => acceptsWords(row.accepts),
      cell: (row) =>
        row.accepts.length === 0 ? <Missing word="not told" /> : <span className="text-text-2">{acceptsWords(row.accepts)}</span>,
    },
    {
      id: "presents",
      header: "Presents",
      isWideOnly: true,
      sortValue: (row) => row.presents[0]?.uri ?? null,
      cell: (row) =>
        row.presents.length === 0 ? <span className="text-text-3">no identity told</span> : <FirstIdentity identities={row.presents} />,
    },
    {
      id: "expires",
      header: "Expires in",
      isNumber: true,
      isWideOnly: true,
      sortValue: (row) => (row.expiresAt === null ? null : Date.parse(row.expiresAt)),
      cell: (row) => <WorkloadExpiry workload={row} certificates={certificates} hrefTo={hrefTo} />,
    },
    {
      id: "plaintext",
      header: "Plaintext callers",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.plaintextCallers.length,
      cell: (row) =>
        row.plaintextCallers.length === 0 ? (
          <span className="text-text-3">none seen</span>
        ) : (
          <EvidenceLink
            href={hrefTo("/security", { view: "edges", observed: "plaintext", find: nameOfId(row.id) })}
            className="font-semi text-warn-text"
          >
            {formatCount(row.plaintextCallers.length)}
          </EvidenceLink>
        ),
    },
    {
      id: "refused",
      header: "Refused",
      isNumber: true,
      isWideOnly: true,
      firstSort: "desc",
      sortValue: (row) => row.refused,
      cell: (row) =>
        row.refused === null ? (
          <Missing word="nobody tells" />
        ) : row.refused === 0 ? (
          "0"
        ) : (
          <EvidenceLink href={hrefTo("/security", { view: "edges", observed: "refused", find: nameOfId(row.id) })}>
            {formatCount(row.refused)}
          </EvidenceLink>
        ),
    },
    {
      id: "proxies",
      header: "Proxies",
      isNumber: true,
      isWideOnly: true,
      sortValue: (row) => row.proxies.of,
      cell: (row) =>
        row.proxies.of === 0 ? (
          <ProxyCount proxies={null} />
        ) : (
          <EvidenceLink href={hrefTo("/proxies", { find: nameOfId(row.id) })}>
            <ProxyCount proxies={row.proxies} />
          </EvidenceLink>
        ),
    },
  ];
}

interface WorkloadExpiryProps {
  workload: WorkloadPosture;
  certificates: readonly CertificateView[];
  hrefTo: HrefTo;
}

function WorkloadExpiry({ workload: { id, expiresAt }, certificates, hrefTo }: WorkloadExpiryProps) {
  if (expiresAt === null) return <Missing word="none known" />;
  const ending = certificates.find((one) => one.nodeId === id && one.expiresAt === expiresAt);
  return (
    <EvidenceLink href={hrefTo("/security", { view: "certificates", about: id })}>
      <TimeLeft expiresAt={expiresAt} status={ending?.status ?? null} />
    </EvidenceLink>
  );
}
