import type { Change } from "#lib/model/change.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { nameOfId } from "../model/names.ts";

/** A change in a few words for a mark: `reviews v2 → 10 %`. */
export function tellingMove(change: Change): string {
  const moved = change.legs.filter((leg) => leg.before.share !== leg.after.share);
  const told = moved.toSorted((a, b) => a.before.share - b.before.share)[0];
  const name = nameOfId(change.target);
  return told === undefined ? name : `${name} ${told.version ?? told.id} → ${formatShare(told.after.share)}`;
}
