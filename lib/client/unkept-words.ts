import type { Notice } from "#lib/model/evidence.ts";
import { NOTHING_KEPT } from "#lib/red/memory-reach.ts";

import { asSentence } from "./format.ts";
import { withLocalTimes } from "./moment.ts";

/** What stands in an empty place: where nothing is kept of the window the answer's own sentence, else `nobody`, which says that nothing was. */
export function emptyWords(notices: readonly Notice[], nobody: string, now: number): string {
  const unkept = notices.find(({ code }) => code === NOTHING_KEPT);
  return unkept === undefined ? nobody : asSentence(withLocalTimes(unkept.text, now));
}
