import { describe, expect, it } from "vitest";

import type { EdgeTls } from "#lib/model/tls.ts";

import { demoMesh, meshEdge } from "../testing/mesh.ts";
import { FIND_HELP, FIND_HELP_HIDE } from "./find-help.ts";
import { FIND_KEYS, isFinding, matchesEdge, matchesNode, parseFind } from "./find.ts";

const mesh = demoMesh();
const byId = new Map(mesh.nodes.map((node) => [node.id, node]));

const SAFE: EdgeTls = { declared: { client: "mutual", server: "strict" }, observed: "mutual", mutualShare: 1, refused: 0 };
const edgeOf = (source: string, tls: Partial<EdgeTls>) => meshEdge(source, "z", { tls: { ...SAFE, ...tls } });

function nodesFor(text: string): string[] {
  const query = parseFind(text);
  return mesh.nodes.filter((node) => matchesNode(query, node)).map((node) => node.service);
}

function edgesFor(text: string): string[] {
  const query = parseFind(text);
  return mesh.edges.filter((edge) => matchesEdge(query, edge, byId.get(edge.source), byId.get(edge.target))).map((edge) => edge.id);
}

describe("nodes", () => {
  it.each([
    ["rev", ["reviews"]],
    ["CART", ["cart"]],
    ["namespace:payments", ["payments", "ledger"]],
    ["namespace:payments,reviews -ledger", ["reviews", "ratings", "payments"]],
    ["status:degraded", ["reviews", "card-network"]],
    ["status:degraded -namespace:reviews", ["card-network"]],
    ["mtls:mixed", ["ledger"]],
    ["version:v2", ["reviews"]],
    ["kind:unknown", ["legacy-report"]],
    ["out", ["checkout"]],
    [".*", []],
  ])("%s", (text, names) => expect(nodesFor(text)).toEqual(names));
});

describe("edges", () => {
  it.each([
    ["mtls:plaintext", ["unknown/legacy-report|payments/ledger|http"]],
    ["mtls:oneway", ["internet|shop/gateway|http", "payments/payments|external/card-network|http"]],
    ["-mtls:mutual,oneWay", ["unknown/legacy-report|payments/ledger|http"]],
    ["mtls:refused", []],
    ["protocol:tcp", ["shop/cart|shop/kv|tcp"]],
    ["version:v2", ["shop/frontend|reviews/reviews|http"]],
    ["ratings", ["reviews/reviews|reviews/ratings|grpc"]],
  ])("%s", (text, ids) => expect(edgesFor(text)).toEqual(ids));
});

describe("transport", () => {
  const edges = [
    edgeOf("a", { observed: "mixed", mutualShare: 0.5 }),
    edgeOf("b", { observed: "mutual", refused: 2 }),
    edgeOf("c", { observed: "unknown", mutualShare: null, declared: { client: "plaintext", server: "strict" } }),
    edgeOf("d", { observed: "unknown", mutualShare: null, refused: null, declared: { client: "unknown", server: "strict" } }),
  ];

  it.each([
    ["mtls:plaintext", ["a"]],
    ["mtls:mixed", ["a"]],
    ["mtls:mutual", ["b"]],
    ["mtls:refused", ["b"]],
    ["mtls:broken", ["b", "c"]],
    ["mtls:unknown", ["c", "d"]],
    ["-mtls:broken", ["a", "d"]],
  ])("%s", (text, names) => {
    const query = parseFind(text);
    expect(query.problems).toEqual([]);
    expect(edges.filter((edge) => matchesEdge(query, edge, undefined, undefined)).map((edge) => edge.source)).toEqual(names);
  });
});

describe("the help", () => {
  it("has an example of every key, each of which is understood", () => {
    expect(FIND_HELP.flatMap(({ key }) => (key === null ? [] : [key])).toSorted()).toEqual(FIND_KEYS.toSorted());
    for (const { example } of [...FIND_HELP, FIND_HELP_HIDE]) expect(parseFind(example)).toMatchObject({ problems: [], terms: [{}] });
  });
});

describe("the language", () => {
  it("finds nothing special in nothing", () => {
    expect(isFinding(parseFind("  - "))).toBe(false);
    expect(nodesFor("")).toHaveLength(mesh.nodes.length);
  });

  it("says which keys and values it knows, and leaves the odd word out", () => {
    const query = parseFind("owner:me status:broken cart");
    expect(query.terms).toEqual([{ isNegated: false, key: null, values: ["cart"] }]);
    expect(query.problems[0]).toContain(FIND_KEYS.map((key) => `${key}:`).join(", "));
    expect(query.problems[1]).toBe('"status:broken" is not known; there are healthy, degraded, failing, unknown.');
  });

  it("is bounded", () => {
    const query = parseFind("a ".repeat(500));
    expect(query.terms).toHaveLength(20);
    expect(query.problems).toEqual(["Only the first 20 words are looked at."]);
  });
});
