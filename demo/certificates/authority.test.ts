import { X509Certificate, createPrivateKey } from "node:crypto";

import { describe, expect, it } from "vitest";

import { serviceNamed } from "../mesh/services.ts";
import { createAuthority } from "./authority.ts";
import { CARD_NETWORK_LEAF, serviceLeaf } from "./leaves.ts";

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
    expect(leaf.validToDate.getTime()).toBeGreaterThan(Date.now());
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

  it("gives the card network a name and no identity in the mesh", async () => {
    const { leaf } = await issue(CARD_NETWORK_LEAF);
    expect(leaf.subjectAltName).toBe("DNS:card-network");
  });
});
