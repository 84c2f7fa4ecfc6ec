import { expect, it } from "vitest";

import { NO_TRAFFIC } from "#lib/red/traffic.ts";

import { createFakeSeriesStore } from "./fake-series-store.ts";

const KEY = { source: "a/a", target: "b/b", protocol: "http", version: "v1", reporter: "destination" } as const;

it("sums by key over windows that are open at their start, and knows gaps from silence", () => {
  const store = createFakeSeriesStore();
  for (const atMs of [1_000, 2_000, 2_500])
    store.record([{ key: KEY, atMs, traffic: { ...NO_TRAFFIC, count: atMs / 500, errorCount: 1 } }]);
  store.record([{ key: { ...KEY, version: null }, atMs: 2_500, traffic: { ...NO_TRAFFIC, count: 1 } }]);
  store.markReported(2_500);

  expect(store.sum({ fromMs: 1_000, toMs: 2_500 }).rows.map((row) => [row.key.version, row.traffic.count])).toEqual([
    ["v1", 9],
    [null, 1],
  ]);
  expect(store.sum({ fromMs: 0, toMs: 9_000 }, { targets: ["b/b"], protocol: "http" }).rows.length).toBe(2);
  expect(store.sum({ fromMs: 0, toMs: 9_000 }, { sources: ["b/b"] }).rows).toEqual([]);
  expect(store.total().reduce((sum, row) => sum + row.traffic.count, 0)).toBe(12);
  expect(store.steps({ fromMs: 0, toMs: 3_000 }, 1_000).steps.map((step) => [step.isReported, step.rows.length])).toEqual([
    [false, 1],
    [false, 1],
    [true, 2],
  ]);
  expect(store.counts({ fromMs: 0, toMs: 3_000 }, 3)).toMatchObject({
    isReported: [false, false, true],
    rows: [{ target: "b/b", counts: [2, 4, 6], errors: [1, 1, 1] }],
  });
});
