import type { DemandMove, RefusedCaller } from "#lib/model/routing.ts";
import type { ServerDemand } from "#lib/model/tls.ts";
import { printable } from "#lib/routing/printable.ts";
import { countWords, listWords, nodeName } from "#lib/security/wording.ts";

/** Callers that one sentence names; the others are counted. */
const MOST_NAMED = 5;

const AFTER: Readonly<Record<ServerDemand, string>> = {
  strict: "refuses plaintext from now on",
  permissive: "lets plaintext in again",
  oneWay: "asks its callers for no certificate any more",
  off: "takes plaintext only from now on",
  unknown: "goes back to its earlier text",
};

/** What a change of a demand does, as one sentence: "ledger refuses plaintext from now on; 1 caller that was seen would be refused: legacy." */
export function describeDemand(workload: string, move: DemandMove): string {
  const head = `${nodeName(workload)} ${AFTER[move.after]}`;
  if (!isStricter(move)) return `${head}.`;
  if (move.refuses.length > 0) return `${head}; ${describeRefused(move.refuses)}.`;
  if (move.observedSince === null) return `${head}; it is not known who would be refused.`;
  return `${head}; nobody that was seen would be refused.`;
}

/** Whether somebody who is let in now can be refused after it. */
export function isStricter(move: Pick<DemandMove, "before" | "after">): boolean {
  return move.after === "strict" && move.before !== "strict";
}

/** "2 callers that were seen would be refused: legacy-report and cron". One caller with two addresses is one. */
function describeRefused(refuses: readonly RefusedCaller[]): string {
  const sources = [...new Set(refuses.map((caller) => caller.source))];
  const seen = sources.length === 1 ? "1 caller that was seen" : `${countWords(sources.length, "caller")} that were seen`;
  return `${seen} would be refused: ${listWords(sources.map(nodeName), MOST_NAMED)}`;
}

/** Each caller with its numbers: "legacy-report at 127.0.1.12 (43 requests, last at 2026-01-01T12:00:00.000Z)". */
export function listRefused(refuses: readonly RefusedCaller[]): string {
  const told = refuses.map(({ source, address, count, lastSeen }) => {
    const where = address === null || source.endsWith(address) ? "" : ` at ${printable(address)}`;
    return `${nodeName(source)}${where} (${countWords(count, "request")}, last at ${lastSeen})`;
  });
  return listWords(told, MOST_NAMED);
}
