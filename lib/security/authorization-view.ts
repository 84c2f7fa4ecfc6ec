import type { AuthorizationDecision, AuthorizationStage, PolicyView, WorkloadAuthorization } from "#lib/model/security.ts";
import type { DecisionFacts, StageFacts } from "#lib/model/security-facts.ts";

import { peerIdentityOrNull } from "./peer-identity.ts";

/** A sum that is not known as soon as one part is not: the rest alone would read too low. */
function sumKnown(parts: readonly (number | null)[]): number | null {
  return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}

/** One policy as several proxies hold it. Where they word it differently they hold different ones. */
function joinPolicies(policies: readonly PolicyView[]): PolicyView[] {
  const groups = Map.groupBy(policies, ({ name, principals, permissions }) => JSON.stringify([name, principals, permissions]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { name, principals, permissions } = first;
    const never = group.every(({ neverMatches }) => neverMatches !== null) ? first.neverMatches : null;
    return [{ name, principals, permissions, neverMatches: never, matched: sumKnown(group.map(({ matched }) => matched)) }];
  });
}

function joinStages(stages: readonly StageFacts[]): AuthorizationStage[] {
  const groups = Map.groupBy(stages, ({ order, action, mode }) => `${order}|${action}|${mode}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { order, action, mode } = first;
      return [
        {
          order,
          stage: {
            action,
            mode,
            policies: joinPolicies(group.flatMap(({ policies }) => policies)).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
            allowed: sumKnown(group.map(({ allowed }) => allowed)),
            denied: sumKnown(group.map(({ denied }) => denied)),
          },
        },
      ];
    })
    .toSorted(
      (a, b) =>
        a.order - b.order ||
        (a.stage.mode === b.stage.mode ? 0 : a.stage.mode === "enforced" ? -1 : 1) ||
        (a.stage.action < b.stage.action ? -1 : 1),
    )
    .map(({ stage }) => stage);
}

/** What was denied first: by an enforced stage, then by a shadow one; then the most frequent. */
function rank({ mode, outcome }: Pick<DecisionFacts, "mode" | "outcome">): number {
  return (outcome === "denied" ? 0 : 2) + (mode === "enforced" ? 0 : 1);
}

function joinDecisions(decisions: readonly DecisionFacts[]): AuthorizationDecision[] {
  const groups = Map.groupBy(
    decisions.filter(({ count }) => count > 0),
    ({ source, identity, address, mode, outcome, policy }) => JSON.stringify([source, identity, address, mode, outcome, policy]),
  );
  return [...groups]
    .flatMap(([key, group]) => {
      const [first] = group;
      if (first === undefined) return [];
      const { source, identity, address, mode, outcome, policy } = first;
      const count = group.reduce((sum, one) => sum + one.count, 0);
      const lastSeen = new Date(group.reduce((last, { lastSeenMs }) => Math.max(last, lastSeenMs), first.lastSeenMs)).toISOString();
      return [{ key, decision: { source, identity: peerIdentityOrNull(identity), address, mode, outcome, policy, count, lastSeen } }];
    })
    .toSorted((a, b) => rank(a.decision) - rank(b.decision) || b.decision.count - a.decision.count || (a.key < b.key ? -1 : 1))
    .map(({ decision }) => decision);
}

/** The effective policy of every workload that has one, with what it decided in the window; by id. */
export function buildAuthorization(stages: readonly StageFacts[], decisions: readonly DecisionFacts[]): WorkloadAuthorization[] {
  const stagesOf = Map.groupBy(stages, ({ nodeId }) => nodeId);
  const decisionsOf = Map.groupBy(decisions, ({ target }) => target);
  return [...new Set([...stagesOf.keys(), ...decisionsOf.keys()])].toSorted().map((id) => ({
    id,
    stages: joinStages(stagesOf.get(id) ?? []),
    decisions: joinDecisions(decisionsOf.get(id) ?? []),
  }));
}
