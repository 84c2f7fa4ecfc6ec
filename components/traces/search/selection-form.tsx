"use client";

import { useId, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { formatClockMs } from "#lib/client/format.ts";
import type { TraceBounds } from "#lib/client/trace-search-params.ts";

import { parseBoundsForm, printDurationField } from "./bounds-form.ts";
import { errorId, FieldError, FIELD } from "./field.tsx";

const FIELDS = [
  { name: "from", label: "Started after", placeholder: "14:32:00" },
  { name: "to", label: "Started up to", placeholder: "14:32:20" },
  { name: "min", label: "At least", placeholder: "250 ms" },
  { name: "max", label: "At most", placeholder: "1.5 s" },
] as const;

export interface SelectionFormProps {
  bounds: TraceBounds | null;
  domain: readonly [number, number];
  onSelect: (bounds: TraceBounds) => void;
}

function clock(ms: number | null | undefined): string {
  return typeof ms === "number" ? formatClockMs(ms) : "";
}

function textsOf(bounds: TraceBounds | null) {
  return {
    from: clock(bounds?.fromMs),
    to: clock(bounds?.toMs),
    min: printDurationField(bounds?.minMs ?? null),
    max: printDurationField(bounds?.maxMs ?? null),
  };
}

/** The selection as four fields: what a drag over the plot does, without a drag. */
export function SelectionForm({ bounds, domain, onSelect }: SelectionFormProps) {
  const id = useId();
  const [texts, setTexts] = useState(() => textsOf(bounds));
  const [wrong, setWrong] = useState<{ field: string; text: string } | null>(null);
  return (
    <form
      aria-label="Select by numbers"
      className="px-4 pb-3"
      onSubmit={(event) => {
        event.preventDefault();
        const parsed = parseBoundsForm(texts, domain);
        setWrong(parsed.ok ? null : parsed);
        if (parsed.ok) onSelect(parsed.value);
      }}
    >
      <div className="flex flex-wrap items-end gap-2">
        {FIELDS.map(({ name, label, placeholder }) => (
          <div key={name} className="w-28">
            <label htmlFor={`${id}-${name}`} className="mb-0.5 block text-11 font-medium text-text-3">
              {label}
            </label>
            <input
              id={`${id}-${name}`}
              value={texts[name]}
              placeholder={placeholder}
              autoComplete="off"
              aria-invalid={wrong?.field === name}
              aria-describedby={errorId(id)}
              onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
              className={FIELD}
            />
          </div>
        ))}
        <Button type="submit">Select</Button>
      </div>
      <FieldError id={id} text={wrong?.text ?? null} />
    </form>
  );
}
