import { describe, expect, it } from "vitest";

import { demoMesh, meshEdge, red } from "../testing/mesh.ts";
import { drawGraph } from "./drawn-graph.ts";
import type { DrawnEdge } from "./drawn-graph.ts";
import { edgeLook, hasLabel } from "./edge-look.ts";
import type { EdgeLookContext } from "./edge-look.ts";

const mesh = demoMesh();
const graph = drawGraph({ ...mesh, edges: [...mesh.edges, meshEdge("shop/kv", "shop/gateway", { red: red(null) })] }, new Set());
const context: EdgeLookContext = { largest: 128.4, selected: null, hovered: null, isFound: true, isDense: false, isStale: false };

function edge(id: string): DrawnEdge {
  const found = graph.edges.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no edge ${id}`);
  return found;
}

describe("an edge's look", () => {
  it.each([
    ["shop/gateway|shop/frontend|http", "healthy", false],
    ["shop/catalog|reviews/reviews|http", "degraded", false],
    ["unknown/legacy-report|payments/ledger|http", "unknown", true],
    ["shop/kv|shop/gateway|http", "unknown", true],
  ] as const)("%s is %s, dashed: %s", (id, color, isDashed) => {
    expect(edgeLook(edge(id), context)).toMatchObject({ color, isDashed });
  });

  it("comes forward when its end is selected or pointed at", () => {
    const healthy = edge("shop/gateway|shop/frontend|http");
    for (const touched of [{ selected: "shop/frontend" }, { hovered: "shop/gateway" }, { hovered: healthy.id }]) {
      expect(edgeLook(healthy, { ...context, ...touched }).color).toBe("healthyFocus");
      expect(edgeLook(healthy, { ...context, ...touched }).level).toBeGreaterThan(edgeLook(healthy, context).level);
    }
  });

  it("loses its colour when the picture is old, and only the calm ones step back among many", () => {
    const warn = edge("shop/catalog|reviews/reviews|http");
    expect(edgeLook(warn, { ...context, isStale: true }).color).toBe("unknown");
    expect(edgeLook(warn, { ...context, isDense: true }).isFaint).toBe(false);
    expect(edgeLook(edge("shop/gateway|shop/frontend|http"), { ...context, isDense: true }).isFaint).toBe(true);
  });
});

const REFUSED = { declared: { client: "plaintext", server: "strict" }, observed: "unknown", mutualShare: null, refused: 43 } as const;
const quiet = { selected: null, isSearched: false, isClose: false };

describe("an edge on which somebody was only refused", () => {
  const [refused] = drawGraph(
    { ...mesh, edges: [meshEdge("unknown/legacy-report", "payments/ledger", { red: red(null), tls: REFUSED })] },
    new Set(),
  ).edges;

  it("is a thin dashed line that says so", () => {
    if (refused === undefined) throw new Error("no edge");
    expect(edgeLook(refused, context)).toMatchObject({ isDashed: true, width: 1, color: "unknown" });
    expect(hasLabel(refused, quiet)).toBe(true);
  });
});

describe("labels", () => {
  it("stand only on what is unwell, plaintext, broken or selected", () => {
    const labelled = graph.edges.filter((each) => hasLabel(each, quiet)).map((each) => each.target);
    expect(labelled).toEqual(["reviews/reviews", "reviews/reviews", "external/card-network", "payments/ledger"]);
    expect(hasLabel(edge("shop/gateway|shop/frontend|http"), { ...quiet, selected: "shop/gateway" })).toBe(true);
    const turnedAway = { ...edge("shop/gateway|shop/frontend|http"), lock: "broken" as const, isBroken: true };
    expect(hasLabel(turnedAway, quiet)).toBe(true);
  });

  it("stand on calm edges as well where the reader seeks them or comes close", () => {
    const calm = edge("shop/gateway|shop/frontend|http");
    expect(hasLabel(calm, quiet)).toBe(false);
    expect(hasLabel(calm, { ...quiet, isSearched: true })).toBe(true);
    expect(hasLabel(calm, { ...quiet, isClose: true })).toBe(true);
  });

  it("never stand where nothing is known", () => {
    expect(hasLabel(edge("shop/kv|shop/gateway|http"), { selected: "shop/kv", isSearched: true, isClose: true })).toBe(false);
  });
});
