"use client";

import { useImperativeHandle, useRef, type ReactNode, type Ref } from "react";

import { SourceBadge } from "#components/ui/source-badge.tsx";
import { formatClock, formatNumber } from "#lib/client/format.ts";
import { windowMs } from "#lib/client/search-params.ts";
import { useTimeControls } from "#lib/client/use-time-controls.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import { StripButtons } from "./strip-buttons.tsx";
import { errorsPerSecond, nearestIndex } from "./strip-drawing.ts";
import { StripHandle } from "./strip-handle.tsx";
import { StripMarks } from "./strip-marks.tsx";
import { StripPicture } from "./strip-picture.tsx";
import { useStrip, type Strip } from "./use-strip.ts";
import { useStripDrag } from "./use-strip-drag.ts";
import { useWidth } from "./use-width.ts";

export interface TimelineHandle {
  /** Moves the focus to the change before or after the one that has it. */
  step: (way: -1 | 1) => void;
}

export interface TimelineStripProps {
  totals: MeshGraph["totals"] | undefined;
  /** The view's window, shaded where it ends. */
  window: string;
  ref: Ref<TimelineHandle>;
}

/** Who lets go so near to the end of a strip that ends now means now; the strip itself is some seconds old. */
const AT_END_MS = 6_000;

/** Fifteen minutes of the mesh: requests, errors and every change; and where in them the page's window ends. */
export function TimelineStrip({ totals, window: windowParam, ref }: TimelineStripProps) {
  const controls = useTimeControls();
  const picture = useRef<HTMLDivElement>(null);
  const width = useWidth(picture);
  const strip = useStrip(controls, width);
  const { scale, series, marks } = strip;
  const toEnd =
    (move: (ms: number) => void) =>
    (ms: number): void =>
      strip.endsNow && ms > scale.to - AT_END_MS ? controls.goLive() : move(ms);
  const { pointed, held, handlers } = useStripDrag(scale, { goTo: toEnd(controls.goTo), scrubTo: toEnd(controls.scrubTo) });
  const endMs = held ?? controls.atMs ?? scale.to;

  const step = (way: -1 | 1): void => {
    const links = [...(picture.current?.querySelectorAll<HTMLElement>("[data-change]") ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    const next = at < 0 ? (way < 0 ? links.length - 1 : 0) : at + way;
    links[next]?.focus();
  };
  useImperativeHandle(ref, () => ({ step }));

  const index = pointed === null ? -1 : nearestIndex(series?.t ?? [], pointed);
  const isDrawn = width > 0 && strip.answer !== undefined;
  return (
    <section aria-label="Timeline" className="grid min-w-0 grid-cols-[148px_minmax(0,1fr)] border-t bg-surface">
      <div className="flex flex-col pl-5 pt-2 text-11 leading-[17px] text-text-3">
        <StripNumbers strip={strip} index={index} totals={totals} />
        <StripButtons controls={controls} hasChanges={marks.length > 0} onChange={step} />
      </div>
      <div ref={picture} className="relative min-w-0 cursor-crosshair touch-pan-y overflow-clip select-none" {...handlers}>
        {isDrawn ? (
          <>
            <StripPicture
              strip={strip}
              shade={{ fromMs: endMs - windowMs(windowParam), toMs: endMs }}
              pointed={series?.t[index] ?? null}
              endWord={strip.endsNow ? (controls.isPaused ? "paused" : "now") : null}
            />
            <StripHandle scale={scale} endMs={endMs} isLive={held === null && controls.atMs === null} controls={controls} />
            <StripMarks marks={marks} width={width} />
          </>
        ) : null}
        <StripWords strip={strip} />
      </div>
    </section>
  );
}

interface StripNumbersProps {
  strip: Strip;
  /** Of the step that is pointed at; -1 = none. */
  index: number;
  totals: MeshGraph["totals"] | undefined;
}

/** Requests and errors of the step that is pointed at, or of the page's window. */
function StripNumbers({ strip: { answer, series, stepMs }, index, totals }: StripNumbersProps) {
  const shown =
    index < 0
      ? { when: null, rate: totals?.rate ?? null, errors: totals?.errorRate ?? null }
      : { when: series?.t[index] ?? null, rate: series?.rate[index] ?? null, errors: errorsPerSecond(series, index, stepMs) };
  return (
    <>
      <PerSecond word="Requests" value={shown.rate} />
      <PerSecond word="Errors" value={shown.errors} />
      <span className="h-6">{shown.when === null ? <SourceBadge answer={answer} /> : formatClock(shown.when)}</span>
    </>
  );
}

function PerSecond({ word, value }: { word: string; value: number | null }) {
  return (
    <span>
      {word} <b className="text-13 font-semi text-text">{formatNumber(value)}</b>
      {value === null ? "" : "/s"}
    </span>
  );
}

/** What is said where there is nothing to draw: that it failed, or that nobody told anything then. */
function StripWords({ strip: { answer, hasFailed, series, endsNow } }: { strip: Strip }): ReactNode {
  if (answer === undefined) return hasFailed ? <p className="py-8 text-12 text-text-3">These minutes could not be read.</p> : null;
  if (endsNow || series === undefined || series.rate.some((rate) => rate !== null)) return null;
  return (
    <p className="pointer-events-none absolute inset-x-0 top-8 text-center text-12 text-text-3">Nothing is kept of these 15 minutes.</p>
  );
}
