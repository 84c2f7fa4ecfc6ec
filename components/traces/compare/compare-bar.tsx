import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { ProblemLine } from "#components/ui/problem-line.tsx";
import { formatDuration } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";

import type { ComparisonState } from "./use-comparison.ts";
import type { NormalTrace } from "./use-normal-trace.ts";

export interface CompareBarProps {
  withId: string;
  source: string | null;
  state: ComparisonState;
  normal: NormalTrace;
  isComparing: boolean;
  onCompare: () => void;
  onDrop: () => void;
}

/** What sets this trace apart from an ordinary one, in a sentence; without another trace, the way to one. */
export function CompareBar({ withId, source, state, normal, isComparing, onCompare, onDrop }: CompareBarProps) {
  // On a phone a line beside the button is all that it is worth.
  const isHint = withId === "" && !normal.isNone && normal.error === null;
  return (
    <section aria-label="Comparison" className="panel flex flex-none flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 max-tablet:py-1.5">
      <svg width="30" height="14" aria-hidden="true" className="flex-none max-tablet:hidden">
        <rect x="1" y="1" width="28" height="12" rx="4" fill="none" stroke="var(--info)" strokeWidth="1.25" strokeDasharray="3 2.5" />
      </svg>
      <div className={cx("min-w-0 flex-1 basis-72", isHint && "max-tablet:basis-0")} aria-live="polite">
        <CompareSentence withId={withId} source={source} state={state} normal={normal} />
      </div>
      <span className="flex flex-none flex-wrap gap-2">
        {state.compared === null || isComparing ? null : (
          <Button isSmall onClick={onCompare}>
            Compare
          </Button>
        )}
        {withId === "" && isComparing ? null : (
          <Button isSmall kind={withId === "" ? "plain" : "quiet"} isDisabled={normal.isLooking} onClick={normal.find}>
            {withId === "" ? "Compare with a normal one" : "Another"}
          </Button>
        )}
        {withId === "" ? null : (
          <Button isSmall kind="quiet" onClick={onDrop}>
            Stop comparing
          </Button>
        )}
      </span>
    </section>
  );
}

type CompareSentenceProps = Pick<CompareBarProps, "withId" | "source" | "state" | "normal">;

function CompareSentence({ withId, source, state, normal }: CompareSentenceProps) {
  const hrefTo = useHref();
  const none = normal.isNone
    ? ` No ${withId === "" ? "" : "other "}comparable trace was found: none of the same root, with mostly the same services, went well within half an hour around it.`
    : "";
  if (normal.error !== null) return <ProblemLine error={normal.error} what="Traces to compare with could not be read" />;
  if (withId === "") {
    if (none !== "") return <p className="text-text-2">{none.trim()}</p>;
    return (
      <p className="text-text-2 max-tablet:truncate">
        {normal.isLooking ? "Looking for an ordinary trace like this one…" : "What would this trace look like on a good day?"}
      </p>
    );
  }
  if (state.compared === null) {
    if (state.error === null) return <p className="text-text-2">Reading trace {withId.slice(0, 8)}…</p>;
    return <ProblemLine error={state.error} what={`Trace ${withId.slice(0, 8)} could not be read`} />;
  }
  const { other, comparison, isSameRoot } = state.compared;
  return (
    <p>
      <b className="font-semi">Against trace</b>{" "}
      <EvidenceLink href={hrefTo("/trace", { id: other.trace.id, source })} className="font-mono">
        {other.trace.id.slice(0, 8)}
      </EvidenceLink>{" "}
      <span className="text-text-2">
        ({formatDuration(other.trace.durationMs)}, {isSameRoot ? "same root" : "another root"}
        {other.errors === 0 ? "" : ", with errors"}): <ForeignText text={comparison.summary} />
        {none}
      </span>
    </p>
  );
}
