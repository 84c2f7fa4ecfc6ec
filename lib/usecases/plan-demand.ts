import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { DemandMove, DemandPlan, PlanCheck } from "#lib/model/routing.ts";
import { certaintyOf } from "#lib/security/what-if-sentences.ts";
import { nodeName } from "#lib/security/wording.ts";

import { type CallersSeen, seeCallers, withoutCertificate } from "./changes/callers-seen.ts";
import { describeDemand, isStricter, listRefused } from "./changes/describe-demand.ts";
import { planLife } from "./changes/plan-book.ts";
import type { WriteContext } from "./changes/write-context.ts";
import { findDemand } from "./find-target.ts";
import { joinEvidence } from "./join-evidence.ts";
import { markerOf } from "./plan-split.ts";

/** Demands have no timeout: this long after the proof, requests that were let in before may still be told of. */
const SETTLE_MS = 5_000;

/** A wish: plaintext is refused from now on, or an earlier text comes back. */
export type PlanDemandInput = {
  objectId: string;
  reason?: string | null | undefined;
  undoOf?: string | undefined;
} & ({ demand: "strict" } | { restore: string });

/**
 * Works out what another demand of a workload would write and whom it would refuse, by what was seen of its callers, and
 * keeps the plan for 15 minutes. Writes nothing. Errors: NOT_FOUND (object), INVALID (it is strict already), UNSUPPORTED
 * (it cannot be made strict by Weft), and what the target itself says.
 */
export async function planDemand(context: WriteContext, input: PlanDemandInput): Promise<Result<Sourced<DemandPlan>>> {
  const found = await findDemand(context, input.objectId);
  if (!found.ok) return found;
  const { target, object: read } = found.value;
  const want = "restore" in input ? { restore: input.restore } : { demand: input.demand };
  if ("demand" in want && read.value.demand === want.demand) {
    return err(
      new WeftError("INVALID", `${nodeName(read.value.workload)} refuses plaintext already`, {
        field: "demand",
        mend: "Nothing is left to do",
      }),
    );
  }
  const planId = context.desk.newPlanId();
  const prepared = await target.prepare({ objectId: input.objectId, want, marker: markerOf(planId) }, context.signal);
  if (!prepared.ok) return prepared;
  const { write, object, after, diff, checks, steps } = prepared.value;
  const nowMs = context.clock.nowMs();
  const asked = { workload: object.workload, proxies: write.proxies, windowOf: () => ({ fromMs: null, toMs: nowMs }) };
  const seen = await seeCallers(context.sources, asked, context.signal);
  const sinceMs = seen?.facts.observedSinceMs ?? null;
  const move: DemandMove = {
    before: object.demand,
    after,
    refuses: seen !== null && isStricter({ before: object.demand, after }) ? withoutCertificate(seen.calls) : [],
    observedSince: sinceMs === null ? null : new Date(sinceMs).toISOString(),
  };
  const plan: DemandPlan = {
    kind: "demand",
    id: planId,
    objectId: write.objectId,
    target: object.workload,
    sentence: describeDemand(object.workload, move),
    ...move,
    steps,
    diff,
    checks: [...checks, ...callerChecks(object.workload, move, seen, nowMs)],
    owner: object.owner,
    affectedProxies: [...write.proxies],
    revision: write.revisionBefore,
    reason: input.reason ?? null,
    ...planLife(nowMs),
    undoOf: input.undoOf ?? null,
  };
  context.desk.plans.keep({ plan, write, settleMs: SETTLE_MS, changeId: null });
  return ok(withEvidence(plan, read, seen));
}

/** The plan rests on what was read of the object and on what was seen of its callers. */
function withEvidence(plan: DemandPlan, read: Sourced<unknown>, seen: CallersSeen | null): Sourced<DemandPlan> {
  return { ...joinEvidence(read, ...(seen === null ? [] : [seen])), value: plan };
}

/** Whom a stricter demand would refuse, and how much that can be relied on. */
function callerChecks(workload: string, move: DemandMove, seen: CallersSeen | null, nowMs: number): PlanCheck[] {
  const name = nodeName(workload);
  if (!isStricter(move)) return [checkOf("refused-callers", "pass", "Nobody is refused that is let in now.")];
  const isWhole = seen?.isWhole === true;
  return [refusedCheck(name, move, isWhole), watchedCheck(name, move.observedSince, isWhole, nowMs)];
}

const WARN_MEND = "Give these callers certificates first, or accept that they are refused";
const LATER_MEND = "Look at the Sources page, and plan again once callers were seen";

function refusedCheck(name: string, { refuses, observedSince }: DemandMove, isWhole: boolean): PlanCheck {
  const code = "refused-callers";
  if (refuses.length > 0) return checkOf(code, "warn", `Would be refused: ${listRefused(refuses)}.`, WARN_MEND);
  if (observedSince === null) {
    return checkOf(code, "unknown", `No source tells who calls ${name}, so it is not known who would be refused.`, LATER_MEND);
  }
  const nobody = `Nobody that was seen since ${observedSince} would be refused`;
  if (isWhole) return checkOf(code, "pass", `${nobody}.`);
  return checkOf(code, "unknown", `${nobody}, but not every proxy of ${name} tells who calls it.`, LATER_MEND);
}

function watchedCheck(name: string, observedSince: string | null, isWhole: boolean, nowMs: number): PlanCheck {
  const code = "observed-for";
  if (observedSince === null) return checkOf(code, "unknown", `How long callers of ${name} were watched is not known.`);
  const observedMs = nowMs - Date.parse(observedSince);
  return checkOf(code, "note", certaintyOf({ observedMs, isWatched: true, isComplete: isWhole }));
}

function checkOf(code: string, level: PlanCheck["level"], text: string, mend: string | null = null): PlanCheck {
  return { code, level, text, mend };
}
