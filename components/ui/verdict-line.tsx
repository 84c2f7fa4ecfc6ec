import type { ReactNode } from "react";

import { cx } from "./cx.ts";

export interface VerdictLineProps {
  /** The sentence, with the size of the sample in it. */
  children: ReactNode;
  /** Where the sentence comes from: counts, window, interval. */
  evidence?: ReactNode;
  className?: string;
}

/** A judgement that a tired person can act on, and the counts that it stands on. */
export function VerdictLine({ children, evidence, className }: VerdictLineProps) {
  return (
    <div className={className}>
      <p className="text-16 font-semi leading-[1.35] tracking-[-0.008em]">{children}</p>
      {evidence === undefined ? null : <p className={cx("mt-1.5 text-12 text-text-2")}>{evidence}</p>}
    </div>
  );
}
