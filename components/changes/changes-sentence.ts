import { formatQuantity } from "#lib/client/format.ts";
import type { Change } from "#lib/model/change.ts";

import { isUnderWay } from "./change-words.ts";

/** What stands out among the changes: decisions first, then what is under way. */
export function changesSentence(changes: readonly Change[]): string {
  const waiting = changes.filter((change) => change.state === "needs-decision" || change.state === "partly-live");
  if (waiting.length > 0) return `${formatQuantity(waiting.length, "change")} ${waiting.length === 1 ? "needs" : "need"} a decision`;
  const open = changes.filter((change) => isUnderWay(change.state));
  if (open.length > 0) return `${formatQuantity(open.length, "change")} ${open.length === 1 ? "is" : "are"} being proven`;
  return changes.length === 0 ? "No changes yet" : `${formatQuantity(changes.length, "change")}, none is waiting for anything`;
}
