import { describe, expect, test } from "vitest";

import { parsePreferences } from "./preferences.ts";

describe("preferences", () => {
  test.each([null, "not json", "[]", '{"theme":"pink","singleKeys":"yes"}', "null"])("odd storage %s gives the defaults", (text) => {
    expect(parsePreferences(text)).toEqual({ theme: "system", density: "comfortable", singleKeys: true, pins: {} });
  });

  test("what is good is kept beside what is not", () => {
    expect(parsePreferences('{"theme":"dark","density":7,"pins":{"a":{"x":1,"y":2}}}')).toEqual({
      theme: "dark",
      density: "comfortable",
      singleKeys: true,
      pins: { a: { x: 1, y: 2 } },
    });
  });
});
