import { describe, expect, test } from "vitest";

import type { Difference } from "#lib/model/trace.ts";

import { splitImplied, type SelectedBy } from "./differences-implied.ts";

type Values = Readonly<Record<string, readonly [inSelection: number, inRest: number]>>;

function property(service: string | null, key: string, values: Values): Difference {
  return {
    service,
    key,
    values: Object.entries(values).map(([value, [inSelection, inRest]]) => ({ value, inSelection, inRest })),
    score: 0.5,
  };
}

const APART: Values = { a: [9, 0], b: [0, 40] };
const MIXED: Values = { a: [9, 2], b: [0, 40] };

const items = [
  property("reviews", "version", { v2: [9, 0], v1: [0, 40] }),
  property("reviews", "image.tag", APART),
  property("reviews", "node_id", MIXED),
  property("frontend", "upstream_address", APART),
  property("reviews", "error", { true: [9, 0], false: [0, 40] }),
  property("frontend", "response_flags", { UT: [9, 0] }),
  property("ratings", "calls", MIXED),
  property("ratings", "k8s.pod.name", APART),
  property("ratings", "version", MIXED),
  property(null, "root operation", APART),
];

function setAside(by: Partial<SelectedBy>): string[] {
  const { telling, implied } = splitImplied({ items }, { version: null, status: null, ...by });
  expect([...telling, ...implied].toSorted((a, b) => items.indexOf(a) - items.indexOf(b))).toEqual(items);
  return implied.map(({ service, key }) => `${service ?? "trace"} ${key}`);
}

describe("what follows from the selection", () => {
  test("by a version is what names it, not that it fails and not what others do", () => {
    const expected = ["reviews version", "reviews image.tag", "reviews node_id", "frontend upstream_address"];
    expect(setAside({ version: { service: "reviews", version: "v2" } })).toEqual(expected);
    expect(setAside({ version: { service: null, version: "v2" } })).toEqual(expected);
  });

  test("by a result is how results are told", () => {
    expect(setAside({ status: "error" })).toEqual(["reviews error", "frontend response_flags"]);
  });

  test("by time or duration is nothing", () => {
    expect(setAside({})).toEqual([]);
  });

  test("a property that only one side has does not part the two", () => {
    const one = property("reviews", "cache", { hit: [9, 0] });
    expect(splitImplied({ items: [one] }, { version: { service: "reviews", version: "v2" }, status: null }).telling).toEqual([one]);
  });
});
