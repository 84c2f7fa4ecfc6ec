import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { MeshGraph } from "#lib/model/graph.ts";
import { externalId, INTERNET_ID, serviceId, unknownId } from "#lib/model/ids.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import { UNKNOWN_RED } from "#lib/red/traffic.ts";
import { arbitraryTraffic } from "#lib/testing/arbitraries.ts";
import { keyOf, secondsWindow, serviceOf, topologyOf, trafficOf } from "#lib/testing/builders.ts";

import { buildGraph, filterGraph, type GraphFacts, type GraphRow } from "./build-graph.ts";
import { applyDelta, diffGraph } from "./diff-graph.ts";
import type { GraphRefusal } from "./refused-edge.ts";

const FRONTEND = serviceId("shop", "frontend");
const CATALOG = serviceId("shop", "catalog");
const REVIEWS = serviceId("reviews", "reviews");
const LEDGER = serviceId("payments", "ledger");

function row(part: Partial<Omit<GraphRow, "traffic">>, traffic: Partial<EdgeTraffic>): GraphRow {
  return { ...keyOf(part), traffic: trafficOf(traffic), toldBy: "proxies", seenBy: ["proxies"], ...part };
}

function build(rows: readonly GraphRow[], part: Partial<GraphFacts> = {}): MeshGraph {
  return buildGraph({
    window: secondsWindow(0, 10),
    topology: topologyOf(),
    rows,
    sparks: { stepMs: 5_000, isReported: [true, true], rows: [] },
    sources: ["proxies"],
    refusals: null,
    ...part,
  });
}

function edgeOf(graph: MeshGraph, source: string, target: string) {
  const edge = graph.edges.find((one) => one.source === source && one.target === target);
  if (edge === undefined) throw new Error(`no edge from ${source} to ${target}`);
  return edge;
}

function nodeOf(graph: MeshGraph, id: string) {
  const node = graph.nodes.find((one) => one.id === id);
  if (node === undefined) throw new Error(`no node ${id}`);
  return node;
}

