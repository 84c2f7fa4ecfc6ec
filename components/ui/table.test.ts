import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Sourced } from "#lib/model/evidence.ts";

import { rowWindow, WINDOW_FROM } from "./row-window.ts";
import { badgeText, badgeTone, costWords } from "./source-badge-text.ts";
import { sparkPaths } from "./spark-path.ts";
import { matchesFind, nextSort, parseSort, printSort, sortRows } from "./table-sort.ts";
import { statusRank, toneOfErrorRatio } from "./tone.ts";

const answer = (part: Partial<Sourced<null>>): Sourced<null> => ({
  value: null,
  provenance: [],
  notices: [],
  coverage: "complete",
  ...part,
});

const origin = (source: string, observedAt: string | null) => ({ source, kind: "k", query: "q", observedAt });

const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("sorting", () => {
  test("what is not known stands last in both directions, and equals keep their order", () => {
    const rows = [{ n: null }, { n: 2 }, { n: 10 }, { n: null }, { n: 1 }].map((row, at) => ({ ...row, at }));
    const order = (direction: "asc" | "desc") => sortRows(rows, (row) => row.n, direction).map((row) => row.at);
    expect(order("asc")).toEqual([4, 1, 2, 0, 3]);
    expect(order("desc")).toEqual([2, 1, 4, 0, 3]);
  });

  test("names with numbers in them sort as a person would", () => {
    expect(sortRows(["p-10", "p-2", "p-1"], (row) => row, "asc")).toEqual(["p-1", "p-2", "p-10"]);
  });

  test("a header first sorts its own way, then the other", () => {
    const first = nextSort(null, "rate", "desc");
    expect(first).toEqual({ column: "rate", direction: "desc" });
    expect(nextSort(first, "rate", "desc").direction).toBe("asc");
    expect(nextSort(first, "name", "asc")).toEqual({ column: "name", direction: "asc" });
  });

  test("a sort survives the address; nonsense there is none", () => {
    expect(parseSort(printSort({ column: "error-share", direction: "desc" }))).toEqual({ column: "error-share", direction: "desc" });
    for (const text of ["", "rate", "rate.up", "a b.asc", "<x>.asc"]) expect(parseSort(text)).toBeNull();
  });

  test("every word of a find text must occur somewhere in the row", () => {
    expect(matchesFind("REV v2", ["reviews", null, "v2"])).toBe(true);
    expect(matchesFind("rev v3", ["reviews", "v2"])).toBe(false);
    expect(matchesFind("", ["x"])).toBe(true);
  });
});

describe("the window over a long table", () => {
  test("shows all of a short one", () => {
    expect(rowWindow(WINDOW_FROM - 1, 36, 5_000, 600)).toEqual({ first: 0, last: WINDOW_FROM - 2, above: 0, below: 0 });
    expect(rowWindow(0, 36, 0, 600)).toEqual({ first: 0, last: -1, above: 0, below: 0 });
  });

  test("covers what is in sight and never changes the height of the whole", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: WINDOW_FROM, max: 20_000 }),
        fc.integer({ min: 20, max: 48 }),
        fc.integer({ min: -100, max: 1_000_000 }),
        (count, height, wanted) => {
          const viewport = 700;
          const scrolled = Math.min(wanted, Math.max(0, count * height - viewport));
          const { first, last, above, below } = rowWindow(count, height, scrolled, viewport);
          expect(above + below + (last - first + 1) * height).toBe(count * height);
          expect(first * height).toBeLessThanOrEqual(Math.max(0, scrolled));
          expect((last + 1) * height).toBeGreaterThanOrEqual(Math.min(count * height, scrolled + viewport));
          expect(last - first).toBeLessThan(viewport / height + 30);
        },
      ),
    );
  });
});

describe("sparklines", () => {
  test("start at zero and break at gaps", () => {
    const { line } = sparkPaths([1, null, 2, 4], 30, 20);
    expect(line).toBe("M0 14.3h0.1M20 10L30 1.5");
  });

  test("draw nothing for nothing, and a flat line for zeros", () => {
    expect(sparkPaths([], 30, 20)).toEqual({ line: "", area: "" });
    expect(sparkPaths([null, null], 30, 20).line).toBe("");
    expect(sparkPaths([0, 0], 30, 20).line).toBe("M0 18.5L30 18.5");
  });
});

describe("the source badge", () => {
  const NOW = Date.parse("2026-01-01T00:00:10.000Z");

  test("names each source once and shows the oldest age", () => {
    const provenance = [origin("a", "2026-01-01T00:00:09.000Z"), origin("a", "2026-01-01T00:00:05.000Z"), origin("b", null)];
    const { sources, state } = badgeText(answer({ provenance }), NOW);
    expect([sources, plain(state)]).toEqual(["a, b", "5 s"]);
    expect(plain(badgeText(answer({ provenance, coverage: "partial" }), NOW).state)).toBe("5 s, partly");
  });

  test("says when nobody was named and when no time is known", () => {
    expect(badgeText(answer({}), NOW)).toEqual({ sources: "no source", state: "" });
    expect(badgeText(answer({ provenance: [origin("a", null)], coverage: "stale" }), NOW)).toEqual({ sources: "a", state: "stale" });
    expect(badgeTone(answer({ coverage: "stale" }))).toBe("stale");
    expect(badgeTone(answer({}))).toBe("unasked");
    expect(badgeTone(answer({ provenance: [origin("a", null)] }))).toBe("fresh");
  });

  test("says what the questions cost, where a source tells", () => {
    const asked = (series: number, ms: number) => ({ ...origin("a", null), cost: { series, ms } });
    expect(costWords([origin("a", null)])).toBeNull();
    expect(plain(costWords([asked(1_200, 40), origin("b", null), asked(31, 450)]) ?? "")).toBe(
      "2 questions: 1,231 series, 450 ms at the longest",
    );
    expect(plain(costWords([asked(1, 5)]) ?? "")).toBe("1 question: 1 series, 5 ms at the longest");
  });
});

test("limits and ranks", () => {
  expect([null, 0.0049, 0.005, 0.0199, 0.02].map(toneOfErrorRatio)).toEqual([null, null, "warn", "warn", "fail"]);
  expect((["healthy", "unknown", "failing", "degraded"] as const).toSorted((a, b) => statusRank(a) - statusRank(b))).toEqual([
    "failing",
    "degraded",
    "unknown",
    "healthy",
  ]);
});
