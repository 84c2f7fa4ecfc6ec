"use client";

import type { ReactNode } from "react";

import { Chart } from "#components/charts/chart.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ProblemState, StaleLine } from "#components/ui/problem-state.tsx";
import { VerdictLine } from "#components/ui/verdict-line.tsx";
import { VersionName } from "#components/ui/version-swatch.tsx";
import { useHref } from "#lib/client/use-href.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";
import { useNow } from "#lib/client/use-now.ts";
import { versionOrder } from "#lib/client/version-order.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { effectEvidence, effectSentence } from "./before-after.ts";
import { movedShareOf, tellingMove } from "./change-words.ts";
import { demandEvidence, demandMark, demandVerdict } from "./demand-words.ts";
import { errorsSpec, shareSpec, type EffectLook } from "./effect-specs.ts";
import type { DemandReview, Review, SplitReview } from "./review.ts";
import { useEffectOf } from "./use-effect-of.ts";

/** A demand is about every call of its target: no difference is too small because little was moved. */
const ALL_CALLS = 1;

/** What the change did to its target, before and after, and what a test or a count says of it. */
export function DidItHelp({ review }: { review: Review }) {
  return review.kind === "split" ? <SplitEffect review={review} /> : <DemandEffect review={review} />;
}

function splitLook(review: SplitReview, atMs: number | null): EffectLook {
  const told = tellingMove(review.legs.filter((leg) => leg.version !== null));
  return {
    atMs,
    label: told === null ? "" : `${told.version ?? ""} → ${formatShare(told.after.share)}`,
    versions: versionOrder(review.legs.map((leg) => leg.version)),
    told: told === null || told.version === null ? null : { version: told.version, before: told.before.share, after: told.after.share },
  };
}

/** Errors and shares of the target around a split. */
function SplitEffect({ review }: { review: SplitReview }) {
  const effect = useEffectOf(review.target, review.change, movedShareOf(review.legs));
  const look = splitLook(review, effect.at);
  const share = effect.red.data === undefined ? null : shareSpec(effect.red.data.value, look);
  return (
    <EffectPanel review={review} effect={effect} look={look} verdict={<ErrorsVerdict review={review} effect={effect} />}>
      <div className="px-4 pb-3 pt-2">
        <p className="mb-0.5 text-11 text-text-3">
          {look.told === null ? "Share of calls" : `Share of calls to ${look.told.version}`}: dashed = asked, line = observed
        </p>
        <div className="h-[92px]">{share === null ? null : <Chart spec={share} />}</div>
      </div>
    </EffectPanel>
  );
}

/** Whether a demand does what it was asked for, and whether those who still get in fare worse by it. */
function DemandEffect({ review }: { review: DemandReview }) {
  const now = useNow();
  const effect = useEffectOf(review.target, review.change, ALL_CALLS);
  const groups = effect.red.data?.value.series.map((series) => series.group) ?? [];
  const look: EffectLook = { atMs: effect.at, label: demandMark(review.move), versions: versionOrder(groups), told: null };
  const observed = review.change?.observed ?? null;
  const held = demandVerdict(review.move, observed);
  return (
    <EffectPanel
      review={review}
      effect={effect}
      look={look}
      verdict={
        <>
          {held === null || observed === null ? null : (
            <VerdictLine evidence={demandEvidence(observed, now)} className="mb-3">
              {held}
            </VerdictLine>
          )}
          <ErrorsVerdict review={review} effect={effect} />
        </>
      }
    >
      <p className="px-4 pb-3 pt-2 text-11 text-text-3">
        Errors are of the calls that came in. Who is refused before any request does not count among them.
      </p>
    </EffectPanel>
  );
}

type Effect = ReturnType<typeof useEffectOf>;

function ErrorsVerdict({ review, effect: { effect, at, isCounting } }: { review: Review; effect: Effect }) {
  const hrefTo = useHref();
  return (
    <VerdictLine
      evidence={
        effect === null ? undefined : <EvidenceLink href={hrefTo("/service", { id: review.target })}>{effectEvidence(effect)}</EvidenceLink>
      }
      className="min-h-[68px]"
    >
      {at === null
        ? "Nothing is written yet: this is what there is to compare with"
        : effect === null
          ? "Counting"
          : effectSentence(effect, isCounting)}
    </VerdictLine>
  );
}

interface EffectPanelProps {
  review: Review;
  effect: Effect;
  look: EffectLook;
  verdict: ReactNode;
  children: ReactNode;
}

function EffectPanel({ review, effect: { red, at }, look, verdict, children }: EffectPanelProps) {
  const failure = useLastingError(red);
  return (
    <Panel
      title={at === null ? `Errors of ${parseNodeId(review.target).service} now` : "Did it help?"}
      className="flex-1"
      aside={
        <span className="flex gap-2.5 pl-1 text-11 text-text-3">
          {look.versions.map((version, index) => (
            <VersionName key={version} index={index} version={version} />
          ))}
        </span>
      }
      answer={red.data}
    >
      <div className="px-4 pb-2">
        <StaleLine error={red.data === undefined ? null : red.error} what="This comparison" />
        {verdict}
      </div>
      {failure !== null ? <ProblemState error={failure} what="The errors" onRetry={() => void red.refetch()} /> : null}
      <div className="px-4 pt-1">
        <p className="mb-0.5 text-11 text-text-3">Errors per 10 s</p>
        <div className="h-[190px]">{red.data === undefined ? null : <Chart spec={errorsSpec(red.data.value, look)} />}</div>
      </div>
      {children}
    </Panel>
  );
}