describe("edges", () => {
  it("have the rate of the window that their own source covers", () => {
    const graph = build(
      [
        row({ source: FRONTEND, target: CATALOG, version: "v1" }, { count: 20 }),
        row({ source: FRONTEND, target: REVIEWS, version: "v1", toldBy: "spans" }, { count: 20 }),
      ],
      { sources: ["proxies", "spans"], windows: { spans: secondsWindow(6, 10) } },
    );
    const rates = [CATALOG, REVIEWS].map((id) => [edgeOf(graph, FRONTEND, id).red.rate, nodeOf(graph, id).red.rate]);
    expect(rates).toEqual([
      [2, 2],
      [5, 5],
    ]);
    expect(nodeOf(graph, REVIEWS).versions.map(({ red }) => red.rate)).toEqual([5]);
  });

  it("knows no retries where a part of the edge counts each attempt as a request", () => {
    const edge = edgeOf(
      build([row({ version: "v2" }, { count: 10, retries: 1 }), row({ version: "v1" }, { count: 9, countsAttempts: true })]),
      FRONTEND,
      REVIEWS,
    );
    expect([edge.red.count, edge.retries]).toEqual([19, null]);
  });

  it("sums the versions of an edge, and keeps each beside", () => {
    const edge = edgeOf(
      build([
        row(
          { version: "v2" },
          { count: 10, errorCount: 4, retries: 1, flags: { UH: 1 }, transport: { mutual: 10, oneWay: 0, plaintext: 0 } },
        ),
        row(
          { version: "v1" },
          {
            count: 90,
            errorCount: 1,
            neverArrived: 2,
            callerCount: 99,
            callerErrorCount: 5,
            flags: { UH: 1, UF: 2 },
            transport: { mutual: 90, oneWay: 0, plaintext: 0 },
          },
        ),
      ]),
      FRONTEND,
      REVIEWS,
    );
    expect(edge).toMatchObject({
      id: "shop/frontend|reviews/reviews|http",
      red: { rate: 10, count: 100, errorCount: 5, errorRatio: 0.05, source: "proxies" },
      callerRed: { count: 99, errorCount: 5 },
      retries: 1,
      neverArrived: 2,
      flags: { UH: 2, UF: 2 },
      reporter: "destination",
      seenBy: ["proxies"],
      health: { status: "failing", reasons: ["frontend to reviews fails 5.0 % of calls (5 of 100), limit 2.0 %"] },
    });
    expect(edge.versions.map(({ version, red }) => [version, red.count])).toEqual([
      ["v1", 90],
      ["v2", 10],
    ]);
  });

  it("sorts versions as people count, and the one that is not told first", () => {
    const versions = ["v10", "v2", null, "v1"].map((version) => row({ version }, { count: 1 }));
    expect(edgeOf(build(versions), FRONTEND, REVIEWS).versions.map(({ version }) => version)).toEqual([null, "v1", "v2", "v10"]);
  });

  it("is one edge per protocol", () => {
    const graph = build([row({ protocol: "grpc" }, { count: 3 }), row({ protocol: "http" }, { count: 5 })]);
    expect(graph.edges.map((edge) => [edge.protocol, edge.red.count])).toEqual([
      ["grpc", 3],
      ["http", 5],
    ]);
    expect(nodeOf(graph, REVIEWS).red.count).toBe(8);
  });

  it("is not there without traffic in the window", () => {
    expect(build([row({}, {})]).edges).toEqual([]);
    expect(build([row({}, { retries: 1 })]).edges).toHaveLength(1);
  });

  it("is reported by the source only where no destination told", () => {
    const card = externalId("card-network");
    const graph = build([row({ target: card, version: null, reporter: "source" }, { count: 5, callerCount: 5 })]);
    expect(edgeOf(graph, FRONTEND, card)).toMatchObject({ reporter: "source", red: { count: 5 } });
    expect(nodeOf(graph, card)).toMatchObject({
      kind: "external",
      namespace: null,
      service: "card-network",
      proxies: null,
      red: { count: 5 },
    });
  });

  it("sets what is declared beside what is observed, and guesses neither", () => {
    const topology = topologyOf({
      services: [serviceOf(LEDGER, { demand: "permissive" })],
      declared: [{ source: FRONTEND, target: LEDGER, client: "mutual" }],
    });
    const legacy = unknownId("legacy-report");
    const graph = build(
      [
        row({ target: LEDGER }, { count: 4, transport: { mutual: 3, oneWay: 0, plaintext: 1 } }),
        row({ source: legacy, target: LEDGER }, { count: 2, transport: { mutual: 0, oneWay: 0, plaintext: 2 } }),
        row({ source: legacy, target: REVIEWS }, { count: 2 }),
      ],
      { topology },
    );
    expect(edgeOf(graph, FRONTEND, LEDGER).tls).toEqual({
      declared: { client: "mutual", server: "permissive" },
      observed: "mixed",
      mutualShare: 0.75,
      refused: null,
    });
    expect(edgeOf(graph, legacy, LEDGER).tls).toEqual({
      declared: { client: "unknown", server: "permissive" },
      observed: "plaintext",
      mutualShare: 0,
      refused: null,
    });
    expect(edgeOf(graph, legacy, REVIEWS).tls).toEqual({
      declared: { client: "unknown", server: "unknown" },
      observed: "unknown",
      mutualShare: null,
      refused: null,
    });
    expect(nodeOf(graph, LEDGER).tls).toBe("mixed");
    expect(nodeOf(graph, legacy)).toMatchObject({ kind: "unknown", tls: "unknown" });
  });
});

