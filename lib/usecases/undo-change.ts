import type { Change } from "#lib/model/change.ts";
import { err, type Result, WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { Plan } from "#lib/model/routing.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import { inverseWeights } from "#lib/routing/plan-legs.ts";

import { applyHeld } from "./apply-plan.ts";
import { wordsOf } from "./changes/kind-words.ts";
import type { WriteContext } from "./changes/write-context.ts";
import { findTarget } from "./find-target.ts";
import { planDemand } from "./plan-demand.ts";
import { planSplit } from "./plan-split.ts";

/**
 * Takes a change back by a new guarded change with the old weights, or the old text. Only the newest change of an object
 * can be undone, and only while the object is still what Weft wrote. Errors: NOT_FOUND, CONFLICT (somebody wrote since), and those of
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
  // Of two at once the second must find what the first did, not fail halfway over it.
  return context.desk.locks.hold(shown.objectId, () => undoHeld(context, record));
}

async function undoHeld(context: WriteContext, record: ChangeRecord): Promise<Result<Change>> {
  const { log, plans } = context.desk;
  const changeId = record.change.id;
  const shown = log.get(changeId) ?? record.change;
  if (!shown.canUndo) return err(notUndoable(shown, log.newestWritten(shown.objectId)?.change));
  const target = findTarget(context.sources, record.write);
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
  const plan = await planBack(context, record);
  if (!plan.ok) return plan;
  const booked = plans.find(plan.value.value.id);
  return booked.ok ? applyHeld(context, booked.value) : booked;
}

/** A plan with what was there before: the old weights, or the old text of a demand. */
function planBack(context: WriteContext, { change, write }: ChangeRecord): Promise<Result<Sourced<Plan>>> {
  const undo = { reason: `Undo of change ${change.id}`, undoOf: change.id };
  if (change.kind === "demand") return planDemand(context, { objectId: change.objectId, restore: write.before, ...undo });
  const weights = inverseWeights(change.legs);
  return planSplit(context, { routeId: change.routeId, ruleId: change.ruleId, weights, ...undo });
}

function notUndoable(change: Change, newest: Change | undefined): WeftError {
  const words = wordsOf(change.kind);
  if (change.state === "undone") {
    return new WeftError("CONFLICT", `Change ${change.id} is already undone`, { field: "id", mend: "Nothing is left to do" });
  }
  if (newest !== undefined && newest.id !== change.id) {
    return new WeftError("CONFLICT", `Change ${newest.id} by ${newest.actor} came after change ${change.id}`, {
      field: "id",
      mend: `Undo change ${newest.id} first, or plan ${words.wish}`,
    });
  }
  return new WeftError("CONFLICT", `Change ${change.id} is ${change.state}: there is nothing of it in the mesh to take back`, {
    field: "id",
    mend: `Plan ${words.wish} from ${words.place}`,
  });
}
