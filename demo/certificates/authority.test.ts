import { X509Certificate, createPrivateKey } from "node:crypto";

import { describe, expect, it } from "vitest";

import { ROGUE_JOB, serviceNamed } from "../mesh/services.ts";
import { createAuthority } from "./authority.ts";
import { CARD_NETWORK_LEAF, foreignLeaf, serviceLeaf } from "./leaves.ts";

describe("the demo's certificate authority", async () => {
  const authority = await createAuthority();
  const root = new X509Certificate(authority.certificate);
  const issue = async (request: Parameters<typeof authority.issue>[0]) => {
    const pair = await authority.issue(request);
    return { leaf: new X509Certificate(pair.certificate), key: createPrivateKey(pair.privateKey) };
  };

  it("issues leaves that its own certificate vouches for, with a key that fits", async () => {
    const { leaf, key } = await issue(serviceLeaf(serviceNamed("cart"), "valid"));
    expect(root.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(key)).toBe(true);
    expect(leaf.subjectAltName).toBe("URI:spiffe://demo.mesh/ns/shop/sa/cart, DNS:cart.shop.demo.mesh");
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBe(2 * 60 * 60 * 1_000);
    expect(leaf.validToDate.getTime()).toBeGreaterThan(Date.now());
  });

  it("issues one that is old and ends within minutes", async () => {
    const { leaf } = await issue(serviceLeaf(serviceNamed("ratings"), "expiring"));
    const leftMs = leaf.validToDate.getTime() - Date.now();
    expect(leftMs).toBeGreaterThan(60_000);
    expect(leftMs).toBeLessThanOrEqual(15 * 60_000);
    expect(Date.now() - leaf.validFromDate.getTime()).toBeGreaterThanOrEqual(24 * 60 * 60_000);
    expect(leaf.validFromDate.getTime()).toBeGreaterThan(root.validFromDate.getTime());
  });

  it("names the gateway as visitors know it", async () => {
    const { leaf } = await issue(serviceLeaf(serviceNamed("gateway"), "valid"));
    expect(leaf.checkHost("localhost")).toBe("localhost");
    expect(leaf.checkIP("127.0.0.1")).toBe("127.0.0.1");
  });

  it("issues wrong ones on demand", async () => {
    const { leaf: expired } = await issue(serviceLeaf(serviceNamed("cart"), "expired"));
    expect(expired.validToDate.getTime()).toBeLessThan(Date.now());
    expect(expired.validFromDate.getTime()).toBeLessThan(expired.validToDate.getTime());
    const { leaf: stranger } = await issue(serviceLeaf(serviceNamed("cart"), "wrong-san"));
    expect(stranger.subjectAltName).toContain("spiffe://elsewhere.mesh/ns/shop/sa/cart");
  });

  it("vouches for a stranger's name, too", async () => {
    const { leaf } = await issue(foreignLeaf(ROGUE_JOB));
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe("URI:spiffe://elsewhere.mesh/ns/outside/sa/rogue-job");
  });

  it("gives the card network a name and no identity in the mesh", async () => {
    const { leaf } = await issue(CARD_NETWORK_LEAF);
    expect(leaf.subjectAltName).toBe("DNS:card-network");
  });
});