describe("connections that were refused", () => {
  const legacy = unknownId("legacy-report");
  const topology = topologyOf({ services: [serviceOf(LEDGER, { demand: "strict" }), serviceOf(FRONTEND)] });
  const calls = [
    row({ source: FRONTEND, target: LEDGER, protocol: "grpc" }, { count: 40, transport: { mutual: 40, oneWay: 0, plaintext: 0 } }),
  ];
  const refusal = (part: Partial<GraphRefusal> = {}): GraphRefusal => ({
    source: legacy,
    target: LEDGER,
    witness: "server",
    reason: "plaintext",
    count: 43,
    toldBy: "doors",
    ...part,
  });

  it("draw the caller that has no other traffic, and say why all its numbers are missing", () => {
    const graph = build(calls, { topology, refusals: [refusal()] });
    expect(edgeOf(graph, legacy, LEDGER)).toEqual({
      id: "unknown/legacy-report|payments/ledger|grpc",
      source: legacy,
      target: LEDGER,
      protocol: "grpc",
      red: UNKNOWN_RED,
      health: { status: "failing", reasons: ["43 connections refused by payments/ledger: plaintext was refused then"] },
      tls: { declared: { client: "unknown", server: "strict" }, observed: "unknown", mutualShare: null, refused: 43 },
      versions: [],
      callerRed: null,
      retries: 0,
      neverArrived: 0,
      flags: {},
      reporter: "destination",
      seenBy: ["doors"],
    });
    expect(nodeOf(graph, legacy)).toMatchObject({ kind: "unknown", red: UNKNOWN_RED, health: { status: "unknown" } });
    expect(edgeOf(graph, FRONTEND, LEDGER).tls.refused).toBe(0);
  });

  it("change nothing about the target, its verdict and the totals", () => {
    const [before, after] = [build(calls, { topology, refusals: [] }), build(calls, { topology, refusals: [refusal()] })];
    expect(nodeOf(after, LEDGER)).toEqual(nodeOf(before, LEDGER));
    expect(after.totals).toEqual({ ...before.totals, unknown: before.totals.unknown + 1 });
    const silent = build([], { topology, refusals: [refusal()] });
    expect(silent.edges[0]?.protocol).toBe("http");
    expect(silent.totals).toMatchObject({ rate: null, errorRate: null });
  });

  it("degrade an edge whose requests are well, and are counted once where a pair has two edges", () => {
    const both = [...calls, row({ source: FRONTEND, target: LEDGER }, { count: 7 })];
    const graph = build(both, { topology, refusals: [refusal({ source: FRONTEND, reason: "wrongName", count: 1 })] });
    expect(graph.edges.map(({ protocol, tls, health }) => [protocol, tls.refused, health.status])).toEqual([
      ["grpc", 1, "degraded"],
      ["http", 0, "healthy"],
    ]);
    expect(graph.edges[0]?.health.reasons).toEqual([
      "1 connection refused by payments/ledger: the caller's certificate had a name that was not accepted",
    ]);
  });

  it("are the caller's own where the caller refused, and nobody's where nobody is known", () => {
    const own = refusal({ source: FRONTEND, witness: "caller", reason: "expired", count: 9 });
    const graph = build(calls, { topology, refusals: [own, refusal({ source: null }), refusal({ count: 0 })] });
    expect(graph.edges).toHaveLength(1);
    expect(graph.edges[0]).toMatchObject({ tls: { refused: 9 }, health: { status: "degraded" } });
    expect(graph.edges[0]?.health.reasons).toEqual([
      "9 connections refused by shop/frontend: the certificate of payments/ledger was outside its dates",
    ]);
    const alone = build([], { topology, refusals: [own] });
    expect(alone.edges).toMatchObject([{ red: UNKNOWN_RED, tls: { refused: 9 }, health: { status: "failing" }, reporter: "source" }]);
  });

  it("come and go with a delta, and stay out of other namespaces", () => {
    const [before, after] = [build(calls, { topology, refusals: [] }), build(calls, { topology, refusals: [refusal()] })];
    expect(applyDelta(before, diffGraph(before, after))).toEqual(after);
    expect(applyDelta(after, diffGraph(after, before))).toEqual(before);
    expect(filterGraph(after, ["payments"]).edges).toHaveLength(2);
    expect(filterGraph(after, ["shop"]).edges.map(({ source }) => source)).toEqual([FRONTEND]);
  });
});

