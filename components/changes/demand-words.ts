import { asSentence, formatCount, formatMoment, formatNames, formatQuantity } from "#lib/client/format.ts";
import type { DemandObservation } from "#lib/model/change.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { DemandMove } from "#lib/model/routing.ts";
import type { ServerDemand } from "#lib/model/tls.ts";
import { certaintyOf } from "#lib/security/what-if-sentences.ts";

type Move = Pick<DemandMove, "before" | "after">;

/** Whether a caller in plaintext gets in; `null` where that is not known. */
function letsPlaintextIn(demand: ServerDemand): boolean | null {
  if (demand === "unknown") return null;
  return demand === "permissive" || demand === "off";
}

/** What a demand lets in, in a few words. */
const LETS_IN: Readonly<Record<ServerDemand, string>> = {
  strict: "mutual TLS only",
  permissive: "mutual TLS and plaintext",
  oneWay: "TLS, with or without a client certificate",
  off: "plaintext only",
  unknown: "what it lets in is not known",
};

export function letsInWords(demand: ServerDemand): string {
  return LETS_IN[demand];
}

/** Whether plaintext callers lose what they had: only then does anybody stand to be refused. */
export function isStricter({ before, after }: Move): boolean {
  return letsPlaintextIn(after) === false && letsPlaintextIn(before) !== false;
}

/** `refuses plaintext`, `lets plaintext in again`: the change of a demand after the workload's name. */
export function demandMove(move: Move): string {
  if (isStricter(move)) return "refuses plaintext";
  if (letsPlaintextIn(move.after) === true && letsPlaintextIn(move.before) === false) return "lets plaintext in again";
  return `takes ${letsInWords(move.after)}`;
}

/** The same for a mark over a chart: `plaintext refused`. */
export function demandMark(move: Move): string {
  if (isStricter(move)) return "plaintext refused";
  if (letsPlaintextIn(move.after) === true && letsPlaintextIn(move.before) === false) return "plaintext let in";
  return letsInWords(move.after);
}

/** What a press on Undo would bring back. */
export function demandUndo(move: Move): string {
  const back = { before: move.after, after: move.before };
  if (isStricter(back)) return "refuse plaintext again";
  return letsPlaintextIn(back.after) === true && letsPlaintextIn(back.before) === false
    ? "let plaintext in again"
    : letsInWords(back.after);
}

/**
 * Whether a press on Undo would take something from callers that get in now. Such an undo is no way back in an emergency: whom it
 * would refuse has to be seen first.
 */
export function isUndoStricter(move: Move): boolean {
  return isStricter({ before: move.after, after: move.before });
}

/** A caller as it is told: its name, else its address, else that nobody knows. */
export function callerName({ source, address }: { source: string | null; address: string | null }): string {
  if (source !== null) return parseNodeId(source).service;
  return address ?? "a caller that could not be told";
}

/** `1 caller would be refused: legacy-report`. Never more than was seen: nobody seen is not nobody. */
export function refusesSentence({ refuses, observedSince }: DemandMove, isPlan: boolean, now: number): string {
  const would = isPlan ? "would be refused" : "was to be refused";
  if (refuses.length > 0) {
    const names = formatNames(refuses.map(callerName));
    const plural = isPlan ? would : "were to be refused";
    return `${formatQuantity(refuses.length, "caller")} ${refuses.length === 1 ? would : plural}: ${names}`;
  }
  if (observedSince === null) return "Callers were not watched: nobody knows who would be refused";
  return `Nobody that was seen since ${formatMoment(observedSince, now)} ${would}`;
}

/**
 * How much the watching can tell, in the words of what was asked before it. `until` in epoch milliseconds: now for a plan, the asking
 * for a change. Whether every proxy told is said by the plan's checks.
 */
export function watchedSentence(observedSince: string | null, until: number): string {
  if (observedSince === null) return "What no source has watched cannot be judged from here.";
  return certaintyOf({ observedMs: until - Date.parse(observedSince), isWatched: true, isComplete: true });
}

/** `0 of 1,234 requests in plaintext`, the one figure that tells whether a strict demand holds. */
export function plaintextWords({ mutual, plaintext }: Pick<DemandObservation, "mutual" | "plaintext">): string {
  return `${formatCount(plaintext)} of ${formatQuantity(mutual + plaintext, "request")} in plaintext`;
}

function refusedCount(observed: DemandObservation): number {
  return observed.refused.reduce((sum, one) => sum + one.count, 0);
}

/** `43 connections refused`; `null` when none was. */
export function refusedWords(observed: DemandObservation): string | null {
  const count = refusedCount(observed);
  return count === 0 ? null : `${formatQuantity(count, "connection")} refused`;
}

/** What came of a changed demand, as a judgement with its counts; `null` until something was counted. */
export function demandVerdict(move: Move, observed: DemandObservation | null): string | null {
  if (observed === null) return null;
  const callers = new Set(observed.refused.map(callerName));
  const refused = callers.size === 0 ? "nobody was refused so far" : `${refusedWords(observed) ?? ""} of ${formatNames([...callers])}`;
  if (!isStricter(move)) return `${asUpper(plaintextWords(observed))} since, ${refused}`;
  if (observed.plaintext > 0) return `It does not hold: ${plaintextWords(observed)} since`;
  return observed.holds
    ? `No request came in plaintext since, ${refused}`
    : `Too few requests to tell: ${plaintextWords(observed)} so far, ${refused}`;
}

function asUpper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The counts behind the verdict. */
export function demandEvidence(observed: DemandObservation, now: number): string {
  return asSentence(
    `${formatCount(observed.mutual)} over mutual TLS, ${formatCount(observed.plaintext)} in plaintext since ${formatMoment(observed.from, now)}`,
  );
}
