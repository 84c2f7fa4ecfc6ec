"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link.js";
import { useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { PointerEvent, Ref } from "react";

import { timeTicks } from "#components/charts/ticks.ts";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { formatClock, formatNumber } from "#lib/client/format.ts";
import { useIsPaused, useLiveControls } from "#lib/client/live-provider.tsx";
import { changesQuery, redQuery } from "#lib/client/query-options.ts";
import { windowMs } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import { errorsPerSecond, STRIP, stripMarks, stripPaths, stripX } from "./strip-drawing.ts";
import type { StripMark, StripScale } from "./strip-drawing.ts";

export interface TimelineHandle {
  /** Moves the focus to the change before or after the one that has it. */
  step: (way: -1 | 1) => void;
}

export interface TimelineStripProps {
  totals: MeshGraph["totals"] | undefined;
  /** The view's window, shaded at the right end. */
  window: string;
  ref: Ref<TimelineHandle>;
}

const SPAN = "900s";
const STEP = "10s";
const MOST_TIMES = 8;

/** The mesh's last fifteen minutes: requests, errors and every change. */
export function TimelineStrip({ totals, window: windowParam, ref }: TimelineStripProps) {
  const hrefTo = useHref();
  const isPaused = useIsPaused();
  const { toggle } = useLiveControls();
  const red = useQuery({ ...redQuery({ subject: "mesh", step: STEP, window: SPAN }), enabled: !isPaused });
  const changes = useQuery(changesQuery());
  const picture = useRef<HTMLDivElement>(null);
  const width = useWidth(picture);
  const [pointed, setPointed] = useState<number | null>(null);

  const answer = red.data?.value;
  const series = answer?.series[0];
  const stepMs = answer?.stepMs ?? windowMs(STEP);
  const to = answer === undefined ? 0 : Date.parse(answer.window.to);
  const scale = useMemo(() => ({ from: to - windowMs(SPAN), to, width }), [to, width]);
  const paths = useMemo(() => stripPaths(series, stepMs, scale), [series, stepMs, scale]);
  const marks = useMemo(() => (to === 0 ? [] : stripMarks(changes.data?.value.items ?? [], scale)), [changes.data, scale, to]);
  const zoneMs = -new Date(to).getTimezoneOffset() * 60_000;
  const times = timeTicks(scale.from, scale.to, MOST_TIMES, zoneMs).ticks.filter((t) => isInside(t, scale));

  const step = (way: -1 | 1): void => {
    const links = [...(picture.current?.querySelectorAll<HTMLElement>("[data-change]") ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    const next = at < 0 ? (way < 0 ? links.length - 1 : 0) : at + way;
    links[next]?.focus();
  };
  useImperativeHandle(ref, () => ({ step }));

  const index = pointed === null ? -1 : nearestIndex(series?.t ?? [], pointed);
  const shown =
    index < 0
      ? { when: null, rate: totals?.rate ?? null, errors: totals?.errorRate ?? null }
      : { when: series?.t[index] ?? null, rate: series?.rate[index] ?? null, errors: errorsPerSecond(series, index, stepMs) };

  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const t = scale.from + ((event.clientX - box.left) / Math.max(1, width - STRIP.right)) * (scale.to - scale.from);
    setPointed(Math.min(t, scale.to));
  };

  return (
    <section aria-label="Timeline" className="grid min-w-0 grid-cols-[148px_minmax(0,1fr)] border-t bg-surface">
      <div className="flex flex-col pl-5 pt-2 text-11 leading-[17px] text-text-3">
        <span>
          Requests <b className="text-13 font-semi text-text">{formatNumber(shown.rate)}</b>
          {shown.rate === null ? "" : "/s"}
        </span>
        <span>
          Errors <b className="text-13 font-semi text-text">{formatNumber(shown.errors)}</b>
          {shown.errors === null ? "" : "/s"}
        </span>
        <span className="h-6">{shown.when === null ? <SourceBadge answer={red.data} /> : formatClock(shown.when)}</span>
        <span className="-ml-1.5 flex gap-1">
          <Button kind="quiet" isSmall isIconOnly aria-label="Previous change" isDisabled={marks.length === 0} onClick={() => step(-1)}>
            <Icon name="previous" size={14} />
          </Button>
          <Button kind="quiet" isSmall isIconOnly aria-label={isPaused ? "Back to live" : "Pause"} aria-pressed={isPaused} onClick={toggle}>
            <Icon name={isPaused ? "play" : "pause"} size={14} />
          </Button>
          <Button kind="quiet" isSmall isIconOnly aria-label="Next change" isDisabled={marks.length === 0} onClick={() => step(1)}>
            <Icon name="next" size={14} />
          </Button>
        </span>
      </div>
      <div ref={picture} className="relative min-w-0 overflow-clip" onPointerMove={onPointerMove} onPointerLeave={() => setPointed(null)}>
        {width === 0 || answer === undefined ? null : (
          <svg
            width={width}
            height={STRIP.height}
            viewBox={`0 0 ${width} ${STRIP.height}`}
            role="img"
            aria-label={`Requests and errors of the mesh over 15 minutes, ${marks.length} ${marks.length === 1 ? "change" : "changes"}`}
            className="block"
          >
            <rect
              x={stripX(scale.to - windowMs(windowParam), scale)}
              y={STRIP.rateTop - 4}
              width={Math.max(0, width - STRIP.right - stripX(scale.to - windowMs(windowParam), scale))}
              height={STRIP.errorBase - STRIP.rateTop + 4}
              fill="var(--info-bg)"
              opacity=".7"
            />
            <path d={paths.area} fill="var(--spark)" opacity=".16" />
            <path d={paths.line} fill="none" stroke="var(--text-2)" strokeWidth="1.25" strokeLinejoin="round" />
            {[STRIP.rateBase, STRIP.errorBase].map((y) => (
              <line key={y} x1={0} x2={width - STRIP.right} y1={y + 0.5} y2={y + 0.5} stroke="var(--line)" />
            ))}
            {paths.bars.map((bar) => (
              <rect key={bar.x} {...bar} fill="var(--spark)" opacity=".8" />
            ))}
            {times.map((t) => (
              <text key={t} x={stripX(t, scale)} y={97} textAnchor="middle" fontSize="10" fill="var(--text-3)">
                {formatClock(t).slice(0, 5)}
              </text>
            ))}
            {index < 0 || series === undefined ? null : (
              <line
                x1={stripX(series.t[index] ?? 0, scale)}
                x2={stripX(series.t[index] ?? 0, scale)}
                y1={20}
                y2={STRIP.errorBase}
                stroke="var(--line-strong)"
              />
            )}
            {marks.map((mark) => (
              <line key={mark.id} x1={mark.x} x2={mark.x} y1={16} y2={STRIP.errorBase} stroke="var(--info)" strokeDasharray="3 3" />
            ))}
            <line x1={width - STRIP.right} x2={width - STRIP.right} y1={16} y2={86} stroke="var(--info)" strokeWidth={2} />
            <text x={width - 2} y={97} textAnchor="end" fontSize="10" fontWeight="600" fill="var(--info-text)">
              {isPaused ? "paused" : "now"}
            </text>
          </svg>
        )}
        {marks.map((mark) => (
          <Link
            key={mark.id}
            data-change={mark.id}
            href={hrefTo("/change", { id: mark.id })}
            aria-label={`Change at ${formatClock(mark.t)}: ${mark.label}`}
            className={cx(
              "group absolute top-0 flex h-6 items-start whitespace-nowrap text-10 text-text-2 -outline-offset-2 focus-visible:z-10 focus-visible:bg-surface",
              isLeftOf(mark, width) && "flex-row-reverse",
            )}
            style={isLeftOf(mark, width) ? { right: width - mark.x - 12 } : { left: mark.x - 12 }}
          >
            <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" className="flex-none">
              <path d="M8 6h8v5.500l-4 4.500-4-4.500z" fill="var(--info)" />
            </svg>
            <span className={cx("-mx-1 mt-1 leading-3", mark.side === null && "hidden group-hover:inline group-focus-visible:inline")}>
              {mark.label}
            </span>
          </Link>
        ))}
        {red.isError && answer === undefined ? <p className="py-8 text-12 text-text-3">The last minutes could not be read.</p> : null}
      </div>
    </section>
  );
}

/** A label without room of its own opens towards the middle. */
function isLeftOf(mark: StripMark, width: number): boolean {
  return mark.side === "left" || (mark.side === null && mark.x > width / 2);
}

/** Whether a time's text fits between the left edge and the word at the right one. */
function isInside(t: number, scale: StripScale): boolean {
  const x = stripX(t, scale);
  return x >= 16 && x <= scale.width - 56;
}

function nearestIndex(times: readonly number[], t: number): number {
  let best = -1;
  times.forEach((time, index) => {
    if (best < 0 || Math.abs(time - t) < Math.abs((times[best] ?? 0) - t)) best = index;
  });
  return best;
}

function useWidth(ref: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
