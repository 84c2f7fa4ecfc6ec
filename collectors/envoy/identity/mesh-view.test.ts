import { describe, expect, it } from "vitest";

import { clusterStatus, factsWith, knownProxy, serviceCluster } from "../testing/known.ts";
import { recordedProxy } from "../testing/recorded.ts";
import { createMeshView } from "./mesh-view.ts";

const nobody = { peer: "", address: "" };

const caller = (cluster: object, ports: readonly number[] = []): ReturnType<typeof knownProxy> => {
  const config = factsWith([cluster]);
  const [name = ""] = config.clusters.keys();
  return knownProxy("shop", "web", "v1", { config, upstreams: [clusterStatus(name, ports)] });
};
const spiffe = (uri: string): object => ({
  name: "tls",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    common_tls_context: {
      combined_validation_context: { default_validation_context: { match_typed_subject_alt_names: [{ matcher: { exact: uri } }] } },
    },
  },
});

const isReporting = (...proxies: ReturnType<typeof knownProxy>[]): boolean => createMeshView(proxies).isReporting("books/reviews", "http");

describe("who called", () => {
  const reviews = knownProxy("books", "reviews", "v1");
  const ingress = knownProxy("shop", "gateway", "v1", { config: factsWith([], { isIngress: true }) });

  it.each([
    ["the service that holds the identity", "spiffe://mesh/ns/books/sa/reviews", "", "books/reviews"],
    ["the identity's own names, for a caller outside the directory", "spiffe://mesh/ns/a/sa/b", "", "a/b"],
    ["one of several names", "spiffe://mesh/odd,spiffe://mesh/ns/books/sa/reviews", "", "books/reviews"],
    ["an identity of another form", "spiffe://mesh/odd", "127.0.0.1", "unknown/spiffe:\\u{2f}\\u{2f}mesh\\u{2f}odd"],
    ["a listed address", "", "127.0.1.12", "unknown/legacy-report"],
    ["a listed address with a namespace", "", "127.0.1.13", "jobs/nightly"],
    ["an address that nobody listed", "", "127.0.1.99", "unknown/127.0.1.99"],
    ["nobody", "", "", "unknown/unidentified"],
  ])("is %s", (_case, peer, address, node) => {
    const listing = knownProxy("shop", "ledger", "v1", {
      knownAddresses: {
        "127.0.1.12": { service: "legacy-report", namespace: null },
        "127.0.1.13": { service: "nightly", namespace: "jobs" },
      },
    });
    expect(createMeshView([reviews, listing]).caller(reviews, { peer, address })).toBe(node);
  });

  it("is the internet at an ingress, but for a listed address", () => {
    const listing = knownProxy("shop", "ledger", "v1", { knownAddresses: { "10.0.0.7": { service: "probe", namespace: null } } });
    const mesh = createMeshView([ingress, listing]);
    expect(mesh.caller(ingress, { peer: "", address: "203.0.113.9" })).toBe("internet");
    expect(mesh.caller(ingress, nobody)).toBe("internet");
    expect(mesh.caller(ingress, { peer: "", address: "10.0.0.7" })).toBe("unknown/probe");
    expect(mesh.caller(ingress, { peer: "spiffe://mesh/ns/a/sa/b", address: "10.0.0.8" })).toBe("a/b");
  });

  it("finds a plaintext caller by the host of its own proxy, but never by loopback", () => {
    const remote = knownProxy("shop", "web", "v1", { host: "10.1.0.4" });
    expect(createMeshView([reviews, remote]).caller(reviews, { peer: "", address: "10.1.0.4" })).toBe("shop/web");
    expect(createMeshView([reviews]).caller(reviews, { peer: "", address: "127.0.0.1" })).toBe("unknown/127.0.0.1");
  });

  it("shows services that share one identity under that identity", () => {
    const spiffeIds = ["spiffe://mesh/ns/shop/sa/default"];
    const mesh = createMeshView([knownProxy("shop", "a", "v1", { spiffeIds }), knownProxy("shop", "b", "v1", { spiffeIds })]);
    expect(mesh.caller(reviews, { peer: spiffeIds[0] ?? "", address: "" })).toBe("shop/default");
  });
});

