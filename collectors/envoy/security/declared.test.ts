import { describe, expect, it } from "vitest";

import { createMeshView } from "../identity/mesh-view.ts";
import { recordedProxy } from "../testing/recorded.ts";
import { dialFacts, listenerFacts } from "./declared.ts";

const payments = recordedProxy("payments-v1-0.payments");
const mesh = createMeshView([payments]);

describe("how a recorded proxy dials", () => {
  it("is told with what it accepts, and with what it was seen to speak", () => {
    const seen = [
      { cluster: "outbound|8080||ledger", suite: "TLS_AES_128_GCM_SHA256", version: null },
      { cluster: "outbound|8080||ledger", suite: null, version: "TLSv1.3" },
      { cluster: "outbound|8080||ledger", suite: "odd\u202e", version: "TLSv9" },
      { cluster: "elsewhere", suite: "x", version: null },
    ];
    const about = { proxyId: payments.id, source: "payments/payments" };
    expect(dialFacts(payments, mesh, seen)).toEqual([
      {
        ...about,
        target: "external/card-network",
        name: "outbound|443||card-network",
        transport: "oneWay",
        accepts: ["card-network"],
        ciphers: [],
        tlsVersions: [],
      },
      {
        ...about,
        target: "payments/ledger",
        name: "outbound|8080||ledger",
        transport: "mutual",
        accepts: ["spiffe://demo.mesh/ns/payments/sa/ledger"],
        ciphers: ["TLS_AES_128_GCM_SHA256", "odd\\u{202e}"],
        tlsVersions: ["TLSv1.3", "TLSv9"],
      },
    ]);
  });

  it("is not told before its configuration is known", () => {
    const silent = { ...payments, config: null };
    expect([dialFacts(silent, mesh, []), listenerFacts(silent)]).toEqual([[], []]);
  });
});
