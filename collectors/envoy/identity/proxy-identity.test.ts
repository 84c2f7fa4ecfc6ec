import { describe, expect, it } from "vitest";

import { parseSpiffe, proxyIdentity } from "./proxy-identity.ts";

const SPIFFE = ["spiffe://mesh/ns/shop/sa/cart"];

describe("who a proxy is", () => {
  it.each([
    [
      "its own metadata first",
      { weft: { namespace: "a", service: "b", version: "v1" }, LABELS: { app: "x", version: "v9" }, NAMESPACE: "y" },
      "z",
      SPIFFE,
      ["a", "b", "v1"],
    ],
    [
      "then Istio's canonical labels",
      {
        NAMESPACE: "books",
        LABELS: { app: "x", "service.istio.io/canonical-name": "reviews", "service.istio.io/canonical-revision": "v3" },
      },
      "reviews.books",
      SPIFFE,
      ["books", "reviews", "v3"],
    ],
    ["then common labels", { NAMESPACE: "books", LABELS: { app: "reviews", version: "v2" } }, "", [], ["books", "reviews", "v2"]],
    ["then the identity in its certificate", {}, "other", SPIFFE, ["shop", "cart", null]],
    ["then its cluster, in Istio's form", {}, "cart.shop", [], ["shop", "cart", null]],
    ["then its cluster alone", {}, "cart", [], ["default", "cart", null]],
    [
      "each part from the first that has it",
      { weft: { service: "b" }, NAMESPACE: "y", LABELS: { version: "v2" } },
      "z",
      [],
      ["y", "b", "v2"],
    ],
  ] as const)("takes %s", (_case, metadata, cluster, spiffeIds, [namespace, service, version]) => {
    expect(proxyIdentity({ id: "p", cluster, metadata }, spiffeIds)).toEqual({
      nodeId: `${namespace}/${service}`,
      namespace,
      service,
      version,
    });
  });

  it("is not known when nothing tells", () => {
    expect(proxyIdentity({ id: "p", cluster: "", metadata: {} }, [])).toBeNull();
  });

  it.each([{ weft: "x" }, { weft: { service: 3 } }, { LABELS: [], NAMESPACE: 4 }, { LABELS: { app: { a: 1 } } }])(
    "does not believe %j",
    (metadata) => {
      expect(proxyIdentity({ id: "p", cluster: "cart", metadata }, [])).toMatchObject({ service: "cart" });
    },
  );

  it("spells out what would deceive or break an id", () => {
    const node = { id: "p", cluster: "", metadata: { weft: { namespace: 'sh"op', service: "a|b/c\u202e\n", version: "v\u200b1" } } };
    expect(proxyIdentity(node, [])).toEqual({
      nodeId: 'sh"op/a\\u{7c}b\\u{2f}c\\u{202e}\\u{a}',
      namespace: 'sh"op',
      service: "a\\u{7c}b\\u{2f}c\\u{202e}\\u{a}",
      version: "v\\u{200b}1",
    });
  });
});

describe("SPIFFE identities", () => {
  it("reads namespace and service account", () => {
    expect(parseSpiffe("spiffe://cluster.local/ns/books/sa/bookinfo-reviews")).toEqual({ namespace: "books", service: "bookinfo-reviews" });
  });
  it.each(["spiffe://mesh/workload/x", "https://mesh/ns/a/sa/b", "spiffe://mesh/ns/a/sa/b/c", ""])("knows nothing of %j", (uri) => {
    expect(parseSpiffe(uri)).toBeNull();
  });
});
