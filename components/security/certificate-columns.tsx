"use client";

import { Chip } from "#components/ui/chip.tsx";
import type { Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { formatCount, formatQuantity } from "#lib/client/format.ts";
import type { HrefTo } from "#lib/client/use-href.ts";
import type { CertificateView } from "#lib/model/security.ts";

import { certificateName } from "./certificate-rows.ts";
import { FirstIdentity } from "./identity-text.tsx";
import { RowOpener } from "./row-opener.tsx";
import { TimeLeft } from "./time-left.tsx";

/** The first of a certificate's names, and how many more there are. */
function FirstName({ certificate }: { certificate: CertificateView }) {
  if (certificate.identities.length > 0) return <FirstIdentity identities={certificate.identities} />;
  const [first] = certificate.names;
  if (first === undefined) return <span className="text-text-3">no name</span>;
  return (
    <span className="inline-flex items-center gap-1.5">
      <ForeignText text={first} className="inline-block max-w-60 truncate font-mono text-11" title={first} />
      {certificate.names.length > 1 ? <span className="text-text-3">and {certificate.names.length - 1} more</span> : null}
    </span>
  );
}

export function certificateColumns(hrefTo: HrefTo): readonly Column<CertificateView>[] {
  return [
    {
      id: "holder",
      header: "Certificate",
      isRowHeader: true,
      sortValue: (row) => `${row.role} ${certificateName(row)}`,
      cell: (row) => (
        <RowOpener id={row.id}>
          <ForeignText text={certificateName(row)} className="inline-block max-w-44 truncate font-medium" />
          {row.role === "authority" ? <span className="text-text-3">authority</span> : null}
        </RowOpener>
      ),
    },
    {
      id: "left",
      header: "Time left",
      sortValue: (row) => (row.expiresAt === null ? null : Date.parse(row.expiresAt)),
      cell: (row) => <TimeLeft expiresAt={row.expiresAt} status={row.status} />,
    },
    {
      id: "names",
      header: "Names",
      isWideOnly: true,
      sortValue: (row) => row.names[0] ?? null,
      cell: (row) => <FirstName certificate={row} />,
    },
    {
      id: "issuer",
      header: "Issuer",
      isWideOnly: true,
      sortValue: (row) => row.issuer,
      cell: (row) =>
        row.issuer === null ? (
          <Missing word="not told" />
        ) : (
          <ForeignText text={row.issuer} className="inline-block max-w-36 truncate align-middle" title={row.issuer} />
        ),
    },
    {
      id: "findings",
      header: "Findings",
      isWideOnly: true,
      firstSort: "desc",
      sortValue: (row) => row.findings.length,
      cell: (row) =>
        row.findings.length === 0 ? (
          <span className="text-text-3">none</span>
        ) : (
          <Chip tone="warn">{formatQuantity(row.findings.length, "finding")}</Chip>
        ),
    },
    {
      id: "rotations",
      header: "Rotations",
      isNumber: true,
      isWideOnly: true,
      firstSort: "desc",
      sortValue: (row) => row.rotations,
      cell: (row) => formatCount(row.rotations),
    },
    {
      id: "proxy",
      header: "Proxy",
      sortValue: (row) => row.proxyId,
      cell: (row) => (
        <EvidenceLink href={hrefTo("/proxy", { id: row.proxyId })} className="font-mono text-11">
          {row.proxyId}
        </EvidenceLink>
      ),
    },
  ];
}
