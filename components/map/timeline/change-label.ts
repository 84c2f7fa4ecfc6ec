import { changeMark } from "#components/changes/change-words.ts";
import type { Change } from "#lib/model/change.ts";

import { nameOfId } from "../model/names.ts";

/** A change in a few words for a mark: `reviews v2 → 10 %`, `ledger plaintext refused`. */
export function changeLabel(change: Change): string {
  return `${nameOfId(change.target)} ${changeMark(change)}`.trimEnd();
}
