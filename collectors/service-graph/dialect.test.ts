import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { PromSample } from "#collectors/shared/promql/dialect.ts";
import { renderPromql } from "#collectors/shared/promql/render.ts";
import type { TrafficSelect } from "#lib/model/red.ts";
import type { TrafficRow } from "#lib/ports/series-store.ts";

import { serviceGraphDialect } from "./dialect.ts";

const ASK = { rangeMs: 60_000, histograms: "classic" } as const;

function fold(answers: Record<string, PromSample[]>): TrafficRow[] {
  return serviceGraphDialect.fold(new Map(Object.entries(answers)), ASK).rows;
}

const EDGE = { client: "frontend", server: "cart" };
const NAMED = { ...EDGE, client_service_namespace: "shop", server_service_namespace: "shop", server_service_version: "v2" };
const sample = (value: number, labels: Record<string, string> = EDGE): PromSample => ({ labels, value });
const le = (bound: string, value: number): PromSample => sample(value, { ...EDGE, le: bound });
const names = (some: TrafficRow[]): string[] => some.map((row) => JSON.stringify(row)).toSorted();

function textOf(select: TrafficSelect): string {
  const [first] = serviceGraphDialect.counts({ ...ASK, select });
  return first === undefined ? "" : renderPromql(first.expression);
}

describe("requests", () => {
  it("are counted by edge and version, with their failures", () => {
    expect(
      fold({ requests: [sample(40.2, NAMED), sample(2.1, { ...NAMED, failed: "true" })], failed: [sample(2.1, NAMED)] }),
    ).toMatchObject([
      {
        key: { source: "shop/frontend", target: "shop/cart", version: "v2", protocol: "http", reporter: "destination" },
        traffic: { count: 42, errorCount: 2, transport: { mutual: 0, oneWay: 0, plaintext: 0 }, latency: null },
      },
    ]);
  });

  it.each([
    ["no namespaces", EDGE, { source: "unknown/frontend", target: "unknown/cart", protocol: "http", reporter: "destination" }],
    ["the internet", { client: "user", server: "cart", connection_type: "virtual_node" }, { source: "internet", target: "unknown/cart" }],
    ["a service called user", { client: "user", server: "cart" }, { source: "unknown/user" }],
    [
      "a server without spans",
      { client: "cart", server: "api.stripe.com", connection_type: "virtual_node" },
      { target: "external/api.stripe.com", reporter: "source" },
    ],
    [
      "a caller that the generator says is virtual",
      { client: "mobile", server: "cart", connection_type: "virtual_node", virtual_node: "client" },
      { source: "external/mobile", target: "unknown/cart", reporter: "destination" },
    ],
    ["nobody knows whom", { client: "cart", server: "unknown", connection_type: "virtual_node" }, { target: "unknown/unidentified" }],
    [
      "a database",
      { client: "cart", server: "orders", connection_type: "database" },
      { target: "external/orders", protocol: "tcp", reporter: "source" },
    ],
    ["a queue", { client: "cart", server: "mail", connection_type: "messaging_system" }, { target: "unknown/mail", protocol: "tcp" }],
  ])("lead from and to the right end: %s", (_name, labels, key) => {
    expect(fold({ requests: [sample(3, labels)] })).toMatchObject([{ key, traffic: { count: 3 } }]);
  });

  it("without an end are no edge, and odd names stay out of ids", () => {
    expect(fold({ requests: [sample(3, { client: "", server: "cart" }), sample(3, { server: "cart" }), sample(0)] })).toEqual([]);
    const [row] = fold({ requests: [sample(3, { client: "a|b/c\u202e", server: "x\n" })] });
    expect(`${row?.key.source}${row?.key.target}`).not.toMatch(/[|\n\u202e]/);
  });
});

describe("durations", () => {
  it("become milliseconds, with a mean at once", () => {
    const rows = fold({
      requests: [sample(20)],
      "server-sum": [sample(0.5)],
      "server-count": [sample(20)],
      "server-spread": [le("0.002", 4), le("0.1", 10), le("+Inf", 20)],
      "server-layout": [le("0.002", 1), le("0.1", 1), le("+Inf", 1)],
    });
    expect(rows[0]?.traffic).toMatchObject({ durations: { sumMs: 500, count: 20 }, latency: { boundsMs: [2, 100], counts: [4, 6, 10] } });
  });

  it("of a server without spans are the caller's, not the zeros that stand for the server's own", () => {
    const virtual = { client: "cart", server: "api.stripe.com", connection_type: "virtual_node" };
    const rows = fold({
      requests: [sample(5, virtual)],
      "server-sum": [sample(0, virtual)],
      "server-count": [sample(5, virtual)],
      "client-sum": [sample(1, virtual)],
      "client-count": [sample(5, virtual)],
    });
    expect(rows[0]?.traffic.durations).toEqual({ sumMs: 1_000, count: 5 });
  });

  it("are asked for in the form that the store keeps", () => {
    expect(serviceGraphDialect.durations({ ...ASK, histograms: "none" })).toEqual([]);
    expect(serviceGraphDialect.durations({ ...ASK, histograms: "native" }).length).toBe(2);
    expect(serviceGraphDialect.durations({ ...ASK, histograms: "vmrange" }).length).toBe(2);
    expect(serviceGraphDialect.durations(ASK).length).toBe(4);
  });
});

describe("what is asked", () => {
  it("is one question for each metric", () => {
    const metrics = serviceGraphDialect.counts(ASK).map(({ expression }) => /increase\((\w+)/.exec(renderPromql(expression))?.[1]);
    expect(new Set(metrics).size).toBe(metrics.length);
  });

  it("is narrowed to what was selected where names are labels, and to nothing where they may be any", () => {
    expect(textOf({ targets: ["shop/cart", "external/a.b"] })).toContain(String.raw`server=~"cart|a\\.b"`);
    expect(textOf({ sources: ["internet"] })).toContain('client=~"user"');
    expect(textOf({ targets: ["unknown/unidentified"] })).not.toContain("server=~");
    expect(textOf({ targets: [String.raw`shop/a\u{2f}b`] })).not.toContain("server=~");
  });
});

it("is the same in any order, whole, and never has more failures than requests", () => {
  const value = fc.nat(4_000).map((quarters) => quarters / 4);
  const edge = fc.record({
    client: fc.constantFrom("a", "user", ""),
    server: fc.constantFrom("b", "c"),
    connection_type: fc.constantFrom("", "virtual_node", "database"),
  });
  const samples = fc.array(
    fc.tuple(value, edge).map(([by, labels]) => sample(by, labels)),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(samples, samples, (requests, failed) => {
      const rows = fold({ requests, failed });
      expect(names(fold({ requests: requests.toReversed(), failed: failed.toReversed() }))).toEqual(names(rows));
      for (const { traffic } of rows) {
        expect(Number.isInteger(traffic.count)).toBe(true);
        expect(traffic.errorCount).toBeLessThanOrEqual(traffic.count);
      }
    }),
  );
});
