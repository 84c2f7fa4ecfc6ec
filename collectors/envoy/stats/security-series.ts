import { plainName } from "#collectors/shared/plain-name.ts";
import type { RefusalReason } from "#lib/model/security.ts";

import { authzDecisions, type Decision } from "./authz-decisions.ts";
import type { Series } from "./exposition.ts";
import { handshakeOutcome, type HandshakeOutcome } from "./handshake-outcome.ts";

/** Counters that tell who was let in and who was not. */
export type SecurityCounter =
  | { kind: "handshake"; peer: string; address: string; outcome: HandshakeOutcome }
  | { kind: "authz"; peer: string; address: string; decisions: readonly Decision[] }
  | ({ kind: "listener-refusal"; listener: string } & CountedRefusal)
  | ({ kind: "cluster-refusal"; cluster: string } & CountedRefusal)
  | RbacCounter;

/** Why, as far as a counter tells; `certificateRefused`: it was the certificate, for a fault that the counter does not tell. */
export interface CountedRefusal {
  reason: RefusalReason;
  certificateRefused: boolean;
}

/** A counter of an authorization filter; `policy: null` = of all its policies together. */
export interface RbacCounter {
  kind: "rbac";
  /** `stat_prefix` of the HTTP connection manager. */
  manager: string;
  /** The filter's own prefix for this mode; empty where it has none. */
  prefix: string;
  mode: "enforced" | "shadow";
  outcome: "allowed" | "denied";
  policy: string | null;
}

/** Values about TLS that are read as they stand. */
export type SecurityReading =
  | { kind: "secret-rejected"; secret: string }
  | { kind: "cipher"; cluster: string; suite: string }
  | { kind: "tls-version"; cluster: string; version: string };

/** Beside what the loggers count; with `usedonly` nearly all of it is silent in a healthy mesh. */
export const SECURITY_STATS = [
  String.raw`http\..+\.rbac\.`,
  String.raw`listener\..+\.(ssl\.(fail_verify_(no_cert|san|error)|connection_error)|no_filter_chain_match)$`,
  String.raw`cluster\..+\.ssl\.(fail_verify_(no_cert|san|error)$|ciphers\.|versions\.)`,
];

type Labels = Series["labels"];

const RBAC = /^envoy_http_rbac_(policy_)?(shadow_)?(allowed|denied)$/;
const REFUSAL =
  /^envoy_(listener|cluster)_(ssl_fail_verify_no_cert|ssl_fail_verify_san|ssl_fail_verify_error|ssl_connection_error|no_filter_chain_match)$/;

/** `fail_verify_error` is one counter for an expired certificate, one of a foreign authority and whatever else OpenSSL finds. */
const REASONS: Readonly<Record<string, CountedRefusal>> = {
  ssl_fail_verify_no_cert: { reason: "noCertificate", certificateRefused: false },
  ssl_fail_verify_san: { reason: "wrongName", certificateRefused: false },
  ssl_fail_verify_error: { reason: "unknown", certificateRefused: true },
};
const UNTOLD: CountedRefusal = { reason: "unknown", certificateRefused: false };

const NAMES = new Set([
  "envoy_weft_inbound_handshakes_total",
  "envoy_weft_inbound_authz_total",
  "envoy_sds_update_rejected",
  "envoy_cluster_ssl_ciphers",
  "envoy_cluster_ssl_versions",
]);

/** Whether `securitySeries` may know series of that name. */
export function isSecurityName(name: string): boolean {
  return NAMES.has(name) || RBAC.test(name) || REFUSAL.test(name);
}

/** What a series says about transport or rights; `null` = nothing. Texts in it are still foreign. */
export function securitySeries({ name, labels }: Series): SecurityCounter | SecurityReading | null {
  switch (name) {
    case "envoy_weft_inbound_handshakes_total": {
      const outcome = handshakeOutcome({ failure: known(labels["weft_failure"]), details: known(labels["weft_details"]) });
      return { kind: "handshake", ...caller(labels), outcome };
    }
    case "envoy_weft_inbound_authz_total":
      return { kind: "authz", ...caller(labels), decisions: authzDecisions(known(labels["weft_authz"])) };
    case "envoy_sds_update_rejected":
      return { kind: "secret-rejected", secret: known(labels["envoy_xds_resource_name"]) };
    case "envoy_cluster_ssl_ciphers":
      return { kind: "cipher", cluster: clusterOf(labels), suite: known(labels["cipher_suite"] ?? labels["envoy_ssl_cipher"]) };
    case "envoy_cluster_ssl_versions":
      return { kind: "tls-version", cluster: clusterOf(labels), version: known(labels["envoy_ssl_version"]) };
    default:
      return rbacCounter(name, labels) ?? refusalCounter(name, labels);
  }
}

function rbacCounter(name: string, labels: Labels): RbacCounter | null {
  const [, policy, shadow, outcome] = RBAC.exec(name) ?? [];
  if (outcome !== "allowed" && outcome !== "denied") return null;
  return {
    kind: "rbac",
    manager: known(labels["envoy_http_conn_manager_prefix"]),
    prefix: known(labels["envoy_rbac_http_prefix"]),
    mode: shadow === undefined ? "enforced" : "shadow",
    outcome,
    policy: policy === undefined ? null : plainName(known(labels["envoy_rbac_policy_name"])),
  };
}

function refusalCounter(name: string, labels: Labels): SecurityCounter | null {
  const [, side, what = ""] = REFUSAL.exec(name) ?? [];
  const counted = REASONS[what];
  if (side === "listener") return { kind: "listener-refusal", listener: known(labels["envoy_listener_address"]), ...(counted ?? UNTOLD) };
  // A caller's connection errors are refusals by the other side, which tells of them itself.
  return side === "cluster" && counted !== undefined ? { kind: "cluster-refusal", cluster: clusterOf(labels), ...counted } : null;
}

function known(value: string | undefined): string {
  return value === undefined || value === "-" ? "" : value;
}

function clusterOf(labels: Labels): string {
  return known(labels["envoy_cluster_name"] ?? labels["cluster_name"]);
}

function caller(labels: Labels): { peer: string; address: string } {
  return { peer: known(labels["weft_peer"]), address: known(labels["weft_addr"]) };
}
