import type { AuthorizationFilter, RuleSet } from "./authorization-facts.ts";
import type { ChainFacts } from "./chain-facts.ts";

/** One authorization stage of a listener, wherever among its chains it stands. */
export interface AuthorizationStageFacts extends RuleSet {
  /** Place among all stages of the proxy. */
  order: number;
  /** HTTP connection managers whose statistics hold its counters; empty where it is not counted, or not apart from others. */
  managers: readonly string[];
}

/** The stages of inbound chains. The same filter on two chains of a listener, such as for TLS and for plaintext, is one. */
export function authorizationStages(inbound: readonly ChainFacts[]): AuthorizationStageFacts[] {
  const stages = new Map<string, { set: RuleSet; managers: Set<string> }>();
  for (const { listener, authorization } of inbound) {
    const seen = new Map<string, number>();
    for (const { set, manager } of authorization.flatMap(setsOf)) {
      const text = JSON.stringify([listener, set]);
      const nth = (seen.get(text) ?? 0) + 1;
      seen.set(text, nth);
      const key = `${nth}\n${text}`;
      const stage = stages.get(key) ?? { set, managers: new Set<string>() };
      stages.set(key, stage);
      if (manager !== null) stage.managers.add(manager);
    }
  }
  const all = [...stages.values()];
  return all.map(({ set, managers }, order) => ({
    ...set,
    order,
    managers: [...managers].filter((manager) => !all.some((other) => other.set !== set && sharesCounters(other, set, manager))),
  }));
}

function setsOf({ stages, manager }: AuthorizationFilter): { set: RuleSet; manager: string | null }[] {
  return stages.map((set) => ({ set, manager }));
}

/** Two stages of one mode under one prefix are counted together, and nobody can tell which of them it was. */
function sharesCounters(other: { set: RuleSet; managers: ReadonlySet<string> }, set: RuleSet, manager: string): boolean {
  return other.set.mode === set.mode && other.set.prefix === set.prefix && other.managers.has(manager);
}
