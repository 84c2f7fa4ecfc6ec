import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  askedMoment,
  atMsOf,
  atText,
  lookWords,
  momentWords,
  parseAt,
  pastRefusal,
  stretchOf,
  windowEndWords,
  withLocalTimes,
} from "./moment.ts";

/** Local times, so that the words are the same in every zone. */
const AT = new Date(2026, 10, 21, 14, 2, 30).getTime();
const NOW = AT + 12 * 60_000;
const LATER = AT + 3 * 86_400_000;

describe("the end of the window in the address", () => {
  test.each([
    ["2026-01-01T12:00:30Z", "2026-01-01T12:00:30Z"],
    ["2026-01-01T13:00:30+01:00", "2026-01-01T12:00:30Z"],
    ["2026-01-01T12:00:30.999Z", "2026-01-01T12:00:30Z"],
    ["2026-01-01T12:00Z", "2026-01-01T12:00:00Z"],
  ])("%s is %s", (text, at) => {
    expect(parseAt(text, NOW)).toBe(at);
  });

  test.each([
    "",
    "yesterday",
    "2026",
    "2026-01-01",
    "2026-01-01T12:00:30",
    "2026-13-01T12:00:00Z",
    "2026-01-01T25:00:00Z",
    "1767268830000",
    "NaN",
  ])("%j counts as absent", (text) => {
    expect(parseAt(text, NOW)).toBeNull();
  });

  test("what has not come yet counts as absent, and what is over is taken", () => {
    expect(parseAt(atText(NOW + 1_000), NOW)).toBeNull();
    expect(parseAt(atText(NOW - 1_000), NOW)).not.toBeNull();
  });

  test("whole seconds survive the address", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const at = parseAt(atText(seconds * 1_000), Number.POSITIVE_INFINITY);
        expect(atMsOf(at)).toBe(seconds * 1_000);
      }),
    );
    expect(atMsOf(null)).toBeNull();
  });
});

test("a stretch ends now, or at the instant, and is as long as it was asked for", () => {
  expect(stretchOf(300_000, null)).toEqual({ window: "300s" });
  expect(stretchOf(300_000, "2026-01-01T12:05:00Z")).toEqual({
    window: "300s",
    from: "2026-01-01T12:00:00.000Z",
    to: "2026-01-01T12:05:00.000Z",
  });
});

describe("words", () => {
  test("name the day only where it is not today's", () => {
    expect([momentWords(AT, NOW), momentWords(AT, LATER)]).toEqual(["14:02:30", "14:02:30 on 21 Nov"]);
    expect(windowEndWords("1 min", null, NOW)).toBe("last 1 min");
    expect(windowEndWords("1 min", atText(AT), NOW)).toBe("1 min to 14:02:30");
    expect(windowEndWords("1 min", atText(AT), LATER)).toBe("1 min to 21 Nov 14:02:30");
  });

  test("say where the reader is, and why nothing can be changed from there", () => {
    expect(lookWords(AT, NOW)).toBe("You look at 14:02:30, 12\u00a0min ago.");
    expect(lookWords(AT, LATER)).toBe("You look at 14:02:30 on 21 Nov, 3\u00a0d ago.");
    expect(pastRefusal(AT, NOW)).toBe("You look at 14:02:30: go back to live to change anything.");
  });

  test("of the API show instants by the reader's clock, and leave everything else", () => {
    const iso = new Date(AT).toISOString();
    expect(withLocalTimes(`Kept from ${iso} on; not at 12:00, 2026-11-21 or ${atText(AT)}.`, NOW)).toBe(
      "Kept from 14:02:30 on; not at 12:00, 2026-11-21 or 14:02:30.",
    );
  });
});

describe("the moment that is asked for", () => {
  const [before, then] = ["2026-01-01T12:00:00Z", "2026-01-01T12:00:15Z"];

  test("is the one before while the reader steps from one to another", () => {
    expect(askedMoment(then, before)).toBe(before);
    expect(askedMoment(then, then)).toBe(then);
  });

  test("follows into the past and back to now at once", () => {
    expect(askedMoment(then, null)).toBe(then);
    expect(askedMoment(null, before)).toBeNull();
    expect(askedMoment(null, null)).toBeNull();
  });
});
