"use client";

import { useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { formatCount, formatDuration, formatQuantity } from "#lib/client/format.ts";
import type { TraceSummary } from "#lib/model/trace.ts";

import { ServiceNames } from "./service-ticks.tsx";
import { RootName, TraceStatus, type TraceHref } from "./trace-columns.tsx";

/** Cards drawn at once: a phone has little memory, and nobody scrolls past more without narrowing. */
const STEP = 50;
const MOST_NAMES = 2;

export interface TraceCardsProps {
  traces: readonly TraceSummary[];
  hrefOf: TraceHref;
}

/** The table on a phone: a card per trace, with what matters most. */
export function TraceCards({ traces, hrefOf }: TraceCardsProps) {
  const [shown, setShown] = useState(STEP);
  return (
    <>
      <ul>
        {traces.slice(0, shown).map((trace) => (
          <li key={trace.id} className="grid gap-1 border-b px-4 py-2.5 last:border-b-0">
            <span className="flex min-w-0 items-start gap-1.5">
              <span className="flex h-5 flex-none items-center">
                <TraceStatus status={trace.status} />
              </span>
              <EvidenceLink href={hrefOf(trace)} className="min-w-0 flex-1 [overflow-wrap:anywhere] pointer-coarse:py-2">
                <RootName trace={trace} />
              </EvidenceLink>
              <span className={trace.status === "error" ? "flex-none text-fail-text" : "flex-none"}>
                {formatDuration(trace.durationMs)}
              </span>
            </span>
            <span className="flex min-w-0 items-center gap-3 text-12 text-text-2">
              <span className="min-w-0 flex-1">
                <ServiceNames services={trace.services} most={MOST_NAMES} />
              </span>
              <span className="flex-none">
                {formatQuantity(trace.spans, "span")}
                {trace.errors > 0 ? <span className="text-fail-text">, {formatCount(trace.errors)} failed</span> : null}
              </span>
              <span className="flex-none">
                <Moment at={trace.startedAt} />
              </span>
            </span>
          </li>
        ))}
      </ul>
      {traces.length > shown ? (
        <div className="px-4 py-3">
          <Button onClick={() => setShown(shown + STEP)}>Show {formatCount(Math.min(STEP, traces.length - shown))} more</Button>
        </div>
      ) : null}
    </>
  );
}
