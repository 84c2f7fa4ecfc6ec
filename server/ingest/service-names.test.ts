import { describe, expect, it } from "vitest";

import { ServiceNames } from "./service-names.ts";
import { spanOf } from "./testing/line-codec.ts";

describe("names of services", () => {
  it("are kept up to the bound; those that were known stay known", () => {
    const names = new ServiceNames(2);
    const counted = ["a/1", "b/1", "c/1", "a/2", "d/1"].map((line) => names.bound(spanOf(line)).resource.service);
    expect(counted).toEqual(["a", "b", "__overflow__", "a", "__overflow__"]);
    expect([names.size, names.overflow]).toEqual([2, 2]);
  });

  it("are told apart by namespace, and lose namespace and version in the overflow", () => {
    const names = new ServiceNames(2);
    const of = (namespace: string): object => {
      const span = spanOf("shop/x");
      return names.bound({ ...span, resource: { ...span.resource, namespace, version: "v1" } }).resource;
    };
    expect([of("one"), of("two"), of("three")]).toMatchObject([
      { service: "shop", namespace: "one", version: "v1" },
      { service: "shop", namespace: "two", version: "v1" },
      { service: "__overflow__", namespace: null, version: null },
    ]);
  });

  it("of peers count, too: a million hosts that a client names are no million nodes", () => {
    const names = new ServiceNames(3);
    const peers = Array.from({ length: 1_000 }, (_, index) => names.bound({ ...spanOf("shop/x"), peer: `host-${index}` }).peer);
    expect(new Set(peers)).toEqual(new Set(["host-0", "host-1", "__overflow__"]));
    expect([names.size, names.overflow]).toEqual([3, 998]);
  });
});
