import type { ReactNode } from "react";

import type { Sourced } from "#lib/model/evidence.ts";

import { cx } from "./cx.ts";
import { SourceBadge } from "./source-badge.tsx";

export interface PanelProps {
  title: ReactNode;
  /** Beside the title: a chip, a legend, a few words. */
  aside?: ReactNode;
  /** At the right end: where its numbers come from, and how old they are; nothing before there is one. */
  answer?: Sourced<unknown> | undefined;
  /** At the right end: a few words, a control. */
  badge?: ReactNode;
  children: ReactNode;
  className?: string;
  /** A name for screen readers where the title is not text. */
  label?: string;
}

/** A titled part of a page. */
export function Panel({ title, aside, answer, badge, children, className, label }: PanelProps) {
  return (
    <section className={cx("panel flex flex-col", className)} aria-label={label}>
      <header className="flex min-h-10 flex-none flex-wrap items-center gap-x-2 gap-y-1 px-4 py-1.5">
        <h2 className="whitespace-nowrap text-13 font-semi">{title}</h2>
        {aside}
        {answer === undefined ? null : (
          // Its names are cut rather than put into a row of their own: it grows while the page is looked at.
          <span className="ml-auto flex min-w-0 flex-[1_1_6rem] justify-end">
            <SourceBadge answer={answer} />
          </span>
        )}
        {badge === undefined ? null : <span className={cx(answer === undefined && "ml-auto")}>{badge}</span>}
      </header>
      {children}
    </section>
  );
}
