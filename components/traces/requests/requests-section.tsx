"use client";

import { useQuery } from "@tanstack/react-query";

import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { formatDuration } from "#lib/client/format.ts";
import { stretchOf } from "#lib/client/moment.ts";
import { windowMs } from "#lib/client/search-params.ts";
import { useAskedAt } from "#lib/client/use-asked-at.ts";
import { exemplarsQuery } from "#lib/client/trace-queries.ts";
import { emptyWords } from "#lib/client/unkept-words.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useNow } from "#lib/client/use-now.ts";
import { useReceivesSpans } from "#lib/client/use-receives-spans.ts";
import type { Exemplar } from "#lib/model/trace.ts";

import { forList } from "./for-list.ts";

export interface RequestsSectionProps {
  /** `service:<id>` or `edge:<id>`. */
  subject: string;
  /** Id of the node that was called. */
  target: string;
  window: string;
  className?: string;
}

/** A few requests behind the numbers: the failed ones first, then the slow ones. Nothing where no spans are received. */
export function RequestsSection({ subject, target, window, className }: RequestsSectionProps) {
  const hrefTo = useHref();
  const now = useNow();
  const isReceiving = useReceivesSpans();
  const stretch = stretchOf(windowMs(window), useAskedAt());
  const exemplars = useQuery({ ...exemplarsQuery(subject, stretch, isReceiving === true), retry: false });
  // Its place is kept until it is known that there is nothing to show here.
  if (isReceiving === false || (exemplars.isError && exemplars.data === undefined)) return null;
  const rows = forList(exemplars.data?.value.items ?? []);
  return (
    <section className={className} aria-label="Traces">
      <div className="mb-1.5 flex items-baseline gap-3">
        <h3 className="flex-1 text-13 font-semi">Traces</h3>
        <EvidenceLink href={hrefTo("/traces", { service: target, status: "error" })} className="text-12">
          failed
        </EvidenceLink>
        <EvidenceLink href={hrefTo("/traces", { service: target })} className="text-12">
          all
        </EvidenceLink>
        <SourceBadge answer={exemplars.data} />
      </div>
      {exemplars.data === undefined ? <span className="skeleton block h-36 w-full" /> : null}
      {exemplars.data === undefined ? null : rows.length === 0 ? (
        <p className="min-h-36 text-12 text-text-3">
          {emptyWords(exemplars.data.notices, "No trace of these calls came in this window.", now)}
        </p>
      ) : (
        <ul className="grid min-h-36 content-start">
          {rows.map((row) => (
            <li key={`${row.traceId} ${row.spanId}`}>
              <RequestRow row={row} href={hrefTo("/trace", { id: row.traceId, span: row.spanId })} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function RequestRow({ row, href }: { row: Exemplar; href: string }) {
  return (
    <span className="flex min-h-6 items-center gap-2 text-12">
      <StatusGlyph tone={row.isError ? "fail" : "ok"} size={12} />
      <span className="flex-1">
        <EvidenceLink href={href}>
          <span className="font-mono text-11">{row.traceId.slice(0, 8)}</span>
          <span className="sr-only">{row.isError ? ", failed" : ""}</span>
        </EvidenceLink>
        {row.version === null ? null : <span className="ml-2 text-text-3">{row.version}</span>}
      </span>
      <span className="num text-right">{formatDuration(row.durationMs)}</span>
      <span className="w-[64px] text-right text-text-3">
        <Moment at={row.at} />
      </span>
    </span>
  );
}
