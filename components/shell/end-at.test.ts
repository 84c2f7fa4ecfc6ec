import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { AGES, fieldText, readField, zoneWords } from "./end-at.ts";

const NOW = new Date(2026, 10, 21, 14, 2, 30).getTime();

describe("the field of a date and a time", () => {
  test("gives back the second that it was filled with, in the reader's zone", () => {
    expect(fieldText(NOW)).toBe("2026-11-21T14:02:30");
    fc.assert(
      // Whole seconds of times that no zone has twice.
      fc.property(fc.integer({ min: 1_700_000_000, max: 1_703_000_000 }), (seconds) => {
        expect(readField(fieldText(seconds * 1_000), NOW)).toEqual({ ms: seconds * 1_000 });
      }),
    );
  });

  test("takes minutes without seconds, as some browsers write them", () => {
    expect(readField("2026-11-21T14:01", NOW)).toEqual({ ms: NOW - 90_000 });
  });

  test.each(["", "2026-11-21T", "tomorrow"])("%j is asked for again", (text) => {
    expect(readField(text, NOW)).toEqual({ problem: "Give a date and a time." });
  });

  test("says what time it is where that has not come yet", () => {
    expect(readField(fieldText(NOW + 60_000), NOW)).toEqual({ problem: "That has not come yet: it is 14:02:30." });
    expect(readField(fieldText(NOW + 86_400_000), NOW)).toEqual({ problem: "That has not come yet: it is 2026-11-21 14:02:30." });
  });
});

test("the zone is named with its distance from UTC", () => {
  expect(zoneWords(NOW)).toMatch(/^(UTC|([\w/]+, )?UTC([+\u2212]\d+(:\d\d)?)?)$/);
});

test("the moments that are offered go further and further back", () => {
  expect(AGES.map(({ ms }) => ms)).toEqual(AGES.map(({ ms }) => ms).toSorted((a, b) => a - b));
});
