import { asProblem } from "#lib/client/api-problem.ts";
import { asSentence } from "#lib/client/format.ts";

import { StatusGlyph } from "./status-glyph.tsx";

export interface ProblemLineProps {
  /** What went wrong; draws nothing for `null`. */
  error: unknown;
  /** What did not happen. */
  what: string;
}

/** A write that failed, beside the button that asked for it: why, and what now. */
export function ProblemLine({ error, what }: ProblemLineProps) {
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  return (
    <p role="alert" className="flex items-start gap-2 rounded-2 bg-fail-bg px-3 py-2 text-12 text-fail-text">
      <StatusGlyph tone="fail" className="mt-0.5" />
      <span>
        <b className="font-semi">{what}.</b> {asSentence(problem.message)} {asSentence(problem.mend)}
      </span>
    </p>
  );
}
