import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import type { SpanRecord } from "#lib/ports/span-store.ts";

import { decodeExportRequest } from "./decode-export.ts";
import { decodeExportJson } from "./json/decode-export-json.ts";
import { SPAN_LIMITS } from "./limits.ts";
import { decodeResource } from "./read-resource.ts";
import { decodeSpan } from "./read-span.ts";

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

function hex(id: Uint8Array | null): string | null {
  return id === null ? null : Buffer.from(id).toString("hex");
}

/** A record without its bodies, its ids in hex. */
function facts(record: SpanRecord): object {
  const { traceId, spanId, parentId, resource } = record;
  const ids = { traceId: hex(traceId), spanId: hex(spanId), parentId: hex(parentId) };
  return { ...record, ...ids, body: undefined, resource: { ...resource, body: undefined } };
}

/** Two exports, one after the other: three requests through one Envoy 1.40, out and in again, the last one answered with 503. */
describe("what a real Envoy sends", () => {
  const { records, rejected } = decodeExportRequest(fixture("envoy-1.40.binpb"), SPAN_LIMITS);

  it("is two spans a hop, the client's first seen last", () => {
    expect([records.length, rejected]).toEqual([6, 0]);
    expect(records.slice(0, 2).map(facts)).toEqual([
      {
        traceId: "7b3bf650061ec933e5b2d2c107e3456a",
        spanId: "aab28493aa127eb7",
        parentId: "66e5ff1b5ebc203a",
        kind: "server",
        name: "ingress",
        startUnixNano: 1795282898176223000n,
        durationNano: 17_817_000,
        status: "unset",
        isError: false,
        protocol: "http",
        peer: null,
        scope: "envoy",
        resource: { service: "productpage", namespace: "books", version: "v1", instance: "productpage-v1-0.books" },
      },
      {
        traceId: "7b3bf650061ec933e5b2d2c107e3456a",
        spanId: "66e5ff1b5ebc203a",
        parentId: null,
        kind: "client",
        name: "egress reviews:9080",
        startUnixNano: 1795282898175639000n,
        durationNano: 18_630_000,
        status: "unset",
        isError: false,
        protocol: "http",
        peer: "reviews",
        scope: "envoy",
        resource: { service: "productpage", namespace: "books", version: "v1", instance: "productpage-v1-0.books" },
      },
    ]);
  });

  it("tells a failure on both sides", () => {
    expect(records.map(({ kind, status, isError }) => [kind, status, isError])).toEqual([
      ["server", "unset", false],
      ["client", "unset", false],
      ["server", "unset", false],
      ["client", "unset", false],
      ["server", "error", true],
      ["client", "error", true],
    ]);
  });

  it("reads back with everything a person wants to see", () => {
    const [, client] = records;
    const span = client && decodeSpan(client.body, { startUnixNano: 1795282898175639000n - 1_500_000n, resource: 1 });
    expect([span?.startMs, span?.durationMs, span?.cut]).toEqual([1.5, 18.63, []]);
    expect(span?.attributes).toContainEqual({ key: "upstream_cluster.name", value: "outbound|9080|v2|reviews" });
    expect(client && decodeResource(client.resource.body).attributes).toContainEqual({ key: "telemetry.sdk.name", value: "envoy" });
  });
});

describe("what the demo's applications send", () => {
  it("is one server span each, by HTTP and by gRPC", () => {
    const { records } = decodeExportJson(fixture("demo-apps.json").toString(), SPAN_LIMITS);
    expect(records.map(facts)).toEqual([
      {
        traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
        spanId: "b7ad6b7169203331",
        parentId: "00f067aa0ba902b7",
        kind: "server",
        name: "GET reviews",
        startUnixNano: 1795282714654834000n,
        durationNano: 15_082_000,
        status: "error",
        isError: true,
        protocol: "http",
        peer: null,
        scope: "demo",
        resource: { service: "reviews", namespace: "books", version: "v2", instance: "reviews-v2-0.books" },
      },
      {
        traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
        spanId: "b7ad6b7169203332",
        parentId: null,
        kind: "server",
        name: "demo.ratings.v1.Ratings/Get",
        startUnixNano: 1795282714656000000n,
        durationNano: 2_500_000,
        status: "unset",
        isError: false,
        protocol: "grpc",
        peer: null,
        scope: "demo",
        resource: { service: "ratings", namespace: "books", version: "v1", instance: "ratings-v1-0.books" },
      },
    ]);
  });
});
