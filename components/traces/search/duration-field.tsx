"use client";

import { useId, useState } from "react";

import { cx } from "#components/ui/cx.ts";

import { parseDurationField, printDurationField } from "./bounds-form.ts";
import { errorId, Field, FIELD, useDraft } from "./field.tsx";

export interface DurationFieldProps {
  label: string;
  placeholder: string;
  /** Milliseconds; `null` = no bound. */
  value: number | null;
  onCommit: (ms: number | null) => void;
  className?: string;
}

/** A bound of a duration, typed with or without its unit. Takes effect on Enter and on leaving the field. */
export function DurationField({ label, placeholder, value, onCommit, className }: DurationFieldProps) {
  const id = useId();
  const [draft, setDraft] = useDraft(printDurationField(value));
  const [error, setError] = useState<string | null>(null);
  const commit = () => {
    const parsed = parseDurationField(draft);
    setError(parsed.ok ? null : parsed.text);
    if (!parsed.ok) return;
    if (parsed.value === value) setDraft(printDurationField(value));
    else onCommit(parsed.value);
  };
  return (
    <Field label={label} id={id} error={error} {...(className === undefined ? {} : { className })}>
      <input
        id={id}
        value={draft}
        placeholder={placeholder}
        autoComplete="off"
        aria-invalid={error !== null}
        aria-describedby={errorId(id)}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
        className={cx(FIELD, value !== null && "border-info")}
      />
    </Field>
  );
}
