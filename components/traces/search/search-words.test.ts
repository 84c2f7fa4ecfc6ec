import { describe, expect, test } from "vitest";

import type { TraceSearch } from "#lib/model/trace.ts";

import { boundsWords, parseBoundsForm, parseClockField, parseDurationField, printDurationField } from "./bounds-form.ts";
import { foundSentence, gaveUpSentence, moreSentence, reachWords, searchSentence } from "./sentence.ts";
import { traceAt } from "./testing/traces.ts";

const NOW = new Date(2026, 0, 1, 14, 32, 20).getTime();
const plain = (text: string | null) => text?.replaceAll("\u00a0", " ") ?? null;

function search(failed: number, ok: number, part: Partial<TraceSearch> = {}): TraceSearch {
  const items = Array.from({ length: failed + ok }, (_, index) =>
    traceAt(NOW - 3_000 - index * 1_000, { status: index < failed ? "error" : "ok" }),
  );
  return { items, hasMore: false, searchedTo: null, ...part };
}

function title(found: TraceSearch, hasConditions = false, hidden = 0) {
  return plain(searchSentence(found, { hasConditions, stretch: "in the last 5 min", hidden }, NOW));
}

describe("the page's title", () => {
  test("says how many failed, and how old the newest is", () => {
    expect(title(search(23, 177))).toBe("23 of 200 traces failed; newest 3 s ago");
    expect(title(search(23, 177, { hasMore: true }))).toBe("23 of the newest 200 traces failed; newest 3 s ago");
    expect(title(search(0, 2))).toBe("None of 2 traces failed; newest 3 s ago");
    expect(title(search(1, 0))).toBe("The only trace found failed; 3 s ago");
    expect(title(search(0, 1))).toBe("The only trace found did not fail; 3 s ago");
  });
  test("tells nothing that came from nothing that was found", () => {
    expect(title(search(0, 0), true)).toBe("No trace meets these conditions");
    expect(title(search(0, 0))).toBe("No trace started in the last 5 min");
  });
  test("of a search that gave up says how far it came, and never that nothing meets the conditions", () => {
    const searchedTo = new Date(NOW - 60_000).toISOString();
    const cut = search(0, 0, { hasMore: true, searchedTo });
    const sentence = "No trace found back to 14:31:20; older ones were not looked at. Narrow the search";
    expect(title(cut, true)).toBe(sentence);
    expect(title(search(0, 0, { searchedTo }))).toBe(sentence);
    expect(title(search(0, 0, { hasMore: true }), true)).toMatch(/^No trace found among those that were looked at/);
    expect(gaveUpSentence(search(0, 0))).toBeNull();
    expect(gaveUpSentence(search(0, 1, { hasMore: true, searchedTo }))).toBeNull();
    expect(foundSentence(cut)).toBe(`${sentence}.`);
    expect(moreSentence(cut, 200)).toBeNull();
  });
  test("of traces that the page hides blames the page", () => {
    expect(title(search(0, 0, { hasMore: true }), true, 200)).toBe("None of 200 loaded traces matches what the top bar asks for");
  });
  test("has no age before the clock is known", () => {
    expect(searchSentence(search(1, 1), { hasConditions: false, stretch: "", hidden: 0 }, 0)).toBe("1 of 2 traces failed");
  });
});

