import { memo } from "react";

import { formatClock, formatDuration } from "#lib/client/format.ts";

import { spacedTicks, type PlotArea, type Scale } from "./scatter-scale.ts";

const LABEL_GAP_PX = 22;
/** A time label nearer to the edge than half its width would be cut. */
const EDGE_PX = 26;

export interface ScatterAxesProps {
  area: PlotArea;
  time: Scale & { stepMs: number };
  duration: Scale;
}

/** Grid and labels: durations at the left, times below. */
export const ScatterAxes = memo(function ScatterAxes({ area, time, duration }: ScatterAxesProps) {
  const right = area.left + area.width;
  const bottom = area.top + area.height;
  const times = time.ticks.map((t) => ({ t, x: time.toPx(t) })).filter(({ x }) => x >= area.left && x <= right);
  return (
    <g aria-hidden="true">
      {spacedTicks(duration, LABEL_GAP_PX).map((ms) => {
        const y = Math.round(duration.toPx(ms)) + 0.5;
        return (
          <g key={ms}>
            <path d={`M${area.left} ${y}H${right}`} stroke="var(--line)" />
            <text x={area.left - 8} y={y} dominantBaseline="central" textAnchor="end">
              {formatDuration(ms)}
            </text>
          </g>
        );
      })}
      {times.map(({ t, x }) => (
        <text key={t} x={x} y={bottom + 15} textAnchor={x - area.left < EDGE_PX ? "start" : right - x < EDGE_PX ? "end" : "middle"}>
          {time.stepMs < 60_000 ? formatClock(t) : formatClock(t).slice(0, 5)}
        </text>
      ))}
    </g>
  );
});
