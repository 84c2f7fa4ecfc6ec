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
  /** Left out = as `called`. */
  lately?: readonly (string | Destination)[];
  tells?: readonly (string | Destination)[];
  /** Of whom the counts themselves tell; left out = as `tells`. */
  arrived?: readonly (string | Destination)[];
}

function answersOf({ called, lately = called, tells = [], arrived = tells }: World): Map<string, readonly PromSample[]> {
  // What arrived is not asked for by cluster.
  const counted = samplesOf(arrived).map(({ labels, value }) => ({ labels: { ...labels, destination_cluster: "" }, value }));
  return new Map([
    ["requests-arrived-1", counted],
    ["called-by-requests", samplesOf(called)],
    ["called-by-connections", []],
    ["called-lately-requests", samplesOf(lately)],
    ["called-lately-connections", []],
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

  it("one that nobody has called of late, but in this range", () => {
    expect(askedFor({ called: ["cart"], lately: [] })).toEqual(["cart"]);
  });

  it("no version that told in this range and is gone, though it was called of late", () => {
    const old = { service: "cart", version: "v0" };
    expect(askedFor({ called: ["cart", old], tells: ["cart"], arrived: ["cart", old] })).toEqual([]);
  });

  it("of few services each that callers still tell of, whenever that was", () => {
    const world = { called: ["cart", { service: "cart", version: "v2" }], lately: [], tells: ["cart"], arrived: [] };
    expect(askedFor(world, { ...ASK, select: { targets: ["shop/cart"] } })).toEqual(["cart"]);
    // Of the whole mesh, however it is asked for, not what is perhaps gone.
    expect(askedFor({ ...world, arrived: ["cart"] }, { ...ASK, select: {} })).toEqual([]);
  });

  it("a version in the cluster in which it tells nothing, though it tells in another, and others in this one", () => {
    const [east, west] = [
      { service: "cart", version: "v2", cluster: "east" },
      { service: "cart", version: "v1", cluster: "west" },
    ];
    const called = { service: "cart", version: "v2", cluster: "west" };
    expect(askedFor({ called: [called], tells: [east, west] })).toEqual(["cart"]);
    expect(askedFor({ called: [east, west], tells: [east, west] })).toEqual([]);
  });

  it("no waypoint, of which nobody tells", () => {
    expect(askedFor({ called: ["waypoint", "shop-waypoint"] })).toEqual([]);
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

it("asks who answers in the whole mesh, whatever is selected of it, and who is called in windows of like lengths: one answer serves all", () => {
  expect(presence(ASK)).toHaveLength(6);
  for (const rangeMs of [15_000, 299_000]) expect(presence({ ...ASK, rangeMs })).toEqual(presence(ASK));
  expect(presence({ ...ASK, rangeMs: 301_000 })).toEqual(presence({ ...ASK, rangeMs: 600_000 }));
  expect(presence({ ...ASK, rangeMs: 301_000 })).not.toEqual(presence(ASK));
  const select = { sources: ["shop/web"], targets: ["shop/kv"] };
  expect(presence({ ...ASK, rangeMs: 3_600_000, select })).toEqual(presence(ASK).slice(0, 4));
});
