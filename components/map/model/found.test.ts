import { expect, it } from "vitest";

import { demoMesh } from "../testing/mesh.ts";
import { drawGraph } from "./drawn-graph.ts";
import { parseFind } from "./find.ts";
import { findOn } from "./found.ts";

const mesh = demoMesh();
const graph = drawGraph(mesh, new Set());

it("lights everything while nothing is looked for", () => {
  expect(findOn(mesh, graph, parseFind(" "))).toBeNull();
});

it("lights what matches and its edges, and counts services", () => {
  const found = findOn(mesh, graph, parseFind("cart"));
  expect([...(found?.nodes ?? [])]).toEqual(["shop/cart"]);
  expect(found?.count).toBe(1);
  expect([...(found?.edges ?? [])].toSorted()).toEqual([
    "shop/cart|shop/kv|tcp",
    "shop/checkout|shop/cart|http",
    "shop/frontend|shop/cart|http",
  ]);
});

it("lights both ends of an edge that is asked for by its own property", () => {
  const found = findOn(mesh, graph, parseFind("protocol:tcp"));
  expect([...(found?.nodes ?? [])].toSorted()).toEqual(["shop/cart", "shop/kv"]);
  expect(found?.count).toBe(0);
});

it("lights both ends of a plaintext edge, also where a service answers to the word itself", () => {
  const plain = {
    ...mesh,
    nodes: mesh.nodes.map((node) => (node.id === "payments/ledger" ? { ...node, tls: "plaintext" as const } : node)),
  };
  const found = findOn(plain, graph, parseFind("mtls:plaintext"));
  expect([...(found?.nodes ?? [])].toSorted()).toEqual(["payments/ledger", "unknown/legacy-report"]);
  expect(found).toMatchObject({ count: 1, isByText: true });
});

it("lights a namespace's card when a service inside it matches", () => {
  const collapsed = drawGraph(mesh, new Set(), 3);
  const found = findOn(mesh, collapsed, parseFind("catalog"));
  expect([...(found?.nodes ?? [])]).toEqual(["namespace:shop"]);
});

it("lights nothing where nothing matches", () => {
  expect(findOn(mesh, graph, parseFind("nobody"))).toMatchObject({ count: 0, nodes: new Set(), edges: new Set() });
});
