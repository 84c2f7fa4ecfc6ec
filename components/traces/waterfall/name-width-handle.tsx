"use client";

import type { KeyboardEvent, PointerEvent } from "react";

export interface NameWidthHandleProps {
  /** Percent of the waterfall's width that the names take. */
  namePercent: number;
  onNamePercent: (percent: number) => void;
}

export const LEAST_NAMES = 15;
export const MOST_NAMES = 70;
export const USUAL_NAMES = 34;
const STEP = 2;
const FAR = 10;

/** Width of the names after a key on the separator; `null` = not one of its keys. */
export function namesAfterKey(key: string, isShift: boolean, percent: number): number | null {
  const step = isShift ? FAR : STEP;
  if (key === "ArrowLeft") return Math.max(LEAST_NAMES, percent - step);
  if (key === "ArrowRight") return Math.min(MOST_NAMES, percent + step);
  if (key === "Home") return LEAST_NAMES;
  if (key === "End") return MOST_NAMES;
  return key === "Enter" ? USUAL_NAMES : null;
}

function capture(event: PointerEvent<HTMLDivElement>): void {
  if (event.button === 0) event.currentTarget.setPointerCapture(event.pointerId);
}

/** In the head, between names and bars: drag, arrow keys, Enter or a double click for the usual width. */
export function NameWidthHandle({ namePercent, onNamePercent }: NameWidthHandleProps) {
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.closest("[role=treegrid]")?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return;
    const share = ((event.clientX - box.left) / box.width) * 100;
    onNamePercent(Math.round(Math.min(MOST_NAMES, Math.max(LEAST_NAMES, share))));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const next = namesAfterKey(event.key, event.shiftKey, namePercent);
    if (next === null) return;
    event.preventDefault();
    onNamePercent(next);
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the names"
      aria-valuemin={LEAST_NAMES}
      aria-valuemax={MOST_NAMES}
      aria-valuenow={namePercent}
      aria-valuetext={`${namePercent} percent of the width`}
      onPointerDown={capture}
      onPointerMove={onPointerMove}
      onDoubleClick={() => onNamePercent(USUAL_NAMES)}
      onKeyDown={onKeyDown}
      className="absolute -right-3 top-0 z-20 size-6 cursor-col-resize touch-none after:absolute after:inset-y-1 after:left-1/2 after:w-0.5 after:-ml-px after:rounded-full after:bg-line-strong hover:after:bg-ctl-line max-tablet:hidden"
    />
  );
}
