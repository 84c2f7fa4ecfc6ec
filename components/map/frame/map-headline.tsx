import type { ReactNode } from "react";

import { StatusCounts } from "#components/ui/status-counts.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { toneOf } from "#components/ui/tone.ts";
import type { HealthCounts } from "#lib/client/counted-services.ts";

import type { Headline } from "../model/headline.ts";

export interface MapHeadlineProps {
  headline: Headline;
  counts: HealthCounts;
  /** What the reader asked for, and how to leave it. It wraps, and then the map has less room. */
  asked: ReactNode;
  /** What comes and goes by itself: one line, whose place is kept. */
  news: ReactNode;
}

/** The map's title: what to act on, how many services stand in each status, and what to know of the picture. Above the map, never over it. */
export function MapHeadline({ headline, counts, asked, news }: MapHeadlineProps) {
  return (
    <div className="relative z-20 px-5 pb-0.5 pt-4">
      <h1 className="flex max-w-[calc(100%-300px)] items-center gap-2 text-16 font-semi leading-tight tracking-[-0.008em]">
        <StatusGlyph tone={toneOf(headline.status)} size={16} />
        {headline.sentence}
      </h1>
      {/* Under the tools, which are higher where fingers press them. */}
      <div className="mt-2 flex flex-wrap items-center gap-x-5 text-12 text-text-2 pointer-coarse:pr-[300px]">
        <StatusCounts counts={counts} />
        {asked}
        {/* Its width to begin with is the same whatever it holds, so that what comes in breaks no line and moves nothing. */}
        <div className="flex min-h-6 min-w-0 flex-[1_1_320px] items-center gap-x-4">{news}</div>
      </div>
    </div>
  );
}