describe("what a destination did not tell", () => {
  const silent = row({ version: "v1" }, { callerCount: 20, callerErrorCount: 20 });

  it("is unknown, not idle and not healthy", () => {
    const graph = build([silent], {
      topology: topologyOf({ services: [serviceOf(REVIEWS, { versions: [{ version: "v1", proxies: { n: 0, of: 1 } }] })] }),
    });
    expect(edgeOf(graph, FRONTEND, REVIEWS)).toMatchObject({ red: UNKNOWN_RED, callerRed: { count: 20 }, health: { status: "unknown" } });
    const node = nodeOf(graph, REVIEWS);
    expect(node).toMatchObject({
      red: UNKNOWN_RED,
      proxies: { n: 0, of: 1 },
      health: { status: "unknown", reasons: ["reviews: its proxy does not answer"] },
    });
    expect(node.versions).toMatchObject([{ version: "v1", red: UNKNOWN_RED, share: null, health: { status: "unknown" } }]);
  });

  it("is not part of the totals", () => {
    expect(build([silent]).totals).toMatchObject({ rate: null, errorRate: null, unknown: 2 });
    expect(build([silent, row({ target: CATALOG }, { count: 50, errorCount: 5 })]).totals).toMatchObject({ rate: 5, errorRate: 0.5 });
  });

  it("does not make the other versions' shares grow", () => {
    const node = nodeOf(
      build([row({ version: "v1" }, { count: 80, callerCount: 80 }), row({ version: "v2" }, { callerCount: 20 })]),
      REVIEWS,
    );
    expect(node.versions.map(({ version, share }) => [version, share])).toEqual([
      ["v1", 0.8],
      ["v2", null],
    ]);
  });
});

describe("nodes", () => {
  it("sums inbound edges, with a share for each version", () => {
    const graph = build([
      row({ version: "v1" }, { count: 60 }),
      row({ version: "v1", source: CATALOG }, { count: 30 }),
      row({ version: "v2" }, { count: 10 }),
      row({ source: REVIEWS, target: LEDGER }, { count: 600 }),
    ]);
    const node = nodeOf(graph, REVIEWS);
    expect(node.red.count).toBe(100);
    expect(node.versions.map(({ version, share, red }) => [version, share, red.count])).toEqual([
      ["v1", 0.9, 90],
      ["v2", 0.1, 10],
    ]);
  });

  it("draws a service that nobody calls: idle where its proxies answer, unknown where they do not", () => {
    const idle = serviceOf(REVIEWS);
    const gone = serviceOf(LEDGER, { versions: [{ version: "v1", proxies: { n: 0, of: 2 } }] });
    const bare = serviceOf(CATALOG, { versions: [] });
    const graph = build([], { topology: topologyOf({ services: [idle, gone, bare] }) });
    expect(nodeOf(graph, REVIEWS)).toMatchObject({
      red: { rate: 0, count: 0, errorRatio: null },
      proxies: { n: 1, of: 1 },
      health: { status: "unknown" },
    });
    expect(nodeOf(graph, REVIEWS).versions).toMatchObject([{ version: "v1", red: { count: 0 }, share: null }]);
    expect(nodeOf(graph, LEDGER)).toMatchObject({ red: UNKNOWN_RED, proxies: { n: 0, of: 2 }, health: { status: "unknown" } });
    expect(nodeOf(graph, CATALOG)).toMatchObject({ red: UNKNOWN_RED, proxies: null, versions: [] });
  });

  it("is degraded by one failing version, and failing by having no endpoint", () => {
    const rows = [row({ version: "v1" }, { count: 960 }), row({ version: "v2" }, { count: 40, errorCount: 4 })];
    const graph = build(rows);
    expect(nodeOf(graph, REVIEWS).health).toMatchObject({ status: "degraded", reasons: ["v2 fails 10 % of calls (4 of 40), limit 2.0 %"] });
    const topology = topologyOf({ services: [serviceOf(REVIEWS, { endpoints: { healthy: 0, total: 2 } })] });
    expect(nodeOf(build(rows, { topology }), REVIEWS).health.status).toBe("failing");
  });

  it("says its reason once where it has one version only", () => {
    expect(nodeOf(build([row({}, { count: 10, errorCount: 5 })]), REVIEWS).health.reasons).toEqual([
      "reviews fails 50 % of calls (5 of 10), limit 2.0 %",
    ]);
  });

  it("gives each its spark, and gaps where nobody reported", () => {
    const sparks = {
      stepMs: 2_000,
      isReported: [true, false, true],
      rows: [
        { target: REVIEWS, counts: [10, 0, 0], errors: [5, 0, 0], callers: [10, 0, 0] },
        { target: CATALOG, counts: [4, 4, 4], errors: [0, 0, 0], callers: [4, 4, 4] },
      ],
    };
    const graph = build([row({}, { count: 10 }), row({ target: INTERNET_ID }, { count: 1 })], { sparks });
    expect(nodeOf(graph, REVIEWS).spark).toEqual({ stepMs: 2_000, rate: [5, null, 0], errorRatio: [0.5, null, null] });
    expect(nodeOf(graph, FRONTEND).spark.rate).toEqual([0, null, 0]);
    expect(nodeOf(graph, INTERNET_ID).spark.rate).toEqual([null, null, null]);
  });

  it("leaves a gap in the spark of what is called and tells nothing, and draws no zero", () => {
    const sparks = {
      stepMs: 1_000,
      isReported: [true, true, true, true],
      rows: [{ target: REVIEWS, counts: [8, 8, 0, 0], errors: [0, 0, 0, 0], callers: [8, 8, 8, 8] }],
    };
    expect(nodeOf(build([row({}, { count: 16, callerCount: 32 })], { sparks }), REVIEWS).spark).toMatchObject({
      rate: [8, 8, null, null],
      errorRatio: [0, 0, null, null],
    });
  });
});

