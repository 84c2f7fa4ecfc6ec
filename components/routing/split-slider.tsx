"use client";

import { useRef, type KeyboardEvent, type PointerEvent } from "react";

import { versionColor } from "#components/ui/version-swatch.tsx";
import { formatShare } from "#lib/routing/format-share.ts";
import { sharesOf } from "#lib/routing/apportion.ts";

import { boundaryAt, moveBoundary, stepOf, totalOf } from "./draft.ts";
import { boundaryAfterKey } from "./slider-keys.ts";

export interface SplitSliderProps {
  /** Names and colours of the legs, left to right. */
  legs: readonly { name: string; colorIndex: number }[];
  weights: readonly number[];
  /** Weights asked now, marked on the track. */
  asked: readonly number[];
  isDisabled: boolean;
  onWeights: (weights: number[]) => void;
}

const INSET_PX = 12;

/** Places a thumb so that it never leaves the track's ends. */
function thumbLeft(fraction: number): string {
  return `calc(${INSET_PX}px + (100% - ${2 * INSET_PX}px) * ${fraction})`;
}

/** Legs as stretches of one track, with a thumb on each boundary. The fields beside it do the same without dragging. */
export function SplitSlider({ legs, weights, asked, isDisabled, onWeights }: SplitSliderProps) {
  const track = useRef<HTMLDivElement>(null);
  const total = totalOf(weights);
  const shares = sharesOf(weights);
  const boundaries = legs.slice(0, -1).map((_, index) => index);

  const weightAt = (clientX: number, boundary: number): number => {
    const box = track.current?.getBoundingClientRect();
    if (box === undefined || box.width <= 2 * INSET_PX) return weights[boundary + 1] ?? 0;
    const fraction = Math.min(1, Math.max(0, (clientX - box.left - INSET_PX) / (box.width - 2 * INSET_PX)));
    const upTo = totalOf(weights.slice(0, boundary + 2));
    const step = stepOf(total);
    return upTo - Math.round((fraction * total) / step) * step;
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (isDisabled || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus();
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>, boundary: number) => {
    if (isDisabled || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onWeights(moveBoundary(weights, boundary, weightAt(event.clientX, boundary)));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>, boundary: number) => {
    if (isDisabled) return;
    const next = boundaryAfterKey({ key: event.key, isShift: event.shiftKey }, weights, boundary);
    if (next === null) return;
    event.preventDefault();
    onWeights(next);
  };

  return (
    <div className="relative h-[38px]">
      <div ref={track} className="absolute inset-x-0 top-[10px] flex h-2 overflow-hidden rounded-1 bg-sunken">
        {legs.map((leg, index) => (
          <span key={leg.name} style={{ flexGrow: shares[index] ?? 0, flexBasis: 0, background: versionColor(leg.colorIndex) }} />
        ))}
      </div>
      {boundaries.map((boundary) => (
        <AskedMark key={boundary} legs={legs} asked={asked} boundary={boundary} />
      ))}
      {boundaries.map((boundary) => {
        const name = legs[boundary + 1]?.name ?? "";
        const left = legs[boundary]?.name ?? "";
        return (
          <div
            key={boundary}
            role="slider"
            tabIndex={isDisabled ? -1 : 0}
            aria-label={`${name} share`}
            aria-disabled={isDisabled || undefined}
            aria-valuemin={0}
            aria-valuemax={Math.round(((shares[boundary] ?? 0) + (shares[boundary + 1] ?? 0)) * 100)}
            aria-valuenow={Math.round((shares[boundary + 1] ?? 0) * 100)}
            aria-valuetext={`${name} ${formatShare(shares[boundary + 1] ?? 0)}, ${left} ${formatShare(shares[boundary] ?? 0)}`}
            onPointerDown={onPointerDown}
            onPointerMove={(event) => onPointerMove(event, boundary)}
            onKeyDown={(event) => onKeyDown(event, boundary)}
            style={{ left: thumbLeft(boundaryAt(weights, boundary)) }}
            className="absolute top-0.5 -ml-3 size-6 cursor-ew-resize touch-none rounded-full border-2 border-info bg-surface shadow-2 before:absolute before:-inset-2.5 aria-disabled:cursor-not-allowed aria-disabled:border-unk"
          />
        );
      })}
    </div>
  );
}

interface AskedMarkProps {
  legs: SplitSliderProps["legs"];
  asked: readonly number[];
  boundary: number;
}

/** Where the boundary is asked now. Two versions get the number as well. */
function AskedMark({ legs, asked, boundary }: AskedMarkProps) {
  const at = boundaryAt(asked, boundary);
  const shares = sharesOf(asked);
  return (
    <>
      <span
        aria-hidden="true"
        style={{ left: thumbLeft(at) }}
        className="absolute top-1.5 -ml-px h-4 w-0.5 bg-text outline-2 outline-surface"
      />
      {legs.length > 2 ? null : (
        <span
          aria-hidden="true"
          style={{ left: thumbLeft(at), transform: `translateX(-${Math.round(at * 100)}%)` }}
          className="absolute top-[26px] whitespace-nowrap text-10 leading-3 text-text-3"
        >
          asked {formatShare(shares[1] ?? 0)}
        </span>
      )}
    </>
  );
}
