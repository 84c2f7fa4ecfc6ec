import { describe, expect, it } from "vitest";

import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import { demoMesh, meshEdge, meshGraph, meshNode, red } from "../testing/mesh.ts";
import { headlineOf } from "./headline.ts";
import { pastHeadline, pastNeedsLook } from "./past.ts";

function answer(value: MeshGraph, ...codes: string[]): Sourced<MeshGraph> {
  const notices = codes.map((code): Notice => ({
    level: code === "as-of-now" ? "info" : code === code.toUpperCase() ? "error" : "warning",
    code,
    text: "",
    source: null,
    mend: null,
  }));
  return { value, provenance: [], notices, coverage: "complete" };
}

const silent = meshGraph([meshNode("shop/cart"), meshNode("shop/gone", { proxies: null })], []);

describe("the title of the past", () => {
  it("is that of any picture where there is one, whatever a source does not keep", () => {
    expect(pastHeadline(answer(demoMesh(), "nothing-kept"))).toEqual(headlineOf(demoMesh()));
  });

  it("tells a moment of which nothing is kept from one that a source could not tell of, and from one in which nobody called", () => {
    expect(pastHeadline(answer(silent, "nothing-kept"))).toMatchObject({ status: "unknown", sentence: "Nothing is kept of this moment" });
    expect(pastHeadline(answer(silent, "nothing-kept", "SOURCE_REFUSED"))).toMatchObject({ sentence: "Nothing is known of this moment" });
    expect(pastHeadline(answer(silent, "no-series"))).toMatchObject({ sentence: "Nothing is known of this moment" });
    expect(pastHeadline(answer(silent, "as-of-now"))).toMatchObject({ status: "unknown", sentence: "No call was seen in this window" });
  });
});

it("a service of now that had no calls then needs no look, one that failed then does", () => {
  const nodes = [...silent.nodes, meshNode("shop/api", { red: red(10, 0.5), proxies: null })];
  const graph = meshGraph(nodes, [meshEdge("internet", "shop/api", { red: red(10, 0.5) })]);
  expect(pastNeedsLook(graph).map(({ id }) => id)).toEqual(["shop/api"]);
});
