import type { Notice } from "#lib/model/evidence.ts";
import type { TimeWindow } from "#lib/model/red.ts";

/** Code of the notice that a source remembers nothing of a window: its empty answer says nothing about traffic. */
export const NOTHING_KEPT = "nothing-kept";
/** Code of the notice that a source remembers only the end of a window. */
export const PARTLY_KEPT = "partly-kept";

export interface MemoryReach {
  /** Id of the source. */
  source: string;
  /** Epoch milliseconds from which on it remembers; `null` = it has no memory yet. */
  keptFromMs: number | null;
  mend: string;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** What a source says of a past window that its memory does not reach back to; `null` = it reaches over all of it, or is not known. */
export function reachNotice(window: TimeWindow, { source, keptFromMs, mend }: MemoryReach): Notice | null {
  if (keptFromMs === null || keptFromMs <= window.fromMs) return null;
  if (keptFromMs >= window.toMs) {
    return {
      level: "warning",
      code: NOTHING_KEPT,
      text: `Nothing is kept of ${iso(window.toMs)} by ${source}: it reaches back to ${iso(keptFromMs)}`,
      source,
      mend,
    };
  }
  return {
    level: "warning",
    code: PARTLY_KEPT,
    text: `The beginning of the window is not kept by ${source}: it reaches back to ${iso(keptFromMs)}`,
    source,
    mend,
  };
}
