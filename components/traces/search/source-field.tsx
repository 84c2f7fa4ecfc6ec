"use client";

import { useQuery } from "@tanstack/react-query";
import { useId } from "react";

import { sourcesQuery } from "#lib/client/query-options.ts";
import type { SourceStatus } from "#lib/model/source.ts";

import { Field, FIELD } from "./field.tsx";

/** Sources that can be asked for traces. */
export function traceSources(all: readonly SourceStatus[]): SourceStatus[] {
  return all.filter((source) => source.gives.some((what) => /\btraces?\b/i.test(what)));
}

export interface SourceFieldProps {
  value: string;
  onCommit: (source: string | null) => void;
}

/** Which source is asked, where there is a choice. */
export function SourceField({ value, onCommit }: SourceFieldProps) {
  const id = useId();
  const sources = useQuery(sourcesQuery());
  const known = traceSources(sources.data?.value.items ?? []).map((source) => source.id);
  const all = value === "" || known.includes(value) ? known : [value, ...known];
  if (all.length < 2) return null;
  return (
    <Field label="Source" id={id} className="w-48 flex-none max-tablet:w-full">
      <select id={id} value={value} onChange={(event) => onCommit(event.target.value)} className={FIELD}>
        <option value="">default</option>
        {all.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </Field>
  );
}
