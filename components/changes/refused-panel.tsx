"use client";

import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { VerdictLine } from "#components/ui/verdict-line.tsx";
import { formatCount } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { RefusedCaller } from "#lib/model/routing.ts";

import { callerName, isStricter, refusesSentence, watchedSentence } from "./demand-words.ts";
import type { DemandReview } from "./review.ts";

/** Whom a stricter demand refuses, as far as callers were watched. Where nobody can lose anything there is nothing to say. */
export function RefusedPanel({ review }: { review: DemandReview }) {
  const now = useNow();
  const hrefTo = useHref();
  const { move, change } = review;
  if (!isStricter(move) && move.refuses.length === 0) return null;
  const isPlan = change === null;
  const until = change === null ? now : Date.parse(change.timings.askedAt);
  return (
    <Panel
      title={isPlan ? "Who would be refused" : "Who was to be refused"}
      badge={
        <EvidenceLink href={hrefTo("/security", { view: "workloads", about: review.target })} className="text-12 text-info-text">
          Everybody who calls
        </EvidenceLink>
      }
    >
      <VerdictLine evidence={watchedSentence(move.observedSince, until)} className="px-4 pb-3">
        {refusesSentence(move, isPlan, now)}
      </VerdictLine>
      {move.refuses.length === 0 ? null : <RefusedTable callers={move.refuses} />}
    </Panel>
  );
}

function RefusedTable({ callers }: { callers: readonly RefusedCaller[] }) {
  const hrefTo = useHref();
  return (
    <table className="mb-2 w-full border-collapse text-12">
      <caption className="sr-only">Callers that came in plaintext</caption>
      <thead>
        <tr className="text-left text-text-3 *:px-4 *:py-1.5 *:font-medium">
          <th scope="col">Caller</th>
          <th scope="col">Address</th>
          <th scope="col" className="text-right">
            Requests
          </th>
          <th scope="col" className="text-right">
            Last seen
          </th>
        </tr>
      </thead>
      <tbody>
        {callers.map((caller) => (
          <tr key={`${caller.source} ${caller.address ?? ""}`} className="border-t *:px-4 *:py-1.5">
            <th scope="row" className="text-left font-medium">
              <span className="inline-flex items-center gap-2">
                <StatusGlyph tone="warn" />
                <EvidenceLink href={hrefTo("/", { sel: caller.source })}>{callerName(caller)}</EvidenceLink>
              </span>
            </th>
            <td className="font-mono">
              {caller.address === null ? <span className="font-sans text-text-3">not told</span> : <ForeignText text={caller.address} />}
            </td>
            <td className="text-right">{formatCount(caller.count)}</td>
            <td className="text-right">
              <Moment at={caller.lastSeen} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
