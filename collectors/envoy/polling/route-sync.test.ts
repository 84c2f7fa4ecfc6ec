import { expect, it } from "vitest";

import type { Folded } from "../stats/counter-book.ts";
import { createRouteSync } from "./route-sync.ts";

const counts = (config: string, success: number, rejected = 0, failure = 0): Folded["read"] => [
  { series: { kind: "route-update", config, outcome: "success" }, value: success },
  { series: { kind: "route-update", config, outcome: "rejected" }, value: rejected },
  { series: { kind: "route-update", config, outcome: "failure" }, value: failure },
];

it.each<[string, [number, number, number][], string]>([
  ["is in step when files were only ever taken", [[1, 0, 0]], "synced"],
  ["is not when the first file was refused", [[0, 1, 0]], "rejected"],
  [
    "is not when a file was refused since",
    [
      [1, 0, 0],
      [1, 1, 0],
    ],
    "rejected",
  ],
  [
    "is not when a file could not be parsed since",
    [
      [1, 0, 0],
      [1, 0, 1],
    ],
    "rejected",
  ],
  [
    "stays so while nothing moves",
    [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 0],
    ],
    "rejected",
  ],
  [
    "is again when a good file came",
    [
      [1, 0, 0],
      [1, 1, 0],
      [2, 1, 0],
    ],
    "synced",
  ],
  ["does not know what came last before the first look", [[3, 1, 0]], "unknown"],
  [
    "learns it with the next file",
    [
      [3, 1, 0],
      [4, 1, 0],
    ],
    "synced",
  ],
  [
    "does not know what came last when both moved between two looks",
    [
      [1, 0, 0],
      [2, 1, 0],
    ],
    "unknown",
  ],
])("%s", (_case, looks, sync) => {
  const routes = createRouteSync();
  for (const look of looks) routes.note(counts("reviews", ...look), false);
  expect(routes.sync).toBe(sync);
});

it("names the refused ones among several, and forgets them with the process", () => {
  const routes = createRouteSync();
  routes.note([...counts("reviews", 1), ...counts("catalog", 1)], true);
  routes.note([...counts("reviews", 1, 1), ...counts("catalog", 2)], false);
  expect([routes.sync, routes.rejected]).toEqual(["rejected", ["reviews"]]);
  routes.note([...counts("reviews", 1), ...counts("catalog", 1)], true);
  expect([routes.sync, routes.rejected]).toEqual(["synced", []]);
});

it("knows nothing of a proxy that subscribes to nothing", () => {
  const routes = createRouteSync();
  routes.note([], false);
  expect(routes.sync).toBe("unknown");
});
