import type { ReactNode } from "react";

import { cx } from "./cx.ts";
import { StatusGlyph } from "./status-glyph.tsx";
import { TONE_TINT, type Tone } from "./tone.ts";

export interface EmptyStateProps {
  tone?: Tone;
  /** What is missing, as a sentence. */
  title: ReactNode;
  /** Since when, what it takes away, what still works. */
  children?: ReactNode;
  /** What to do: buttons, links, commands. */
  actions?: ReactNode;
  className?: string;
}

/** A part that has nothing to show: it names the missing piece and the way to mend it. */
export function EmptyState({ tone = "unk", title, children, actions, className }: EmptyStateProps) {
  return (
    <div className={cx("flex gap-4 p-5", className)}>
      <span className={cx("grid size-10 flex-none place-items-center rounded-4", TONE_TINT[tone])}>
        <StatusGlyph tone={tone} size={16} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="text-16 font-semi leading-[1.35]">{title}</p>
        {children === undefined ? null : <div className="mt-1 text-text-2">{children}</div>}
        {actions === undefined ? null : <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
