"use client";

import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Age } from "#components/ui/moment.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { formatCount } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { Refusal, SecurityReport } from "#lib/model/security.ts";

import { EdgeNames } from "./edge-columns.tsx";
import { ExportLinks } from "./export-links.tsx";
import { useNamespaceFilter } from "./namespace-filter.tsx";
import { namespacesWords, reasonWords } from "./security-words.ts";

/** Why connections of one caller were refused, by whom, how many, and what the caller claimed to be. */
export function RefusalItem({ refusal }: { refusal: Refusal }) {
  const { witness, claimed, address, count, lastSeen } = refusal;
  return (
    <span className="block text-12 text-text-2 [overflow-wrap:anywhere]">
      {formatCount(count)} refused by the {witness === "server" ? "callee" : "caller"}: {reasonWords(refusal)}
      {address === null ? "" : `, from ${address}`}, last <Age at={lastSeen} /> ago.
      {claimed === null ? null : (
        <span className="block text-text-3">
          It claims to be <ForeignText text={claimed.uri} className="break-all font-mono text-11" />, which is not proven.
        </span>
      )}
    </span>
  );
}

/** Connections that were refused before any request. Only the side that refused can tell, so that an empty list proves little. */
export function RefusalList({ answer }: { answer: Sourced<SecurityReport> | undefined }) {
  const hrefTo = useHref();
  const { isNarrowed, namespaces } = useNamespaceFilter();
  const refusals = answer?.value.refusals;
  return (
    <Panel
      title="Refused connections"
      aside={<ExportLinks table="refusals" what="refused connections" />}
      answer={answer}
      className="min-h-[84px]"
    >
      {refusals === undefined ? <Lines /> : null}
      {refusals?.length === 0 ? (
        <p className="px-4 pb-3 text-12 text-text-2">
          No proxy told of a refused connection {isNarrowed ? `in ${namespacesWords(namespaces)} ` : ""}in this window.
        </p>
      ) : null}
      {refusals === undefined || refusals.length === 0 ? null : (
        <ScrollRegion label="Refused connections" className="max-h-72 overflow-auto">
          <ul className="grid gap-2.5 px-4 pb-3">
            {refusals.map((refusal) => {
              const { source, target, reason, witness, claimed, address } = refusal;
              return (
                <li key={`${source ?? ""} ${target} ${reason} ${witness} ${claimed?.uri ?? ""} ${address ?? ""}`}>
                  <EvidenceLink href={hrefTo("/security", { view: "edges", observed: "refused" })}>
                    <EdgeNames source={source} target={target} />
                  </EvidenceLink>
                  <RefusalItem refusal={refusal} />
                </li>
              );
            })}
          </ul>
        </ScrollRegion>
      )}
    </Panel>
  );
}

/** Two lines where words will stand. */
export function Lines() {
  return (
    <p className="grid gap-1.5 px-4 pb-3" aria-busy="true">
      <span className="skeleton h-3 w-2/3">…</span>
      <span className="skeleton h-3 w-1/2">…</span>
    </p>
  );
}
