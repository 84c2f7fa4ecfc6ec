import type { ReactNode } from "react";

import { cx } from "./cx.ts";
import { TONE_TINT, type Tone } from "./tone.ts";

export interface ChipProps {
  tone?: Tone;
  children: ReactNode;
  className?: string;
}

export function Chip({ tone, children, className }: ChipProps) {
  return (
    <span
      className={cx(
        "inline-flex h-5 items-center gap-[5px] whitespace-nowrap rounded-1 px-[7px] text-11 font-medium",
        tone === undefined ? "bg-sunken text-text-2" : TONE_TINT[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