describe("totals", () => {
  it("counts every node but the internet, and every edge", () => {
    const graph = build([row({ source: INTERNET_ID, target: FRONTEND }, { count: 600 }), row({}, { count: 100, errorCount: 50 })]);
    expect(graph.totals).toEqual({ healthy: 1, degraded: 0, failing: 1, unknown: 0, rate: 70, errorRate: 5 });
    expect(nodeOf(graph, INTERNET_ID)).toMatchObject({ kind: "external", health: { status: "unknown" }, red: UNKNOWN_RED });
  });

  it("knows nothing of an empty mesh", () => {
    expect(build([])).toEqual({
      window: { from: "2026-01-01T12:00:00.000Z", to: "2026-01-01T12:00:10.000Z" },
      nodes: [],
      edges: [],
      totals: { healthy: 0, degraded: 0, failing: 0, unknown: 0, rate: null, errorRate: null },
    });
  });
});

function told(part: Partial<Omit<GraphRow, "traffic">>): GraphRow {
  return row({ toldBy: "spans", seenBy: ["spans"], ...part }, { count: 5, errorCount: 1 });
}

describe("what only spans tell of", () => {
  it("is a service, though nobody told its namespace; who did not name himself is not", () => {
    const graph = build([told({ source: unknownId("untraced"), target: unknownId("batch") })], { sources: ["proxies", "spans"] });
    expect(nodeOf(graph, "unknown/batch")).toMatchObject({
      kind: "service",
      namespace: null,
      seenBy: ["spans"],
      red: { count: 5, source: "spans" },
    });
    expect(nodeOf(graph, "unknown/untraced")).toMatchObject({ kind: "unknown" });
  });

  it("is not added to what proxies count at the same service", () => {
    const graph = build([row({ source: FRONTEND, target: REVIEWS }, { count: 100 }), told({ source: "shop/batch", target: REVIEWS })], {
      sources: ["proxies", "spans"],
    });
    expect(nodeOf(graph, REVIEWS)).toMatchObject({ red: { count: 100, source: "proxies" }, seenBy: ["proxies", "spans"] });
    expect(graph.edges.map((edge) => edge.red.source)).toEqual(["spans", "proxies"]);
  });
});

const arbitraryRow: fc.Arbitrary<GraphRow> = fc.record({
  source: fc.constantFrom(FRONTEND, CATALOG, REVIEWS, INTERNET_ID, unknownId("127.0.1.12")),
  target: fc.constantFrom(FRONTEND, CATALOG, REVIEWS, LEDGER, externalId("card-network")),
  protocol: fc.constantFrom("http", "grpc", "tcp"),
  version: fc.constantFrom(null, "v1", "v2"),
  reporter: fc.constantFrom("destination", "source"),
  traffic: arbitraryTraffic,
  toldBy: fc.constant("proxies"),
  seenBy: fc.constant(["proxies"]),
});

