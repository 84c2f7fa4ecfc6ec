import type { ReactNode } from "react";

import { cx } from "#components/ui/cx.ts";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { toneOf } from "#components/ui/tone.ts";
import { formatCount } from "#lib/client/format.ts";
import type { HealthStatus, MeshGraph } from "#lib/model/graph.ts";

import type { Headline } from "../model/headline.ts";

export interface MapHeadlineProps {
  headline: Headline;
  totals: MeshGraph["totals"];
  /** What the numbers lack or how old they are; stands under the counts. */
  aside?: ReactNode;
}

/** The map's title: what to act on, and how many services stand in each status. */
export function MapHeadline({ headline, totals, aside }: MapHeadlineProps) {
  return (
    <div className="pointer-events-none absolute left-5 top-4 z-20 max-w-[calc(100%-300px)]">
      <h1 className="flex items-center gap-2 text-16 font-semi leading-tight tracking-[-0.008em]">
        <StatusGlyph tone={toneOf(headline.status)} size={16} />
        {headline.sentence}
      </h1>
      <StatusCounts totals={totals} className="mt-[5px]" />
      {aside === undefined ? null : <div className="mt-1 text-12 text-text-2">{aside}</div>}
    </div>
  );
}

const STATUSES: readonly HealthStatus[] = ["failing", "degraded", "unknown", "healthy"];

export interface StatusCountsProps {
  totals: MeshGraph["totals"];
  /** Leaves out what nobody is in. */
  isShort?: boolean;
  className?: string;
}

/** How many services stand in each status. */
export function StatusCounts({ totals, isShort = false, className }: StatusCountsProps) {
  return (
    <p className={cx("flex flex-wrap gap-x-3.5 gap-y-1 text-12", className)}>
      {STATUSES.filter((status) => !isShort || totals[status] > 0).map((status) => (
        <StatusWord key={status} tone={toneOf(status)} isQuiet className={totals[status] === 0 ? "text-text-3 [&_svg]:opacity-40" : ""}>
          {formatCount(totals[status])} {status}
        </StatusWord>
      ))}
    </p>
  );
}
