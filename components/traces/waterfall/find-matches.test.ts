import { describe, expect, test } from "vitest";

import type { Span } from "#lib/model/trace.ts";
import { plainSpan } from "#lib/testing/trace-builders.ts";

import { findMatches, nextMatch, parseFindTerms, type Findable } from "./find-matches.ts";

function item(service: string, name: string, parts: Partial<Span> = {}, version: string | null = null): Findable {
  const span = plainSpan({ spanId: "00f067aa0ba902b7", name, ...parts });
  return { span, resource: { service, namespace: null, version, instance: null, attributes: [{ key: "zone", value: "West" }] } };
}

const items = [
  item("gateway", "GET /product/42"),
  item("reviews", "GET /reviews", { isError: true, attributes: [{ key: "http.status_code", value: "504" }] }, "v2"),
  item("ratings", "GET /ratings", { events: [{ name: "retry", atMs: 1, attributes: [{ key: "reason", value: "Reset by peer" }] }] }),
];

describe("the find text", () => {
  test("is split into words, quoted texts, attributes and negations", () => {
    expect(parseFindTerms('Reviews http.route="/a b" -version=v1 "two words" status=')).toEqual([
      { key: null, text: "reviews", isNegated: false },
      { key: "http.route", text: "/a b", isNegated: false },
      { key: "version", text: "v1", isNegated: true },
      { key: null, text: "two words", isNegated: false },
      { key: "status", text: "", isNegated: false },
    ]);
  });

  test("odd text never throws and an empty one asks for nothing", () => {
    for (const text of ["", "  ", '"', "-", "=", '=""', 'a="', "--", "\u202e<b>"]) expect(() => parseFindTerms(text)).not.toThrow();
    expect(findMatches(items, "  ")).toEqual([]);
  });

  test("finds by service, operation, attribute, event, status and version", () => {
    expect(findMatches(items, "reviews")).toEqual([1]);
    expect(findMatches(items, "get")).toEqual([0, 1, 2]);
    expect(findMatches(items, "http.status_code=504")).toEqual([1]);
    expect(findMatches(items, "http.status_code=5 service=rev")).toEqual([1]);
    expect(findMatches(items, "status=error")).toEqual([1]);
    expect(findMatches(items, "error=true")).toEqual([1]);
    expect(findMatches(items, "version=v2")).toEqual([1]);
    expect(findMatches(items, '"reset by"')).toEqual([2]);
    expect(findMatches(items, "zone=west")).toEqual([0, 1, 2]);
    expect(findMatches(items, "get -error=true")).toEqual([0, 2]);
    expect(findMatches(items, "nothing")).toEqual([]);
  });
});

describe("stepping through matches", () => {
  test("goes round both ways, from any place", () => {
    expect(nextMatch([2, 5, 9], 5, 1)).toBe(9);
    expect(nextMatch([2, 5, 9], 9, 1)).toBe(2);
    expect(nextMatch([2, 5, 9], 3, -1)).toBe(2);
    expect(nextMatch([2, 5, 9], 2, -1)).toBe(9);
    expect(nextMatch([], 0, 1)).toBeNull();
  });
});
