import type { Tone } from "#components/ui/tone.ts";
import { formatPercent, formatPlusMinus } from "#lib/client/format.ts";
import type { Change, ChangeState, ObservedLeg } from "#lib/model/change.ts";

/** A change that is still on its way to being proven. */
const UNDER_WAY: readonly ChangeState[] = ["asked", "accepted", "live"];

export function isUnderWay(state: ChangeState): boolean {
  return UNDER_WAY.includes(state);
}

const TONES: Readonly<Record<ChangeState, Tone>> = {
  asked: "info",
  accepted: "info",
  live: "ok",
  observed: "ok",
  refused: "fail",
  rejected: "fail",
  "partly-live": "warn",
  reverted: "warn",
  "needs-decision": "warn",
  undone: "unk",
};

export function changeTone(state: ChangeState): Tone {
  return TONES[state];
}

const WORDS: Readonly<Record<ChangeState, (live: Change["live"]) => string>> = {
  asked: () => "asked, not yet written",
  accepted: ({ n, of }) => `accepted, live on ${n}/${of} proxies`,
  live: ({ n, of }) => `live on ${n}/${of} proxies`,
  observed: ({ n, of }) => `live on ${n}/${of}, seen in traffic`,
  refused: () => "refused, nothing was written",
  rejected: () => "rejected by a proxy, taken back",
  "partly-live": ({ n, of }) => `live on ${n} of ${of} proxies`,
  reverted: () => "taken back",
  "needs-decision": () => "needs a decision",
  undone: () => "undone",
};

/** The state in words. Never more than was proven: `live` names how many proxies, and nothing is "done". */
export function changeWord(change: Change): string {
  return WORDS[change.state](change.live);
}

/** The leg whose observed share tells most: the one that was moved and had the smaller share before. */
export function tellingLeg(change: Change): ObservedLeg | null {
  if (change.observed === null) return null;
  const moved = change.legs.filter((leg) => leg.before.share !== leg.after.share);
  const told = (moved.length === 0 ? change.legs : moved).toSorted((a, b) => a.before.share - b.before.share)[0];
  return change.observed.legs.find((leg) => leg.id === told?.id) ?? null;
}

/** `v2 gets 0.2 % ± 0.4`; `null` before anything was observed. */
export function observedWords(change: Change): string | null {
  const leg = tellingLeg(change);
  if (leg === null || leg.share === null) return null;
  return `${leg.version ?? leg.id} gets ${formatPercent(leg.share)} ${formatPlusMinus(leg.low, leg.high)}`;
}

/** Part of all calls that goes elsewhere than before, 0 to 1. */
export function movedShareOf(legs: Change["legs"]): number {
  return legs.reduce((sum, leg) => sum + Math.max(0, leg.before.share - leg.after.share), 0);
}

/** Lines of the file that a change touches: a line that was rewritten counts once. */
export function touchedLines(diff: Change["diff"]): number {
  const lines = diff.hunks.flatMap((hunk) => hunk.lines);
  return Math.max(lines.filter((line) => line.kind === "removed").length, lines.filter((line) => line.kind === "added").length);
}

/** What a press on Undo would ask for: the legs' shares from before. */
export function undoTarget(change: Change): { version: string; share: number } | null {
  const moved = change.legs.filter((leg) => leg.before.share !== leg.after.share);
  const told = moved.toSorted((a, b) => a.before.share - b.before.share)[0];
  return told === undefined ? null : { version: told.version ?? told.id, share: told.before.share };
}
