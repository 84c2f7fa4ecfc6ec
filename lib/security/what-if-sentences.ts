import type { WhatIfCaller } from "#lib/model/security.ts";

import { countWords, DAY_MS, durationWords, listWords, nodeName, nodePath } from "./wording.ts";

export interface WhatIfOutcome {
  callers: readonly WhatIfCaller[];
  /** Whether any workload in question is not strict yet, and whether any is so already. */
  hasOpen: boolean;
  hasStrict: boolean;
  /** Gateways of the scope that are not judged. */
  leftOut: readonly string[];
  /** The gateway that is asked about itself, if it is not strict yet. */
  gateway: string | null;
  isWatched: boolean;
  observedMs: number;
}

/** Callers by name; by their whole path where two share a name. */
function namesOf(callers: readonly WhatIfCaller[]): string[] {
  const ids = [...new Set(callers.map(({ source }) => source))];
  const shared = Map.groupBy(ids, nodeName);
  return ids.map((id) => ((shared.get(nodeName(id))?.length ?? 0) > 1 ? nodePath(id) : nodeName(id)));
}

function wouldBe(count: number): string {
  return `${countWords(count, "caller")} would be refused`;
}

/** What would happen, with numbers: "1 caller would be refused: legacy-report, 672 requests in 14 min". Who is not judged is said. */
export function whatIfSentence(outcome: WhatIfOutcome): string {
  const { leftOut, gateway } = outcome;
  const visitors = `${nodePath(gateway ?? "")} takes callers from outside, who have no certificate of the mesh`;
  const takes =
    leftOut.length === 1
      ? "takes callers from outside without a certificate and is"
      : "take callers from outside without a certificate and are";
  return [
    ...(gateway === null ? [] : [`Every visitor would be refused: ${visitors}`]),
    callersClause(outcome),
    ...(leftOut.length === 0 ? [] : [`${listWords(leftOut.map(nodePath))} ${takes} left out`]),
  ].join("; ");
}

function alreadyClause({ callers, hasStrict, isWatched, observedMs }: WhatIfOutcome): string {
  if (!hasStrict) return "Nothing would change";
  const keeping = new Set(callers.filter(({ effect }) => effect === "keeps").map(({ source }) => source)).size;
  const span = isWatched ? ` in ${durationWords(observedMs)}` : "";
  const seen = keeping === 0 ? "" : `, and ${countWords(keeping, "caller")} came with it${span}`;
  return `Nothing would change: mutual TLS is demanded already${seen}`;
}

function callersClause(outcome: WhatIfOutcome): string {
  const { callers, hasOpen, hasStrict, isWatched, observedMs } = outcome;
  if (!hasOpen) return alreadyClause(outcome);
  const refused = callers.filter(({ effect }) => effect === "refused");
  const keeping = new Set(callers.filter(({ effect }) => effect === "keeps").map(({ source }) => source)).size;
  const unknown = namesOf(callers.filter(({ effect }) => effect === "unknown"));
  const span = isWatched ? ` in ${durationWords(observedMs)}` : "";
  const rest = unknown.length === 0 ? "" : `; of ${listWords(unknown)} nothing is known`;
  if (refused.length > 0) {
    const names = namesOf(refused);
    const count = refused.reduce((sum, one) => sum + one.count, 0);
    return `${wouldBe(names.length)}: ${listWords(names)}, ${countWords(count, "request")}${span}${rest}`;
  }
  if (keeping > 0) return `No caller that was seen would be refused: ${countWords(keeping, "caller")} with mutual TLS only${span}${rest}`;
  if (unknown.length > 0) return `Nobody can say who would be refused: of ${listWords(unknown)} nothing was seen${span}`;
  return isWatched
    ? `${hasStrict ? "No caller of what is not strict yet" : "No caller"} was seen${span}, so nobody is known who would be refused`
    : "Nobody can say who would be refused: no calls were watched";
}

/** How often a caller may come and still not show in so long a watch. */
function rarely(observedMs: number): string {
  if (observedMs < 7 * DAY_MS) return "once a week";
  return observedMs < 31 * DAY_MS ? "once a month" : "once a year";
}

/** What the watch can tell and what it cannot. */
export function certaintyOf(watch: { observedMs: number; isWatched: boolean; isComplete: boolean }): string {
  if (!watch.isWatched) return "Nobody watches callers. What is said here rests on the counts of the last hour alone.";
  const gaps = watch.isComplete ? "" : " Not every proxy answered: what they saw is missing.";
  return `Watched for ${durationWords(watch.observedMs)}. A caller that runs ${rarely(watch.observedMs)} would not show.${gaps}`;
}
