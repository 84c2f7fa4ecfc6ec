"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation.js";
import { useEffect } from "react";

import { ChangeReview } from "#components/changes/change-review.tsx";
import { appliedAs, reviewOf } from "#components/changes/review.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { PageSkeleton } from "#components/ui/page-skeleton.tsx";
import { ProblemState } from "#components/ui/problem-state.tsx";
import { changeQuery, changesQuery, planQuery } from "#lib/client/query-options.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";

import { useChangeParams } from "./search-params.ts";

/**
 * A plan that was applied is no draft any more: its address shows its change, and becomes the change's. That holds for a plan that is
 * gone, too. `isLooking` = it is not known yet whether it was applied.
 */
function useAppliedAs(planId: string): { id: string; isLooking: boolean } {
  const router = useRouter();
  const hrefTo = useHref();
  const changes = useQuery({ ...changesQuery(), enabled: planId !== "" });
  const id = appliedAs(changes.data?.value.items ?? [], planId)?.id ?? "";
  useEffect(() => {
    if (id !== "") router.replace(hrefTo("/change", { id }));
  }, [id, router, hrefTo]);
  return { id, isLooking: planId !== "" && changes.isPending };
}

export function ChangeClient() {
  const params = useChangeParams();
  const hrefTo = useHref();
  const applied = useAppliedAs(params.id === "" ? params.plan : "");
  const changeId = params.id === "" ? applied.id : params.id;
  const isChange = changeId !== "";
  const change = useQuery(changeQuery(changeId));
  // A change keeps the number of its plan: while the plan lives, its owner and checks can still be shown.
  const planId = isChange ? (change.data?.value.planId ?? "") : params.plan;
  const plan = useQuery({ ...planQuery(planId), retry: false });
  const review = reviewOf(plan.data?.value, isChange ? change.data?.value : undefined);
  const failed = isChange ? change : plan;
  const failure = useLastingError(failed);

  if (params.id === "" && params.plan === "") {
    return (
      <Page>
        <PageHeader trail="Changes" title="No change was named" />
        <section className="panel">
          <EmptyState
            title="The address lacks the number of a change or a plan"
            actions={<ButtonLink href={hrefTo("/changes")}>All changes</ButtonLink>}
          />
        </section>
      </Page>
    );
  }
  if (applied.isLooking) return <PageSkeleton title="Change review" />;
  if (review !== null && (!isChange || change.data !== undefined)) {
    return <ChangeReview review={review} change={isChange ? change : null} />;
  }
  if (failure === null) return <PageSkeleton title="Change review" />;
  return (
    <Page>
      <PageHeader trail="Changes" title={isChange ? `Change ${changeId}` : "A plan"} />
      <section className="panel">
        <ProblemState error={failure} what={isChange ? `Change ${changeId}` : "The plan"} onRetry={() => void failed.refetch()} />
        <div className="flex gap-2 px-5 pb-5">
          <ButtonLink href={hrefTo("/changes")}>All changes</ButtonLink>
          <ButtonLink href={hrefTo("/routes")}>Routes</ButtonLink>
          <ButtonLink href={hrefTo("/security")}>Security</ButtonLink>
        </div>
      </section>
    </Page>
  );
}
