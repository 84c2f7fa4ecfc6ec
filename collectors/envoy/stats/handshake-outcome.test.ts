import { describe, expect, it } from "vitest";

import { handshakeOutcome } from "./handshake-outcome.ts";

// As a real Envoy 1.40 wrote them.
const VERIFY = "TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:";
const DEPTH = "_X509_verify_cert:_certificate_verification_error_at_depth_0:";
const INSPECTOR = "TLS_error|error:1000009c:SSL_routines:OPENSSL_internal:HTTP_REQUEST:TLS_error_end";
const SAN = `${VERIFY}_SAN_matcher,_certificate_SANs_are_`;

describe("the record of a connection", () => {
  it.each([
    ["plaintext at a listener that takes none", INSPECTOR, "filter_chain_not_found", "plaintext"],
    ["plaintext at a TLS socket", "TLS_error:|268435612:SSL_routines:OPENSSL_internal:HTTP_REQUEST:TLS_error_end", "", "plaintext"],
    [
      "no certificate",
      "TLS_error:|268435648:SSL_routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE:peer_did_not_provide_required_client_certificate:TLS_error_end",
      "",
      "noCertificate",
    ],
    ["a name of elsewhere", `${SAN}[spiffe://elsewhere/ns/bank/sa/teller]:TLS_error_end`, "", "wrongName"],
    ["an expired certificate", `${VERIFY}${DEPTH}_certificate_has_expired:TLS_error_end`, "", "expired"],
    ["another authority", `${VERIFY}${DEPTH}_unable_to_get_local_issuer_certificate:TLS_error_end`, "", "untrusted"],
    ["no common cipher", "TLS_error:|268435640:SSL_routines:OPENSSL_internal:NO_SHARED_CIPHER:TLS_error_end", "", "unknown"],
    ["TLS for which no chain is meant", "", "filter_chain_not_found", "unknown"],
    [
      "a name that plays an expired certificate",
      `${SAN}[spiffe://x/certificate_has_expired_ALERT_HTTP_REQUEST:]:TLS_error_end`,
      "",
      "wrongName",
    ],
  ])("tells %s", (_case, failure, details, reason) => {
    expect(handshakeOutcome({ failure, details })).toEqual({ is: "refused", reason });
  });

  it.each([
    ["a good one", "", "stood"],
    ["plaintext that is let in, at which the inspector wondered", INSPECTOR, "stood"],
    [
      "a caller that refused us",
      "TLS_error:|268436502:SSL_routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN:TLS_error_end",
      "other",
    ],
  ])("tells %s", (_case, failure, is) => {
    expect(handshakeOutcome({ failure, details: "" })).toEqual({ is });
  });
});
