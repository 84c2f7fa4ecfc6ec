import { describe, expect, it } from "vitest";

import type { SpanRecord } from "#lib/ports/span-store.ts";
import { ROLLUP_WAIT_MS } from "#lib/traces/span-rollup.ts";

import { createSpanTraffic } from "./span-traffic.ts";
import { spanOf } from "./testing/line-codec.ts";

describe("traffic from spans", () => {
  it("is one sample per edge and version, stamped with the time at which it was told", () => {
    const traffic = createSpanTraffic();
    const client: SpanRecord = {
      ...spanOf("call"),
      kind: "client",
      resource: { ...spanOf("call").resource, service: "cart", namespace: "default", version: "v1" },
    };
    const server: SpanRecord = {
      ...spanOf("serve"),
      traceId: client.traceId,
      parentId: client.spanId,
      durationNano: 12_000_000,
      isError: true,
      resource: { ...spanOf("serve").resource, service: "reviews", namespace: "default", version: "v2" },
    };
    traffic.add([client, server], 1_000);
    expect(traffic.drain(1_000 + ROLLUP_WAIT_MS)).toMatchObject([
      {
        atMs: 1_000 + ROLLUP_WAIT_MS,
        key: { source: "default/cart", target: "default/reviews", protocol: "http", version: "v2", reporter: "destination" },
        traffic: { count: 1, errorCount: 1 },
      },
    ]);
    expect(traffic.drain(100_000)).toEqual([]);
  });
});
