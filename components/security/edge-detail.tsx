"use client";

import { nameOfId } from "#components/map/model/names.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Age, Moment } from "#components/ui/moment.tsx";
import { asSentence, formatCount, formatPercent } from "#lib/client/format.ts";
import { useHref, type HrefTo } from "#lib/client/use-href.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { DeclaredBy, Evidence, ObservedCaller, TlsPosture } from "#lib/model/security.ts";

import { DetailPanel, DetailPart } from "./detail-panel.tsx";
import { EdgeNames } from "./edge-columns.tsx";
import { observedView, seenOf } from "./edge-rows.ts";
import { WholeIdentity } from "./identity-text.tsx";
import { RefusalItem } from "./refusal-list.tsx";
import { AGREEMENT_WORDS, callsWords, DECLARED_WORDS, DEMAND_MEANINGS, edgeLabel, VERDICT_WORDS } from "./security-words.ts";
import { ObservedWord } from "./transport-mark.tsx";

/** Everything that is known of one edge: what both sides are set to and by whom, what was seen, who called, and on what it rests. */
export function EdgeDetail({ edge }: { edge: TlsPosture }) {
  const hrefTo = useHref();
  const { declared, observed } = edge;
  const seen = seenOf(edge);
  const counted = (count: number) => (count === 0 ? formatCount(count) : `${formatCount(count)}, ${formatPercent(count / seen)}`);
  return (
    <DetailPanel id={edge.id} label={`Edge ${edgeLabel(edge)}`} title={<EdgeNames source={edge.source} target={edge.target} />}>
      <DetailPart title="Declared" aside={VERDICT_WORDS[declared.verdict]}>
        <KeyValues
          items={[
            {
              key: "Caller is set to",
              value: <Declaration word={DECLARED_WORDS[declared.client]} by={declared.clientBy} hrefTo={hrefTo} />,
            },
            { key: "Callee", value: <Declaration word={DEMAND_MEANINGS[declared.server]} by={declared.serverBy} hrefTo={hrefTo} /> },
          ]}
        />
      </DetailPart>
      <DetailPart title="Observed" aside={AGREEMENT_WORDS[edge.agreement]}>
        <KeyValues
          items={[
            { key: "Transport", value: <ObservedWord view={observedView(edge)} /> },
            { key: "Mutual TLS", value: counted(observed.mutual) },
            { key: "TLS, not mutual", value: counted(observed.oneWay) },
            { key: "Plaintext", value: counted(observed.plaintext) },
            {
              key: "TLS version",
              value: observed.tlsVersions.length === 0 ? <Missing word="none seen" /> : observed.tlsVersions.join(", "),
            },
            {
              key: "Cipher",
              value:
                observed.ciphers.length === 0 ? (
                  <Missing word="nobody counts them" />
                ) : (
                  <ForeignText text={observed.ciphers.join(", ")} className="break-all" />
                ),
            },
            {
              key: "First seen like this",
              value: observed.since === null ? <Missing word="none was seen" /> : <Moment at={observed.since} />,
            },
            {
              key: "Last seen",
              value: observed.lastSeen === null ? <Missing word="not in this window" /> : <Ago at={observed.lastSeen} />,
            },
          ]}
        />
      </DetailPart>
      <Callers edge={edge} />
      {edge.refusals.length === 0 ? null : (
        <DetailPart title="Refused connections">
          <ul className="grid gap-2">
            {edge.refusals.map((refusal) => (
              <li key={`${refusal.witness} ${refusal.reason} ${refusal.claimed?.uri ?? ""} ${refusal.address ?? ""}`}>
                <RefusalItem refusal={refusal} />
              </li>
            ))}
          </ul>
        </DetailPart>
      )}
      <EvidenceList evidence={edge.evidence} />
      <Ways edge={edge} hrefTo={hrefTo} />
    </DetailPanel>
  );
}

function Ago({ at }: { at: string }) {
  return (
    <>
      <Age at={at} /> ago
    </>
  );
}

interface DeclarationProps {
  word: string;
  by: readonly DeclaredBy[];
  hrefTo: HrefTo;
}

const MOST_NAMED = 4;

function Declaration({ word, by, hrefTo }: DeclarationProps) {
  return (
    <>
      {word}
      {by.length === 0 ? <span className="block text-text-3">No source told by whom.</span> : null}
      {by.slice(0, MOST_NAMED).map((one) => (
        <span key={`${one.proxyId} ${one.place}`} className="block text-text-2 [overflow-wrap:anywhere]">
          <ForeignText text={one.says} />, in <ForeignText text={one.place} /> of{" "}
          <EvidenceLink href={hrefTo("/proxy", { id: one.proxyId })}>{one.proxyId}</EvidenceLink>
        </span>
      ))}
      {by.length > MOST_NAMED ? <span className="block text-text-3">and {by.length - MOST_NAMED} more proxies</span> : null}
    </>
  );
}

function Callers({ edge }: { edge: TlsPosture }) {
  return (
    <DetailPart title="Who called">
      {edge.callers.length === 0 ? <p className="text-text-2">Nobody was seen to call on this edge in the window.</p> : null}
      <ul className="grid gap-2">
        {edge.callers.map((caller) => (
          <li key={`${caller.transport} ${caller.identity?.uri ?? ""} ${caller.address ?? ""} ${caller.tlsVersion ?? ""}`}>
            <CallerItem caller={caller} protocol={edge.protocol} />
          </li>
        ))}
      </ul>
    </DetailPart>
  );
}

function CallerItem({ caller, protocol }: { caller: ObservedCaller; protocol: TlsPosture["protocol"] }) {
  return (
    <>
      <span className="flex items-baseline gap-2">
        <span className="min-w-0 flex-1">
          {caller.identity === null ? (
            <span className="text-text-2">{caller.transport === "plaintext" ? "no certificate" : "no identity was told"}</span>
          ) : (
            <WholeIdentity identity={caller.identity} />
          )}
        </span>
        <span className="flex-none">{callsWords(caller.count, protocol)}</span>
      </span>
      <span className="block text-text-3">
        {[DECLARED_WORDS[caller.transport], caller.tlsVersion, caller.address === null ? null : `from ${caller.address}`]
          .filter((part) => part !== null)
          .join(", ")}
        , last <Ago at={caller.lastSeen} />
      </span>
    </>
  );
}

/** On what the facts rest: who says it, and how long ago. */
function EvidenceList({ evidence }: { evidence: readonly Evidence[] }) {
  return (
    <DetailPart title="Evidence">
      {evidence.length === 0 ? <p className="text-text-2">No source said anything about this edge.</p> : null}
      <ul className="grid gap-1.5">
        {evidence.map((one) => (
          <li key={`${one.source} ${one.text}`} className="[overflow-wrap:anywhere]">
            <ForeignText text={asSentence(one.text)} />{" "}
            <span className="text-text-3">
              {one.source}
              {one.observedAt === null ? ", age not known" : <> · {<Ago at={one.observedAt} />}</>}
            </span>
          </li>
        ))}
      </ul>
    </DetailPart>
  );
}

function Ways({ edge, hrefTo }: { edge: TlsPosture; hrefTo: HrefTo }) {
  const pages = [edge.source, edge.target].filter((id) => parseNodeId(id).kind === "service");
  return (
    <div className="flex flex-wrap gap-2">
      <ButtonLink isSmall href={hrefTo("/", { sel: edge.id })}>
        Show on map
      </ButtonLink>
      {pages.map((id) => (
        <ButtonLink key={id} isSmall href={hrefTo("/service", { id })}>
          Open {nameOfId(id)}
        </ButtonLink>
      ))}
    </div>
  );
}
