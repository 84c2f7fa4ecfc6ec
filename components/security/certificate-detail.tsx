"use client";

import { nameOfId } from "#components/map/model/names.ts";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { asSentence, formatCount, formatQuantity } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { CertificateView } from "#lib/model/security.ts";

import { certificateName } from "./certificate-rows.ts";
import { DetailPanel, DetailPart } from "./detail-panel.tsx";
import { TimeLeft } from "./time-left.tsx";

/** One certificate in full. Its texts were written by whoever made it: they are shown, not trusted. */
export function CertificateDetail({ certificate }: { certificate: CertificateView }) {
  const hrefTo = useHref();
  const { subject, issuer, serial, secret, validFrom, expiresAt, names, findings, rotations, status, proxyId, nodeId, role } = certificate;
  return (
    <DetailPanel
      id={certificate.id}
      label={`Certificate of ${certificateName(certificate)}`}
      title={<ForeignText text={`Certificate of ${certificateName(certificate)}`} />}
    >
      {findings.length === 0 ? null : (
        <DetailPart title="Findings">
          <ul className="grid gap-1">
            {findings.map((finding) => (
              <li key={finding} className="flex items-start gap-2 [overflow-wrap:anywhere]">
                <StatusGlyph tone="warn" className="mt-0.5" />
                <ForeignText text={asSentence(finding)} />
              </li>
            ))}
          </ul>
        </DetailPart>
      )}
      <KeyValues
        items={[
          { key: "Time left", value: <TimeLeft expiresAt={expiresAt} status={status} /> },
          { key: "Valid from", value: validFrom === null ? <Missing /> : <Moment at={validFrom} /> },
          { key: "Valid until", value: expiresAt === null ? <Missing /> : <Moment at={expiresAt} /> },
          { key: "Subject", value: <Told text={subject} word="not told" /> },
          { key: "Issuer", value: <Told text={issuer} word="not told" /> },
          { key: "Serial", value: <ForeignText text={serial} className="break-all font-mono text-11" /> },
          { key: "Is", value: role === "workload" ? "what the workload presents" : "an authority that the proxy trusts" },
          {
            key: "Held by",
            value: (
              <>
                <EvidenceLink href={hrefTo("/proxy", { id: proxyId })}>{proxyId}</EvidenceLink> of {nameOfId(nodeId)}
              </>
            ),
          },
          {
            key: "Secret",
            value: secret === null ? <span className="text-text-3">part of the configuration</span> : <Told text={secret} word="no name" />,
          },
          { key: "Rotations", value: `${formatCount(rotations)} since Weft watches` },
        ]}
      />
      <DetailPart title="Names" aside={formatQuantity(names.length, "name")}>
        {names.length === 0 ? <p className="text-text-2">It names nobody.</p> : null}
        <ScrollRegion label="Names of the certificate" className="max-h-60 overflow-auto">
          <ul className="grid gap-0.5">
            {names.map((name) => (
              <li key={name}>
                <ForeignText text={name} className="break-all font-mono text-11" />
              </li>
            ))}
          </ul>
        </ScrollRegion>
      </DetailPart>
    </DetailPanel>
  );
}

/** A text of the certificate, or the word for its absence. */
function Told({ text, word }: { text: string | null; word: string }) {
  if (text === null || text === "") return <Missing word={word} />;
  return <ForeignText text={text} className="[overflow-wrap:anywhere]" />;
}
