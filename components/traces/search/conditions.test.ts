import { describe, expect, test } from "vitest";

import { traceSearchParsers, type TraceSearchState } from "#lib/client/trace-search-params.ts";
import { countFacets } from "#lib/traces/facets.ts";
import { createLoader } from "nuqs/server";

import { changeOfValue, facetGroups } from "./condition-change.ts";
import { differenceSentence, sampleWords, selectedBy, setAsideWords, telling, valueShares } from "./difference-words.ts";
import { toggleTerm } from "./term-change.ts";
import { traceAt } from "./testing/traces.ts";

const load = createLoader(traceSearchParsers);
const stateOf = (search: string): TraceSearchState => load(`http://weft.invalid/traces?${search}`);

const TRACES = [
  traceAt(1_000, {
    status: "error",
    services: [
      { service: "web", namespace: "shop", spans: 1, errors: 0, versions: [] },
      { service: "reviews", namespace: "shop", spans: 2, errors: 1, versions: ["v2"] },
    ],
  }),
  traceAt(2_000),
  traceAt(3_000, { services: [{ service: "web", namespace: "old", spans: 1, errors: 0, versions: ["v1"] }] }),
];

function choice(state: TraceSearchState, title: string, name: string) {
  return facetGroups(countFacets(TRACES), state)
    .find((group) => group.title === title)
    ?.choices.find((one) => one.name === name);
}

describe("facets", () => {
  test("count traces and narrow by a press", () => {
    expect(choice(stateOf(""), "Service", "reviews")).toMatchObject({
      traces: 1,
      failed: 1,
      isChosen: false,
      change: { service: "reviews", operation: null, version: null },
    });
    expect(choice(stateOf(""), "Status", "failed")).toMatchObject({ traces: 1, change: { status: "error" } });
    expect(choice(stateOf(""), "Version", "v2")).toMatchObject({ of: "reviews", change: { service: "reviews", version: "v2" } });
  });

  test("a name of two namespaces is asked for with its namespace", () => {
    expect(choice(stateOf(""), "Service", "old/web")).toMatchObject({ traces: 1, change: { service: "old/web" } });
    expect(choice(stateOf("service=old/web"), "Service", "shop/web")).toMatchObject({ isChosen: false });
  });

  test("a second press takes away what the first one did", () => {
    expect(choice(stateOf("service=shop/reviews"), "Service", "reviews")).toMatchObject({ isChosen: true, change: { service: null } });
    const chosen = stateOf("service=shop/web&operation=GET+/&status=ok");
    expect(choice(chosen, "Root operation", "GET /")).toMatchObject({ isChosen: true, change: { operation: null } });
    expect(choice(chosen, "Status", "not failed")).toMatchObject({ isChosen: true, change: { status: null } });
    expect(choice(stateOf("service=reviews&version=v2"), "Version", "v2")).toMatchObject({ isChosen: true, change: { version: null } });
  });

  test("a chosen status stays to be taken away when no trace has it", () => {
    const groups = facetGroups(countFacets([traceAt(1)]), stateOf("status=error"));
    expect(groups.at(-1)?.choices.map((one) => [one.name, one.traces])).toEqual([
      ["failed", 0],
      ["not failed", 1],
    ]);
  });
});

describe("a value of a difference", () => {
  test("becomes the condition that asks for it", () => {
    const none = stateOf("");
    expect(changeOfValue({ service: "reviews", key: "version" }, "v2", none)).toMatchObject({ service: "reviews", version: "v2" });
    expect(changeOfValue({ service: null, key: "service" }, "cart", none)).toMatchObject({ service: "cart" });
    expect(changeOfValue({ service: null, key: "error" }, "true", none)).toEqual({ status: "error" });
    expect(changeOfValue({ service: null, key: "root operation" }, "GET /", none)).toEqual({ operation: "GET /" });
    expect(changeOfValue({ service: "catalog", key: "cache" }, "a miss", none)).toMatchObject({ service: "catalog", q: 'cache="a miss"' });
  });

  test("keeps the terms of the same service and drops those of another", () => {
    const state = stateOf("service=shop/catalog&q=x%3D1");
    expect(changeOfValue({ service: "catalog", key: "cache" }, "miss", state)).toEqual({ q: "x=1 cache=miss" });
    expect(changeOfValue({ service: "cart", key: "cache" }, "miss", state)).toEqual({
      service: "cart",
      operation: null,
      version: null,
      q: "cache=miss",
    });
  });
});

test("a term is added once, and taken away by the same press", () => {
  const term = { key: "http.route", value: "/a b", isNegated: false };
  const added = toggleTerm("-error", term);
  expect(added).toBe('-error http.route="/a b"');
  expect(toggleTerm(added, term)).toBe("-error");
  expect(toggleTerm('broken="', term)).toBe('http.route="/a b"');
});

describe("differences in words", () => {
  const difference = { service: "reviews", key: "version", values: [{ value: "v2", inSelection: 24, inRest: 16 }], score: 0.7 };
  const answer = { selection: { traces: 25 }, rest: { traces: 175 }, items: [difference], isSampled: false };

  test("the sentence names the value that tells most, with both shares", () => {
    expect(differenceSentence(answer)).toBe("reviews version = v2 in 96 % of the selection and 9 % of the rest");
    expect(sampleWords(answer)).toBe("n = 25 in the selection, 175 in the rest");
    expect(sampleWords({ ...answer, isSampled: true })).toContain("there were more");
  });

  test("what may be chance is not told as a difference", () => {
    const chance = { ...answer, items: [{ ...difference, score: 0 }] };
    expect(telling(chance)).toEqual([]);
    expect(differenceSentence(chance)).toContain("by more than chance");
  });

  test("what names the version itself is said to be set aside, and is not what the sentence names", () => {
    const by = selectedBy({ selVersion: "v2" }, "shop/reviews");
    expect(by).toEqual({ version: { service: "reviews", version: "v2" }, status: null });
    expect(selectedBy({ selMinMs: 250 }, null)).toEqual({ version: null, status: null });
    expect(setAsideWords([], by)).toBeNull();
    expect(setAsideWords([difference], by)).toBe("Set aside: what names the version itself (reviews version).");
    expect(
      setAsideWords(
        Array.from({ length: 8 }, () => difference),
        selectedBy({ selStatus: "error" }, ""),
      ),
    ).toMatch(/^Set aside: what tells the result itself \(.* and 2 more\)\.$/);
    expect(differenceSentence({ ...answer, items: [] }, [difference])).toMatch(/^Nothing else tells/);
  });

  test("an empty side has no share", () => {
    expect(differenceSentence({ ...answer, selection: { traces: 0 } })).toContain("no trace");
    expect(differenceSentence({ ...answer, rest: { traces: 0 } })).toContain("no rest");
    expect(valueShares(difference, { selection: { traces: 0 }, rest: { traces: 160 } })[0]).toMatchObject({
      selectionShare: null,
      restShare: 0.1,
    });
  });

  test("names from outside cannot turn a sentence around", () => {
    const evil = { ...difference, values: [{ value: "\u202ev2", inSelection: 25, inRest: 0 }] };
    expect(differenceSentence({ ...answer, items: [evil] })).toContain("\\u{202e}v2");
  });
});
