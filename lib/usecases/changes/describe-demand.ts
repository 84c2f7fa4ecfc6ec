import type { DemandMove, RefusedCaller } from "#lib/model/routing.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { ServerDemand } from "#lib/model/tls.ts";
import { printable } from "#lib/routing/printable.ts";

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
  const head = `${nameOf(workload)} ${AFTER[move.after]}`;
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
  const named = sources.slice(0, MOST_NAMED).map(nameOf);
  const rest = sources.length - named.length;
  const words = rest > 0 ? [...named, `${rest} more`] : named;
  const list = words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
  const count = sources.length === 1 ? "1 caller that was seen" : `${sources.length} callers that were seen`;
  return `${count} would be refused: ${list}`;
}

/** Each caller with its numbers: "legacy-report at 127.0.1.12 (43 requests, last at 2026-01-01T12:00:00.000Z)". */
export function listRefused(refuses: readonly RefusedCaller[]): string {
  const told = refuses.slice(0, MOST_NAMED).map(({ source, address, count, lastSeen }) => {
    const where = address === null || source.endsWith(address) ? "" : ` at ${printable(address)}`;
    return `${nameOf(source)}${where} (${count === 1 ? "1 request" : `${count} requests`}, last at ${lastSeen})`;
  });
  const rest = refuses.length - told.length;
  return [...told, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}

/** How long somebody was watched, in one unit and never longer than it was: `45 s`, `14 min`, `3 h`, `2 d`. */
export function watchedWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** A node's service name, safe to stand inside a sentence. */
export function nameOf(nodeId: string): string {
  return printable(parseNodeId(nodeId).service);
}
