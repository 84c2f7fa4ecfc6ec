import { MISSING, formatSigned } from "#lib/client/format.ts";

export interface DeltaProps {
  /** Candidate minus baseline; `null` when one of them is not known. */
  value: number | null;
  format: (size: number) => string;
  /** Weight for a difference that matters; no colour, since a direction is not a judgement. */
  isStrong?: boolean;
}

/** A difference with its sign. */
export function Delta({ value, format, isStrong = false }: DeltaProps) {
  if (value === null) return <Missing />;
  return <span className={isStrong ? "font-semi" : undefined}>{formatSigned(value, format)}</span>;
}

/** The mark for a value that is not known, with its word for those who hear the page. */
export function Missing({ word = "not known" }: { word?: string }) {
  return (
    <span className="text-text-3">
      <span aria-hidden="true">{MISSING}</span>
      <span className="sr-only">{word}</span>
    </span>
  );
}
