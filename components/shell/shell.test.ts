import { describe, expect, test } from "vitest";

import { DESTINATIONS, isUnder, showsNow } from "./destinations.ts";
import { findJumps, jumpPath, type Jump } from "./jumps.ts";
import { KEY_HELP } from "./key-help.ts";

function jump(kind: Jump["kind"], title: string, detail = ""): Jump {
  return { kind, key: `${kind} ${title}`, id: title, title, detail };
}

describe("finding", () => {
  const all = [
    jump("proxy", "catalog-v1-0.shop"),
    jump("service", "log", "shop"),
    jump("route", "catalog"),
    jump("service", "catalog", "shop"),
  ];

  test("puts names that begin with the text first, and finds by kind and detail too", () => {
    expect(findJumps(all, "log").map((one) => one.key)).toEqual([
      "service log",
      "proxy catalog-v1-0.shop",
      "route catalog",
      "service catalog",
    ]);
    expect(findJumps(all, "service shop").map((one) => one.title)).toEqual(["log", "catalog"]);
  });

  test("offers nothing for nothing, and never more than a dozen", () => {
    expect(findJumps(all, "  ")).toEqual([]);
    expect(
      findJumps(
        Array.from({ length: 50 }, (_, at) => jump("proxy", `p${at}`)),
        "p",
      ),
    ).toHaveLength(12);
  });

  test("every kind has a page", () => {
    expect((["service", "route", "proxy", "change"] as const).map((kind) => jumpPath(jump(kind, "x")))).toEqual([
      "/service",
      "/route",
      "/proxy",
      "/change",
    ]);
  });
});

describe("the rail", () => {
  test("has one key per place, and help for each of them", () => {
    const keys = DESTINATIONS.map((destination) => destination.key);
    expect(keys.join("")).toBe("msrtepco");
    const told = KEY_HELP.flatMap((group) => group.keys.map((help) => help.keys.join(" ")));
    for (const key of keys) expect(told).toContain(`g ${key}`);
  });

  test("says which pages show how things are now, also for the past", () => {
    const paths = DESTINATIONS.flatMap(({ path, children }) => [path, ...children]);
    expect(paths.filter((path) => !showsNow(path))).toEqual(["/", "/services", "/service", "/traces", "/trace"]);
    expect(showsNow("/nowhere")).toBe(false);
  });

  test("a page about one thing stands under its list", () => {
    expect(DESTINATIONS.filter((destination) => isUnder(destination, "/change")).map((destination) => destination.word)).toEqual([
      "Changes",
    ]);
    expect(DESTINATIONS.filter((destination) => isUnder(destination, "/")).map((destination) => destination.word)).toEqual(["Map"]);
  });
});
