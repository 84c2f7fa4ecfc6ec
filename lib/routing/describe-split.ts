import type { PlannedLeg } from "#lib/model/routing.ts";

import { formatShare } from "./format-share.ts";
import { printable } from "./printable.ts";

/**
 * What a change of weights does, as one sentence for any number of legs: "v2 goes from 10 % to 0 % of calls to reviews; v1 takes all of
 * them." The leg that had most is named last; legs whose share stays are named only when nothing changes at all.
 */
export function describeSplit(target: string, legs: readonly PlannedLeg[]): string {
  const calls = `calls to ${printable(target)}`;
  const moved = legs.filter((leg) => leg.before.share !== leg.after.share);
  if (moved.length === 0) {
    const kept = legs.map((leg) => `${nameOf(leg, legs)} keeps ${formatShare(leg.after.share)}`);
    return `Nothing changes: ${joinWords(kept)} of ${calls}.`;
  }
  const base = moved.reduce((most, leg) => (leg.before.share > most.before.share ? leg : most));
  const taker = legs.find((leg) => leg.after.share === 1);
  const candidates = moved.filter((leg) => leg !== base);
  // Floating point can leave a single leg moved by an amount too small to see; then it is all there is to tell.
  const told = candidates.length === 0 ? moved : candidates;
  const [first, ...further] = told.map(
    (leg) => `${nameOf(leg, legs)} goes from ${formatShare(leg.before.share)} to ${formatShare(leg.after.share)}`,
  );
  const head = [`${first} of ${calls}`, ...further].join(", ");
  if (told.includes(base)) return `${head}.`;
  return `${head}; ${describeBase(base, taker, legs)}.`;
}

function describeBase(base: PlannedLeg, taker: PlannedLeg | undefined, legs: readonly PlannedLeg[]): string {
  const name = nameOf(base, legs);
  if (taker === base) return `${name} takes all of them`;
  if (base.after.share === 0) return `${name} gets none of them`;
  return `${name} goes from ${formatShare(base.before.share)} to ${formatShare(base.after.share)}`;
}

/** The version where it names one leg only, else the leg's id. */
function nameOf(leg: PlannedLeg, legs: readonly PlannedLeg[]): string {
  const isAlone = legs.filter((other) => other.version === leg.version).length === 1;
  return printable(leg.version !== null && isAlone ? leg.version : leg.id);
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
