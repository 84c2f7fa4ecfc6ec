import { describe, expect, test } from "vitest";

import type { TraceSummary } from "#lib/model/trace.ts";
import { type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";
import { compareTraces } from "#lib/traces/compare-traces.ts";
import { summarizeTrace } from "#lib/traces/summarize-trace.ts";
import { buildTraceTree } from "#lib/traces/trace-tree.ts";

import { likeness, nextNormal, ownShape, rankNormal, tellingService } from "./choose-normal.ts";
import { normalRequests } from "./use-normal-trace.ts";

function summary(id: string, durationMs: number, parts: Partial<TraceSummary> = {}): TraceSummary {
  return {
    id,
    root: { service: "gateway", namespace: "shop", version: null, operation: "GET /product" },
    hasRoot: true,
    startedAt: "2026-01-01T12:00:00.000Z",
    durationMs,
    spans: 9,
    errors: 0,
    services: [],
    status: "ok",
    ...parts,
  };
}

const own = { id: "self", service: "gateway", operation: "GET /product", services: [] };
const ids = (items: readonly TraceSummary[]) => items.map((item) => item.id);

describe("a normal trace of the same root", () => {
  test("is the one nearest the median duration", () => {
    const items = [summary("fast", 5), summary("usual", 60), summary("near", 70), summary("slow", 900), summary("mid", 58)];
    expect(ids(rankNormal(items, own))).toEqual(["usual", "mid", "near", "fast", "slow"]);
  });

  test("is never the trace itself, a failed one, one of another root, or one without its beginning", () => {
    const items = [
      summary("self", 60),
      summary("failed", 60, { status: "error" }),
      summary("other", 60, { root: { service: "gateway", namespace: "shop", version: null, operation: "GET /cart" } }),
      summary("headless", 60, { hasRoot: false }),
      summary("good", 61),
    ];
    expect(ids(rankNormal(items, own))).toEqual(["good"]);
    expect(rankNormal([], own)).toEqual([]);
  });

  test("equally near ones come newest first, and the next comes round", () => {
    const ranked = rankNormal([summary("old", 60), summary("new", 60, { startedAt: "2026-01-01T12:00:09.000Z" })], own);
    expect(ids(ranked)).toEqual(["new", "old"]);
    expect(nextNormal(ranked, null)?.id).toBe("new");
    expect(nextNormal(ranked, "new")?.id).toBe("old");
    expect(nextNormal(ranked, "old")?.id).toBe("new");
    expect(nextNormal(ranked.slice(0, 1), "new")).toBeNull();
    expect(nextNormal([], null)).toBeNull();
  });
});

/** As proxies tell it: whatever was asked for, the root is the gateway's `ingress`. */
function page(id: string, specs: readonly SpanSpec[], isFailed = false) {
  const gateway: SpanSpec[] = [
    { id: "1", service: "gateway", name: "ingress", kind: "server", ms: 320, isError: isFailed },
    { id: "2", parent: "1", service: "frontend", name: "ingress", kind: "server", at: 1, ms: 318, isError: isFailed },
  ];
  return traceOf([...gateway, ...specs], { id });
}

/** `reviews` below `frontend`, with so many calls of `ratings`. */
function reviews(version: string, calls: number, callerFlags = ""): SpanSpec[] {
  const isFailed = callerFlags !== "";
  return [
    { id: "3", parent: "2", service: "catalog", name: "ingress", kind: "server", at: 2, ms: 8 },
    {
      id: "4",
      parent: "2",
      service: "frontend",
      name: "egress reviews",
      kind: "client",
      at: 12,
      ms: 300,
      isError: isFailed,
      attributes: isFailed ? { response_flags: callerFlags } : {},
    },
    { id: "5", parent: "4", service: "reviews", version, name: "ingress", kind: "server", at: 13, ms: 298 },
    ...Array.from({ length: calls }, (_, at): SpanSpec => ({
      id: `a${at}`,
      parent: "5",
      service: "ratings",
      name: "ingress",
      kind: "server",
      at: 14 + at * 48,
      ms: 45,
    })),
  ];
}

function listed(...traces: ReturnType<typeof page>[]): TraceSummary[] {
  return traces.map(summarizeTrace).filter((one) => one !== null);
}

describe("behind a gateway, where every root is the same", () => {
  const failing = page("f", reviews("v2", 6, "UT"), true);
  const tree = buildTraceTree(failing);
  const cart = page("c", [{ id: "3", parent: "2", service: "cart", name: "ingress", kind: "server", at: 2, ms: 300 }]);
  const bare = page("d", []);
  const noReviews = page("e", reviews("v1", 0).slice(0, 1));
  const normal = page("b", reviews("v1", 1));

  test("the trace that went well has the same services, so that the sentence tells the difference", () => {
    const shape = ownShape(failing.id, tree);
    expect(shape?.services.map((one) => one.service).toSorted()).toEqual(["catalog", "frontend", "gateway", "ratings", "reviews"]);
    const ranked = shape === null ? [] : rankNormal(listed(cart, bare, noReviews, normal, failing), shape);
    expect(ranked.map((one) => one.id)).toEqual([normal.id, noReviews.id]);
    expect(compareTraces(tree, buildTraceTree(normal)).summary).toContain("ratings ingress is called 6 times here, once there");
  });

  test("none is better than a strange one", () => {
    const shape = ownShape(failing.id, tree);
    expect(shape === null ? null : rankNormal(listed(cart, bare), shape)).toEqual([]);
  });

  test("it is asked for by the service that the failed call went to, and by the root, nearest first", () => {
    expect(tellingService(tree)?.service).toBe("reviews");
    const [near, around] = normalRequests(tree, failing, null);
    expect(near?.map(({ service, operation, status }) => ({ service, operation, status }))).toEqual([
      { service: "reviews", operation: undefined, status: "ok" },
      { service: "gateway", operation: "ingress", status: "ok" },
    ]);
    const startedMs = Date.parse(failing.startedAt);
    expect([near?.[0]?.to, around?.[0]?.to].map((to) => Date.parse(to ?? "") - startedMs)).toEqual([60_000, 1_800_000]);
  });

  test("where nothing failed, by who beside the root has most of the critical path; a lone service tells nothing", () => {
    expect(tellingService(buildTraceTree(cart))?.service).toBe("cart");
    expect(tellingService(buildTraceTree(traceOf([{ id: "1", service: "gateway", ms: 9 }])))).toBeNull();
    expect(ownShape("x", buildTraceTree(traceOf([])))).toBeNull();
    expect(normalRequests(buildTraceTree(traceOf([])), failing, null)).toEqual([]);
  });

  test("likeness counts services, not spans, and tells namespaces apart", () => {
    const a = { service: "a", namespace: "shop" };
    const b = { service: "b", namespace: "shop" };
    expect(likeness([a, b, b], [b, a])).toBe(1);
    expect(likeness([a, b], [a])).toBe(0.5);
    expect(likeness([a], [{ service: "a", namespace: "other" }])).toBe(0);
  });
});