describe("who an upstream is", () => {
  const v1 = knownProxy("books", "reviews", "v1", { config: factsWith([], { listensAt: ["127.0.0.1:7001"] }) });
  const v2 = knownProxy("books", "reviews", "v2", { config: factsWith([], { listensAt: ["127.0.0.1:7002"] }) });
  it.each<[string, object, number[], { nodeId: string; version: string | null } | null]>([
    [
      "its metadata",
      serviceCluster("c", { namespace: "books", service: "reviews", version: "v2" }),
      [],
      { nodeId: "books/reviews", version: "v2" },
    ],
    [
      "the proxies behind its endpoints, over its metadata",
      serviceCluster("c", { namespace: "books", service: "reviews", version: "v2" }),
      [7001],
      { nodeId: "books/reviews", version: "v1" },
    ],
    [
      "no version where endpoints and metadata tell none",
      serviceCluster("c", { namespace: "books", service: "reviews" }),
      [7001, 7002],
      { nodeId: "books/reviews", version: null },
    ],
    [
      "metadata without a namespace",
      serviceCluster("c", { service: "reviews", version: "v1" }),
      [],
      { nodeId: "books/reviews", version: "v1" },
    ],
    [
      "metadata of a service nobody knows, beside the caller",
      serviceCluster("c", { service: "new" }),
      [],
      { nodeId: "shop/new", version: null },
    ],
    [
      "an external host",
      serviceCluster("c", { service: "card-network", external: true }),
      [],
      { nodeId: "external/card-network", version: null },
    ],
    [
      "a Kubernetes name with a subset",
      { name: "outbound|9080|v2|reviews.books.svc.cluster.local" },
      [],
      { nodeId: "books/reviews", version: "v2" },
    ],
    [
      "the identity that its server must show",
      { name: "to-reviews", transport_socket: spiffe("spiffe://mesh/ns/books/sa/reviews") },
      [],
      { nodeId: "books/reviews", version: null },
    ],
    ["the listener behind its endpoint", { name: "plain" }, [7002], { nodeId: "books/reviews", version: "v2" }],
    ["the one service of that name", { name: "outbound|9080|v1|reviews" }, [], { nodeId: "books/reviews", version: "v1" }],
    ["a host of that name outside", { name: "outbound|443||api.example.com" }, [], { nodeId: "external/api.example.com", version: null }],
    ["its own name, when nothing else is known", { name: "somewhere" }, [9], { nodeId: "external/somewhere", version: null }],
    ["nobody, for an inbound name", { name: "inbound|8080||" }, [], null],
  ])("is told by %s", (_case, cluster, ports, target) => {
    const web = caller(cluster, ports);
    const [name = ""] = web.config?.clusters.keys() ?? [];
    expect(createMeshView([v1, v2, web]).target(web, name)).toEqual(target);
  });

  it("takes the only version of a service for the version of an upstream that names none", () => {
    const web = caller(serviceCluster("c", { namespace: "books", service: "reviews" }));
    expect(createMeshView([v1, web]).target(web, "c")).toEqual({ nodeId: "books/reviews", version: "v1" });
  });

  it("is nobody for the application behind the proxy, and for helpers", () => {
    const payments = recordedProxy("payments-v1-0.payments");
    const mesh = createMeshView([payments]);
    expect([mesh.target(payments, "inbound_app"), mesh.target(payments, "otlp"), mesh.target(payments, "")]).toEqual([null, null, null]);
  });

  it("goes by the name alone while the configuration is not known", () => {
    const web = knownProxy("shop", "web", "v1", { config: null, upstreams: null });
    expect(createMeshView([v1, web]).target(web, "outbound|9080||reviews")).toEqual({ nodeId: "books/reviews", version: "v1" });
    expect(createMeshView([v1, web]).target(web, "inbound_app")).toBeNull();
  });

  it("tells whom a route meant when there was no upstream", () => {
    const catalog = recordedProxy("catalog-v1-1.shop");
    const mesh = createMeshView([catalog]);
    expect(mesh.routeTarget(catalog, "reviews-default")).toEqual({ nodeId: "reviews/reviews", version: null });
    expect(mesh.routeTarget(catalog, "no such route")).toBeNull();
  });
});

describe("who reports", () => {
  it("is the target when all its proxies count what comes in", () => {
    const silent = knownProxy("books", "reviews", "v2", { config: factsWith([], { logsInbound: { http: false, tcp: false } }) });
    expect(isReporting(knownProxy("books", "reviews", "v1"))).toBe(true);
    expect(isReporting(knownProxy("books", "reviews", "v1"), silent)).toBe(false);
    expect(isReporting()).toBe(false);
  });

  it("goes by what was seen while the configuration is not known", () => {
    const seen = { inboundHttp: true, inboundTcp: false, outboundHttp: false };
    const mesh = createMeshView([knownProxy("books", "reviews", "v1", { config: null, seen })]);
    expect([mesh.isReporting("books/reviews", "http"), mesh.isReporting("books/reviews", "tcp")]).toEqual([true, false]);
  });
});
