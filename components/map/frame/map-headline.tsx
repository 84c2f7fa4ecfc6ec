import type { ReactNode } from "react";

import { StatusCounts } from "#components/ui/status-counts.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { toneOf } from "#components/ui/tone.ts";
import type { HealthCounts } from "#lib/client/counted-services.ts";

import type { Headline } from "../model/headline.ts";

export interface MapHeadlineProps {
  headline: Headline;
  counts: HealthCounts;
  /** What the numbers lack or how old they are; stands under the counts. */
  aside?: ReactNode;
}

/** The map's title: what to act on, and how many services stand in each status. */
export function MapHeadline({ headline, counts, aside }: MapHeadlineProps) {
  return (
    <div className="pointer-events-none absolute left-5 top-4 z-20 max-w-[calc(100%-300px)]">
      <h1 className="flex items-center gap-2 text-16 font-semi leading-tight tracking-[-0.008em]">
        <StatusGlyph tone={toneOf(headline.status)} size={16} />
        {headline.sentence}
      </h1>
      <StatusCounts counts={counts} className="mt-[5px]" />
      {aside === undefined ? null : <div className="mt-1 text-12 text-text-2">{aside}</div>}
    </div>
  );
}
