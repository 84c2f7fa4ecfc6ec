"use client";

import type { KeyboardEvent } from "react";

import { formatMoment } from "#lib/client/format.ts";
import { SCRUB_MS, type TimeControls } from "#lib/client/use-time-controls.ts";

import { STRIP, stripX, type StripScale } from "./strip-drawing.ts";

export interface StripHandleProps {
  scale: StripScale;
  /** End of the window, epoch milliseconds. */
  endMs: number;
  /** Whether the window ends now. */
  isLive: boolean;
  controls: Pick<TimeControls, "scrubTo" | "scrubBy" | "goLive">;
}

/** The end of the window as a slider: for the hand a knob under its line, for keys the arrows, Home and End. */
export function StripHandle({ scale, endMs, isLive, controls }: StripHandleProps) {
  const x = Math.min(scale.width - STRIP.right, Math.max(0, stripX(endMs, scale)));
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move(controls, scale);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label="End of the window"
      aria-valuemin={Math.round(scale.from / 1_000)}
      aria-valuemax={Math.round(scale.to / 1_000)}
      aria-valuenow={Math.round(Math.min(scale.to, Math.max(scale.from, endMs)) / 1_000)}
      aria-valuetext={isLive ? "now" : formatMoment(endMs, scale.to)}
      onKeyDown={onKeyDown}
      className="absolute top-[74px] grid size-6 -translate-x-1/2 cursor-ew-resize place-items-center rounded-full -outline-offset-4"
      style={{ left: x }}
    >
      <span aria-hidden="true" className="size-3 rounded-full border-2 border-info bg-surface" />
    </div>
  );
}

const MOVES: Readonly<Record<string, (controls: StripHandleProps["controls"], scale: StripScale) => void>> = {
  ArrowLeft: ({ scrubBy }) => scrubBy(-SCRUB_MS),
  ArrowDown: ({ scrubBy }) => scrubBy(-SCRUB_MS),
  ArrowRight: ({ scrubBy }) => scrubBy(SCRUB_MS),
  ArrowUp: ({ scrubBy }) => scrubBy(SCRUB_MS),
  PageDown: ({ scrubBy }) => scrubBy(-60_000),
  PageUp: ({ scrubBy }) => scrubBy(60_000),
  Home: ({ scrubTo }, { from }) => scrubTo(from),
  End: ({ goLive }) => goLive(),
};
