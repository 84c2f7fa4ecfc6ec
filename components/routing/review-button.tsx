"use client";

import { Button } from "#components/ui/button.tsx";
import { useCreatePlan } from "#lib/client/use-steering.ts";
import type { Route, RouteRule } from "#lib/model/routing.ts";
import { planLegs } from "#lib/routing/plan-legs.ts";

import type { Weights } from "./draft.ts";
import { shortMove } from "./split-words.ts";

export interface ReviewButtonProps {
  route: Route;
  rule: RouteRule;
  draft: Weights | null;
  /** Why nothing can be written now; the button then says so to those who hear it. */
  refusal: string | null;
  onPlan: (planId: string) => void;
  /** `null` when a new try begins. */
  onError: (error: unknown) => void;
  className?: string;
}

/** Turns a draft into a plan and hands over its number. Nothing is written by this. */
export function ReviewButton({ route, rule, draft, refusal, onPlan, onError, className }: ReviewButtonProps) {
  const plan = useCreatePlan();
  const press = () => {
    if (draft === null) return;
    onError(null);
    plan.mutate({ routeId: route.id, ruleId: rule.id, weights: { ...draft } }, { onSuccess: (answer) => onPlan(answer.value.id), onError });
  };
  return (
    <Button kind="primary" isDisabled={draft === null || refusal !== null || plan.isPending} onClick={press} className={className}>
      {plan.isPending ? "Planning" : "Review change"}
      {draft === null ? null : <span className="font-medium">{shortMove(planLegs(rule.legs, draft))}</span>}
    </Button>
  );
}
