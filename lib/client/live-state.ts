import type { SourceStatus } from "#lib/model/source.ts";

import { formatAge, formatClock, formatMoment } from "./format.ts";
import { pastRefusal } from "./moment.ts";

/** What the tab knows of its stream. Times are epoch milliseconds of the browser's clock. */
export interface LiveState {
  phase: "connecting" | "open" | "lost" | "paused";
  /** When the newest event came; `null` before the first. */
  lastEventAt: number | null;
  /** When the phase began. */
  since: number;
  sources: readonly SourceStatus[];
  /** An event could not be read: the page is older or newer than the server. */
  isUnreadable: boolean;
}

export const INITIAL_LIVE_STATE: LiveState = {
  phase: "connecting",
  lastEventAt: null,
  since: 0,
  sources: [],
  isUnreadable: false,
};

/** The server ticks every two seconds; three missed ticks and the picture is old. */
export const STALE_AFTER_MS = 6_500;

export type LiveWord = "connecting" | "live" | "partly" | "stale" | "paused" | "past" | "offline";

export interface LiveStatus {
  word: LiveWord;
  /** The word as shown, capital first. */
  title: string;
  /** What stands beside it: the age, or what is missing. */
  detail: string;
}

function ageText(state: LiveState, now: number): string {
  return state.lastEventAt === null ? "" : `${formatAge(now - state.lastEventAt)} ago`;
}

/** The LiveChip's words at one instant. `atMs` = the end of the window that is looked at, `null` = now. */
export function liveStatus(state: LiveState, now: number, atMs: number | null = null): LiveStatus {
  const age = ageText(state, now);
  if (atMs !== null) {
    return { word: "past", title: "Past", detail: `ends ${formatMoment(atMs, now)}, ${formatAge(now - atMs)} ago` };
  }
  if (state.phase === "paused") {
    return { word: "paused", title: "Paused", detail: `at ${formatClock(state.since)}` };
  }
  if (state.phase === "lost") {
    return { word: "offline", title: "Offline", detail: age === "" ? "trying again" : `last heard ${age}, trying again` };
  }
  if (state.isUnreadable) return { word: "stale", title: "Stale", detail: "reload this page: it is not the server's age" };
  if (state.lastEventAt === null) return { word: "connecting", title: "Connecting", detail: "" };
  if (now - state.lastEventAt > STALE_AFTER_MS) return { word: "stale", title: "Stale", detail: `updated ${age}` };
  const answering = state.sources.filter((source) => source.state === "healthy").length;
  if (answering < state.sources.length) {
    return { word: "partly", title: "Partly live", detail: `${answering} of ${state.sources.length} sources complete` };
  }
  return { word: "live", title: "Live", detail: `updated ${age}` };
}

/** Why nothing may be written while the stream is in this state, or while the reader looks at the past; `null` when it may. */
export function liveWriteRefusal(state: LiveState, now: number, atMs: number | null = null): string | null {
  if (atMs !== null) return pastRefusal(atMs, now);
  if (state.phase === "paused") return `Paused at ${formatClock(state.since)}: go back to live to change anything.`;
  if (state.phase === "lost") return "Weft does not answer: nothing can be changed until it does.";
  return null;
}
