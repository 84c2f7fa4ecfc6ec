import { spiffeId } from "../mesh/identity.ts";
import { serviceNamed, type Service } from "../mesh/services.ts";
import { type, type Json, type JsonObject } from "./json.ts";

/** Whom a policy of the demo is about. */
type Principal = { readonly service: string } | "withoutIdentity" | "nobody";

/** One step of deciding on a request to a service, in the order in which its proxy asks. A shadow step is counted and decides nothing. */
export interface AuthorizationStage {
  readonly action: "deny" | "allow";
  readonly mode: "enforced" | "shadow";
  /** Which filter it is part of; a shadow step is part of the same filter as the enforced one before it. */
  readonly filter: string;
  readonly policies: Readonly<Record<string, Principal>>;
}

/** Services outside this table decide on nothing: whoever is let in may ask everything. */
export const AUTHORIZATION: Readonly<Record<string, readonly AuthorizationStage[]>> = {
  ledger: [
    { action: "deny", mode: "enforced", filter: "deny_", policies: { "no-direct-reads": { service: "checkout" } } },
    {
      action: "allow",
      mode: "enforced",
      filter: "allow_",
      policies: { payments: { service: "payments" }, "callers-without-identity": "withoutIdentity", "left-over": "nobody" },
    },
    { action: "deny", mode: "shadow", filter: "allow_", policies: { "would-deny-without-identity": "withoutIdentity" } },
  ],
};

export function hasAuthorization(service: Service): boolean {
  return service.name in AUTHORIZATION;
}

/** The HTTP filters that decide on requests to a service; none where nothing is decided. */
export function authorizationFilters(service: Service): JsonObject[] {
  const byFilter = Map.groupBy(AUTHORIZATION[service.name] ?? [], (stage) => stage.filter);
  return [...byFilter].map(([prefix, stages]) => ({
    name: "envoy.filters.http.rbac",
    typed_config: {
      "@type": type("envoy.extensions.filters.http.rbac.v3.RBAC"),
      rules_stat_prefix: prefix,
      shadow_rules_stat_prefix: `${prefix}shadow_`,
      track_per_rule_stats: true,
      ...Object.fromEntries(stages.map((stage) => [stage.mode === "enforced" ? "rules" : "shadow_rules", rules(stage)])),
    },
  }));
}

function rules({ action, policies }: AuthorizationStage): Json {
  return {
    action: action.toUpperCase(),
    policies: Object.fromEntries(
      Object.entries(policies).map(([name, whom]) => [name, { permissions: [{ any: true }], principals: [principal(whom)] }]),
    ),
  };
}

const WITH_IDENTITY: JsonObject = { authenticated: {} };
const WITHOUT_IDENTITY: JsonObject = { not_id: WITH_IDENTITY };

function principal(whom: Principal): JsonObject {
  // Contradicts itself, as rules do that grew over the years.
  if (whom === "nobody") return { and_ids: { ids: [WITH_IDENTITY, WITHOUT_IDENTITY] } };
  if (whom === "withoutIdentity") return WITHOUT_IDENTITY;
  return { authenticated: { principal_name: { exact: spiffeId(serviceNamed(whom.service)) } } };
}
