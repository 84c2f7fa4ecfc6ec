import { plainName } from "#collectors/shared/plain-name.ts";

import { RbacFilter, type AnyConfig } from "../admin/wire-config.ts";
import { permissionsInWords, principalsInWords } from "./policy-words.ts";
import { readAny } from "./read-any.ts";

/** One authorization filter of one chain; it holds up to two sets of rules. */
export interface AuthorizationFilter {
  stages: readonly RuleSet[];
  /** `stat_prefix` of the HTTP connection manager whose statistics hold its counters; `null` for connections, which Weft does not count. */
  manager: string | null;
  /** Whether it decides by a matcher, which Weft cannot read. */
  isOpaque: boolean;
}

/** One set of rules of a filter. */
export interface RuleSet {
  mode: "enforced" | "shadow";
  action: "deny" | "allow" | "audit";
  /** The filter's own prefix for the statistics of this set. */
  prefix: string;
  countsPolicies: boolean;
  policies: readonly PolicyFacts[];
}

export interface PolicyFacts {
  name: string;
  /** In words, safe to show. */
  principals: string;
  permissions: string;
  /** Why no request can ever match it; `null` when one can. */
  neverMatches: string | null;
}

/** The authorization filters among these, in their order. `manager`: as in `AuthorizationFilter`. */
export function authorizationOf(
  filters: readonly { typed_config?: AnyConfig | undefined }[],
  manager: string | null,
): AuthorizationFilter[] {
  return filters.flatMap(({ typed_config: any }) => {
    const http = readAny(any, "filters.http.rbac.v3.RBAC", RbacFilter);
    const filter = http ?? readAny(any, "filters.network.rbac.v3.RBAC", RbacFilter);
    if (filter === null) return [];
    const isOpaque = filter.matcher !== undefined || filter.shadow_matcher !== undefined;
    return [{ stages: ruleSets(filter), manager: http === null ? null : manager, isOpaque }];
  });
}

/** Envoy asks a filter's shadow rules first; without rules a filter lets everything pass. */
function ruleSets(filter: RbacFilter): RuleSet[] {
  const sets: RuleSet[] = [];
  if (filter.shadow_rules !== undefined) sets.push(ruleSet("shadow", filter.shadow_rules, filter.shadow_rules_stat_prefix, filter));
  if (filter.rules !== undefined) sets.push(ruleSet("enforced", filter.rules, filter.rules_stat_prefix, filter));
  return sets;
}

type Rules = NonNullable<RbacFilter["rules"]>;

const ACTIONS: Readonly<Record<string, RuleSet["action"]>> = { ALLOW: "allow", DENY: "deny", LOG: "audit" };

function ruleSet(mode: RuleSet["mode"], rules: Rules, prefix: string, filter: RbacFilter): RuleSet {
  return {
    mode,
    action: ACTIONS[rules.action] ?? "audit",
    prefix,
    countsPolicies: filter.track_per_rule_stats,
    // Envoy asks the policies of a set in the order of their names.
    policies: Object.entries(rules.policies)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, policy]) => policyFacts(name, policy)),
  };
}

function policyFacts(name: string, policy: Rules["policies"][string]): PolicyFacts {
  const principals = principalsInWords(policy.principals);
  const permissions = permissionsInWords(policy.permissions);
  const isConditional = policy.condition !== undefined || policy.checked_condition !== undefined;
  return {
    name: plainName(name),
    principals: principals.words,
    permissions: isConditional ? `${permissions.words}, under a further condition` : permissions.words,
    neverMatches: principals.never ?? permissions.never,
  };
}
