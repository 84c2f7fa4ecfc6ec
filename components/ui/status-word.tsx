import type { ReactNode } from "react";

import { cx } from "./cx.ts";
import { StatusGlyph } from "./status-glyph.tsx";
import { TONE_TEXT, type Tone } from "./tone.ts";

export interface StatusWordProps {
  tone: Tone;
  children: ReactNode;
  /** Plain text beside the shape, where the colour of the word would shout. */
  isQuiet?: boolean;
  className?: string;
}

/** A status as shape, colour and word together. */
export function StatusWord({ tone, children, isQuiet = false, className }: StatusWordProps) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-[5px] whitespace-nowrap",
        isQuiet ? "text-text-2" : cx("font-medium", TONE_TEXT[tone]),
        className,
      )}
    >
      <StatusGlyph tone={tone} />
      <span>{children}</span>
    </span>
  );
}
