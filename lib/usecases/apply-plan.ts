import type { Change } from "#lib/model/change.ts";
import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import type { WriteTarget } from "#lib/ports/write-target.ts";

import { wordsOf } from "./changes/kind-words.ts";
import type { BookedPlan } from "./changes/plan-book.ts";
import type { WriteContext } from "./changes/write-context.ts";
import { findTarget } from "./find-target.ts";

/**
 * Writes a plan to the mesh: journaled first, guarded by the text that was read, read back, then proven in the
 * background (follow the change). Applying a plan twice answers the same change. Errors: NOT_FOUND (no such plan),
 * INVALID (a check failed), CONFLICT (somebody else was there first: who and when), SOURCE_REFUSED (cannot be written).
 */
export async function applyPlan(context: WriteContext, planId: string): Promise<Result<Change>> {
  const found = context.desk.plans.find(planId);
  if (!found.ok) return found;
  return context.desk.locks.hold(found.value.plan.objectId, () => applyHeld(context, found.value));
}

/** The same while the object's lock is held already. */
export async function applyHeld(context: WriteContext, booked: BookedPlan): Promise<Result<Change>> {
  const { log } = context.desk;
  const applied = booked.changeId === null ? undefined : log.get(booked.changeId);
  if (applied !== undefined) return ok(applied);
  const failed = booked.plan.checks.find((check) => check.level === "fail");
  if (failed !== undefined) {
    return err(
      new WeftError("INVALID", `A check failed: ${failed.text}`, {
        field: wordsOf(booked.plan.kind).field,
        ...(failed.mend === null ? {} : { mend: failed.mend }),
      }),
    );
  }
  const target = findTarget(context.sources, booked.write);
  if (!target.ok) return target;
  return write(context, booked, target.value);
}

async function write(context: WriteContext, booked: BookedPlan, target: WriteTarget): Promise<Result<Change>> {
  const { log, prover } = context.desk;
  const baseline = await target.baseline(booked.write, context.signal);
  const asked: ChangeRecord = {
    change: askedChange(context, booked),
    write: booked.write,
    baseline,
    settleMs: booked.settleMs,
    isRestoring: false,
  };
  const journaled = await log.put(asked);
  if (!journaled.ok) return journaled;
  booked.changeId = asked.change.id;

  const written = await target.apply(booked.write);
  if (!written.ok) {
    booked.changeId = null;
    const error = written.error.code === "CONFLICT" ? await namedConflict(context, booked, target, written.error) : written.error;
    const refused = ended(context, asked, "refused", error);
    // Nothing was written, so nothing is open, journaled or not: recovery would find the same.
    if (!(await log.put(refused)).ok) log.show(refused);
    return err(error);
  }
  const writtenMs = context.clock.monotonicMs();
  const accepted: ChangeRecord = {
    ...asked,
    change: {
      ...asked.change,
      state: "accepted",
      timings: { ...asked.change.timings, acceptedAt: new Date(context.clock.nowMs()).toISOString() },
    },
  };
  const kept = await log.put(accepted);
  // The text stands in the mesh whatever the journal says: go on, and let recovery read it from the mesh if need be.
  if (!kept.ok) log.show({ ...accepted, change: { ...accepted.change, explanation: `Written, but not journaled: ${kept.error.message}` } });
  prover.start(accepted.change.id, writtenMs);
  return ok(log.get(accepted.change.id) ?? accepted.change);
}

function askedChange(context: WriteContext, booked: BookedPlan): Change {
  const { plan, write } = booked;
  const base = {
    id: context.desk.log.nextId(),
    planId: plan.id,
    objectId: plan.objectId,
    target: plan.target,
    sentence: plan.sentence,
    diff: plan.diff,
    actor: context.actor,
    reason: plan.reason,
    state: "asked" as const,
    explanation: null,
    mend: null,
    live: {
      n: 0,
      of: write.proxies.length,
      proxies: write.proxies.map((id) => ({ id, state: "pending" as const, revision: null, observedAt: null, reason: null })),
    },
    timings: {
      askedAt: new Date(context.clock.nowMs()).toISOString(),
      acceptedAt: null,
      liveAt: null,
      observedAt: null,
      endedAt: null,
      liveAfterMs: null,
    },
    undoOf: plan.undoOf,
    undoneBy: null,
    canUndo: false,
    observed: null,
  };
  if (plan.kind === "split") {
    const { kind, routeId, ruleId, host, callers, legs } = plan;
    return { ...base, kind, routeId, ruleId, host, callers, legs };
  }
  const { kind, before, after, refuses, observedSince } = plan;
  return { ...base, kind, before, after, refuses, observedSince };
}

function ended(context: WriteContext, record: ChangeRecord, state: Change["state"], error: WeftError): ChangeRecord {
  const { change } = record;
  return {
    ...record,
    change: {
      ...change,
      state,
      explanation: error.message,
      mend: error.mend,
      timings: { ...change.timings, endedAt: new Date(context.clock.nowMs()).toISOString() },
    },
  };
}

/** What a change is about, inside a sentence. */
function nameOf(change: Change): string {
  return change.kind === "split" ? change.host : `the demand of ${parseNodeId(change.target).service}`;
}

/** Says who was there first, when this console knows. */
async function namedConflict(context: WriteContext, booked: BookedPlan, target: WriteTarget, error: WeftError): Promise<WeftError> {
  const standing = await target.standing(booked.write);
  const revision = standing.ok && standing.value.at === "foreign" ? standing.value.revision : null;
  const other = context.desk.log
    .list()
    .find((change) => change.objectId === booked.plan.objectId && context.desk.log.record(change.id)?.write.revisionAfter === revision);
  const mend = "Make the plan again: it then starts from what stands there now";
  if (other === undefined) return new WeftError("CONFLICT", error.message, { field: "id", mend: error.mend ?? mend, cause: error });
  return new WeftError(
    "CONFLICT",
    `${other.actor} changed ${nameOf(other)} at ${other.timings.acceptedAt ?? other.timings.askedAt} (change ${other.id}: ${other.sentence}) after this plan was made`,
    { field: "id", mend, cause: error },
  );
}
