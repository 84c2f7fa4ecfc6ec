import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { SplitLeg } from "#lib/model/routing.ts";

import { printable } from "./printable.ts";

/** The largest weight, and the largest sum of weights, that the back ends with 32-bit weights take. */
export const MAX_WEIGHT = 4_294_967_295;

const MEND_WHOLE = `Give a whole number from 0 to ${MAX_WEIGHT}.`;

/**
 * Whether `weights` is a complete and possible set of weights for `legs`: every leg named once, no other, whole numbers
 * of 0 or more, a sum above 0 that fits 32 bits. Errors: INVALID with `field` (`weights.<leg id>` or `weights`), reason and mend.
 */
export function checkWeights(legs: readonly SplitLeg[], weights: Readonly<Record<string, number>>): Result<void> {
  for (const [id, weight] of Object.entries(weights)) {
    if (!legs.some((leg) => leg.id === id)) return err(unknownLeg(id, legs));
    const reason = whyNotAWeight(weight);
    if (reason !== null) return err(invalid(`weights.${id}`, `${reason} is not a weight for ${printable(id)}.`, MEND_WHOLE));
  }
  for (const leg of legs) {
    if (!Object.hasOwn(weights, leg.id)) {
      return err(
        invalid(`weights.${leg.id}`, `${printable(leg.id)} has no weight.`, "Give every leg of the rule a weight; 0 sends it nothing."),
      );
    }
  }
  const total = Object.values(weights).reduce((all, weight) => all + weight, 0);
  if (total === 0) {
    return err(invalid("weights", "The weights add up to 0, so no call could go anywhere.", "Give at least one leg a weight above 0."));
  }
  if (total > MAX_WEIGHT) {
    return err(
      invalid("weights", `The weights add up to ${total}, more than ${MAX_WEIGHT}.`, "Use smaller weights in the same proportion."),
    );
  }
  return ok(undefined);
}

function whyNotAWeight(weight: number): string | null {
  if (typeof weight !== "number" || Number.isNaN(weight)) return "A value that is not a number";
  if (weight < 0) return `The negative number ${weight}`;
  if (!Number.isInteger(weight)) return `${weight}, which is not whole,`;
  if (weight > MAX_WEIGHT) return `${weight}, which is more than ${MAX_WEIGHT},`;
  return null;
}

function unknownLeg(id: string, legs: readonly SplitLeg[]): WeftError {
  const known = legs.map((leg) => printable(leg.id)).join(", ");
  return invalid(
    `weights.${id}`,
    `${printable(id)} is not a leg of this rule.`,
    `The legs are ${known}. Read the route again if they have changed.`,
  );
}

function invalid(field: string, message: string, mend: string): WeftError {
  return new WeftError("INVALID", message, { field, mend });
}
