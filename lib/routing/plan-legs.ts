import type { PlannedLeg, SplitLeg } from "#lib/model/routing.ts";

/** Each leg before and after the asked weights. `weights` must hold every leg (see `checkWeights`). */
export function planLegs(legs: readonly SplitLeg[], weights: Readonly<Record<string, number>>): PlannedLeg[] {
  const total = legs.reduce((all, leg) => all + (weights[leg.id] ?? 0), 0);
  return legs.map((leg) => {
    const weight = weights[leg.id] ?? 0;
    return {
      id: leg.id,
      version: leg.version,
      before: { weight: leg.weight, share: leg.share },
      after: { weight, share: total === 0 ? 0 : weight / total },
    };
  });
}

/** The weights that take a plan back, by leg id. */
export function inverseWeights(legs: readonly PlannedLeg[]): Record<string, number> {
  return Object.fromEntries(legs.map((leg) => [leg.id, leg.before.weight]));
}
