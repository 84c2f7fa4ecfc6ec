import type { PlanRequest } from "#lib/contract/requests.ts";
import { asSentence } from "#lib/client/format.ts";
import type { Change, DemandChange, SplitChange } from "#lib/model/change.ts";
import type { DemandMove, DemandPlan, Owner, Plan, PlanCheck, PlanDiff, PlannedLeg, SplitPlan } from "#lib/model/routing.ts";

interface ReviewBase {
  /** The plan that it is, or that it was made of. */
  planId: string;
  sentence: string;
  target: string;
  /** The object that is written: a route, or the place of a workload's demand. */
  objectId: string;
  diff: PlanDiff;
  proxyCount: number;
  /** `null` once the plan is gone: owner and checks belong to the moment of planning. */
  plan: { owner: Owner; checks: PlanCheck[]; createdAt: string; expiresAt: string } | null;
}

/** Weights that move. */
export interface SplitReview extends ReviewBase {
  kind: "split";
  host: string;
  routeId: string;
  ruleId: string;
  legs: PlannedLeg[];
  callers: string[];
  change: SplitChange | null;
}

/** A workload's demand that changes. */
export interface DemandReview extends ReviewBase {
  kind: "demand";
  move: DemandMove;
  change: DemandChange | null;
}

/** What a review shows, whether it is still a plan or already a change. */
export type Review = SplitReview | DemandReview;

export function reviewOf(plan: Plan | undefined, change: Change | undefined): Review | null {
  const source = change ?? plan;
  if (source === undefined) return null;
  const base: ReviewBase = {
    planId: change === undefined ? (plan?.id ?? "") : change.planId,
    sentence: source.sentence,
    target: source.target,
    objectId: source.objectId,
    diff: source.diff,
    proxyCount: change === undefined ? (plan?.affectedProxies.length ?? 0) : change.live.of,
    plan: plan === undefined ? null : { owner: plan.owner, checks: plan.checks, createdAt: plan.createdAt, expiresAt: plan.expiresAt },
  };
  return source.kind === "split"
    ? splitReview(base, source, change?.kind === "split" ? change : null)
    : demandReview(base, source, change?.kind === "demand" ? change : null);
}

function splitReview(base: ReviewBase, source: SplitPlan | SplitChange, change: SplitChange | null): SplitReview {
  const { host, routeId, ruleId, legs, callers } = source;
  return { ...base, kind: "split", host, routeId, ruleId, legs, callers, change };
}

function demandReview(base: ReviewBase, source: DemandPlan | DemandChange, change: DemandChange | null): DemandReview {
  const { before, after, refuses, observedSince } = source;
  return { ...base, kind: "demand", move: { before, after, refuses, observedSince }, change };
}

/** The change that a plan already became. An attempt that wrote nothing, or has not written yet, leaves the plan a plan. */
export function appliedAs(changes: readonly Change[], planId: string): Change | undefined {
  return planId === "" ? undefined : changes.find((change) => change.planId === planId && change.timings.acceptedAt !== null);
}

/** The newest change of the object that came before, newest first in `changes`; attempts that wrote nothing are none. */
export function changeBefore(changes: readonly Change[], { planId, change }: Pick<Review, "planId" | "change">): Change | undefined {
  return changes.find(
    (one) =>
      one.id !== change?.id &&
      one.planId !== planId &&
      one.state !== "refused" &&
      one.state !== "asked" &&
      (change === null || one.timings.askedAt < change.timings.askedAt),
  );
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

/** What planning again has to ask for; `null` where it cannot be asked for: plaintext is let in again by an undo only. */
export function planAgain(review: Review): PlanRequest | null {
  if (review.kind === "split") return { routeId: review.routeId, ruleId: review.ruleId, weights: askedWeights(review) };
  return review.move.after === "strict" ? { objectId: review.objectId, demand: "strict" } : null;
}

/** The weights that the plan would write, by leg id. */
export function askedWeights(review: SplitReview): Record<string, number> {
  return Object.fromEntries(review.legs.map((leg) => [leg.id, leg.after.weight]));
}
