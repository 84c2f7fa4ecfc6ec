import type { Ref } from "react";

import type { AxisTick } from "./time-axis.ts";
import type { LimitLine } from "./trace-view.ts";
import { lengthOf, type TimeRange } from "./zoom.ts";

export interface TimeGridProps {
  ticks: readonly AxisTick[];
  limits: readonly LimitLine[];
  range: TimeRange;
  /** Where a span's line gets its word, px from the top. */
  topOf: (index: number) => number;
  /** Its width is the width of every timeline. */
  ref: Ref<HTMLDivElement>;
}

/** What lies behind all rows: a line per tick, and a dotted one where a caller stopped waiting. */
export function TimeGrid({ ticks, limits, range, topOf, ref }: TimeGridProps) {
  const inSight = limits.filter(({ atMs }) => atMs >= range.fromMs && atMs <= range.toMs);
  return (
    <div
      ref={ref}
      aria-hidden="true"
      className="pointer-events-none absolute inset-y-0 left-[calc(var(--name-w)+4px)] right-4 max-tablet:left-4"
    >
      {ticks.map((tick) => (
        <span key={tick.atMs} style={{ left: `${tick.at * 100}%` }} className="absolute inset-y-0 w-px bg-line" />
      ))}
      {inSight.map(({ index, atMs, word }) => {
        const at = (atMs - range.fromMs) / lengthOf(range);
        return (
          <span key={index} style={{ left: `${at * 100}%` }} className="absolute inset-y-0 border-l border-dashed border-fail">
            <span
              style={{ top: topOf(index) }}
              className={`absolute whitespace-nowrap bg-surface px-1 text-10 leading-3 text-fail-text ${at > 0.9 ? "right-1" : "left-1"}`}
            >
              {word}
            </span>
          </span>
        );
      })}
    </div>
  );
}
