"use client";

import { useEffect, useRef, type ReactNode } from "react";

import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";

import { DETAIL_ID, useRowSelection } from "./row-opener.tsx";
import { focusOpener } from "./use-row-opening.ts";

export interface DetailPanelProps {
  /** Id of the row. */
  id: string;
  /** What the panel is, for those who hear it. */
  label: string;
  title: ReactNode;
  children: ReactNode;
}

/**
 * Everything about one row. Takes the focus when the row was opened by keyboard, comes into sight otherwise; who closes it, by
 * the button or by Escape, gives the focus back to the row. Another row needs another one (`key`).
 */
export function DetailPanel({ id, label, title, children }: DetailPanelProps) {
  const { select } = useRowSelection();
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const close = () => {
    select(null);
    focusOpener(id);
  };
  useEffect(() => {
    // A link that opens a row leaves the reader at the top, with the headline.
    if (document.activeElement?.matches("[data-opens]") !== true) return;
    if (document.activeElement.matches(":focus-visible")) heading.current?.focus({ preventScroll: true });
    panel.current?.scrollIntoView({ block: "nearest" });
  }, []);
  useEffect(() => {
    const element = panel.current;
    if (element === null) return undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      event.stopPropagation();
      select(null);
      focusOpener(id);
    };
    element.addEventListener("keydown", onKeyDown);
    return () => element.removeEventListener("keydown", onKeyDown);
  }, [id, select]);
  return (
    <section ref={panel} id={DETAIL_ID} aria-label={label} className="panel flex flex-col scroll-my-4">
      <header className="flex min-h-11 flex-none items-center gap-2 border-b px-4 py-1">
        <h2 ref={heading} tabIndex={-1} className="min-w-0 flex-1 text-13 font-semi outline-none [overflow-wrap:anywhere]">
          {title}
        </h2>
        <Button kind="quiet" isSmall isIconOnly aria-label="Close the details" onClick={close}>
          <Icon name="close" size={14} />
        </Button>
      </header>
      <div className="flex flex-col gap-3.5 px-4 py-3 text-12">{children}</div>
    </section>
  );
}

/** A titled part of the details; draws nothing when it holds nothing. */
export function DetailPart({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 flex items-baseline gap-2 text-12 font-semi">
        {title}
        {aside === undefined ? null : <span className="font-regular text-text-3">{aside}</span>}
      </h3>
      {children}
    </section>
  );
}
