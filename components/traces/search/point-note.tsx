import { formatClockMs, formatDuration, formatQuantity } from "#lib/client/format.ts";
import { StatusWord } from "#components/ui/status-word.tsx";

import type { TracePoint } from "./brush.ts";
import { RootName } from "./trace-columns.tsx";

const WIDTH_PX = 256;
const GAP_PX = 12;

export interface PointNoteProps {
  point: TracePoint;
  /** Width of the whole picture, px. */
  width: number;
}

/** What a point stands for, beside it, on the side that has room. Not a target: the pointer goes through it. */
export function PointNote({ point, width }: PointNoteProps) {
  const { trace } = point;
  const isAtEnd = point.x + GAP_PX + WIDTH_PX > width;
  return (
    <div
      className="pointer-events-none absolute z-20 w-64 rounded-2 bg-raised px-2.5 py-1.5 text-12 shadow-3"
      style={{ top: Math.max(0, point.y - 24), left: Math.max(0, isAtEnd ? point.x - GAP_PX - WIDTH_PX : point.x + GAP_PX) }}
    >
      <p className="truncate">
        <RootName trace={trace} />
      </p>
      <p className="flex items-center gap-2">
        <StatusWord tone={trace.status === "error" ? "fail" : "ok"}>{trace.status === "error" ? "failed" : "did not fail"}</StatusWord>
        <b className="font-semi">{formatDuration(trace.durationMs)}</b>
        <span className="text-text-2">{formatQuantity(trace.spans, "span")}</span>
      </p>
      <p className="text-text-3">{formatClockMs(trace.startedAt)}, press to open</p>
    </div>
  );
}
