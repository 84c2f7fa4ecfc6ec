"use client";

import { nameOfId } from "#components/map/model/names.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { asSentence, formatNames, formatQuantity } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { AcceptedTransport, WhatIfScope, WorkloadPosture } from "#lib/model/security.ts";

import { DetailPanel, DetailPart } from "./detail-panel.tsx";
import { WholeIdentity } from "./identity-text.tsx";
import { acceptedWords, DEMAND_MEANINGS } from "./security-words.ts";

export interface WorkloadDetailProps {
  workload: WorkloadPosture;
  /** Asks what STRICT would break. */
  onAsk: (scope: WhatIfScope) => void;
}

/** One workload: what it accepts, what it demands, what it presents, and where that is written. */
export function WorkloadDetail({ workload, onAsk }: WorkloadDetailProps) {
  const hrefTo = useHref();
  const { id, demand, accepts, presents, plaintextCallers, refused, proxies, object, notSteerable } = workload;
  return (
    <DetailPanel id={id} label={`Workload ${nameOfId(id)}`} title={nameOfId(id)}>
      <DetailPart title="Accepts" aside={DEMAND_MEANINGS[demand]}>
        {accepts.length > 0 ? null : (
          <p className="text-text-2">
            {proxies.of === 0 ? "No proxy of it is known, and nobody else tells" : "Its proxies did not tell"} on which conditions it takes
            a connection.
          </p>
        )}
        <ul className="grid gap-1.5">
          {accepts.map((accepted, index) => (
            <li key={`${index} ${acceptedWords(accepted)}`}>
              <Accepted accepted={accepted} />
            </li>
          ))}
        </ul>
      </DetailPart>
      <DetailPart title="Presents">
        {presents.length === 0 ? <p className="text-text-2">No certificate with an identity is known of it.</p> : null}
        <ul className="grid gap-0.5">
          {presents.map((identity) => (
            <li key={identity.uri}>
              <WholeIdentity identity={identity} />
            </li>
          ))}
        </ul>
      </DetailPart>
      <KeyValues
        items={[
          {
            key: "Plaintext callers",
            value: plaintextCallers.length === 0 ? "none was seen" : formatNames(plaintextCallers.map(nameOfId)),
          },
          { key: "Refused", value: refused === null ? "not known" : formatQuantity(refused, "connection") },
          { key: "Known from", value: proxies.of === 0 ? "no proxy" : `${proxies.n} of ${proxies.of} proxies` },
          {
            key: "Set in",
            value:
              object === null ? (
                <span className="text-text-2">{asSentence(notSteerable ?? "Weft cannot write what it demands.")}</span>
              ) : (
                <ForeignText text={object.location} className="break-all font-mono text-11" />
              ),
          },
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <Button isSmall onClick={() => onAsk({ kind: "workload", id })}>
          What if STRICT?
        </Button>
        <ButtonLink isSmall href={hrefTo("/security", { view: "certificates", about: id })}>
          Its certificates
        </ButtonLink>
        <ButtonLink isSmall href={hrefTo("/security", { view: "authorization", about: id })}>
          Its policies
        </ButtonLink>
        <EvidenceLink href={hrefTo("/service", { id })} className="self-center">
          Open {nameOfId(id)}
        </EvidenceLink>
      </div>
    </DetailPanel>
  );
}

const MOST_NAMES = 20;

function Accepted({ accepted }: { accepted: AcceptedTransport }) {
  const { names, transport } = accepted;
  return (
    <>
      <span className="font-medium">{acceptedWords(accepted)}</span>
      {names.length === 0 && transport === "mutual" ? (
        <span className="text-text-2"> from any caller whose certificate is trusted</span>
      ) : null}
      {names.slice(0, MOST_NAMES).map((name) => (
        <span key={name} className="block text-text-2">
          <ForeignText text={name} className="break-all font-mono text-11" />
        </span>
      ))}
      {names.length > MOST_NAMES ? <span className="block text-text-3">and {names.length - MOST_NAMES} more names</span> : null}
    </>
  );
}
