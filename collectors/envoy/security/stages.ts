import type { StageFacts } from "#lib/model/security-facts.ts";

import type { AuthorizationStageFacts } from "../config/authorization-stages.ts";
import type { KnownProxy } from "../identity/known-proxy.ts";
import { rbacKeyOf } from "./security-book.ts";

/** The authorization stages of a proxy with what its own counters say of the window. `counts`: by `rbacKeyOf`. */
export function stagesOf({ id: proxyId, identity, config }: KnownProxy, counts: ReadonlyMap<string, number>): StageFacts[] {
  if (identity === null || config === null) return [];
  const { nodeId } = identity;
  return config.stages.map((stage) => {
    const countOf = counterOf(stage, proxyId, counts);
    return {
      proxyId,
      nodeId,
      order: stage.order,
      action: stage.action,
      mode: stage.mode,
      policies: stage.policies.map((policy) => ({ ...policy, matched: stage.countsPolicies ? matchedOf(policy.name, countOf) : null })),
      allowed: countOf("allowed", null),
      denied: countOf("denied", null),
    };
  });
}

type CountOf = (outcome: "allowed" | "denied", policy: string | null) => number | null;

function counterOf({ managers, prefix, mode }: AuthorizationStageFacts, proxyId: string, counts: ReadonlyMap<string, number>): CountOf {
  return (outcome, policy) => {
    if (managers.length === 0) return null;
    const keys = managers.map((manager) => rbacKeyOf({ proxyId, manager, prefix, mode, outcome, policy }));
    return keys.reduce((sum, key) => sum + (counts.get(key) ?? 0), 0);
  };
}

/** A policy that matched either let pass or kept out, by the action of its stage. */
function matchedOf(policy: string, countOf: CountOf): number | null {
  const allowed = countOf("allowed", policy);
  const denied = countOf("denied", policy);
  return allowed === null || denied === null ? null : allowed + denied;
}
