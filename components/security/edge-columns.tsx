"use client";

import { nameOfId } from "#components/map/model/names.ts";
import { Chip } from "#components/ui/chip.tsx";
import { cx } from "#components/ui/cx.ts";
import type { Column } from "#components/ui/data-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { formatNumber } from "#lib/client/format.ts";
import type { HrefTo } from "#lib/client/use-href.ts";
import type { CertificateView, TlsPosture } from "#lib/model/security.ts";

import { edgeRank, endingCertificate, identitiesOf, noIdentityWords, observedView } from "./edge-rows.ts";
import { FirstIdentity } from "./identity-text.tsx";
import { RowOpener } from "./row-opener.tsx";
import { DECLARED_WORDS, DEMAND_WORDS, tlsVersionWord } from "./security-words.ts";
import { TimeLeft } from "./time-left.tsx";
import { ObservedWord } from "./transport-mark.tsx";

/** `legacy-report → ledger`, read as "to". */
export function EdgeNames({ source, target }: { source: string | null; target: string }) {
  return (
    <span className="font-medium">
      {source === null ? <span className="text-text-2">not known</span> : nameOfId(source)}
      <span aria-hidden="true" className="font-regular text-text-3">
        {" → "}
      </span>
      <span className="sr-only"> to </span>
      {nameOfId(target)}
    </span>
  );
}

/** What both sides are set to, the caller's first. */
export function DeclaredPair({ declared }: Pick<TlsPosture, "declared">) {
  const isOpen = declared.server === "permissive" || declared.server === "off";
  return (
    <span className="inline-flex items-center gap-1 text-text-2">
      <span className="sr-only">caller set to </span>
      {DECLARED_WORDS[declared.client]}
      <span aria-hidden="true" className="text-text-3">
        →
      </span>
      <span className="sr-only">, callee demands </span>
      <span className={cx(isOpen && "font-medium text-text")}>{DEMAND_WORDS[declared.server]}</span>
      {declared.verdict === "broken" ? <Chip tone="fail">broken</Chip> : null}
    </span>
  );
}

function ObservedCell({ edge }: { edge: TlsPosture }) {
  return (
    <span className="inline-flex items-center gap-x-1.5 align-middle max-tablet:flex-col max-tablet:items-start max-tablet:gap-y-0.5">
      <ObservedWord view={observedView(edge)} />
      {edge.refusals.length > 0 ? <Chip tone="warn">refused</Chip> : edge.agreement === "differs" ? <Chip tone="warn">differs</Chip> : null}
    </span>
  );
}

function IdentityCell({ edge }: { edge: TlsPosture }) {
  const identities = identitiesOf(edge.callers);
  if (identities.length === 0) return <span className="text-text-3">{noIdentityWords(edge)}</span>;
  return <FirstIdentity identities={identities} />;
}

function VersionCell({ edge }: { edge: TlsPosture }) {
  const versions = edge.observed.tlsVersions.map(tlsVersionWord);
  if (versions.length > 0) return versions.join(", ");
  return edge.observed.transport === "plaintext" ? <span className="text-text-3">none</span> : <Missing word="not seen" />;
}

export function edgeColumns(hrefTo: HrefTo, certificates: readonly CertificateView[]): readonly Column<TlsPosture>[] {
  return [
    {
      id: "edge",
      header: "Edge",
      isRowHeader: true,
      sortValue: (row) => `${nameOfId(row.source)} ${nameOfId(row.target)}`,
      cell: (row) => (
        <RowOpener id={row.id}>
          <EdgeNames source={row.source} target={row.target} />
        </RowOpener>
      ),
    },
    {
      id: "declared",
      header: "Declared",
      isWideOnly: true,
      sortValue: (row) => `${row.declared.server} ${row.declared.client}`,
      cell: (row) => <DeclaredPair declared={row.declared} />,
    },
    { id: "observed", header: "Observed", sortValue: edgeRank, cell: (row) => <ObservedCell edge={row} /> },
    {
      id: "identity",
      header: "Caller identity (SPIFFE)",
      isWideOnly: true,
      sortValue: (row) => identitiesOf(row.callers)[0]?.uri ?? null,
      cell: (row) => <IdentityCell edge={row} />,
    },
    {
      id: "tls",
      header: "TLS",
      isWideOnly: true,
      sortValue: (row) => row.observed.tlsVersions[0] ?? null,
      cell: (row) => <VersionCell edge={row} />,
    },
    {
      id: "expires",
      header: "Expires in",
      isNumber: true,
      isWideOnly: true,
      sortValue: (row) => (row.callerExpiresAt === null ? null : Date.parse(row.callerExpiresAt)),
      cell: (row) => <ExpiryCell edge={row} certificates={certificates} hrefTo={hrefTo} />,
    },
    {
      id: "rate",
      header: "Requests/s",
      isNumber: true,
      firstSort: "desc",
      sortValue: (row) => row.rate,
      cell: (row) =>
        row.rate === null ? (
          <Missing word="no data" />
        ) : (
          <EvidenceLink href={hrefTo("/", { sel: row.id })}>{formatNumber(row.rate)}</EvidenceLink>
        ),
    },
  ];
}

interface ExpiryCellProps {
  edge: TlsPosture;
  certificates: readonly CertificateView[];
  hrefTo: HrefTo;
}

function ExpiryCell({ edge, certificates, hrefTo }: ExpiryCellProps) {
  if (edge.callerExpiresAt === null) {
    return edge.observed.transport === "plaintext" ? <span className="text-text-3">none</span> : <Missing />;
  }
  const certificate = endingCertificate(certificates, edge);
  const own = { view: "certificates", about: edge.source, sel: certificate?.id ?? null };
  return (
    <EvidenceLink href={hrefTo("/security", own)}>
      <TimeLeft expiresAt={edge.callerExpiresAt} status={certificate?.status ?? null} />
    </EvidenceLink>
  );
}
