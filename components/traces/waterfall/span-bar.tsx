import { cx } from "#components/ui/cx.ts";
import { formatDuration } from "#lib/client/format.ts";

import { barPlace, labelPlace, type BarPlace, type LabelPlace } from "./bar-place.ts";
import { CRITICAL_WIDTH, criticalLines } from "./critical-lines.ts";
import { colourToken, type SpanNode } from "./trace-view.ts";
import type { TimeRange } from "./zoom.ts";

/** When the matched span of the other trace ran, counted from that trace's own beginning. */
export interface Ghost {
  readonly startMs: number;
  readonly endMs: number;
}

export interface SpanBarProps {
  node: SpanNode;
  range: TimeRange;
  widthPx: number;
  ghost: Ghost | null;
  label: string;
}

const percent = (share: number): string => `${share * 100}%`;

/** A span on the time axis: its bar and length, its part of the critical path under it, and how long it took in the other trace. */
export function SpanBar({ node, range, widthPx, ghost, label }: SpanBarProps) {
  const bar = barPlace(node.startMs, node.endMs, range);
  const ghostBar = ghost === null ? null : barPlace(ghost.startMs, ghost.endMs, range);
  const lines = criticalLines(node.critical, range);
  const isCritical = node.critical.length > 0;
  return (
    <div
      role="gridcell"
      aria-label={`${label}, from ${formatDuration(node.startMs)}${isCritical ? ", on the critical path" : ""}${ghost === null ? "" : `, in the other trace ${formatDuration(ghost.endMs - ghost.startMs)}`}`}
      className="relative ml-1 mr-4 overflow-clip [overflow-clip-margin:8px] max-tablet:ml-4"
    >
      {bar === null ? null : <Bar node={node} bar={bar} isCritical={isCritical} place={labelPlace(bar, widthPx, label)} label={label} />}
      {lines === "" ? null : (
        <svg
          aria-hidden="true"
          viewBox={`0 0 ${CRITICAL_WIDTH} 2`}
          preserveAspectRatio="none"
          className="absolute left-0 top-[calc(50%+8px)] h-0.5 w-full"
        >
          <path d={lines} stroke="var(--text)" strokeWidth="2" vectorEffect="non-scaling-stroke" />
        </svg>
      )}
      {ghostBar === null ? null : (
        <span
          style={{ left: percent(ghostBar.left), width: percent(ghostBar.width) }}
          className="pointer-events-none absolute top-[calc(50%-10px)] h-[17px] min-w-1 rounded-1 border-[1.25px] border-dashed border-info"
        />
      )}
    </div>
  );
}

interface BarProps {
  node: SpanNode;
  bar: BarPlace;
  isCritical: boolean;
  place: LabelPlace;
  label: string;
}

const LABEL = "absolute top-1/2 -translate-y-[calc(50%+2px)] whitespace-nowrap text-10 leading-3";

function Bar({ node, bar, isCritical, place, label }: BarProps) {
  const colour = colourToken(node.colour);
  return (
    <>
      <span
        style={{
          left: percent(bar.left),
          width: percent(bar.width),
          background: isCritical ? colour : `color-mix(in srgb, ${colour} 50%, var(--surface))`,
        }}
        className={cx(
          "absolute top-[calc(50%-8px)] h-3 min-w-0.5",
          bar.isCutLeft ? "" : "rounded-l-[3px]",
          bar.isCutRight ? "" : "rounded-r-[3px]",
          node.marks.includes("error") && "outline-[1.5px] outline-offset-1 outline-fail",
          node.shiftMs !== 0 && "border-x-2 border-text-3",
        )}
      />
      <span style={labelStyle(bar, place)} className={cx(LABEL, labelClass(place, isCritical))}>
        {label}
      </span>
    </>
  );
}

function labelStyle({ left, width }: BarPlace, place: LabelPlace): { left?: string; right?: string } {
  if (place === "right") return { left: `calc(${percent(left + width)} + 6px)` };
  return { right: `calc(${percent(1 - (place === "left" ? left : left + width))} + 6px)` };
}

function labelClass(place: LabelPlace, isCritical: boolean): string {
  if (place !== "inside") return "text-text-2";
  return isCritical ? "font-semi text-surface" : "font-semi text-text";
}
