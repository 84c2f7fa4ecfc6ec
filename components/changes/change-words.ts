import { changeTitle, shortMove } from "#components/routing/split-words.ts";
import type { Tone } from "#components/ui/tone.ts";
import { formatPercent, formatPlusMinus } from "#lib/client/format.ts";
import type { Change, ChangeState, ObservedLeg, SplitChange } from "#lib/model/change.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { PlannedLeg } from "#lib/model/routing.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { demandMark, demandMove, demandUndo, plaintextWords, refusedWords } from "./demand-words.ts";
import type { Review } from "./review.ts";

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

function proxies(of: number): string {
  return of === 1 ? "proxy" : "proxies";
}

const WORDS: Readonly<Record<ChangeState, (live: Change["live"]) => string>> = {
  asked: () => "asked, not yet written",
  accepted: ({ n, of }) => `accepted, live on ${n}/${of} ${proxies(of)}`,
  live: ({ n, of }) => `live on ${n}/${of} ${proxies(of)}`,
  observed: ({ n, of }) => `live on ${n}/${of}, seen in traffic`,
  refused: () => "refused, nothing was written",
  rejected: () => "rejected by a proxy, taken back",
  "partly-live": ({ n, of }) => `live on ${n} of ${of} ${proxies(of)}`,
  reverted: () => "taken back",
  "needs-decision": () => "needs a decision",
  undone: () => "undone",
};

/** The state in words. Never more than was proven: `live` names how many proxies, and nothing is "done". */
export function changeWord(change: Change): string {
  return WORDS[change.state](change.live);
}

/** Title of a review: `Send all reviews calls to v1`, `ledger refuses plaintext`. */
export function reviewTitle(review: Review): string {
  if (review.kind === "split") return changeTitle(review.target, review.legs);
  return `${parseNodeId(review.target).service} ${demandMove(review.move)}`;
}

/** What a change does, after its service's name: `v2 10 % → 0 %`, `refuses plaintext`. */
export function shortChange(change: Change): string {
  return change.kind === "split" ? shortMove(change.legs) : demandMove(change);
}

/** A change in two or three words for a mark: `v2 → 0 %`, `plaintext refused`. */
export function changeMark(change: Change): string {
  if (change.kind === "demand") return demandMark(change);
  const told = tellingMove(change.legs);
  return told === null ? "" : `${told.version ?? told.id} → ${formatShare(told.after.share)}`;
}

/** What kind of change it is, in one word. */
export function kindWord(change: Change): string {
  return change.kind === "split" ? "split" : "transport";
}

/** What the find text is looked for in. */
export function changeTexts(change: Change): (string | null)[] {
  const own = change.kind === "split" ? change.host : demandMove(change);
  return [change.id, own, change.target, change.state, change.actor, change.sentence, change.reason, kindWord(change)];
}

/** The leg that tells a move best: of those that are moved, the one with the smaller share before. */
export function tellingMove(legs: readonly PlannedLeg[]): PlannedLeg | null {
  const moved = legs.filter((leg) => leg.before.share !== leg.after.share);
  return moved.toSorted((a, b) => a.before.share - b.before.share)[0] ?? null;
}

/** The leg whose observed share tells most. */
export function tellingLeg(change: SplitChange): ObservedLeg | null {
  if (change.observed === null) return null;
  const told = tellingMove(change.legs) ?? change.legs.toSorted((a, b) => a.before.share - b.before.share)[0];
  return change.observed.legs.find((leg) => leg.id === told?.id) ?? null;
}

/** `v2 gets 0.2 % ± 0.4`, `0 of 1,234 requests in plaintext, 43 connections refused`; `null` before anything was observed. */
export function observedWords(change: Change): string | null {
  if (change.kind === "demand") {
    if (change.observed === null) return null;
    return [plaintextWords(change.observed), refusedWords(change.observed)].filter((part) => part !== null).join(", ");
  }
  const leg = tellingLeg(change);
  if (leg === null || leg.share === null) return null;
  return `${leg.version ?? leg.id} gets ${formatPercent(leg.share)} ${formatPlusMinus(leg.low, leg.high)}`;
}

/** Part of all calls that goes elsewhere than before, 0 to 1. */
export function movedShareOf(legs: readonly PlannedLeg[]): number {
  return legs.reduce((sum, leg) => sum + Math.max(0, leg.before.share - leg.after.share), 0);
}

/** Lines of the file that a change touches: a line that was rewritten counts once. */
export function touchedLines(diff: Change["diff"]): number {
  const lines = diff.hunks.flatMap((hunk) => hunk.lines);
  return Math.max(lines.filter((line) => line.kind === "removed").length, lines.filter((line) => line.kind === "added").length);
}

/** What a press on Undo brings back: `v2 back to 10 %`, `let plaintext in again`; empty when nothing moved. */
export function undoWords(change: Change): string {
  if (change.kind === "demand") return demandUndo(change);
  const told = tellingMove(change.legs);
  return told === null ? "" : `${told.version ?? told.id} back to ${formatShare(told.before.share)}`;
}
