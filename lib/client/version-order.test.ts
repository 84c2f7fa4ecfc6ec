import { expect, test } from "vitest";

import { versionIndex, versionOrder } from "./version-order.ts";

test("versions have one order: numbers by value, the nameless last", () => {
  expect(versionOrder(["v10", null, "v2", "v1", "v2"])).toEqual(["v1", "v2", "v10", null]);
  expect(versionIndex("v2", ["v2", "v1"])).toBe(1);
  expect(versionIndex("gone", ["v1"])).toBe(0);
});
