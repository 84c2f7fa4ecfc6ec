"use client";

import { useQuery } from "@tanstack/react-query";

import { Button } from "#components/ui/button.tsx";
import { CopyCommand } from "#components/ui/copy-command.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { asSentence } from "#lib/client/format.ts";
import { sourcesQuery } from "#lib/client/query-options.ts";
import { hasConditions, NO_CONDITIONS, type TraceSearchChange, type TraceSearchState } from "#lib/client/trace-search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { SourceStatus } from "#lib/model/source.ts";

import { exporterAddress } from "./exporter-address.ts";
import { traceSources } from "./source-field.tsx";

/** The source that spans are sent to, rather than asked for them. */
const RECEIVER = "otlp";

export interface NothingFoundProps {
  state: TraceSearchState;
  /** `in the last 5 min`. */
  stretchWords: string;
  /** How far the search came before it gave up; `null` = it looked everywhere. */
  gaveUp: string | null;
  onChange: (change: TraceSearchChange) => void;
}

/** An empty list: because of its conditions, because nothing came in this time, because the search gave up, because nothing was ever sent, or for want of a source. */
export function NothingFound({ state, stretchWords, gaveUp, onChange }: NothingFoundProps) {
  const hrefTo = useHref();
  const sources = useQuery(sourcesQuery());
  const all = sources.data?.value.items ?? [];
  const receiver = all.find((source) => source.kind === RECEIVER);
  const sourcesLink = <EvidenceLink href={hrefTo("/sources")}>Sources</EvidenceLink>;

  if (gaveUp !== null) {
    return (
      <EmptyState title={gaveUp}>
        Looked for {stretchWords}. A service, an operation or a shorter window leaves less to look through. See {sourcesLink} for what
        answers slowly.
      </EmptyState>
    );
  }
  if (hasConditions(state)) {
    return (
      <EmptyState
        title="No trace meets these conditions"
        actions={
          <Button isSmall onClick={() => onChange(NO_CONDITIONS)}>
            Clear all conditions
          </Button>
        }
      >
        Looked for {stretchWords}. One span must meet every condition at once; a longer window in the top bar looks further back.
      </EmptyState>
    );
  }
  if (sources.data !== undefined && traceSources(all).length === 0) {
    return (
      <EmptyState title="No source of traces is connected">
        Rates, errors and durations on the map do not need one. See {sourcesLink} for what is connected and what each gives.
      </EmptyState>
    );
  }
  if (receiver !== undefined && receiver.newestData === null) return <NothingSent receiver={receiver} />;
  return (
    <EmptyState title={`No trace started ${stretchWords}`}>
      {receiver === undefined || receiver.newestData === null ? null : (
        <p>
          The newest span came at <Moment at={receiver.newestData} />.
        </p>
      )}
      <p>A longer window in the top bar looks further back. See {sourcesLink} for what answers and what does not.</p>
    </EmptyState>
  );
}

/** Nobody sent a span yet: where to send them to. */
function NothingSent({ receiver }: { receiver: SourceStatus }) {
  const address = exporterAddress(receiver.address);
  return (
    <EmptyState
      tone={receiver.state === "down" ? "fail" : "unk"}
      title={receiver.state === "down" ? "Spans cannot be received" : "No span was sent to Weft yet"}
    >
      {receiver.lastError === null ? null : (
        <p>
          {asSentence(receiver.lastError)} {asSentence(receiver.mend)}
        </p>
      )}
      <p>Weft receives at</p>
      <ul className="my-1 grid gap-0.5">
        {receiver.address.split(", ").map((one) => (
          <li key={one} className="font-mono text-12 text-text">
            {one}
          </li>
        ))}
      </ul>
      <p>Point the exporter of a proxy or an application there; this list fills by itself.</p>
      {address === null ? null : (
        <CopyCommand command={`export OTEL_EXPORTER_OTLP_ENDPOINT=${address}`} className="mt-3 max-w-160 text-text" />
      )}
    </EmptyState>
  );
}
