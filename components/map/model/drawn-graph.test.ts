import { describe, expect, it } from "vitest";

import type { MeshEdge, MeshNode } from "#lib/model/graph.ts";

import { demoMesh, health, meshEdge, meshGraph, meshNode, red } from "../testing/mesh.ts";
import { drawGraph, namespaceCardId } from "./drawn-graph.ts";

function large() {
  const nodes: MeshNode[] = [];
  const edges: MeshEdge[] = [];
  for (const namespace of ["a", "b", "c"]) {
    for (let index = 0; index < 101; index += 1) {
      const ratio = namespace === "b" && index === 7 ? 0.03 : 0;
      nodes.push(meshNode(`${namespace}/s${index}`, { red: red(2, ratio, 10), health: health(ratio) }));
    }
  }
  for (let index = 0; index < 50; index += 1) edges.push(meshEdge(`a/s${index}`, `b/s${index}`, { red: red(3, index === 3 ? 0.1 : 0, 5) }));
  edges.push(meshEdge("a/s1", "a/s2"));
  return meshGraph(nodes, edges);
}

describe("up to 300 nodes", () => {
  it("draws every node and every edge of the mesh", () => {
    const mesh = demoMesh();
    const drawn = drawGraph(mesh, new Set());
    expect(drawn.nodes.map((node) => node.id)).toEqual(mesh.nodes.map((node) => node.id));
    expect(drawn.edges.map((edge) => edge.id)).toEqual(mesh.edges.map((edge) => edge.id));
  });
});

describe("beyond 300 nodes", () => {
  const drawn = drawGraph(large(), new Set());

  it("draws one card per namespace, and leaves the failing member out of it", () => {
    expect(drawn.nodes.map((node) => node.id).toSorted()).toEqual(["b/s7", "namespace:a", "namespace:b", "namespace:c"]);
  });

  it("counts and sums what is inside", () => {
    const card = drawn.nodes.find((node) => node.id === namespaceCardId("b"));
    expect(card).toMatchObject({ members: 100, rate: 200, errorRatio: 0, status: "healthy", counts: { healthy: 100, failing: 0 } });
  });

  it("bundles edges by pair, worst status first, and drops those inside a card", () => {
    const bundle = drawn.edges.find((edge) => edge.id === "namespace:a|namespace:b");
    expect(bundle?.members).toHaveLength(49);
    expect(bundle?.rate).toBeCloseTo(147);
    expect(bundle?.status).toBe("failing");
    expect(bundle?.errorRatio).toBeCloseTo(90 / (49 * 900));
    expect(drawn.edges.map((edge) => edge.id).toSorted()).toEqual(["namespace:a|b/s7", "namespace:a|namespace:b"]);
  });

  it("opens a namespace to its services", () => {
    const opened = drawGraph(large(), new Set(["c"]));
    expect(opened.nodes.filter((node) => node.namespace === "c")).toHaveLength(101);
  });
});

describe("what is not known", () => {
  it("stays not known in a bundle, and never becomes zero", () => {
    const nodes = ["a", "b"].flatMap((namespace) => [meshNode(`${namespace}/x`), meshNode(`${namespace}/y`)]);
    const drawn = drawGraph(meshGraph(nodes, [meshEdge("a/x", "b/x", { red: red(null) })]), new Set(), 2);
    expect(drawn.edges[0]).toMatchObject({ rate: null, errorRatio: null });
    expect(drawn.nodes[0]).toMatchObject({ kind: "namespace", rate: null, errorRatio: null, status: "unknown" });
  });
});
