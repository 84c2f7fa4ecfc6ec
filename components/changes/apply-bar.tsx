"use client";

import { useRouter } from "next/navigation.js";

import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { ProblemLine } from "#components/ui/problem-line.tsx";
import { asProblem } from "#lib/client/api-problem.ts";
import { formatClock, formatQuantity } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useKeys } from "#lib/client/use-keys.ts";
import { useNow } from "#lib/client/use-now.ts";
import { useWriteRefusal } from "#lib/client/use-session.ts";
import { useApplyPlan, useCreatePlan } from "#lib/client/use-steering.ts";
import type { Change } from "#lib/model/change.ts";

import { applyRefusal, planAgain, type Review } from "./review.ts";

export interface ApplyBarProps {
  review: Review;
}

/** The one place where a change is written: a button, Ctrl Enter, and why either may be closed. */
export function ApplyBar({ review }: ApplyBarProps) {
  const router = useRouter();
  const hrefTo = useHref();
  const now = useNow();
  const apply = useApplyPlan();
  const again = useCreatePlan();
  const writeRefusal = useWriteRefusal();
  const refusal = applyRefusal(review, now, writeRefusal);
  // A plan is bound to what was read: once that moved, only a new plan can be applied.
  const isConflict = apply.error !== null && asProblem(apply.error).code === "CONFLICT";
  const isClosed = refusal !== null || apply.isPending || isConflict;

  const press = () => {
    if (!isClosed) apply.mutate(review.planId, { onSuccess: (answer) => router.replace(hrefTo("/change", { id: answer.value.id })) });
  };
  const request = planAgain(review);
  const pressAgain = () => {
    if (request === null) return;
    again.mutate(request, {
      onSuccess: (answer) => {
        apply.reset();
        router.replace(hrefTo("/change", { plan: answer.value.id }));
      },
    });
  };
  useKeys({ "mod+Enter": press });
  const isOld = review.plan !== null && now > Date.parse(review.plan.expiresAt);

  return (
    <div className="grid gap-2">
      <ProblemLine error={apply.error} what="Nothing was written" />
      <ProblemLine error={again.error} what="It could not be planned again" />
      <div className="flex flex-wrap items-center gap-2">
        <Button kind="primary" isDisabled={isClosed} onClick={press} aria-describedby="apply-words">
          {apply.isPending ? "Applying" : `Apply to ${formatQuantity(review.proxyCount, "proxy", "proxies")}`}
          <span className="kbd">Ctrl ↵</span>
        </Button>
        {request !== null && (isConflict || isOld) ? (
          <Button onClick={pressAgain} isDisabled={again.isPending}>
            <Icon name="retry" size={14} />
            Plan again on what is there now
          </Button>
        ) : null}
        <span id="apply-words" className="min-w-0 text-12 text-text-2">
          {refusal ?? "Nothing is written before you press."}
        </span>
      </div>
    </div>
  );
}

/** The same bar once the plan has become a change. */
export function AppliedBar({ change }: { change: Change }) {
  const isWritten = change.timings.acceptedAt !== null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {isWritten ? (
        <span className="inline-flex h-(--ctl-h) items-center gap-1.5 rounded-2 bg-ok-bg px-3 font-medium text-ok-text">
          <Icon name="check" size={14} />
          Applied at {formatClock(change.timings.acceptedAt)}
        </span>
      ) : (
        <span className="inline-flex h-(--ctl-h) items-center rounded-2 bg-sunken px-3 font-medium text-text-2">
          {change.state === "refused" ? "Nothing was written" : "Applying"}
        </span>
      )}
      <span className="text-12 text-text-3">by {change.actor}</span>
    </div>
  );
}
