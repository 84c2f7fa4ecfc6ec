import { describe, expect, it } from "vitest";

import type { HealthStatus, MeshNode } from "#lib/model/graph.ts";

import { demoMesh, health, meshEdge, meshGraph, meshNode, red } from "../testing/mesh.ts";
import { describeEdge, describeNode } from "./describe.ts";
import { drawGraph } from "./drawn-graph.ts";
import { headlineOf, shortHeadline } from "./headline.ts";
import { needsLook } from "./needs-look.ts";
import { statusesOf, statusSentence } from "./status-changes.ts";

const mesh = demoMesh();
const drawn = drawGraph(mesh, new Set());

/** The thin blank before a unit is for the eye; the tests read words. */
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

const service = (id: string, ratio: number | null, parts: Partial<MeshNode> = {}): MeshNode =>
  meshNode(id, { red: red(ratio === null ? null : 10, ratio, 20), health: health(ratio), ...parts });

const wordsOf = (id: string): string => {
  const node = drawn.nodes.find((each) => each.id === id);
  return node === undefined ? "" : describeNode(node);
};

const turned = (statuses: Record<string, HealthStatus>): MeshNode[] =>
  mesh.nodes.map((node) => ({ ...node, health: { ...node.health, status: statuses[node.id] ?? node.health.status } }));

describe("headline", () => {
  it("names the version that is to blame", () => {
    expect(plain(headlineOf(mesh).sentence)).toBe("reviews is degraded: v2 fails 4.1 % of its calls");
    expect(headlineOf(mesh).nodeId).toBe("reviews/reviews");
  });

  it("puts failing before degraded", () => {
    const graph = meshGraph([service("a/x", 0.01), service("a/y", 0.05)], []);
    expect(plain(headlineOf(graph).sentence)).toBe("y is failing: it fails 5.0 % of its calls");
  });

  it("gives the reason where errors are not it", () => {
    const broken = service("a/x", 0, { health: { status: "failing", reasons: ["x has no endpoint that takes calls"] } });
    expect(headlineOf(meshGraph([broken], [])).sentence).toBe("x is failing: it has no endpoint that takes calls");
  });

  it.each([
    [[service("a/x", 0), service("a/y", 0)], "All 2 services are healthy", "healthy"],
    [[service("a/x", 0)], "The one service is healthy", "healthy"],
    [[service("a/x", 0), service("a/y", null)], "Nothing is failing, 1 service is unknown", "healthy"],
    [[service("a/x", null)], "No traffic has been seen yet", "unknown"],
    [[], "No service has been seen yet", "unknown"],
  ] as const)("says %#", (nodes, sentence, status) => {
    expect(headlineOf(meshGraph([...nodes], []))).toMatchObject({ sentence, status });
  });

  it("is short on a phone", () => {
    expect(shortHeadline(mesh.totals)).toBe("Nothing is failing, 2 services are degraded");
    expect(shortHeadline({ ...mesh.totals, failing: 1, degraded: 2 })).toBe("1 service is failing, 2 degraded");
  });
});

describe("needs a look", () => {
  it("lists what is not healthy, worst first, with its number", () => {
    expect(needsLook(mesh).map((item) => [item.title, item.status, plain(item.detail), item.figure && plain(item.figure)])).toEqual([
      ["card-network", "degraded", "external, p95 812 ms", "1.5 %"],
      ["reviews", "degraded", "v2 fails 4.1 % of its calls", "0.59 %"],
      ["legacy-report", "unknown", "no proxy, plaintext to ledger", "0.8/s"],
    ]);
  });

  it("leaves out a service that is merely not called", () => {
    expect(needsLook(meshGraph([service("a/x", null)], []))).toEqual([]);
    expect(needsLook(meshGraph([service("a/x", null, { proxies: { n: 0, of: 1 } })], []))).toHaveLength(1);
  });

  it("lists a healthy service whose proxies do not all answer", () => {
    const graph = meshGraph([service("a/x", 0, { proxies: { n: 2, of: 3 } })], []);
    expect(plain(needsLook(graph)[0]?.detail ?? "")).toBe("1 of 3 proxies do not answer, p95 20 ms");
  });
});

describe("a card in words", () => {
  it.each([
    ["shop/gateway", "gateway, healthy, 128 requests per second, 0.08 percent errors, p95 415 milliseconds"],
    ["external/card-network", "card-network, external, degraded, 6.2 requests per second, 1.5 percent errors, p95 812 milliseconds"],
    ["unknown/legacy-report", "legacy-report, no proxy, health unknown"],
    ["internet", "Internet, callers outside the mesh"],
  ])("%s", (id, words) => expect(wordsOf(id)).toBe(words));

  it("says that there are no numbers, not that they are zero", () => {
    const node = meshNode("a/x", { proxies: { n: 0, of: 2 } });
    expect(describeNode({ kind: "service", id: node.id, namespace: "a", node })).toBe(
      "x, health unknown, no numbers, 2 of 2 proxies do not answer",
    );
  });

  it("says of a caller that was only refused that nothing came of it", () => {
    const tls = { declared: { client: "plaintext", server: "strict" }, observed: "unknown", mutualShare: null, refused: 43 } as const;
    const refused = meshEdge("unknown/legacy-report", "payments/ledger", { red: red(null), health: health(null), tls });
    const graph = meshGraph(
      mesh.nodes.filter((node) => [refused.source, refused.target].includes(node.id)),
      [refused],
    );
    expect(drawGraph(graph, new Set()).edges.map(describeEdge)).toEqual([
      "legacy-report to ledger, unknown, no requests, 43 connections refused",
    ]);
    expect(needsLook(graph).map((item) => item.detail)).toEqual(["no proxy, 43 connections refused by ledger"]);
  });

  it("says of an edge where it leads and whether it is plaintext", () => {
    const edge = drawn.edges.find((each) => each.source === "unknown/legacy-report");
    expect(edge && describeEdge(edge)).toBe("legacy-report to ledger, healthy, 0.8 requests per second, 0 percent errors, plaintext");
  });
});

describe("status changes", () => {
  it("are silent while nothing changes, and about services that just came", () => {
    expect(statusSentence(statusesOf(mesh.nodes), mesh.nodes)).toBeNull();
    expect(statusSentence(new Map(), mesh.nodes)).toBeNull();
  });

  it("are one sentence, the worst first", () => {
    const nodes = turned({ "shop/cart": "failing", "reviews/reviews": "healthy", "shop/kv": "failing" });
    expect(statusSentence(statusesOf(mesh.nodes), nodes)).toBe("cart and kv are now failing; reviews is now healthy.");
  });

  it("count many instead of naming them", () => {
    const nodes = turned({ "shop/cart": "unknown", "shop/kv": "unknown", "shop/catalog": "unknown", "shop/frontend": "unknown" });
    expect(statusSentence(statusesOf(mesh.nodes), nodes)).toBe("4 services are now unknown.");
  });
});
