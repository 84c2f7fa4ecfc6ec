import { describe, expect, test } from "vitest";

import type { Span, Trace } from "#lib/model/trace.ts";
import { compareTraces } from "#lib/traces/compare-traces.ts";
import { buildTraceTree } from "#lib/traces/trace-tree.ts";
import { plainSpan } from "#lib/testing/trace-builders.ts";

import { changeOf, compareRows } from "./compare-rows.ts";
import { ghostsOf, haveSameRoot } from "./ghosts.ts";
import { normalRequests } from "./use-normal-trace.ts";

function span(spanId: string, parentId: string | null, name: string, startMs: number, durationMs: number): Span {
  return plainSpan({ spanId, parentId, name, startMs, durationMs });
}

const tree = (spans: Span[]) =>
  buildTraceTree({
    spans,
    resources: [{ service: "shop", namespace: "demo", version: null, instance: null, attributes: [] }],
    omitted: 0,
  } satisfies Pick<Trace, "spans" | "resources" | "omitted">);

const here = tree([
  span("a", null, "page", 10, 300),
  span("b", "a", "cart", 20, 10),
  span("c", "a", "ratings", 40, 50),
  span("d", "a", "ratings", 100, 50),
]);
const there = tree([
  span("A", null, "page", 0, 60),
  span("B", "A", "cart", 5, 10),
  span("C", "A", "ratings", 20, 16),
  span("D", "A", "audit", 40, 5),
  span("E", "D", "write", 41, 2),
]);
const comparison = compareTraces(here, there);
const rows = compareRows(here, there, comparison);

describe("two trees as one", () => {
  test("has every span of both exactly once, what only one has with all below it", () => {
    expect(rows.map((row) => [row.depth, row.here?.key ?? null, row.there?.key ?? null])).toEqual([
      [0, "a", "A"],
      [1, "b", "B"],
      [1, "c", "C"],
      [1, "d", null],
      [1, null, "D"],
      [2, null, "E"],
    ]);
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
  });

  test("says how each line differs", () => {
    expect(rows.map(changeOf)).toEqual(["slower", "same", "slower", "added", "lost", "lost"]);
  });

  test("the other way round, added is lost and slower is faster", () => {
    const back = compareRows(there, here, compareTraces(there, here)).map(changeOf);
    expect(back.toSorted()).toEqual(["added", "added", "faster", "faster", "lost", "same"]);
  });
});

test("ghosts lie where the other trace's spans would, had both begun together", () => {
  const ghosts = ghostsOf(comparison, here, there);
  expect(ghosts.get("a")).toEqual({ startMs: 10, endMs: 70 });
  expect(ghosts.get("c")).toEqual({ startMs: 30, endMs: 46 });
  expect(ghosts.has("d")).toBe(false);
});

test("traces have the same root by service and operation, however different the rest", () => {
  expect(haveSameRoot(here, there)).toBe(true);
  expect(haveSameRoot(here, tree([span("a", null, "cart", 0, 1)]))).toBe(false);
  expect(haveSameRoot(here, tree([]))).toBe(false);
});

test("normal traces are looked for around the trace, by its root", () => {
  const around = normalRequests(here, { startedAt: "2026-01-01T12:00:00.000Z" }, null)[1];
  expect(around?.at(-1)).toEqual({
    window: "3600s",
    from: "2026-01-01T11:30:00.000Z",
    to: "2026-01-01T12:30:00.000Z",
    service: "demo/shop",
    operation: "page",
    status: "ok",
    source: null,
  });
  expect(normalRequests(tree([]), { startedAt: "2026-01-01T12:00:00.000Z" }, null)).toEqual([]);
});
