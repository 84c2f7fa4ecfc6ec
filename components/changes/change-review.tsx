"use client";

import type { UseQueryResult } from "@tanstack/react-query";

import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { StaleLine } from "#components/ui/problem-state.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { TONE_TINT } from "#components/ui/tone.ts";
import { cx } from "#components/ui/cx.ts";
import { asSentence, formatClock } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Change } from "#lib/model/change.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import { parseNodeId } from "#lib/model/ids.ts";

import { AppliedBar, ApplyBar } from "./apply-bar.tsx";
import { ApplySteps } from "./apply-steps.tsx";
import { changeTone, changeWord, reviewTitle } from "./change-words.ts";
import { CheckList } from "./check-list.tsx";
import { DiffPanel } from "./diff-panel.tsx";
import { DidItHelp } from "./did-it-help.tsx";
import { OwnerCard } from "./owner-card.tsx";
import { RefusedPanel } from "./refused-panel.tsx";
import type { Review } from "./review.ts";
import { SentencePanel } from "./sentence-panel.tsx";
import { UndoBar } from "./undo-bar.tsx";

export interface ChangeReviewProps {
  review: Review;
  /** The change as the server told it, once there is one. */
  change: UseQueryResult<Sourced<Change>> | null;
}

/** A change from draft to proof on one page: what, who owns it, what was checked, the lines, the steps, the effect, the way back. */
export function ChangeReview({ review, change }: ChangeReviewProps) {
  const hrefTo = useHref();
  const applied = review.change;
  return (
    <Page>
      <PageHeader
        trail={
          <>
            <EvidenceLink href={hrefTo("/changes")}>Changes</EvidenceLink> / {parseNodeId(review.target).service}
          </>
        }
        title={reviewTitle(review)}
      >
        {applied === null ? (
          <StatusWord tone="info">draft, nothing written</StatusWord>
        ) : (
          <>
            <StatusWord tone={changeTone(applied.state)}>{changeWord(applied)}</StatusWord>
            <span className="text-12 text-text-3">
              change {applied.id} · {formatClock(applied.timings.askedAt)}
            </span>
          </>
        )}
      </PageHeader>
      <StaleLine error={change?.data === undefined ? null : change.error} what="This page" />
      {applied === null ? null : <Explanation change={applied} />}
      <div className="grid flex-1 gap-(--gap-panel) desk:grid-cols-[minmax(0,1fr)_minmax(440px,532px)]">
        <div className="flex min-w-0 flex-col gap-(--gap-panel)">
          <SentencePanel review={review} />
          {review.kind === "demand" ? <RefusedPanel review={review} /> : null}
          <div className="grid gap-(--gap-panel) tablet:grid-cols-2">
            <OwnerCard review={review} />
            <CheckList plan={review.plan} />
          </div>
          <DiffPanel diff={review.diff}>{applied === null ? <ApplyBar review={review} /> : <AppliedBar change={applied} />}</DiffPanel>
        </div>
        <div className={cx("flex min-w-0 flex-col gap-(--gap-panel)", applied !== null && "max-desk:order-first")}>
          <ApplySteps kind={review.kind} answer={change?.data} />
          <DidItHelp review={review} />
          {applied === null ? null : (
            <section className={cx("panel px-4 py-3", applied.canUndo && "sticky bottom-0 z-10")} aria-label="Undo">
              <UndoBar change={applied} />
            </section>
          )}
        </div>
      </div>
    </Page>
  );
}

/** Why the change stands as it does, and what to do about it. */
function Explanation({ change }: { change: Change }) {
  if (change.explanation === null && change.mend === null) return null;
  return (
    <p role="status" className={cx("rounded-3 px-4 py-3", TONE_TINT[changeTone(change.state)])}>
      <b className="font-semi">{asSentence(change.explanation)}</b> {asSentence(change.mend)}
    </p>
  );
}