const arbitraryRefusal: fc.Arbitrary<GraphRefusal> = fc.record({
  source: fc.constantFrom(FRONTEND, CATALOG, unknownId("127.0.1.12"), null),
  target: fc.constantFrom(REVIEWS, LEDGER),
  witness: fc.constantFrom("server", "caller"),
  reason: fc.constantFrom("plaintext", "wrongName", "unknown"),
  count: fc.nat(9),
  toldBy: fc.constant("doors"),
});

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

describe("any mesh", () => {
  it("has every connection between two known ends that was refused by either once, and no number changes by it", () => {
    fc.assert(
      fc.property(fc.array(arbitraryRow, { maxLength: 8 }), fc.array(arbitraryRefusal, { maxLength: 8 }), (rows, refusals) => {
        const graph = build(rows, { refusals });
        const named = refusals.filter(({ source }) => source !== null);
        expect(sum(graph.edges.map(({ tls }) => tls.refused ?? 0))).toBe(sum(named.map(({ count }) => count)));
        const { rate, errorRate } = build(rows, { refusals: [] }).totals;
        expect(graph.totals).toMatchObject({ rate, errorRate });
        expect(MeshGraph.parse(JSON.parse(JSON.stringify(graph)))).toEqual(graph);
        const turned = build(rows, { refusals: refusals.toReversed() });
        expect(turned.edges.map(({ id, tls, health }) => [id, tls, health])).toEqual(
          graph.edges.map(({ id, tls, health }) => [id, tls, health]),
        );
      }),
    );
  });

  it("is what the contract describes, in an order that does not depend on the rows'", () => {
    fc.assert(
      fc.property(fc.array(arbitraryRow, { maxLength: 12 }), (rows) => {
        const topology = topologyOf({ services: [serviceOf(REVIEWS), serviceOf(FRONTEND)] });
        const graph = build(rows, { topology });
        expect(MeshGraph.parse(JSON.parse(JSON.stringify(graph)))).toEqual(graph);
        expect(graph.nodes.map(({ id }) => id)).toEqual(graph.nodes.map(({ id }) => id).toSorted());
        expect(graph.edges.map(({ id }) => id)).toEqual([...new Set(graph.edges.map(({ id }) => id))].toSorted());
        const turned = build(rows.toReversed(), { topology });
        expect(turned.edges.map(({ id, red }) => [id, red])).toEqual(graph.edges.map(({ id, red }) => [id, red]));
        expect(turned.nodes.map(({ id, red }) => [id, red])).toEqual(graph.nodes.map(({ id, red }) => [id, red]));
      }),
    );
  });
});

describe("filterGraph", () => {
  const graph = build([
    row({ source: INTERNET_ID, target: FRONTEND }, { count: 10 }),
    row({ source: FRONTEND, target: CATALOG }, { count: 20 }),
    row({ source: FRONTEND, target: REVIEWS }, { count: 40 }),
    row({ source: REVIEWS, target: LEDGER }, { count: 80 }),
  ]);

  it("keeps the services of a namespace, and their peers at the other end", () => {
    const part = filterGraph(graph, ["reviews"]);
    expect(part.nodes.map(({ id }) => id)).toEqual([LEDGER, REVIEWS, FRONTEND]);
    expect(part.edges.map(({ source, target }) => [source, target])).toEqual([
      [REVIEWS, LEDGER],
      [FRONTEND, REVIEWS],
    ]);
    expect(part.totals).toMatchObject({ rate: 12, healthy: 3, unknown: 0 });
    expect(part.window).toEqual(graph.window);
  });

  it("takes several namespaces, and all where none is named", () => {
    expect(filterGraph(graph, ["reviews", "shop"]).edges).toHaveLength(4);
    expect(filterGraph(graph, [])).toBe(graph);
    expect(filterGraph(graph, ["no-such"])).toMatchObject({ nodes: [], edges: [], totals: { rate: null, unknown: 0 } });
  });

  it("leaves out nobody's edge to a dropped node", () => {
    const part = filterGraph(graph, ["payments"]);
    const ids = new Set(part.nodes.map(({ id }) => id));
    expect(part.edges.every(({ source, target }) => ids.has(source) && ids.has(target))).toBe(true);
  });
});
