"use client";

import { asProblem, type ApiProblem } from "#lib/client/api-problem.ts";

import { asSentence } from "#lib/client/format.ts";

import { Button } from "./button.tsx";
import { EmptyState } from "./empty-state.tsx";
import { Icon } from "./icon.tsx";
import type { Tone } from "./tone.ts";

function toneOfProblem(problem: ApiProblem): Tone {
  return problem.code === "NOT_FOUND" || problem.code === "FORBIDDEN" || problem.code === "UNSUPPORTED" ? "unk" : "fail";
}

export interface ProblemStateProps {
  error: unknown;
  /** What could not be read, as in "The list of proxies". */
  what: string;
  onRetry?: () => void;
}

/** A read that failed and left nothing to show: what, why, and what to do. */
export function ProblemState({ error, what, onRetry }: ProblemStateProps) {
  const problem = asProblem(error);
  const title = problem.code === "NOT_FOUND" ? `${what} is not there` : `${what} could not be read`;
  return (
    <EmptyState
      tone={toneOfProblem(problem)}
      title={title}
      actions={
        onRetry === undefined ? undefined : (
          <Button isSmall onClick={onRetry}>
            <Icon name="retry" size={14} />
            Try again
          </Button>
        )
      }
    >
      <p>{asSentence(problem.message)}</p>
      {problem.mend === null ? null : <p>{asSentence(problem.mend)}</p>}
    </EmptyState>
  );
}

/** A newer answer failed while an older one is still shown: says so above it. */
export function StaleLine({ error, what }: { error: unknown; what: string }) {
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  return (
    <p role="status" className="rounded-2 bg-warn-bg px-3 py-2 text-12 text-warn-text">
      {what} is from before: {asSentence(problem.message)} {asSentence(problem.mend)}
    </p>
  );
}
