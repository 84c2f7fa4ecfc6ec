import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { SplitPlan } from "#lib/model/routing.ts";
import { describeSplit } from "#lib/routing/describe-split.ts";
import { inverseWeights, planLegs } from "#lib/routing/plan-legs.ts";

import { findRoute } from "./find-target.ts";
import { readTopology } from "./read-topology.ts";
import { planLife } from "./changes/plan-book.ts";
import type { WriteContext } from "./changes/write-context.ts";

/** Requests of the old split can last this long at most for the proof; a longer timeout of the route is cut to it. */
const LONGEST_SETTLE_MS = 5_000;

/** What a plan writes into the object, so that proofs and owners can be told by it. */
export function markerOf(planId: string): string {
  return `weft-${planId}`;
}

export interface PlanSplitInput {
  routeId: string;
  ruleId: string;
  /** Back end's integer weight by leg id; every leg of the rule is named. */
  weights: Readonly<Record<string, number>>;
  reason?: string | null | undefined;
  undoOf?: string | undefined;
}

/**
 * Works out what a change of weights would write, with its diff and checks, and keeps it for 15 minutes. Writes nothing.
 * Errors: NOT_FOUND (route, rule), INVALID (field `weights.<leg>`), UNSUPPORTED (a route that cannot be steered).
 */
export async function planSplit(context: WriteContext, input: PlanSplitInput): Promise<Result<Sourced<SplitPlan>>> {
  const found = await findRoute(context, input.routeId);
  if (!found.ok) return found;
  const { target } = found.value;
  const planId = context.desk.newPlanId();
  const prepared = await target.prepare(
    { routeId: input.routeId, ruleId: input.ruleId, weights: input.weights, marker: markerOf(planId) },
    context.signal,
  );
  if (!prepared.ok) return prepared;
  const { write, route, rule, diff, checks, steps } = prepared.value;
  // The text differs even then, by its marker.
  if (rule.legs.every((leg) => input.weights[leg.id] === leg.weight)) {
    return err(
      new WeftError("INVALID", "These are the weights that the route already has", { field: "weights", mend: "Move at least one weight" }),
    );
  }
  const legs = planLegs(rule.legs, input.weights);
  const topology = await readTopology(context);
  const callers = new Set(topology.value.proxies.filter((proxy) => write.proxies.includes(proxy.id)).map((proxy) => proxy.nodeId));
  const plan: SplitPlan = {
    kind: "split",
    id: planId,
    objectId: write.objectId,
    routeId: route.id,
    ruleId: rule.id,
    host: route.host,
    target: route.target,
    sentence: describeSplit(parseNodeId(route.target).service, legs),
    legs,
    steps,
    diff,
    checks,
    owner: route.owner,
    affectedProxies: [...write.proxies],
    callers: [...callers].toSorted(),
    inverse: inverseWeights(legs),
    revision: write.revisionBefore,
    reason: input.reason ?? null,
    ...planLife(context.clock.nowMs()),
    undoOf: input.undoOf ?? null,
  };
  const settleMs = Math.min(rule.timeoutMs ?? LONGEST_SETTLE_MS, LONGEST_SETTLE_MS);
  context.desk.plans.keep({ plan, write, settleMs, changeId: null });
  return ok({ ...found.value.route, value: plan });
}
