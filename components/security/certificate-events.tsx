"use client";

import { useRef } from "react";

import { nameOfId } from "#components/map/model/names.ts";
import { useWidth } from "#components/traces/search/use-width.ts";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Age } from "#components/ui/moment.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { formatQuantity } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { CertificateEvent } from "#lib/model/security.ts";

import { EVENTS_SHOWN_MS, recentEvents } from "./certificate-rows.ts";
import { ExportLinks } from "./export-links.tsx";
import { Lines } from "./refusal-list.tsx";

export interface CertificateEventsProps {
  events: readonly CertificateEvent[] | undefined;
  about: string;
}

/** Secrets that were renewed, and new ones that a proxy refused: marks over the last hour, and the same as a list. */
export function CertificateEvents({ events, about }: CertificateEventsProps) {
  const now = useNow();
  const recent = events === undefined ? undefined : recentEvents(events, about, now);
  const rejected = recent?.filter((event) => event.kind === "rejected").length ?? 0;
  return (
    <Panel
      title="Rotations and failures"
      aside={<span className="text-12 text-text-3">in the last hour, as far as Weft watched</span>}
      badge={<ExportLinks table="events" what="rotations and failures" />}
      className="min-h-[120px]"
    >
      {recent === undefined ? <Lines /> : null}
      {recent === undefined ? null : (
        <>
          <Strip events={recent} now={now} />
          {recent.length === 0 ? (
            <p className="px-4 pb-3 text-12 text-text-2">No secret was renewed, and none was refused.</p>
          ) : (
            <ScrollRegion label="Rotations and failures" className="max-h-80 overflow-auto">
              <p className="sr-only">
                {formatQuantity(recent.length - rejected, "rotation")}, {formatQuantity(rejected, "refused secret")}
              </p>
              <ul className="grid gap-2 px-4 pb-3">
                {recent.map((event) => (
                  <li key={`${event.at} ${event.proxyId} ${event.secret ?? ""} ${event.toSerial ?? ""} ${event.kind}`}>
                    <EventItem event={event} />
                  </li>
                ))}
              </ul>
            </ScrollRegion>
          )}
        </>
      )}
    </Panel>
  );
}

function EventItem({ event }: { event: CertificateEvent }) {
  const hrefTo = useHref();
  const isRejected = event.kind === "rejected";
  return (
    <div className="flex items-start gap-2 text-12">
      <StatusGlyph tone={isRejected ? "fail" : "info"} className="mt-0.5" />
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <b className={isRejected ? "font-semi text-fail-text" : "font-medium"}>{isRejected ? "refused" : "renewed"}</b>{" "}
        {event.secret === null ? "the certificate" : <ForeignText text={event.secret} />} of {nameOfId(event.nodeId)}, at{" "}
        <EvidenceLink href={hrefTo("/proxy", { id: event.proxyId })}>{event.proxyId}</EvidenceLink>
        {event.toSerial === null ? null : (
          <span className="block text-text-3">
            {isRejected ? "serial " : "now serial "}
            <ForeignText text={event.toSerial} className="break-all font-mono text-11" />
          </span>
        )}
      </span>
      <span className="flex-none text-text-3">
        <Age at={event.at} /> ago
      </span>
    </div>
  );
}

const EDGE_PX = 28;

/** The same as marks over time; the list under it says everything in words. */
function Strip({ events, now }: { events: readonly CertificateEvent[]; now: number }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const plot = Math.max(1, width - 2 * EDGE_PX);
  const xOf = (ageMs: number) => EDGE_PX + (1 - Math.min(1, Math.max(0, ageMs) / EVENTS_SHOWN_MS)) * plot;
  return (
    <div ref={box} aria-hidden="true" className="relative mb-1 h-12 overflow-hidden">
      {width > 0 ? (
        <svg width={width} height={48} className="block">
          <line x1={EDGE_PX} x2={width - EDGE_PX} y1={28.5} y2={28.5} className="stroke-line-strong" />
          {[60, 45, 30, 15, 0].map((minutes) => (
            <text key={minutes} x={xOf(minutes * 60_000)} y={44} textAnchor="middle" className="fill-text-3 text-10">
              {minutes === 0 ? "now" : `−${minutes} min`}
            </text>
          ))}
        </svg>
      ) : null}
      {width > 0
        ? events.map((event) => (
            <span
              key={`${event.at} ${event.proxyId} ${event.secret ?? ""} ${event.toSerial ?? ""} ${event.kind}`}
              className="absolute"
              style={{ left: xOf(now - Date.parse(event.at)) - 6, top: event.kind === "rejected" ? 2 : 12 }}
            >
              <StatusGlyph tone={event.kind === "rejected" ? "fail" : "info"} />
            </span>
          ))
        : null}
    </div>
  );
}
