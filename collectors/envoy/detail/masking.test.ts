import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { recordedAnswers, RECORDED } from "../testing/recorded.ts";
import { MASK, maskSecrets } from "./masking.ts";

const PEM = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
const TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
const CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

/** Each planted value is unlike every other text, so that finding it anywhere is a leak. */
const PLANTED: readonly [string, object][] = [
  ["an inline private key", { "@type": TLS, common_tls_context: { tls_certificates: [{ private_key: { inline_string: "S3CR3T-1" } }] } }],
  ["a key read from a file's text", { "@type": TLS, private_key: "S3CR3T-1" }],
  ["inline bytes", { "@type": TLS, trusted_ca: { inline_bytes: "UzNDUjNULTE=S3CR3T-1" } }],
  ["a password", { "@type": TLS, password: { filename: "S3CR3T-1" } }],
  ["session ticket keys", { "@type": TLS, session_ticket_keys: { keys: [{ inline_string: "S3CR3T-1" }] } }],
  [
    "a bearer token in a header that is added",
    { "@type": CLUSTER, request_headers_to_add: [{ header: { key: "authorization", value: "S3CR3T-1" } }] },
  ],
  ["an odd header for a key", { "@type": CLUSTER, headers: [{ header: { key: "X-Api-Key", raw_value: "S3CR3T-1" } }] }],
  ["a header that is matched", { "@type": CLUSTER, match: { headers: [{ name: "x-auth-token", string_match: { exact: "S3CR3T-1" } }] } }],
  ["a token in metadata", { "@type": CLUSTER, metadata: { filter_metadata: { own: { access_token: "S3CR3T-1", api_key: "S3CR3T-1" } } } }],
  [
    "credentials in a grpc service",
    { "@type": CLUSTER, grpc: { call_credentials: [{ access_token: "S3CR3T-1" }], google: { from_plugin: { credential: "S3CR3T-1" } } } },
  ],
  ["a client secret", { "@type": CLUSTER, oauth: { client_secret: "S3CR3T-1", hmac_secret: { name: "S3CR3T-1" } } }],
  ["a PEM anywhere", { "@type": CLUSTER, comment: `S3CR3T-1 ${PEM}` }],
  ["a JWT anywhere", { "@type": CLUSTER, comment: `S3CR3T-1 ${JWT}` }],
  ["a bearer value anywhere", { "@type": CLUSTER, comment: "Bearer S3CR3T-1abc" }],
  ["a password in a URL", { "@type": CLUSTER, uri: "https://user:S3CR3T-1@host/path" }],
  ["a JWT as a field's name", { "@type": CLUSTER, map: { [JWT]: 1, "Bearer S3CR3T-1": 2 } }],
  ["a script", { "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua", default_source_code: { filename: "S3CR3T-1" } }],
  ["a filter nobody knows", { "@type": "type.googleapis.com/acme.Auth", settings: { deep: [{ anything: "S3CR3T-1" }] } }],
  [
    "a struct inside such a filter",
    { "@type": "type.googleapis.com/acme.Auth", value: { "@type": "type.googleapis.com/acme.Inner", anything: "S3CR3T-1" } },
  ],
  ["the literal key of an API key filter", { "@type": CLUSTER, credentials: [{ key: "S3CR3T-1", client: "S3CR3T-1" }] }],
  ["an environment variable", { "@type": CLUSTER, source: { environment_variable: "S3CR3T-1" } }],
];

describe("masking", () => {
  it.each(PLANTED)("hides %s", (_case, planted) => {
    const text = JSON.stringify(maskSecrets([{ cluster: planted }]));
    expect(text).not.toContain("S3CR3T-1");
    expect(text).not.toContain("eyJhbGciOiJIUzI1NiJ9");
    expect(text).toContain(MASK);
  });

  it("hides them wherever they stand in a real configuration", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLANTED), fc.constantFrom(...RECORDED), fc.nat(), ([, planted], id, at) => {
        const answers = structuredClone(recordedAnswers(id));
        const holders = objectsIn(answers);
        const holder = holders[at % holders.length];
        if (holder !== undefined) Reflect.set(holder, "planted_here", planted);
        expect(JSON.stringify(maskSecrets(answers))).not.toContain("S3CR3T-1");
      }),
    );
  });

  it("shows the rest of a configuration as it is, numbers and shape of unknown filters too", () => {
    const shown = {
      "@type": CLUSTER,
      name: "outbound|9080|v1|reviews",
      metadata: { filter_metadata: { weft: { service: "reviews", version: "v1" } } },
      transport_socket: {
        typed_config: {
          "@type": TLS,
          sni: "reviews.books.mesh",
          common_tls_context: {
            tls_certificate_sds_secret_configs: [
              { name: "workload", sds_config: { path_config_source: { path: "secrets/reviews.json" } } },
            ],
            combined_validation_context: {
              default_validation_context: { match_typed_subject_alt_names: [{ matcher: { exact: "spiffe://mesh/ns/books/sa/reviews" } }] },
            },
          },
        },
      },
      nothing: null,
    };
    expect(maskSecrets(shown)).toEqual(shown);
    expect(maskSecrets({ "@type": "type.googleapis.com/acme.Auth", size: 3, on: true, list: ["x"], of: null })).toEqual({
      "@type": "type.googleapis.com/acme.Auth",
      size: 3,
      on: true,
      list: [MASK],
      of: null,
    });
  });

  it("shows every recorded configuration unchanged: it holds no secret", () => {
    for (const id of RECORDED) {
      const { "/server_info": _, ...configuration } = recordedAnswers(id);
      expect(maskSecrets(configuration)).toEqual(configuration);
    }
  });
});

function objectsIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value, ...inner];
}
