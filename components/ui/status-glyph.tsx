import type { ReactNode } from "react";

import { cx } from "./cx.ts";
import type { Tone } from "./tone.ts";

const SIZES = { 12: "size-3", 16: "size-4" } as const;

export interface StatusGlyphProps {
  tone: Tone;
  size?: keyof typeof SIZES;
  className?: string;
}

/** The shape of a status: a circle, a triangle, a crossed square, a dashed ring, a ring. A word always stands near it. */
export function StatusGlyph({ tone, size = 12, className }: StatusGlyphProps) {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true" className={cx("flex-none", SIZES[size], className)}>
      {SHAPES[tone]}
    </svg>
  );
}

const SHAPES: Readonly<Record<Tone, ReactNode>> = {
  ok: <circle cx="6" cy="6" r="4.5" fill="var(--ok)" />,
  warn: (
    <>
      <path d="M6 .9 11.500 10.700H.5z" fill="var(--warn)" stroke="var(--warn)" strokeWidth=".8" strokeLinejoin="round" />
      <path d="M6 4.200v3" stroke="var(--glyph-cut)" strokeWidth="1.4" strokeLinecap="round" />
      <circle cx="6" cy="9" r=".8" fill="var(--glyph-cut)" />
    </>
  ),
  fail: (
    <>
      <rect x=".8" y=".8" width="10.4" height="10.4" rx="2" fill="var(--fail)" />
      <path d="M3.900 3.900l4.200 4.200M8.100 3.900L3.900 8.100" stroke="var(--glyph-cut)" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  unk: <circle cx="6" cy="6" r="4.3" fill="none" stroke="var(--unk)" strokeWidth="1.5" strokeDasharray="2.2 1.7" />,
  info: <circle cx="6" cy="6" r="4.3" fill="none" stroke="var(--info)" strokeWidth="2" />,
};
