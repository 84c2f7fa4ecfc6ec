"use client";

import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { TONE_TEXT } from "#components/ui/tone.ts";
import type { SecurityChange } from "#lib/client/security-search-params.ts";
import { useHref, type HrefTo } from "#lib/client/use-href.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { SecurityReport } from "#lib/model/security.ts";

import { summaryChips } from "./summary-chips.ts";
import { Countdown } from "./time-left.tsx";

export interface SecurityHeaderProps {
  answer: Sourced<SecurityReport> | undefined;
  /** The window in words: `5 min`. */
  window: string;
}

/**
 * The one sentence that sums up, and the facts it stands on; each fact leads to its rows. The room of two lines is kept, so that
 * nothing below moves when the sentence comes or grows.
 */
export function SecurityHeader({ answer, window }: SecurityHeaderProps) {
  return (
    <div className="flex flex-col gap-1.5 tablet:min-h-[97px]">
      <PageHeader trail={`Security, last ${window}`} title={answer?.value.sentence ?? "Security"} />
      <div className="flex min-h-6 flex-wrap items-center gap-x-4 gap-y-1 text-12 max-tablet:min-h-[132px] max-tablet:content-start">
        <div className="min-w-0 tablet:flex-1">
          {answer === undefined ? <span className="skeleton h-3 w-72">…</span> : <Chips report={answer.value} />}
        </div>
        <span className="ml-auto self-start">
          <SourceBadge answer={answer} />
        </span>
      </div>
    </div>
  );
}

function Chips({ report }: { report: SecurityReport }) {
  const hrefTo = useHref();
  return (
    <ul aria-label="In short" className="flex flex-wrap items-center gap-x-4 gap-y-1">
      {summaryChips(report).map((chip) => (
        <li key={chip.key} className="inline-flex min-h-6 items-center gap-[5px]">
          <StatusGlyph tone={chip.tone} />
          <span className="text-text-2">
            <EvidenceLink href={hrefOf(hrefTo, chip.shows)} className={chip.tone === "ok" ? "" : `font-medium ${TONE_TEXT[chip.tone]}`}>
              {chip.head}
            </EvidenceLink>{" "}
            {chip.tail}
            {chip.until === null ? null : (
              <>
                {" "}
                <Countdown until={chip.until} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function hrefOf(hrefTo: HrefTo, { view, observed, place, differs }: SecurityChange): string {
  return hrefTo("/security", { view, observed, place, differs: differs === true ? "true" : null });
}
