"use client";

import { RedPanel } from "#components/charts/red-panel.tsx";
import { RequestsSection } from "#components/traces/requests/requests-section.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { formatCount, formatDuration, formatPercent, formatQuantity, formatRate } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { MeshEdge } from "#lib/model/graph.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { Red } from "#lib/model/red.ts";
import { SPANS_ID } from "#lib/model/source.ts";
import { explainFlag } from "#lib/traces/flag-words.ts";

import { nameOfId } from "../model/names.ts";
import { isRefusedOnly, refusedWords } from "../model/transport.ts";
import { InspectorHeader, InspectorSection } from "./inspector-frame.tsx";
import { TransportSection } from "./transport-section.tsx";

export interface EdgeInspectorProps {
  edge: MeshEdge;
  window: string;
  onSelect: (id: string) => void;
  onClose: () => void;
}

const PROTOCOLS = { http: "HTTP", grpc: "gRPC", tcp: "TCP connections" } as const;

/** One caller and one callee in depth: numbers from both ends, charts, transport declared and observed, and who told. */
export function EdgeInspector({ edge, window, onSelect, onClose }: EdgeInspectorProps) {
  const isTcp = edge.protocol === "tcp";
  return (
    <>
      <InspectorHeader
        status={edge.health.status}
        title={`${nameOfId(edge.source)} → ${nameOfId(edge.target)}`}
        detail=""
        onClose={onClose}
      />
      <InspectorSection>
        <KeyValues
          items={[
            { key: "Caller", value: <End id={edge.source} onSelect={onSelect} /> },
            { key: "Callee", value: <End id={edge.target} onSelect={onSelect} /> },
            { key: "Protocol", value: PROTOCOLS[edge.protocol] },
          ]}
        />
      </InspectorSection>
      <InspectorSection>
        <RedPanel
          subject={`edge:${edge.id}`}
          window={window}
          isTcp={isTcp}
          versions={edge.versions.length === 0 ? [{ version: null, red: edge.red }] : edge.versions}
        />
      </InspectorSection>
      {isTcp ? null : <RequestsSection subject={`edge:${edge.id}`} target={edge.target} window={window} className="border-b px-4 py-3" />}
      <InspectorSection>
        <h3 className="mb-2 text-13 font-semi">What was counted</h3>
        <KeyValues
          items={[
            { key: isTcp ? "Connections" : "Requests", value: <OwnCount edge={edge} /> },
            ...(isTcp ? [] : [{ key: "Durations", value: <Durations red={edge.red} /> }]),
            { key: "Caller's own view", value: <CallerView edge={edge} /> },
            { key: "Retries", value: <Retries count={edge.retries} /> },
            { key: "Never arrived", value: edge.neverArrived === 0 ? "none" : formatQuantity(edge.neverArrived, "request") },
            { key: "Flags", value: <Flags flags={edge.flags} /> },
          ]}
        />
      </InspectorSection>
      <TransportSection edge={edge} window={window} />
      <InspectorSection>
        <h3 className="mb-2 text-13 font-semi">Who says so</h3>
        <KeyValues
          items={[
            {
              key: "Counted at",
              value:
                edge.red.source === SPANS_ID
                  ? "spans: counted when they came in, up to ten seconds late"
                  : edge.reporter === "destination"
                    ? `the callee's proxy (${nameOfId(edge.target)})`
                    : `the caller's proxy (${nameOfId(edge.source)}); the callee has none`,
            },
            { key: "Seen by", value: edge.seenBy.length === 0 ? <Missing /> : edge.seenBy.join(", ") },
            { key: "Numbers from", value: edge.red.source ?? <Missing /> },
          ]}
        />
      </InspectorSection>
    </>
  );
}

function End({ id, onSelect }: { id: string; onSelect: (id: string) => void }) {
  const hrefTo = useHref();
  const { namespace } = parseNodeId(id);
  return (
    <span className="flex items-baseline gap-2">
      <button type="button" className="evidence font-medium" onClick={() => onSelect(id)}>
        {nameOfId(id)}
      </button>
      {namespace === null ? null : (
        <>
          <span className="text-text-3">namespace {namespace}</span>
          <EvidenceLink href={hrefTo("/service", { id })} className="text-text-2">
            page
          </EvidenceLink>
        </>
      )}
    </span>
  );
}

/** An edge on which connections were only refused has no requests to count: that is known, and said. */
function OwnCount({ edge }: { edge: MeshEdge }) {
  const { refused } = edge.tls;
  return isRefusedOnly({ rate: edge.red.rate, refused }) ? <>none, {refusedWords(refused)}</> : <Counted red={edge.red} />;
}

function Counted({ red }: { red: Red }) {
  if (red.count === null) return <Missing word="no numbers" />;
  const failed = red.errorCount === null ? null : `${formatCount(red.errorCount)} failed (${formatPercent(red.errorRatio)})`;
  return (
    <>
      {formatCount(red.count)}, {formatRate(red.rate)}
      {failed === null ? "" : `, ${failed}`}
    </>
  );
}

function Durations({ red }: { red: Red }) {
  if (red.p50Ms === null && red.p95Ms === null) return <Missing word="not measured" />;
  return (
    <>
      p50 {formatDuration(red.p50Ms)}, p95 {formatDuration(red.p95Ms)}, p99 {formatDuration(red.p99Ms)}
    </>
  );
}

function Retries({ count }: { count: MeshEdge["retries"] }) {
  if (count === null) return <span className="text-text-3">not told apart from requests</span>;
  return <>{count === 0 ? "none" : formatQuantity(count, "attempt above the first", "attempts above the first")}</>;
}

/** After its retries; a second figure, never added to the first. */
function CallerView({ edge }: { edge: MeshEdge }) {
  // Such a teller may hold it, and is not asked: that would be as much again as the whole map.
  if (edge.callerRed === null && edge.retries === null)
    return <span className="text-text-3">{edge.reporter === "source" ? "is what is counted" : "not counted: the callee's side is"}</span>;
  if (edge.callerRed === null) return <span className="text-text-3">not told by {nameOfId(edge.source)}</span>;
  return <Counted red={edge.callerRed} />;
}

function Flags({ flags }: { flags: MeshEdge["flags"] }) {
  const entries = Object.entries(flags)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
  if (entries.length === 0) return <>none</>;
  return (
    <ul className="grid gap-0.5">
      {entries.map(([flag, count]) => (
        <li key={flag}>
          {formatCount(count)} {explainFlag(flag).words} <span className="font-mono text-11 text-text-3">{flag}</span>
        </li>
      ))}
    </ul>
  );
}
