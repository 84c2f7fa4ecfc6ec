import type { Change } from "#lib/model/change.ts";
import { err, type Result, WeftError } from "#lib/model/errors.ts";

import { applyPlan } from "./apply-plan.ts";
import type { WriteContext } from "./changes/write-context.ts";
import { findTarget } from "./find-target.ts";
import { planSplit } from "./plan-split.ts";

/**
 * Takes a change back by a new guarded change with the old weights. Only the newest change of a route can be undone, and
 * only while the object is still what Weft wrote. Errors: NOT_FOUND, CONFLICT (somebody wrote since), and those of
 * planning and applying.
 */
export async function undoChange(context: WriteContext, changeId: string): Promise<Result<Change>> {
  const { log } = context.desk;
  const record = log.record(changeId);
  const shown = log.get(changeId);
  if (record === undefined || shown === undefined) {
    return err(
      new WeftError("NOT_FOUND", `There is no change ${changeId}`, { field: "id", mend: "Choose a change from the Changes page" }),
    );
  }
  if (!shown.canUndo) return err(notUndoable(shown, log.newestWritten(shown.routeId)?.change));
  const target = findTarget(context.sources.routing, record.write.targetId);
  if (!target.ok) return target;
  const standing = await target.value.standing(record.write);
  if (!standing.ok) return standing;
  if (standing.value.at !== "after") {
    return err(
      new WeftError("CONFLICT", `${record.write.location} is no longer what change ${changeId} wrote`, {
        field: "id",
        mend: "Something else wrote it since. Plan a change from what stands there now",
      }),
    );
  }
  const weights = Object.fromEntries(shown.legs.map((leg) => [leg.id, leg.before.weight]));
  const plan = await planSplit(context, {
    routeId: shown.routeId,
    ruleId: shown.ruleId,
    weights,
    reason: `Undo of change ${changeId}`,
    undoOf: changeId,
  });
  if (!plan.ok) return plan;
  return applyPlan(context, plan.value.value.id);
}

function notUndoable(change: Change, newest: Change | undefined): WeftError {
  if (change.state === "undone") {
    return new WeftError("CONFLICT", `Change ${change.id} is already undone`, { field: "id", mend: "Nothing is left to do" });
  }
  if (newest !== undefined && newest.id !== change.id) {
    return new WeftError("CONFLICT", `Change ${newest.id} by ${newest.actor} came after change ${change.id}`, {
      field: "id",
      mend: `Undo change ${newest.id} first, or plan the weights you want`,
    });
  }
  return new WeftError("CONFLICT", `Change ${change.id} is ${change.state}: there is nothing of it in the mesh to take back`, {
    field: "id",
    mend: "Plan the weights you want from the route",
  });
}
