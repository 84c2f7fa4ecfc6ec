import type { ReactNode } from "react";

import { cx } from "./cx.ts";

export interface PanelProps {
  title: ReactNode;
  /** Beside the title: a chip, a legend, a few words. */
  aside?: ReactNode;
  /** At the right end: where the numbers come from, and how old they are. */
  badge?: ReactNode;
  children: ReactNode;
  className?: string;
  /** A name for screen readers where the title is not text. */
  label?: string;
}

/** A titled part of a page. */
export function Panel({ title, aside, badge, children, className, label }: PanelProps) {
  return (
    <section className={cx("panel flex flex-col", className)} aria-label={label}>
      <header className="flex min-h-10 flex-none flex-wrap items-center gap-x-2 gap-y-1 px-4 py-1.5">
        <h2 className="whitespace-nowrap text-13 font-semi">{title}</h2>
        {aside}
        {badge === undefined ? null : <span className="panel-badge">{badge}</span>}
      </header>
      {children}
    </section>
  );
}
