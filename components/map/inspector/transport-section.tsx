"use client";

import type { ReactNode } from "react";

import { AGREEMENT_WORDS, VERDICT_WORDS } from "#components/security/security-words.ts";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Age, Moment } from "#components/ui/moment.tsx";
import { StaleLine } from "#components/ui/problem-state.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { useAt } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { MeshEdge } from "#lib/model/graph.ts";
import type { DeclaredBy, TlsPosture } from "#lib/model/security.ts";

import { demandWords, transportWords } from "../model/names.ts";
import { cipherWords, observedShares } from "../model/posture-words.ts";
import { lockOf, refusedWords, tlsWords } from "../model/transport.ts";
import { LockWord } from "../nodes/lock-glyph.tsx";
import { InspectorSection } from "./inspector-frame.tsx";
import { CallerList, EvidenceList, RefusalList } from "./transport-lists.tsx";
import { useSecurity } from "./use-security.ts";

/** How an edge is meant to travel, how it was seen to, who called, who was refused, and what all that rests on. */
export function TransportSection({ edge, window }: { edge: MeshEdge; window: string }) {
  return useAt() === null ? <LiveTransport edge={edge} window={window} /> : <PastTransport edge={edge} />;
}

/** Of the past the map knows what was observed; what is set is of now, and who called is told of now alone. */
function PastTransport({ edge }: { edge: MeshEdge }) {
  return (
    <InspectorSection>
      <h3 className="mb-2 text-13 font-semi">Transport</h3>
      <Facts edge={edge} isPast />
      <p className="mt-2 text-12 text-text-3">Who called with which certificate is told of now alone: go back to live to see it.</p>
    </InspectorSection>
  );
}

function LiveTransport({ edge, window }: { edge: MeshEdge; window: string }) {
  const hrefTo = useHref();
  const { report, error } = useSecurity(window);
  const posture = report?.value.edges.find((one) => one.id === edge.id);
  const href = hrefTo("/security", { sel: edge.id });
  return (
    <InspectorSection>
      <div className="mb-2 flex min-h-6 items-center gap-2">
        <h3 className="text-13 font-semi">Transport</h3>
        <EvidenceLink href={href} className="whitespace-nowrap text-12 text-info-text">
          In security
        </EvidenceLink>
        <span className="ml-auto">
          <SourceBadge answer={report} />
        </span>
      </div>
      <StaleLine error={error} what="What stands behind it" />
      {posture === undefined ? (
        <>
          <Facts edge={edge} />
          {report === undefined ? null : <p className="mt-2 text-12 text-text-3">No source tells more of this edge.</p>}
        </>
      ) : (
        <Posture edge={edge} posture={posture} href={href} />
      )}
    </InspectorSection>
  );
}

/** What the map itself knows: as long as nothing more is told. */
function Facts({ edge, isPast = false }: { edge: MeshEdge; isPast?: boolean }) {
  const ofNow = isPast ? ", now" : "";
  return (
    <KeyValues
      items={[
        { key: "Observed", value: <LockWord lock={lockOf(edge.tls)}>{tlsWords(edge.tls)}</LockWord> },
        { key: `Caller is set to${ofNow}`, value: transportWords(edge.tls.declared.client) },
        { key: `Callee${ofNow}`, value: demandWords(edge.tls.declared.server) },
      ]}
    />
  );
}

function Posture({ edge, posture, href }: { edge: MeshEdge; posture: TlsPosture; href: string }) {
  const { declared, observed, agreement, protocol } = posture;
  const ciphers = cipherWords(observed);
  const refused = refusedWords(edge.tls.refused);
  const unseen = (edge.red.count ?? 0) > 0 ? "not told" : "not seen";
  return (
    <>
      <KeyValues
        items={[
          {
            key: "Observed",
            value: (
              <>
                <LockWord lock={lockOf(edge.tls)}>{observedShares(observed, protocol, edge.red.count)}</LockWord>
                {refused === null ? null : <span className="block text-fail-text">{refused}</span>}
              </>
            ),
          },
          { key: "Caller is set to", value: <Declared by={declared.clientBy}>{transportWords(declared.client)}</Declared> },
          { key: "Callee", value: <Declared by={declared.serverBy}>{demandWords(declared.server)}</Declared> },
          {
            key: "Together",
            value: (
              <span className={declared.verdict === "broken" ? "font-medium text-fail-text" : undefined}>
                {VERDICT_WORDS[declared.verdict]}
              </span>
            ),
          },
          {
            key: "Seen and set",
            value: <span className={agreement === "differs" ? "font-medium text-warn-text" : undefined}>{AGREEMENT_WORDS[agreement]}</span>,
          },
          {
            key: "TLS",
            value:
              ciphers === null ? <Missing word="no version or cipher was told" /> : <ForeignText text={ciphers} className="break-words" />,
          },
          { key: "First seen like this", value: observed.since === null ? <Missing word={unseen} /> : <Moment at={observed.since} /> },
          {
            key: "Last seen",
            value:
              observed.lastSeen === null ? (
                <Missing word={unseen} />
              ) : (
                <>
                  <Moment at={observed.lastSeen} />, <Age at={observed.lastSeen} /> ago
                </>
              ),
          },
          {
            key: "Caller's certificate",
            value:
              posture.callerExpiresAt === null ? (
                <span className="text-text-3">none known</span>
              ) : (
                <>
                  ends <Moment at={posture.callerExpiresAt} />
                </>
              ),
          },
        ]}
      />
      <CallerList callers={posture.callers} protocol={protocol} moreHref={href} />
      <RefusalList refusals={posture.refusals} moreHref={href} />
      <EvidenceList evidence={posture.evidence} moreHref={href} />
    </>
  );
}

const MOST_DECLARED = 3;

/** A setting, and who is set so. */
function Declared({ by, children }: { by: readonly DeclaredBy[]; children: ReactNode }) {
  const hrefTo = useHref();
  const more = by.length - MOST_DECLARED;
  return (
    <>
      {children}
      {by.slice(0, MOST_DECLARED).map((one) => (
        <span key={`${one.proxyId} ${one.place}`} className="block break-words text-11 text-text-2">
          <EvidenceLink href={hrefTo("/proxy", { id: one.proxyId })} className="font-mono">
            {one.proxyId}
          </EvidenceLink>{" "}
          <ForeignText text={one.place} className="font-mono" />: <ForeignText text={one.says} />
        </span>
      ))}
      {more > 0 ? <span className="block text-11 text-text-3">and {more} more</span> : null}
    </>
  );
}
