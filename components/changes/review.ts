import { asSentence } from "#lib/client/format.ts";
import type { Change } from "#lib/model/change.ts";
import type { Owner, Plan, PlanCheck, PlanDiff, PlannedLeg } from "#lib/model/routing.ts";

/** What a review shows, whether it is still a plan or already a change. */
export interface Review {
  sentence: string;
  host: string;
  target: string;
  routeId: string;
  ruleId: string;
  legs: PlannedLeg[];
  diff: PlanDiff;
  callers: string[];
  proxyCount: number;
  /** `null` once the plan is gone: owner and checks belong to the moment of planning. */
  plan: { owner: Owner; checks: PlanCheck[]; createdAt: string; expiresAt: string } | null;
  change: Change | null;
}

export function reviewOf(plan: Plan | undefined, change: Change | undefined): Review | null {
  const source = change ?? plan;
  if (source === undefined) return null;
  return {
    sentence: source.sentence,
    host: source.host,
    target: source.target,
    routeId: source.routeId,
    ruleId: source.ruleId,
    legs: source.legs,
    diff: source.diff,
    callers: source.callers,
    proxyCount: change === undefined ? (plan?.affectedProxies.length ?? 0) : change.live.of,
    plan: plan === undefined ? null : { owner: plan.owner, checks: plan.checks, createdAt: plan.createdAt, expiresAt: plan.expiresAt },
    change: change ?? null,
  };
}

/** Why a plan cannot be applied as it stands; `null` when it can. `now` in epoch milliseconds. */
export function applyRefusal(review: Review, now: number, writeRefusal: string | null): string | null {
  if (review.plan === null) return "The plan is gone: it cannot be applied any more.";
  const failed = review.plan.checks.find((check) => check.level === "fail");
  if (failed !== undefined) return `A check fails: ${asSentence(failed.text)} ${asSentence(failed.mend)}`.trim();
  if (now > Date.parse(review.plan.expiresAt))
    return "This plan is older than 15 minutes. Plan again, so that it is checked against what is there now.";
  return writeRefusal;
}

/** The weights that the plan would write, by leg id: what planning again has to ask for. */
export function askedWeights(review: Review): Record<string, number> {
  return Object.fromEntries(review.legs.map((leg) => [leg.id, leg.after.weight]));
}
