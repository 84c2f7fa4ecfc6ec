import type { RefusalReason } from "#lib/model/security.ts";

/**
 * What a record of the listener's own logger says: who it let in, why it refused, or neither. The texts hold words of the
 * refused party, so they are read up to the first bracket, after which Envoy quotes it, and never kept.
 */
export type HandshakeOutcome = { is: "stood" } | { is: "refused"; reason: RefusalReason } | { is: "other" };

interface HandshakeTexts {
  /** `%DOWNSTREAM_TRANSPORT_FAILURE_REASON%`. */
  failure: string;
  /** `%RESPONSE_CODE_DETAILS%`. */
  details: string;
}

const OTHER: HandshakeOutcome = { is: "other" };

/** Checked against Envoy 1.40 with BoringSSL; what each case looks like stands in the test. */
export function handshakeOutcome({ failure, details }: HandshakeTexts): HandshakeOutcome {
  const [said = ""] = failure.split("[", 1);
  // `TLS_error|error:` comes from the TLS inspector, which looks at every first byte; of the TLS socket it is `TLS_error:|`.
  const isInspector = said.startsWith("TLS_error|");
  if (details === "filter_chain_not_found") return { is: "refused", reason: isInspector ? "plaintext" : "unknown" };
  if (said === "" || isInspector) return { is: "stood" };
  // The other side refused us: that is its to tell.
  if (said.includes("_ALERT_")) return OTHER;
  return { is: "refused", reason: reasonOf(said) };
}

function reasonOf(said: string): RefusalReason {
  if (said.includes("PEER_DID_NOT_RETURN_A_CERTIFICATE")) return "noCertificate";
  if (said.includes("verify_cert_failed:_SAN_matcher")) return "wrongName";
  if (said.includes("certificate_has_expired")) return "expired";
  if (said.includes("CERTIFICATE_VERIFY_FAILED")) return "untrusted";
  return /:(HTTP_REQUEST|HTTPS_PROXY_REQUEST|WRONG_VERSION_NUMBER)(:|$)/.test(said) ? "plaintext" : "unknown";
}
