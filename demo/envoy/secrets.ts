import { discovery, type JsonObject } from "./json.ts";

const SECRET = "envoy.extensions.transport_sockets.tls.v3.Secret";

/** A certificate and its key as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** The secret file of a workload. Both halves are inline, so that one rename replaces both. */
export function workloadSecret(pair: KeyPair, version = "1"): JsonObject {
  return discovery(
    SECRET,
    [
      {
        name: "workload",
        tls_certificate: { certificate_chain: { inline_string: pair.certificate }, private_key: { inline_string: pair.privateKey } },
      },
    ],
    version,
  );
}
