import { expect, it } from "vitest";

import { demoMesh, meshEdge, meshGraph, meshNode, red } from "../testing/mesh.ts";
import { nodeFacts } from "./node-facts.ts";

it("knows who is only connected to, and what strangers send", () => {
  const facts = nodeFacts(demoMesh());
  expect(facts.get("shop/kv")?.isTcp).toBe(true);
  expect(facts.get("shop/cart")?.isTcp).toBe(false);
  expect(facts.get("unknown/legacy-report")).toEqual({ isTcp: false, outRate: 0.8, outTransport: "plaintext" });
  expect(facts.get("internet")).toMatchObject({ outTransport: "oneWay" });
});

it("adds only rates that are known", () => {
  const edges = [meshEdge("a/x", "a/y", { red: red(null) }), meshEdge("a/x", "a/z", { red: red(2) })];
  const facts = nodeFacts(
    meshGraph(
      ["a/x", "a/y", "a/z"].map((id) => meshNode(id)),
      edges,
    ),
  );
  expect(facts.get("a/x")?.outRate).toBe(2);
});
