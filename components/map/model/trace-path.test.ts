import { describe, expect, it } from "vitest";

import { externalId, INTERNET_ID } from "#lib/model/ids.ts";
import type { Span, SpanKind, Trace } from "#lib/model/trace.ts";
import { attributesOf, plainSpan } from "#lib/testing/trace-builders.ts";

import { meshEdge, meshGraph, meshNode } from "../testing/mesh.ts";
import { drawGraph } from "./drawn-graph.ts";
import { foundOfTrace, tracePath } from "./trace-path.ts";

const SERVICES = [
  ["shop", "gateway"],
  ["shop", "frontend"],
  ["reviews", "reviews"],
] as const;

function span(spanId: string, parentId: string | null, resource: number, kind: SpanKind, attributes: Record<string, string> = {}): Span {
  return plainSpan({ spanId, parentId, name: "call", kind, resource, attributes: attributesOf(attributes) });
}

function traceOf(spans: Span[], namespaced = true): Trace {
  return {
    id: "0".repeat(31).concat("1"),
    startedAt: "2026-01-01T12:00:00.000Z",
    startUnixNano: "1",
    durationMs: 1,
    resources: SERVICES.map(([namespace, service]) => ({
      service,
      namespace: namespaced ? namespace : null,
      version: null,
      instance: null,
      attributes: [],
    })),
    spans,
    omitted: 0,
    externalUrl: null,
  };
}

const mesh = meshGraph(
  [INTERNET_ID, "shop/gateway", "shop/frontend", "reviews/reviews", externalId("mail")].map((id) => meshNode(id)),
  [
    meshEdge(INTERNET_ID, "shop/gateway"),
    meshEdge("shop/gateway", "shop/frontend"),
    meshEdge("shop/frontend", "reviews/reviews"),
    meshEdge("shop/frontend", externalId("mail")),
  ],
);

const spans = [span("a", null, 0, "server"), span("b", "a", 0, "client"), span("c", "b", 1, "server"), span("d", "c", 1, "client")];

describe("tracePath", () => {
  it("is every edge that a call of the trace went over, from where it came in", () => {
    const { nodes, edges } = tracePath(traceOf(spans), mesh);
    expect([...nodes].toSorted()).toEqual([INTERNET_ID, "shop/frontend", "shop/gateway"]);
    expect([...edges].toSorted()).toEqual([`${INTERNET_ID}|shop/gateway|http`, "shop/gateway|shop/frontend|http"]);
  });

  it("follows a client to a host that sends no spans, by the name that the client gives", () => {
    const trace = traceOf([...spans, span("e", "c", 1, "client", { "server.address": "mail" })]);
    expect(tracePath(trace, mesh).edges.has(`shop/frontend|${externalId("mail")}|http`)).toBe(true);
  });

  it("finds services whose sender told no namespace", () => {
    expect(tracePath(traceOf(spans, false), mesh).edges.size).toBe(2);
  });

  it("leaves out what the map does not show", () => {
    expect(tracePath(traceOf(spans), meshGraph([], []))).toEqual({ nodes: new Set(), edges: new Set() });
  });

  it("lights the same on the drawn graph", () => {
    const found = foundOfTrace(traceOf(spans), mesh, drawGraph(mesh, new Set()));
    expect(found.count).toBe(3);
    expect(found.nodes.has("shop/gateway")).toBe(true);
    expect(found.nodes.has("reviews/reviews")).toBe(false);
    expect(found.edges.size).toBe(2);
  });
});
