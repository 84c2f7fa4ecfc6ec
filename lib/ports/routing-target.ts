import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { PlanCheck, PlanDiff, PlanStep, Route, RouteRule } from "#lib/model/routing.ts";

import type { PreparedWrite, WriteTarget } from "./write-target.ts";

/** A wish to set the weights of one rule; every leg of the rule is named. */
export interface SplitDraft {
  routeId: string;
  ruleId: string;
  /** Back end's integer weight by leg id. */
  weights: Readonly<Record<string, number>>;
  /** Written into the object so that a proof can find it; unique per write. */
  marker: string;
}

/** What a back end says to a draft. A failed check forbids the apply. */
export interface DraftAnswer {
  write: PreparedWrite;
  route: Route;
  rule: RouteRule;
  diff: PlanDiff;
  checks: PlanCheck[];
  steps: PlanStep[];
}

/** A place where routes are kept and can be changed. The order of calls is read, prepare, then those of writing. */
export interface RoutingTarget extends WriteTarget {
  routes(signal?: AbortSignal): Promise<Result<Sourced<Route[]>>>;
  /** Errors: NOT_FOUND for an unknown route. */
  route(routeId: string, signal?: AbortSignal): Promise<Result<Sourced<Route>>>;
  /** Edits the text, runs the checks, writes nothing. Errors: NOT_FOUND, INVALID (field, reason, mend), UNSUPPORTED. */
  prepare(draft: SplitDraft, signal?: AbortSignal): Promise<Result<DraftAnswer>>;
}
