import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { RouteConfiguration } from "../admin/wire-config.ts";
import { versionInForce, whyNotLive, whyOutOfStep, type DumpEntry, type Expected } from "./proof.ts";

const MARKER = "weft-2";
const WEIGHTS = { a: 70, b: 30 };

interface Shape {
  version?: string;
  name?: string;
  rule?: string;
  weights?: Readonly<Record<string, number>>;
  revision?: unknown;
}

function entry({ version = MARKER, name = "reviews", rule = "main", weights = WEIGHTS, revision }: Shape = {}): DumpEntry {
  const clusters = Object.entries(weights).map(([cluster, weight]) => ({ name: cluster, weight }));
  const metadata = revision === undefined ? {} : { metadata: { filter_metadata: { weft: { revision } } } };
  const routes = [{ name: rule, match: {}, route: { weighted_clusters: { clusters } }, ...metadata }];
  return { version, config: RouteConfiguration.parse({ name, virtual_hosts: [{ name: "h", domains: ["*"], routes }] }) };
}

function expected(entries = 1): Expected {
  return { routeName: "reviews", entries, write: { ruleId: "h/main", marker: MARKER, weights: WEIGHTS } };
}

describe("whyNotLive", () => {
  it.each<[string, DumpEntry[], string | null]>([
    ["everything matches", [entry()], null],
    ["the revision matches too", [entry({ revision: MARKER })], null],
    ["the revision is no text", [entry({ revision: 7 })], null],
    ["another route of another name is old", [entry(), entry({ name: "other", version: "1" })], null],
    ["there is nothing", [], "It has no route reviews yet."],
    ["only other routes are there", [entry({ name: "other" })], "It has no route reviews yet."],
    ["the version is old", [entry({ version: "1" })], "It still runs version 1."],
    ["the version is missing", [entry({ version: "" })], "It has not taken any version yet."],
    ["the version deceives", [entry({ version: "weft-2\u200b" })], "It still runs version weft-2\\u{200b}."],
    ["the weights differ", [entry({ weights: { a: 30, b: 70 } })], "It runs version weft-2, but with other weights."],
    ["a leg is missing", [entry({ weights: { a: 70 } })], "It runs version weft-2, but with other weights."],
    ["a leg is too many", [entry({ weights: { ...WEIGHTS, c: 0 } })], "It runs version weft-2, but with other weights."],
    ["a leg has another name", [entry({ weights: { a: 70, c: 30 } })], "It runs version weft-2, but with other weights."],
    ["the rule is missing", [entry({ rule: "other" })], "It runs version weft-2, but without this rule."],
    ["the revision is old", [entry({ revision: "1" })], "It runs version weft-2, but its route carries revision 1."],
  ])("when %s", (_, entries, reason) => {
    expect(whyNotLive(entries, expected())).toBe(reason);
  });

  it("asks as many entries as the proxy has separate subscriptions of the file", () => {
    expect(whyNotLive([entry(), entry({ version: "1" })], expected(2))).toBe("It still runs version 1.");
    expect(whyNotLive([entry(), entry()], expected(2))).toBeNull();
    expect(whyNotLive([entry()], expected(2))).toBe("One of its listeners does not have the new version yet.");
  });

  it("is null for no weights but the asked ones", () => {
    const weights = fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__", "constructor"), fc.integer({ min: 0, max: 100 }));
    fc.assert(
      fc.property(weights, (given) => {
        const isSame = Object.keys(given).length === 2 && Reflect.get(given, "a") === 70 && Reflect.get(given, "b") === 30;
        expect(whyNotLive([entry({ weights: given })], expected()) === null).toBe(isSame);
      }),
    );
  });
});

describe("whyOutOfStep", () => {
  it.each<[string, DumpEntry[], string | null]>([
    ["the same weights under any version", [entry({ version: "by-hand" })], null],
    ["other weights", [entry({ version: "1", weights: { a: 90, b: 10 } })], "Its version 1 has a 90, b 10."],
    ["no such rule", [entry({ version: "1", rule: "x" })], "Its version 1 lacks this rule."],
    ["no such route", [], "It has no route reviews."],
  ])("tells %s", (_, entries, reason) => {
    expect(whyOutOfStep(entries, "reviews", "h/main", WEIGHTS)).toBe(reason);
  });
});

describe("versionInForce", () => {
  it("is null where there is none", () => {
    expect(versionInForce([], "reviews")).toBeNull();
    expect(versionInForce([entry({ version: "" })], "reviews")).toBeNull();
    expect(versionInForce([entry({ name: "x", version: "9" }), entry()], "reviews")).toBe(MARKER);
  });
});