describe("what is left out", () => {
  test("nothing, when all is there", () => {
    expect(moreSentence(search(0, 3), 200)).toBeNull();
  });
  test("how far back the list reaches, where it is not whole", () => {
    expect(reachWords(search(0, 200, { hasMore: true }))).toBe("newest 200, back to 14:28:58");
    expect(reachWords(search(0, 200))).toBeNull();
    expect(reachWords(search(0, 0, { hasMore: true }))).toBeNull();
  });
  test("older ones, and how to get them", () => {
    expect(moreSentence(search(0, 200, { hasMore: true }), 200)).toBe(
      "There is more: these are the newest 200, back to 14:28:58. Narrow the search, or load 500.",
    );
    expect(moreSentence(search(0, 1_000, { hasMore: true }), 1_000)).toContain("Narrow the search: no more are loaded at once.");
  });
  test("what the source did not look at", () => {
    const searchedTo = new Date(NOW - 60_000).toISOString();
    expect(moreSentence(search(0, 3, { searchedTo }), 200)).toBe(
      "Older traces may be missing. The source looked back to 14:31:20, no further.",
    );
    expect(moreSentence(search(0, 3, { hasMore: true }), 200)).toBe("There may be more that the source did not get to.");
  });
});

test("what those who hear the page are told", () => {
  expect(foundSentence(search(2, 3))).toBe("5 traces found, 2 failed.");
  expect(foundSentence(search(0, 0))).toBe("No trace found.");
});

describe("durations in a field", () => {
  test.each([
    ["", null],
    ["250", 250],
    [" 250 ms ", 250],
    ["1.5s", 1_500],
    ["1,5 S", 1_500],
    ["200us", 0.2],
    ["2 min", 120_000],
  ])("%s", (text, value) => {
    expect(parseDurationField(text)).toEqual({ ok: true, value });
  });
  test.each(["-1", "abc", "1h", "1e3", "25 hours", "99999999999 min"])("%s is refused with a sentence", (text) => {
    expect(parseDurationField(text)).toMatchObject({ ok: false, text: expect.stringContaining("duration") });
  });
  test("come back as they were", () => {
    for (const ms of [0, 0.2, 12.5, 300_000]) expect(parseDurationField(printDurationField(ms))).toEqual({ ok: true, value: ms });
    expect(printDurationField(null)).toBe("");
  });
});

describe("times in a field", () => {
  test("are those of the stretch, also across midnight", () => {
    const midnight = new Date(2026, 0, 2, 0, 0, 0).getTime();
    const domain = [midnight - 600_000, midnight + 600_000] as const;
    expect(parseClockField("23:55:00", domain)).toEqual({ ok: true, value: midnight - 300_000 });
    expect(parseClockField("0:05", domain)).toEqual({ ok: true, value: midnight + 300_000 });
    expect(parseClockField("00:05:00.25", domain)).toEqual({ ok: true, value: midnight + 300_250 });
  });
  test.each(["25:00", "12:60:00", "noon", "12"])("%s is refused", (text) => {
    expect(parseClockField(text, [NOW - 1, NOW])).toMatchObject({ ok: false });
  });
});

describe("a selection by numbers", () => {
  const domain = [NOW - 300_000, NOW] as const;
  const none = { from: "", to: "", min: "", max: "" };
  test("any one bound is enough", () => {
    expect(parseBoundsForm({ ...none, min: "250" }, domain)).toEqual({
      ok: true,
      value: { fromMs: null, toMs: null, minMs: 250, maxMs: null },
    });
  });
  test("says which field is wrong", () => {
    expect(parseBoundsForm(none, domain)).toMatchObject({ ok: false, field: "from" });
    expect(parseBoundsForm({ ...none, from: "14:32:00", to: "14:31:00" }, domain)).toMatchObject({ ok: false, field: "to" });
    expect(parseBoundsForm({ ...none, min: "9", max: "3" }, domain)).toMatchObject({ ok: false, field: "max" });
    expect(parseBoundsForm({ ...none, to: "x" }, domain)).toMatchObject({ ok: false, field: "to" });
  });
  test("reads in words", () => {
    expect(plain(boundsWords({ fromMs: NOW - 20_000, toMs: NOW, minMs: 250, maxMs: null }))).toBe("14:32:00 to 14:32:20, 250 ms and more");
    expect(plain(boundsWords({ fromMs: null, toMs: NOW, minMs: null, maxMs: 3 }))).toBe("up to 14:32:20, up to 3 ms");
  });
});
