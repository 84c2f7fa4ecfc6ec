import { describe, expect, test } from "vitest";

import type { TraceSummary } from "#lib/model/trace.ts";

import { nextNormal, rankNormal } from "./choose-normal.ts";

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

const own = { id: "self", service: "gateway", operation: "GET /product" };
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
