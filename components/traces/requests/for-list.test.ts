import { describe, expect, it } from "vitest";

import type { Exemplar } from "#lib/model/trace.ts";

import { forList } from "./for-list.ts";

function exemplar(traceId: string, durationMs: number, isError = false, second = 0): Exemplar {
  return { traceId, spanId: "00f067aa0ba902b7", at: `2026-01-01T12:00:0${second}.000Z`, durationMs, isError, version: null };
}

const ids = (rows: readonly Exemplar[]): string[] => rows.map((row) => row.traceId);

describe("forList", () => {
  it("shows failed requests first, the newest of them on top, then the slowest", () => {
    expect(ids(forList([exemplar("slow", 90), exemplar("old", 1, true, 1), exemplar("slower", 95), exemplar("new", 2, true, 5)]))).toEqual([
      "new",
      "old",
      "slower",
      "slow",
    ]);
  });

  it("names a trace once, by its worst request", () => {
    expect(forList([exemplar("a", 90), exemplar("a", 1, true)])).toEqual([exemplar("a", 1, true)]);
  });

  it("keeps to what can be looked over", () => {
    expect(forList(Array.from({ length: 40 }, (_unused, index) => exemplar(String(index), index)))).toHaveLength(6);
  });
});
