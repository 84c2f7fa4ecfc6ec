import type { Protocol } from "#lib/model/ids.ts";

import { told } from "./peers.ts";

type Labels = Readonly<Record<string, string>>;

/** Statuses that mean the server failed; the others are answers to what the caller did. */
const GRPC_SERVER_ERRORS = new Set(["2", "4", "8", "12", "13", "14", "15"]);

export function protocolOf(labels: Labels): Protocol {
  const protocol = told(labels, "request_protocol");
  return protocol === "grpc" || protocol === "tcp" ? protocol : "http";
}

/** HTTP 5xx; no answer at all (0); for gRPC the statuses by which a server says that it failed. */
export function isFailed(labels: Labels): boolean {
  const code = labels["response_code"] ?? "";
  if (code === "0" || /^5\d\d$/.test(code)) return true;
  return GRPC_SERVER_ERRORS.has(labels["grpc_response_status"] ?? "");
}

const NO_FLAGS: readonly string[] = [];

export function flagsOf(labels: Labels): readonly string[] {
  const flags = told(labels, "response_flags");
  return flags === null || flags === "-" ? NO_FLAGS : flags.split(",").filter((flag) => flag !== "");
}

const LOST_FLAGS = new Set(["UH", "UF", "UO", "NC", "NR", "FI", "CONNECT", "TLS_FAILURE", "H2_HANDSHAKE_FAILURE"]);

/** Whether the request reached nobody, by what its caller's proxy says. */
export function isLost(labels: Labels): boolean {
  return flagsOf(labels).some((flag) => LOST_FLAGS.has(flag));
}

/**
 * Only where a request arrives is it known how it travelled; there `none` is plaintext. A caller always says `unknown`,
 * which is no transport at all.
 */
export function transportOf(labels: Labels): "mutual" | "plaintext" | null {
  if (labels["reporter"] === "source") return null;
  const policy = labels["connection_security_policy"];
  if (policy === "mutual_tls") return "mutual";
  return policy === "none" ? "plaintext" : null;
}
