"use client";

import Link from "next/link.js";

import { cx } from "#components/ui/cx.ts";
import { formatClock } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";

import type { StripMark } from "./strip-drawing.ts";

/** Every change in the strip, as a flag that leads to it. */
export function StripMarks({ marks, width }: { marks: readonly StripMark[]; width: number }) {
  const hrefTo = useHref();
  return marks.map((mark) => (
    <Link
      key={mark.id}
      data-change={mark.id}
      draggable={false}
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
  ));
}

/** A label without room of its own opens towards the middle. */
function isLeftOf(mark: StripMark, width: number): boolean {
  return mark.side === "left" || (mark.side === null && mark.x > width / 2);
}
