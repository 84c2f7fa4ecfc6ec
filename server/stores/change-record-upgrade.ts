import type { Change, SplitChange } from "#lib/model/change.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import type { PreparedWrite } from "#lib/ports/write-target.ts";

/** A change as it was journaled while only weights could be changed. */
type EarlyChange = Omit<SplitChange, "kind" | "objectId">;

/** A write of that time: the route and its weights stood beside each other. */
type EarlyWrite = Omit<PreparedWrite, "objectId" | "expects"> & {
  routeId: string;
  ruleId: string;
  weights: Readonly<Record<string, number>>;
};

/** A record as any version has journaled it. */
export type StoredRecord = Omit<ChangeRecord, "change" | "write"> & { change: Change | EarlyChange; write: PreparedWrite | EarlyWrite };

/** The record as this version journals it. A record of an earlier one keeps everything that it says. */
export function upgradeRecord(stored: StoredRecord): ChangeRecord {
  return { ...stored, change: upgradeChange(stored.change), write: upgradeWrite(stored.write) };
}

function upgradeChange(change: Change | EarlyChange): Change {
  if ("kind" in change) return change;
  return { ...change, kind: "split", objectId: change.routeId };
}

function upgradeWrite(write: PreparedWrite | EarlyWrite): PreparedWrite {
  if ("expects" in write) return write;
  const { routeId, ruleId, weights, ...kept } = write;
  return { ...kept, objectId: routeId, expects: { kind: "weights", ruleId, weights } };
}
