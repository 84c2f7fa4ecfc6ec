"use client";

import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { formatDuration, formatQuantity } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";

import type { ShownTrace } from "../use-map-state.ts";

export interface TraceLineProps {
  shown: ShownTrace;
  /** How many of the map's nodes it went through. */
  services: number;
}

/** Which trace is lit on the map, and the ways back: to the trace, or to the whole map. */
export function TraceLine({ shown, services }: TraceLineProps) {
  const hrefTo = useHref();
  const name = <span className="font-mono">{shown.id.slice(0, 8)}</span>;
  return (
    <p className="flex flex-wrap items-baseline gap-x-2" role="status">
      {shown.error !== null ? (
        <span>
          Trace {name} cannot be shown: {shown.error.message}
        </span>
      ) : shown.trace === null ? (
        <span>Fetching trace {name}…</span>
      ) : (
        <span>
          The way of trace {name}: {formatDuration(shown.trace.durationMs)},{" "}
          {services === 0 ? "none of its services is on this map" : formatQuantity(services, "node")}
        </span>
      )}
      <EvidenceLink href={hrefTo("/trace", { id: shown.id })}>Open the trace</EvidenceLink>
      <button type="button" className="evidence min-h-6" onClick={shown.clear}>
        Show the whole map
      </button>
    </p>
  );
}
