import { plainName } from "#collectors/shared/plain-name.ts";
import type { AcceptedTransport } from "#lib/model/security.ts";

import { TlsContext, type FilterChain } from "../admin/wire-config.ts";
import { readAny } from "./read-any.ts";
import { acceptedNames } from "./subject-names.ts";

/** What a chain asks of those who connect to it. */
export type ChainTransport = AcceptedTransport["transport"];

export function transportOf(chain: FilterChain): ChainTransport {
  const context = readAny(chain.transport_socket?.typed_config, "DownstreamTlsContext", TlsContext);
  if (context !== null) return context.require_client_certificate ? "mutual" : "oneWay";
  // Another kind of socket (QUIC, ALTS, a wrapped one) hides what it asks for; only a missing or raw one is plaintext.
  const name = chain.transport_socket?.name ?? "";
  return name === "" || name.includes("raw_buffer") ? "plaintext" : "unknown";
}

/** The same with the names and TLS versions that the chain takes. */
export function acceptedTransport(chain: FilterChain): AcceptedTransport {
  const context = readAny(chain.transport_socket?.typed_config, "DownstreamTlsContext", TlsContext)?.common_tls_context;
  const { tls_minimum_protocol_version: min, tls_maximum_protocol_version: max } = context?.tls_params ?? {};
  return { transport: transportOf(chain), names: acceptedNames(context), tlsVersions: { min: version(min), max: version(max) } };
}

/** `TLSv1_3` as it is written everywhere else; `null` = left to Envoy. */
function version(name: string | undefined): string | null {
  if (name === undefined || name === "TLS_AUTO") return null;
  return plainName(name).replace(/^TLSv1_(\d)$/, "TLSv1.$1");
}
