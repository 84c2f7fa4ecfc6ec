import { describe, expect, it } from "vitest";

import type { SpanRecord } from "#lib/ports/span-store.ts";

import { decodeExportRequest } from "./decode-export.ts";
import { peerOfCluster, peerOfUrl } from "./index-fields.ts";
import { SPAN_LIMITS } from "./limits.ts";
import { encodeRequest } from "./testing/arbitraries.ts";

type Value = string | number | boolean;

function recordWith(attributes: Readonly<Record<string, Value>>, span: object = {}): SpanRecord {
  const list = Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === "string" ? { stringValue: value } : typeof value === "number" ? { intValue: String(value) } : { boolValue: value },
  }));
  const whole = { traceId: "01".repeat(16), spanId: "02".repeat(8), kind: 3, ...span, attributes: list };
  const [record] = decodeExportRequest(encodeRequest({ resourceSpans: [{ scopeSpans: [{ spans: [whole] }] }] }), SPAN_LIMITS).records;
  if (record === undefined) throw new Error("The span was not kept.");
  return record;
}

describe("a failed span", () => {
  it.each<[string, Record<string, Value>, object, boolean]>([
    ["status error", {}, { status: { code: 2 } }, true],
    ["status ok", {}, { status: { code: 1 } }, false],
    ["HTTP 500 as a number", { "http.response.status_code": 500 }, {}, true],
    ["HTTP 503 as text, as Envoy sends it", { "http.status_code": "503" }, {}, true],
    ["HTTP 499", { "http.status_code": 499 }, {}, false],
    ["HTTP status far outside", { "http.status_code": 70_000 }, {}, false],
    ["HTTP status below zero", { "http.status_code": -1 }, {}, false],
    ["HTTP status that is no number", { "http.status_code": "5xx" }, {}, false],
    ["gRPC UNAVAILABLE", { "rpc.grpc.status_code": 14 }, {}, true],
    ["gRPC UNAVAILABLE as text", { "grpc.status_code": "14" }, {}, true],
    ["gRPC NOT_FOUND", { "grpc.status_code": "5" }, {}, false],
    ["gRPC CANCELLED", { "rpc.grpc.status_code": 1 }, {}, false],
    ["error as a boolean", { error: true }, {}, true],
    ["error as text", { error: "true" }, {}, true],
    ["error=false", { error: false }, {}, false],
    ["error as a word", { error: "yes!" }, {}, false],
  ])("%s", (_, attributes, span, isError) => {
    for (const kind of [1, 2, 3, 4, 5]) expect(recordWith(attributes, { ...span, kind }).isError).toBe(isError);
  });
});

describe("the protocol", () => {
  it.each<[Record<string, Value>, string]>([
    [{}, "http"],
    [{ "http.route": "/cart" }, "http"],
    [{ "rpc.system": "grpc", "network.peer.address": "10.0.0.1" }, "grpc"],
    [{ "rpc.system.name": "grpc" }, "grpc"],
    [{ "rpc.system": "dubbo", "db.system": "redis" }, "http"],
    [{ "rpc.grpc.status_code": 0 }, "grpc"],
    [{ "grpc.path": "/a.B/C", "http.method": "POST" }, "grpc"],
    [{ "http.request.header.content-type": "application/grpc+proto" }, "grpc"],
    [{ "http.request.header.content-type": "application/json" }, "http"],
    [{ "db.system": "redis" }, "tcp"],
    [{ "db.system.name": "postgresql" }, "tcp"],
    [{ "messaging.system": "kafka" }, "tcp"],
    [{ "network.peer.address": "10.0.0.1" }, "tcp"],
    [{ "db.system": "elasticsearch", "url.full": "http://es:9200/" }, "http"],
    [{ "server.address": "cart" }, "http"],
  ])("of %o is %s", (attributes, protocol) => {
    expect(recordWith(attributes).protocol).toBe(protocol);
  });
});

describe("the other end of a call", () => {
  const all = {
    "messaging.system": "kafka",
    "db.system": "redis",
    "http.url": "http://old.example/",
    "url.full": "http://new.example/",
    "net.peer.name": "peer-name",
    "server.address": "address",
    upstream_cluster: "outbound|9080||ratings",
    "upstream_cluster.name": "outbound|9080|v2|reviews",
    "peer.service": "cart",
  };

  it("is the first of these that is told", () => {
    const keys = Object.keys(all).toReversed();
    const peers = keys.map(
      (_, index) => recordWith(Object.fromEntries(Object.entries(all).filter(([key]) => keys.indexOf(key) >= index))).peer,
    );
    expect(peers).toEqual(["cart", "reviews", "ratings", "address", "peer-name", "new.example", "old.example", "redis", "kafka"]);
  });

  it("skips what tells nothing, and what is no text", () => {
    expect(
      recordWith({
        "peer.service": "",
        "upstream_cluster.name": "inbound|80||",
        "server.address": 7,
        "url.full": "/path",
        "db.system": "redis",
      }).peer,
    ).toBe("redis");
  });

  it("is told by clients and producers only", () => {
    expect([1, 2, 3, 4, 5].map((kind) => recordWith(all, { kind }).peer)).toEqual([null, null, "cart", "cart", null]);
    expect(recordWith({}).peer).toBeNull();
  });

  it.each([
    ["outbound|9080|v2|reviews", "reviews"],
    ["outbound|443||card-network", "card-network"],
    ["outbound|9080||reviews.books.svc.cluster.local", "reviews.books.svc.cluster.local"],
    ["inbound|9080||", null],
    ["reviews", "reviews"],
    ["reviews:9080", "reviews"],
    ["reviews|9080", "reviews"],
    ["", null],
    ["x".repeat(1_000), "x".repeat(256)],
  ])("behind the cluster %s is %s", (cluster, peer) => {
    expect(peerOfCluster(cluster)).toBe(peer);
  });

  it.each([
    ["http://reviews:9080/reviews/0", "reviews"],
    ["HTTPS://User:secret@Shop.Example/a?b#c", "shop.example"],
    ["http://[2001:db8::1]:80/", "2001:db8::1"],
    ["http://host?x", "host"],
    ["http:///path", null],
    ["/path", null],
    ["not a url", null],
  ])("in %s is %s", (url, peer) => {
    expect(peerOfUrl(url)).toBe(peer);
  });
});
