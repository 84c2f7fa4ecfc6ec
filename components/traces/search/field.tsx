"use client";

import { useState, type ReactNode } from "react";

import { cx } from "#components/ui/cx.ts";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";

/** Classes of a text field of the search. */
export const FIELD =
  "h-(--ctl-h) w-full min-w-0 rounded-2 border border-ctl-line bg-surface px-2 text-13 text-text aria-invalid:border-fail";

/** What a field holds while it is typed in; it follows what the address says whenever that changes. */
export function useDraft(value: string): [string, (text: string) => void] {
  const [draft, setDraft] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setDraft(value);
  }
  return [draft, setDraft];
}

export interface FieldProps {
  label: string;
  /** Id of the element that is labelled. */
  id: string;
  error?: string | null;
  children: ReactNode;
  className?: string;
}

/** A labelled field, and under it what is wrong with it. */
export function Field({ label, id, error = null, children, className }: FieldProps) {
  return (
    <div className={cx("min-w-0", className)}>
      <label htmlFor={id} className="mb-0.5 block text-11 font-medium text-text-3">
        {label}
      </label>
      {children}
      <FieldError id={id} text={error} />
    </div>
  );
}

/** The id that a field's `aria-describedby` names. */
export function errorId(id: string): string {
  return `${id}-error`;
}

/** Spoken when it appears: the region stands before the text comes. */
export function FieldError({ id, text }: { id: string; text: string | null }) {
  return (
    <div id={errorId(id)} role="status" className={cx("flex items-start gap-1.5 text-12 text-fail-text", text !== null && "mt-1")}>
      {text === null ? null : (
        <>
          <StatusGlyph tone="fail" className="mt-0.5" />
          <span>{text}</span>
        </>
      )}
    </div>
  );
}
