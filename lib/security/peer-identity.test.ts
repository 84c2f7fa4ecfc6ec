import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { peerIdentity, peerIdentityOrNull } from "./peer-identity.ts";

const NOTHING = { trustDomain: null, namespace: null, account: null };

describe("peerIdentity", () => {
  it.each([
    ["spiffe://demo.mesh/ns/payments/sa/ledger", { trustDomain: "demo.mesh", namespace: "payments", account: "ledger" }],
    ["SPIFFE://Demo.Mesh/ns/Payments/sa/ledger", { trustDomain: "demo.mesh", namespace: "Payments", account: "ledger" }],
    ["spiffe://demo.mesh", { ...NOTHING, trustDomain: "demo.mesh" }],
    ["spiffe://demo.mesh/billing/api", { ...NOTHING, trustDomain: "demo.mesh" }],
    ["spiffe://demo.mesh/ns/a/sa/b/more", { ...NOTHING, trustDomain: "demo.mesh" }],
    ["spiffe://demo_mesh-1/ns/a.b/sa/c_d", { trustDomain: "demo_mesh-1", namespace: "a.b", account: "c_d" }],
  ])("reads %s", (uri, parts) => {
    expect(peerIdentity(uri)).toEqual({ uri, ...parts });
  });

  it.each([
    "https://demo.mesh/ns/a/sa/b",
    "urn:uuid:1",
    "",
    "spiffe://",
    "spiffe:///ns/a/sa/b",
    "spiffe://demo.mesh/",
    "spiffe://demo.mesh/ns/a/sa/b/",
    "spiffe://demo.mesh//ns/a/sa/b",
    "spiffe://demo.mesh/ns/./sa/b",
    "spiffe://demo.mesh/ns/../sa/b",
    "spiffe://demo.mesh:8080/ns/a/sa/b",
    "spiffe://user@demo.mesh/ns/a/sa/b",
    "spiffe://demo.mesh/ns/a/sa/b?x=1",
    "spiffe://demo.mesh/ns/a/sa/b#x",
    "spiffe://demo.mesh/ns/%61/sa/b",
    "spiffe://demo.mesh/ns/a/sa/b\n",
    `spiffe://${"a".repeat(256)}/ns/a/sa/b`,
  ])("keeps of %j the URI alone", (uri) => {
    expect(peerIdentity(uri)).toEqual({ uri, ...NOTHING });
  });

  it("cuts what is longer than the standard allows, and reads nothing from it", () => {
    const identity = peerIdentity(`spiffe://demo.mesh/ns/a/sa/${"b".repeat(100_000)}`);
    expect(identity).toMatchObject(NOTHING);
    expect(identity.uri).toHaveLength(201);
    expect(peerIdentity(`spiffe://demo.mesh/ns/a/sa/${"b".repeat(2_048 - 27)}`).trustDomain).toBe("demo.mesh");
  });

  it("takes an empty text for no certificate", () => {
    expect([peerIdentityOrNull(null), peerIdentityOrNull("")]).toEqual([null, null]);
    expect(peerIdentityOrNull("urn:x")).toMatchObject({ uri: "urn:x" });
  });

  it("reads any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((path) => `spiffe://a/${path}`),
        ),
        (uri) => {
          const { namespace, account, trustDomain } = peerIdentity(uri);
          expect((namespace === null) === (account === null)).toBe(true);
          if (namespace !== null) expect(trustDomain).not.toBeNull();
        },
      ),
    );
  });
});
