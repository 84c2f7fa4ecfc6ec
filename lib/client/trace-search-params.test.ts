import { createSerializer } from "nuqs/server";
import { describe, expect, test } from "vitest";

import { apiUrl } from "./api-client.ts";
import {
  fixedStretch,
  hasConditions,
  nextLimit,
  parseAsInstant,
  parseAsMs,
  pinOf,
  requestOf,
  searchedStretch,
  selecting,
  selectionBounds,
  selectionRequest,
  showingOnly,
  traceSearchParsers,
  type TraceSearchChange,
  type TraceSearchState,
} from "./trace-search-params.ts";

const EMPTY: TraceSearchState = {
  service: "",
  operation: "",
  version: "",
  status: null,
  minMs: null,
  maxMs: null,
  q: "",
  from: null,
  to: null,
  pin: "",
  wholeMin: null,
  wholeMax: null,
  source: "",
  limit: 200,
  selFrom: null,
  selTo: null,
  selMin: null,
  selMax: null,
  selVersion: "",
  diff: false,
  scale: "log",
};

/** The state after a change: what is dropped has its default again. */
function changed(state: TraceSearchState, change: TraceSearchChange): TraceSearchState {
  const parts = Object.entries(change).map(([key, value]) => [key, value ?? Reflect.get(EMPTY, key)]);
  return { ...state, ...Object.fromEntries(parts) };
}

const NOON = Date.parse("2026-01-01T12:00:00.000Z");
const DOMAIN = [NOON - 60_000, NOON] as const;

describe("the address", () => {
  test("what the API would refuse counts as absent", () => {
    expect(["", "-1", "x", "86400001", "NaN"].map((text) => parseAsMs.parse(text))).toEqual([null, null, null, null, null]);
    expect([parseAsMs.parse("0"), parseAsMs.parse("12.5")]).toEqual([0, 12.5]);
    expect(parseAsInstant.parse("yesterday")).toBeNull();
    expect(parseAsInstant.parse("2026-01-01T13:00:00+01:00")).toBe("2026-01-01T12:00:00.000Z");
    expect(traceSearchParsers.limit.parse("201")).toBeNull();
    expect(traceSearchParsers.status.parse("failed")).toBeNull();
  });

  test("holds no more than was chosen, and every text as it is", () => {
    const serialize = createSerializer(traceSearchParsers);
    expect(serialize(EMPTY)).toBe("");
    const q = 'http.route="/a b" -x=<i>&y';
    const search = new URLSearchParams(serialize({ ...EMPTY, q, status: "error", limit: 500 }));
    expect(Object.fromEntries(search)).toEqual({ q, status: "error", limit: "500" });
  });
});

describe("what is asked", () => {
  test("nothing narrows unless it was said", () => {
    expect(apiUrl("/x", { ...requestOf(EMPTY, "300s") })).toBe("/x?window=300s");
    expect(hasConditions(EMPTY)).toBe(false);
    expect(hasConditions({ ...EMPTY, status: "ok" })).toBe(true);
    expect(hasConditions({ ...EMPTY, wholeMin: 0 })).toBe(true);
  });

  test("a stretch that a selection fixed gives way to another choice in the top bar, one from a link does not", () => {
    const state = { ...EMPTY, from: "2026-01-01T11:59:00.000Z", to: "2026-01-01T12:00:00.000Z" };
    expect(fixedStretch({ ...state, pin: "60s" }, "60s")).toEqual({ from: state.from, to: state.to });
    expect(fixedStretch({ ...state, pin: "60s" }, "300s")).toBeNull();
    expect(fixedStretch(state, "300s")).toEqual({ from: state.from, to: state.to });
    expect(fixedStretch(EMPTY, "300s")).toBeNull();
  });
});

describe("the past", () => {
  const AT = "2026-01-01T12:00:00Z";
  const toNoon = { from: "2026-01-01T11:59:00.000Z", to: "2026-01-01T12:00:00.000Z" };

  test("is searched from one instant to another, and now is the last so-and-so much", () => {
    expect(searchedStretch(EMPTY, "60s", AT)).toEqual(toNoon);
    expect(requestOf(EMPTY, "60s", AT)).toMatchObject(toNoon);
    expect(searchedStretch(EMPTY, "60s", null)).toBeNull();
    expect(requestOf(EMPTY, "60s")).not.toHaveProperty("from");
  });

  test("a stretch that a selection fixed there outdoes it, until the top bar ends the window elsewhere", () => {
    const state = { ...EMPTY, from: "2026-01-01T11:59:20.000Z", to: "2026-01-01T11:59:40.000Z", pin: pinOf("60s", AT) };
    expect(searchedStretch(state, "60s", AT)).toEqual({ from: state.from, to: state.to });
    expect(searchedStretch(state, "60s", null)).toBeNull();
    expect(searchedStretch(state, "60s", "2026-01-01T13:00:00Z")?.to).toBe("2026-01-01T13:00:00.000Z");
    expect(pinOf("60s", null)).toBe("60s");
  });
});

describe("a selection", () => {
  const bounds = { fromMs: NOON - 30_000, toMs: null, minMs: 100, maxMs: null };

  test("comes back as it was drawn, and holds the time still", () => {
    const state = changed(EMPTY, selecting(bounds, DOMAIN, "60s"));
    expect(selectionBounds(state)).toEqual(bounds);
    expect(fixedStretch(state, "60s")).toEqual({ from: "2026-01-01T11:59:00.000Z", to: "2026-01-01T12:00:00.000Z" });
    expect(selectionBounds(EMPTY)).toBeNull();
    expect(selectionRequest(EMPTY)).toBeNull();
    expect(selectionRequest(state)).toMatchObject({ selFrom: "2026-01-01T11:59:30.000Z", selTo: null, selMinMs: 100, selMaxMs: null });
    expect(selectionRequest({ ...EMPTY, selVersion: "v2" })).toMatchObject({ selVersion: "v2" });
  });

  test("becomes conditions, never wider than the ones there were", () => {
    const state = { ...changed(EMPTY, selecting(bounds, DOMAIN, "60s")), minMs: 150, maxMs: 900 };
    const change = showingOnly(state, "60s");
    expect(change).toMatchObject({ minMs: 150, maxMs: 900, selMin: null, selFrom: null, diff: null, pin: "60s" });
    expect(change).toMatchObject({ from: "2026-01-01T11:59:30.000Z", to: "2026-01-01T12:00:00.000Z" });
  });

  test("beside a service, durations stay those of the whole trace", () => {
    const state = { ...changed(EMPTY, selecting(bounds, DOMAIN, "60s")), service: "reviews", minMs: 5 };
    const change = showingOnly(state, "60s");
    expect(change).toMatchObject({ wholeMin: 100, wholeMax: null });
    expect(change).not.toHaveProperty("minMs");
  });

  test("of a version becomes a condition on the version", () => {
    expect(showingOnly({ ...EMPTY, service: "reviews", selVersion: "v2" }, "60s")).toMatchObject({ version: "v2", from: null, pin: null });
  });
});

test("more are loaded in steps, up to a thousand", () => {
  expect([200, 500, 1_000].map(nextLimit)).toEqual([500, 1_000, null]);
});
