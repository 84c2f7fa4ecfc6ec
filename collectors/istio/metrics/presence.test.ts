import { describe, expect, it } from "vitest";

import type { DialectAsk, DialectQuery, PromSample } from "#collectors/shared/promql/dialect.ts";
import { renderPromql } from "#collectors/shared/promql/render.ts";

import { istioDialect } from "./dialect.ts";

const ASK: DialectAsk = { rangeMs: 60_000, histograms: "classic" };

interface Destination {
  service: string;
  version?: string;
  cluster?: string;
  /** How much grew. */
  by?: number;
}

function samplesOf(destinations: readonly (string | Destination)[]): PromSample[] {
  return destinations.map((one) => {
    const { service, version = "v1", cluster = "east", by = 1 } = typeof one === "string" ? { service: one } : one;
    const labels = {
      destination_workload_namespace: "shop",
      destination_canonical_service: service,
      destination_canonical_revision: version,
      destination_cluster: cluster,
    };
    return { labels, value: by };
  });
}

interface World {
  called: readonly (string | Destination)[];
  tells?: readonly (string | Destination)[];
  /** Of whom the counts themselves tell; left out = as `tells`. */
  arrived?: readonly (string | Destination)[];
}

function answersOf({ called, tells = [], arrived = tells }: World): Map<string, readonly PromSample[]> {
  return new Map([
    ["requests-arrived-1", samplesOf(arrived)],
    ["called-by-requests", samplesOf(called)],
    ["called-by-connections", []],
    ["hosts-of-requests", samplesOf(tells)],
    ["hosts-of-connections", []],
  ]);
}

function silentQueries(answers: ReadonlyMap<string, readonly PromSample[]>, ask = ASK): DialectQuery[] {
  return istioDialect.more?.(answers, ask).filter(({ name }) => !name.includes("lacking")) ?? [];
}

/** The services that callers are asked for. */
function askedFor(world: World, ask = ASK): string[] {
  const [, , sent] = silentQueries(answersOf(world), ask);
  return sent === undefined ? [] : [/destination_canonical_service=~?"([^"]*)"/.exec(renderPromql(sent.expression))?.[1] ?? "all"];
}

describe("callers are asked for destinations that tell nothing", () => {
  it("and for no others, with how long they took, and who of the same name tells", () => {
    expect(askedFor({ called: [] })).toEqual([]);
    expect(askedFor({ called: ["cart"], tells: ["cart"] })).toEqual([]);
    const queries = silentQueries(answersOf({ called: ["cart", "kv", "web"], tells: ["web"] }));
    expect(queries.map(({ name }) => name)).toEqual([
      "telling-requests",
      "telling-connections",
      "requests-sent-silent",
      "connections-sent-silent",
      "duration-sum-sent-silent",
      "spread-sent-silent",
      "layout-sent-silent",
    ]);
    for (const { expression } of queries) expect(renderPromql(expression)).toContain('destination_canonical_service=~"cart|kv"');
  });

  it.each<[string, Destination, boolean]>([
    ["a version", { service: "cart", version: "v2" }, true],
    ["a cluster", { service: "cart", cluster: "west" }, true],
    ["a version that the caller does not know", { service: "cart", version: "latest" }, false],
    ["a cluster that the caller does not know", { service: "cart", cluster: "unknown" }, false],
    ["a version that is gone, of which callers still tell", { service: "cart", version: "v0", by: 0 }, false],
    ["one without a name", { service: "unknown" }, false],
  ])("%s", (_what, called, isAsked) => {
    expect(askedFor({ called: ["cart", called], tells: ["cart"] })).toEqual(isAsked ? ["cart"] : []);
  });

  it("one that has just fallen silent, though it was there a minute ago", () => {
    expect(askedFor({ called: ["cart"], tells: ["cart"], arrived: [] })).toEqual(["cart"]);
    // Of a part of the mesh, nothing may arrive in so short a time.
    expect(askedFor({ called: ["cart"], tells: ["cart"], arrived: [] }, { ...ASK, select: { sources: ["shop/web"] } })).toEqual([]);
  });

  it("none where it was not told who is called, or who answers", () => {
    for (const missing of ["called-by-requests", "hosts-of-connections"]) {
      const answers = answersOf({ called: ["cart"] });
      answers.delete(missing);
      expect(silentQueries(answers)).toEqual([]);
    }
  });

  it("of those that are selected; who tells is asked in the whole mesh, for a destination may not know its caller", () => {
    const select = { sources: ["shop/web"], targets: ["shop/cart"] };
    expect(askedFor({ called: ["kv"] }, { ...ASK, select })).toEqual([]);
    const [telling, , sent] = silentQueries(answersOf({ called: ["cart", "kv"] }), { ...ASK, select });
    expect(sent && renderPromql(sent.expression)).toContain("source_canonical_service");
    expect(telling && renderPromql(telling.expression)).not.toContain("source_canonical_service");
  });

  it("all at once where they are many", () => {
    const called = Array.from({ length: 101 }, (_, index) => `s${index}`);
    for (const { expression } of silentQueries(answersOf({ called })))
      expect(renderPromql(expression)).toContain('destination_canonical_service!~"unknown|"');
  });
});

const presence = (ask: DialectAsk): string[] =>
  istioDialect.counts(ask).flatMap(({ isPresence, expression }) => (isPresence === true ? [renderPromql(expression)] : []));

it("asks who there is in the whole mesh, whatever is selected of it, and in windows of a few minutes alike: one answer serves all", () => {
  expect(presence(ASK)).toHaveLength(4);
  for (const target of ["shop/cart", "shop/kv"])
    expect(presence({ ...ASK, rangeMs: 15_000, select: { sources: ["shop/web"], targets: [target] } })).toEqual(presence(ASK));
});
