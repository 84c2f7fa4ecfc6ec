import { spiffeId, serverName, TRUST_DOMAIN } from "../mesh/identity.ts";
import { CARD_NETWORK, type Service } from "../mesh/services.ts";
import { fromFile, type, type Json, type JsonObject } from "./json.ts";

/**
 * The files a proxy's TLS needs: its own pair, which is rotated, and the authority to trust, which is not. Only the first is
 * watched: every watched file costs an inotify instance, and a Linux user has 128 of them by default.
 */
export interface TlsFiles {
  readonly certificate: string;
  /** PEM of the authority. */
  readonly trust: string;
}

/** Envoy's client side stops at TLS 1.2 unless told otherwise. */
const TLS_13 = { tls_minimum_protocol_version: "TLSv1_3", tls_maximum_protocol_version: "TLSv1_3" };
const ALPN = ["h2", "http/1.1"];

/** Callers must show a certificate of the mesh's own trust domain. */
export function requireMutualTls(files: TlsFiles, options: { http: boolean }): JsonObject {
  return downstream(true, {
    ...commonContext(files, options.http),
    validation_context: trust(files, "URI", { prefix: `spiffe://${TRUST_DOMAIN}/` }),
  });
}

/** One-way TLS for the ingress: visitors have no certificate. */
export function serveTls(files: TlsFiles): JsonObject {
  return downstream(false, commonContext(files, true));
}

/** Dials a mesh service: shows the caller's certificate, accepts only that service's identity. */
export function dialMutualTls(files: TlsFiles, service: Service): JsonObject {
  return upstream(serverName(service), {
    ...commonContext(files, service.protocol !== "tcp"),
    validation_context: trust(files, "URI", { exact: spiffeId(service) }),
  });
}

/** Dials the payment provider: its name is checked, no certificate of ours is shown. */
export function dialCardNetwork(files: TlsFiles): JsonObject {
  return upstream(CARD_NETWORK.name, {
    tls_params: TLS_13,
    alpn_protocols: ["http/1.1"],
    validation_context: trust(files, "DNS", { exact: CARD_NETWORK.name }),
  });
}

function commonContext(files: TlsFiles, http: boolean): JsonObject {
  return {
    tls_params: TLS_13,
    ...(http ? { alpn_protocols: ALPN } : {}),
    tls_certificate_sds_secret_configs: [{ name: "workload", sds_config: fromFile(files.certificate) }],
  };
}

function trust(files: TlsFiles, sanType: "DNS" | "URI", matcher: JsonObject): JsonObject {
  return { trusted_ca: { filename: files.trust }, match_typed_subject_alt_names: [{ san_type: sanType, matcher }] };
}

function downstream(clientCertificate: boolean, context: Json): JsonObject {
  return socket("DownstreamTlsContext", { require_client_certificate: clientCertificate, common_tls_context: context });
}

function upstream(sni: string, context: Json): JsonObject {
  return socket("UpstreamTlsContext", { sni, common_tls_context: context });
}

function socket(kind: string, config: JsonObject): JsonObject {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: { "@type": type(`envoy.extensions.transport_sockets.tls.v3.${kind}`), ...config },
  };
}
