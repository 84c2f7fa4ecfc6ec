import { describe, expect, it } from "vitest";

import { demoMesh } from "../testing/mesh.ts";
import { drawGraph } from "./drawn-graph.ts";
import { overlaps } from "./geometry.ts";
import { layoutInput } from "./layout-input.ts";
import type { LayoutInput } from "./layout-input.ts";
import { quickLayout } from "./quick-layout.ts";

const demo = layoutInput(drawGraph(demoMesh(), new Set()));

/** Every node calls a few dozen later ones, and some call back. */
function dense(count: number, each: number): LayoutInput {
  const nodes = Array.from({ length: count }, (_, index) => ({ id: `n${index}`, group: `g${index % 7}`, width: 140, height: 78 }));
  const edges = nodes
    .flatMap((source, index) =>
      Array.from({ length: each }, (_, step) => ({ source: source.id, target: `n${(index * 31 + step * 17 + 1) % count}` })),
    )
    .filter((edge) => edge.source !== edge.target);
  return { nodes, edges };
}

describe("quickLayout", () => {
  it.each([
    ["the demo", demo],
    ["a dense graph with circles", dense(60, 20)],
  ])("places every node of %s without overlap", (_, input) => {
    const places = quickLayout(input);
    const boxes = input.nodes.map((node) => ({ ...node, ...(places.get(node.id) ?? { x: Number.NaN, y: Number.NaN }) }));
    for (const a of boxes) {
      expect(a.x).not.toBeNaN();
      for (const b of boxes) if (a.id < b.id) expect(overlaps(a, b, 40), `${a.id} and ${b.id}`).toBe(false);
    }
  });

  it("puts callers left of callees", () => {
    const places = quickLayout(demo);
    for (const { source, target } of demo.edges)
      expect(places.get(source)?.x, `${source} to ${target}`).toBeLessThan(places.get(target)?.x ?? 0);
  });

  it("keeps the namespaces of every column together, in one order", () => {
    const places = quickLayout(dense(60, 20));
    const groupOf = new Map(dense(60, 20).nodes.map((node) => [node.id, node.group]));
    const columns = Map.groupBy([...places], ([, at]) => at.x);
    const orders = [...columns.values()].map((column) => {
      const groups = column.toSorted(([, a], [, b]) => a.y - b.y).map(([id]) => groupOf.get(id) ?? "");
      return groups.filter((group, index) => group !== groups[index - 1]);
    });
    for (const order of orders) expect(new Set(order).size).toBe(order.length);
    for (const order of orders) {
      for (const other of orders) {
        const shared = order.filter((group) => other.includes(group));
        expect(shared).toEqual(shared.toSorted((a, b) => other.indexOf(a) - other.indexOf(b)));
      }
    }
  });

  it("gives the same places every time", () => {
    expect([...quickLayout(dense(40, 10))]).toEqual([...quickLayout(dense(40, 10))]);
  });
});
