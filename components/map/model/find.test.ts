import { describe, expect, it } from "vitest";

import { demoMesh } from "../testing/mesh.ts";
import { FIND_KEYS, isFinding, matchesEdge, matchesNode, parseFind } from "./find.ts";

const mesh = demoMesh();
const byId = new Map(mesh.nodes.map((node) => [node.id, node]));

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
    ["protocol:tcp", ["shop/cart|shop/kv|tcp"]],
    ["version:v2", ["shop/frontend|reviews/reviews|http"]],
    ["ratings", ["reviews/reviews|reviews/ratings|grpc"]],
  ])("%s", (text, ids) => expect(edgesFor(text)).toEqual(ids));
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
