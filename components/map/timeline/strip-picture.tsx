import { timeTicks } from "#components/charts/ticks.ts";
import { formatClock, formatQuantity } from "#lib/client/format.ts";

import { STRIP, stripX, type StripScale } from "./strip-drawing.ts";
import type { Strip } from "./use-strip.ts";

export interface StripPictureProps {
  strip: Strip;
  /** The window that the page shows, epoch milliseconds. */
  shade: { fromMs: number; toMs: number };
  /** The moment that the pointer is at, as a step of the series; `null` = none. */
  pointed: number | null;
  /** The word under the right end; `null` = its time. */
  endWord: string | null;
}

const MOST_TIMES = 8;

/** The mesh's requests as a line, its errors as bars, its changes as dashes, and the window of the page as a shade. */
export function StripPicture({ strip, shade, pointed, endWord }: StripPictureProps) {
  const { scale, paths, marks } = strip;
  const right = scale.width - STRIP.right;
  const from = Math.max(0, stripX(shade.fromMs, scale));
  const end = Math.min(right, stripX(shade.toMs, scale));
  const isAtEnd = right - end < 1;
  const zoneMs = -new Date(scale.to).getTimezoneOffset() * 60_000;
  const times = timeTicks(scale.from, scale.to, MOST_TIMES, zoneMs).ticks.filter(
    (t) => isInside(t, scale) && (isAtEnd || !isNear(t, end, scale)),
  );
  return (
    <svg
      width={scale.width}
      height={STRIP.height}
      viewBox={`0 0 ${scale.width} ${STRIP.height}`}
      role="img"
      aria-label={`Requests and errors of the mesh over 15 minutes, ${formatQuantity(marks.length, "change")}`}
      className="block"
    >
      <rect
        x={from}
        y={STRIP.rateTop - 4}
        width={Math.max(0, end - from)}
        height={STRIP.errorBase - STRIP.rateTop + 4}
        fill="var(--info-bg)"
        opacity=".7"
      />
      <path d={paths.area} fill="var(--spark)" opacity=".16" />
      <path d={paths.line} fill="none" stroke="var(--text-2)" strokeWidth="1.25" strokeLinejoin="round" />
      {[STRIP.rateBase, STRIP.errorBase].map((y) => (
        <line key={y} x1={0} x2={right} y1={y + 0.5} y2={y + 0.5} stroke="var(--line)" />
      ))}
      {paths.bars.map((bar) => (
        <rect key={bar.x} {...bar} fill="var(--spark)" opacity=".8" />
      ))}
      {times.map((t) => (
        <text key={t} x={stripX(t, scale)} y={97} textAnchor="middle" fontSize="10" fill="var(--text-3)">
          {formatClock(t).slice(0, 5)}
        </text>
      ))}
      {pointed === null ? null : (
        <line x1={stripX(pointed, scale)} x2={stripX(pointed, scale)} y1={20} y2={STRIP.errorBase} stroke="var(--line-strong)" />
      )}
      {marks.map((mark) => (
        <line key={mark.id} x1={mark.x} x2={mark.x} y1={16} y2={STRIP.errorBase} stroke="var(--info)" strokeDasharray="3 3" />
      ))}
      <line x1={end} x2={end} y1={16} y2={86} stroke="var(--info)" strokeWidth={2} />
      {isAtEnd ? null : (
        <text x={Math.min(right - 60, Math.max(24, end))} y={97} textAnchor="middle" fontSize="10" fontWeight="600" fill="var(--info-text)">
          {formatClock(shade.toMs)}
        </text>
      )}
      <text
        x={scale.width - 2}
        y={97}
        textAnchor="end"
        fontSize="10"
        fontWeight={isAtEnd ? 600 : 400}
        fill={isAtEnd ? "var(--info-text)" : "var(--text-3)"}
      >
        {endWord ?? formatClock(scale.to).slice(0, 5)}
      </text>
    </svg>
  );
}

/** Whether a time's text fits between the left edge and the word at the right one. */
function isInside(t: number, scale: StripScale): boolean {
  const x = stripX(t, scale);
  return x >= 16 && x <= scale.width - 56;
}

/** Whether a time's text would stand in that of the window's end. */
function isNear(t: number, end: number, scale: StripScale): boolean {
  return Math.abs(stripX(t, scale) - end) < 48;
}
