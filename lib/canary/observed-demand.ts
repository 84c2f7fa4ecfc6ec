import type { DemandObservation } from "#lib/model/change.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { ServerDemand } from "#lib/model/tls.ts";
import { countWords } from "#lib/security/wording.ts";

import { FEWEST_OBSERVED } from "./observed-share.ts";

/** A workload that is called less often than this lets a demand hold with what came until then. */
const LONGEST_DEMAND_WAIT_MS = 60_000;
/** Callers that are named one by one; the most refused come first. */
const MOST_REFUSED = 100;

/** What was counted of one workload's callers since a demand was live. */
export interface DemandCounts {
  mutual: number;
  oneWay: number;
  plaintext: number;
  refused: DemandObservation["refused"];
  /** Whether every proxy of the workload told: what a silent one let in is not known. */
  isWhole: boolean;
}

export interface JudgedDemand {
  observation: DemandObservation;
  /** Why it holds with little, or does not; `null` where the numbers say enough. */
  explanation: string | null;
}

/**
 * Whether what came after a demand was live is what was asked. A strict one holds when at least 50 requests came over
 * mutual TLS and not one otherwise; after 60 s it holds with fewer, or with none, and says so. One that lets more in again
 * holds with the first such request, or after 60 s. What nobody told never holds.
 */
export function observeDemand(after: ServerDemand, counts: DemandCounts, window: TimeWindow): JudgedDemand {
  const verdict = after === "strict" ? judgeStrict(counts, window) : judgeOpened(counts, window);
  const { mutual, plaintext } = counts;
  const refused = counts.refused.toSorted((a, b) => b.count - a.count).slice(0, MOST_REFUSED);
  return {
    observation: { from: new Date(window.fromMs).toISOString(), mutual, plaintext, refused, holds: verdict.holds },
    explanation: verdict.explanation,
  };
}

interface Verdict {
  holds: boolean;
  explanation: string | null;
}

function judgeStrict(counts: DemandCounts, window: TimeWindow): Verdict {
  const { mutual, oneWay, plaintext, isWhole } = counts;
  const letIn = [...(plaintext > 0 ? [`${plaintext} in plaintext`] : []), ...(oneWay > 0 ? [`${oneWay} without a certificate`] : [])];
  if (letIn.length > 0) return waits(`Requests were still let in after it was live on every proxy: ${letIn.join(", ")}`);
  if (!isWhole) return isLong(window) ? waits(SILENT) : waits(null);
  if (mutual >= FEWEST_OBSERVED) return { holds: true, explanation: null };
  if (!isLong(window)) return waits(null);
  const seconds = secondsOf(window);
  if (mutual > 0) return { holds: true, explanation: `Only ${countWords(mutual, "request")} came in ${seconds} s, all over mutual TLS` };
  const refused = refusedOf(counts);
  const knocks = refused > 0 ? `${connections(refused)} refused` : "nobody was refused either";
  return { holds: true, explanation: `Nobody was let in for ${seconds} s (n = 0), and ${knocks}` };
}

function judgeOpened(counts: DemandCounts, window: TimeWindow): Verdict {
  const { mutual, oneWay, plaintext, isWhole } = counts;
  if (plaintext + oneWay > 0) return { holds: true, explanation: null };
  const refused = refusedOf(counts);
  if (refused > 0) return waits(`${connections(refused)} still refused after it was live on every proxy`);
  if (!isLong(window)) return waits(null);
  if (!isWhole) return waits(SILENT);
  return {
    holds: true,
    explanation: `Nobody called without a certificate in ${secondsOf(window)} s; ${countWords(mutual, "request")} came over mutual TLS`,
  };
}

const SILENT = "Not every proxy of the workload tells who calls it, so nothing can be said";

function waits(explanation: string | null): Verdict {
  return { holds: false, explanation };
}

function isLong(window: TimeWindow): boolean {
  return window.toMs - window.fromMs >= LONGEST_DEMAND_WAIT_MS;
}

function secondsOf(window: TimeWindow): number {
  return Math.floor((window.toMs - window.fromMs) / 1_000);
}

function refusedOf({ refused }: DemandCounts): number {
  return refused.reduce((all, { count }) => all + count, 0);
}

function connections(count: number): string {
  return count === 1 ? "1 connection was" : `${countWords(count, "connection")} were`;
}
