"use client";

import { useQuery } from "@tanstack/react-query";

import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { NoticeList } from "#components/ui/notice-list.tsx";
import { ProblemState, StaleLine } from "#components/ui/problem-state.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { VerdictLine } from "#components/ui/verdict-line.tsx";
import { asProblem } from "#lib/client/api-problem.ts";
import { differencesQuery, type TraceRequest, type TraceSelection } from "#lib/client/trace-queries.ts";
import type { TraceSearchChange, TraceSearchState } from "#lib/client/trace-search-params.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";
import type { Difference, Differences } from "#lib/model/trace.ts";
import { splitImplied } from "#lib/traces/differences-implied.ts";

import { changeOfValue } from "./condition-change.ts";
import { DifferenceCard } from "./difference-card.tsx";
import { differenceSentence, sampleWords, selectedBy, setAsideWords, telling } from "./difference-words.ts";

/** Properties that are drawn; those behind them tell less. */
const MOST_SHOWN = 12;

export interface DifferencePanelProps {
  /** Names all traces, over a stretch that stands still. */
  request: TraceRequest;
  selection: TraceSelection;
  state: TraceSearchState;
  /** What the comparison cannot hold as it was drawn, as a sentence; `null` = it holds all. */
  caveat: string | null;
  onChange: (change: TraceSearchChange) => void;
  onClose: () => void;
}

/** The selection against the rest: every property by how well it tells the two apart, with both distributions. */
export function DifferencePanel({ request, selection, state, caveat, onChange, onClose }: DifferencePanelProps) {
  const query = useQuery(differencesQuery(request, selection));
  const failure = useLastingError(query);
  const answer = query.data;
  const by = selectedBy(selection, request.service);
  const split = answer === undefined ? null : splitImplied(answer.value, by);
  const differences = answer === undefined || split === null ? null : { ...answer.value, items: split.telling };
  const setAside = split === null ? [] : split.implied.filter((one) => one.score > 0);
  return (
    <section className="panel" aria-label="The selection against the rest" aria-busy={answer === undefined && failure === null}>
      <header className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 pt-3">
        <div className="min-w-0 flex-1 basis-80">
          <VerdictLine evidence={differences === null ? "Comparing…" : sampleWords(differences)}>
            {differences === null ? "The selection against the rest" : differenceSentence(differences, setAside)}
          </VerdictLine>
        </div>
        <SourceBadge answer={answer} />
        <Button kind="quiet" isSmall isIconOnly aria-label="Close the comparison" onClick={onClose}>
          <Icon name="close" size={14} />
        </Button>
      </header>
      {caveat === null ? null : <p className="px-4 pt-1 text-12 text-text-2">{caveat}</p>}
      {failure === null ? null : (
        <ProblemState
          error={failure}
          what={asProblem(failure).code === "UNSUPPORTED" ? "A comparison by this source" : "The comparison"}
          onRetry={() => void query.refetch()}
        />
      )}
      {answer === undefined && failure === null ? <CardsSkeleton /> : null}
      {answer === undefined || differences === null ? null : (
        <>
          <StaleLine error={query.error} what="The comparison" />
          <DifferenceCards
            differences={differences}
            setAside={setAsideWords(setAside, by)}
            onPress={(difference, value) => onChange(changeOfValue(difference, value, state))}
          />
          <NoticeList notices={answer.notices} className="border-t px-4 py-3" />
        </>
      )}
    </section>
  );
}

interface DifferenceCardsProps {
  differences: Differences;
  /** What is left out because the selection itself says it; `null` = nothing. */
  setAside: string | null;
  onPress: (difference: Difference, value: string) => void;
}

function DifferenceCards({ differences, setAside, onPress }: DifferenceCardsProps) {
  const all = telling(differences);
  const shown = all.slice(0, MOST_SHOWN);
  const isEmptySide = differences.selection.traces === 0 || differences.rest.traces === 0;
  return (
    <>
      {shown.length === 0 || isEmptySide ? null : (
        <>
          <Legend />
          <ol className="grid gap-x-6 gap-y-4 px-4 py-3 desk:grid-cols-2">
            {shown.map((difference, index) => (
              <DifferenceCard
                key={`${difference.service ?? ""} ${difference.key}`}
                difference={difference}
                differences={differences}
                rank={index + 1}
                onPress={(value) => onPress(difference, value)}
              />
            ))}
          </ol>
        </>
      )}
      <p className="px-4 pb-3 text-12 text-text-3 [overflow-wrap:anywhere]">
        {[setAside ?? "", restWords(differences, all.length, shown.length)].join(" ").trim()}
      </p>
    </>
  );
}

/** What is not drawn, and why. */
function restWords({ items }: Differences, telling: number, shown: number): string {
  const chance = items.length - telling;
  const more = telling > shown ? `${telling - shown} more properties tell them apart less well. ` : "";
  return `${more}${chance === 0 ? "" : `${chance} other ${chance === 1 ? "property differs" : "properties differ"} by no more than chance.`}`;
}

function Legend() {
  return (
    <p className="flex flex-wrap gap-4 px-4 pt-2 text-11 text-text-3">
      <span className="inline-flex items-center gap-1.5">
        <span aria-hidden="true" className="h-2 w-4 rounded-[2px] bg-info" />
        selection
      </span>
      <span className="inline-flex items-center gap-1.5">
        <span aria-hidden="true" className="h-2 w-4 rounded-[2px] bg-spark" />
        rest
      </span>
      <span>A press on a value asks for the traces that have it.</span>
    </p>
  );
}

const SKELETON_CARDS = 4;

function CardsSkeleton() {
  return (
    <div className="grid gap-x-6 gap-y-4 px-4 py-4 desk:grid-cols-2">
      {Array.from({ length: SKELETON_CARDS }, (_, index) => (
        <span key={index} className="skeleton h-24 w-full" />
      ))}
    </div>
  );
}
