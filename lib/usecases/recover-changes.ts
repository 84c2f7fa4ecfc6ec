import type { Change } from "#lib/model/change.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import type { WriteStanding, WriteTarget } from "#lib/ports/write-target.ts";

import { hasEnded } from "./changes/change-log.ts";
import { wordsOf } from "./changes/kind-words.ts";
import type { WriteContext } from "./changes/write-context.ts";
import { findTarget } from "./find-target.ts";

type Ending = Pick<Change, "state" | "explanation" | "mend">;

/**
 * Brings the changes that an earlier process left open in step with what really stands in the mesh. Nothing is replayed:
 * the journal says what was meant, the object says what happened, and what does not fit is left to a person.
 */
export async function recoverChanges(context: WriteContext): Promise<void> {
  const records = await context.desk.log.load();
  for (const record of records) {
    if (hasEnded(record.change) && !record.isRestoring) continue;
    await recoverOne(context, record);
  }
  for (const record of records) {
    const { change } = context.desk.log.record(record.change.id) ?? record;
    const isProven = change.state === "live" || change.state === "observed";
    if (change.undoOf !== null && isProven) await context.desk.prover.markUndone(change.undoOf, change.id);
  }
}

async function recoverOne(context: WriteContext, record: ChangeRecord): Promise<void> {
  const target = findTarget(context.sources, record.write);
  if (!target.ok) {
    await end(context, record, { state: "needs-decision", explanation: target.error.message, mend: target.error.mend });
    return;
  }
  const standing = await target.value.standing(record.write);
  if (!standing.ok) {
    await end(context, record, { state: "needs-decision", explanation: standing.error.message, mend: standing.error.mend });
    return;
  }
  if (record.isRestoring) await recoverRestore(context, record, target.value, standing.value);
  else if (record.change.state === "asked") await recoverAsked(context, record, standing.value);
  else await recoverWritten(context, record, standing.value);
}

async function recoverAsked(context: WriteContext, record: ChangeRecord, standing: WriteStanding): Promise<void> {
  if (standing.at === "after") {
    const acceptedAt = new Date(context.clock.nowMs()).toISOString();
    await keep(context, {
      ...record,
      change: { ...record.change, state: "accepted", timings: { ...record.change.timings, acceptedAt } },
    });
    context.desk.prover.start(record.change.id, null);
    return;
  }
  if (standing.at === "before") {
    await end(context, record, {
      state: "refused",
      explanation: "Weft stopped before anything was written. Nothing was changed",
      mend: "Plan it again if it is still wanted",
    });
    return;
  }
  await end(context, record, foreign(record));
}

async function recoverWritten(context: WriteContext, record: ChangeRecord, standing: WriteStanding): Promise<void> {
  if (standing.at !== "after") {
    const writer = standing.at === "foreign" ? context.desk.log.writerOf(record.change.objectId, standing.revision) : undefined;
    if (writer !== undefined && Number(writer.id) > Number(record.change.id)) {
      const { state } = record.change;
      await end(context, record, { state, explanation: `Followed by change ${writer.id} before it was observed`, mend: null });
      return;
    }
    await end(context, record, {
      state: "reverted",
      explanation:
        standing.at === "before"
          ? "The old text was put back while Weft was away"
          : `${record.write.location} was rewritten while Weft was away`,
      mend: "Find out what writes this file. Plan again from what stands there now",
    });
    return;
  }
  // What was live once need not be live now: a proxy may have restarted meanwhile. It is proven again from the start.
  const { timings } = record.change;
  await keep(context, {
    ...record,
    change: {
      ...record.change,
      state: "accepted",
      observed: null,
      timings: { ...timings, liveAt: null, liveAfterMs: null, observedAt: null },
    },
  });
  context.desk.prover.start(record.change.id, null);
}

async function recoverRestore(context: WriteContext, record: ChangeRecord, target: WriteTarget, standing: WriteStanding): Promise<void> {
  const restored = standing.at === "after" ? await target.restore(record.write) : null;
  if (standing.at === "before" || restored?.ok === true) {
    await end(context, record, {
      state: "rejected",
      explanation: "Refused by the proxies and taken back",
      mend: wordsOf(record.change.kind).afterRecovery,
    });
    return;
  }
  if (restored !== null && restored.error.code !== "CONFLICT") {
    const { message, mend } = restored.error;
    await end(context, record, {
      state: "needs-decision",
      explanation: `Refused by the proxies, and taking it back failed: ${message}`,
      mend: mend ?? wordsOf(record.change.kind).byHand,
    });
    return;
  }
  await end(context, record, foreign(record));
}

function foreign(record: ChangeRecord): Ending {
  return {
    state: "needs-decision",
    explanation: `Weft stopped in the middle of this change, and ${record.write.location} is now neither what it was nor what was asked`,
    mend: `Look at the file, and plan ${wordsOf(record.change.kind).wish} from what stands there now`,
  };
}

async function end(context: WriteContext, record: ChangeRecord, ending: Ending): Promise<void> {
  await keep(context, {
    ...record,
    isRestoring: false,
    change: { ...record.change, ...ending, timings: { ...record.change.timings, endedAt: new Date(context.clock.nowMs()).toISOString() } },
  });
}

/** What cannot be journaled is shown all the same: the next start would find it again. */
async function keep(context: WriteContext, record: ChangeRecord): Promise<void> {
  if (!(await context.desk.log.put(record)).ok) context.desk.log.show(record);
}
