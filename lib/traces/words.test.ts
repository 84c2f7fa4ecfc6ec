import { describe, expect, test } from "vitest";

import { durationWords } from "./words.ts";

describe("a duration in a sentence", () => {
  test.each([
    [0, "0 ms"],
    [0.000_4, "0.4 µs"],
    [0.0066, "6.6 µs"],
    [0.025, "25 µs"],
    [0.1, "0.1 ms"],
    [0.84, "0.8 ms"],
    [342, "342 ms"],
    [1_020, "1.02 s"],
    [125_000, "2 min 5 s"],
  ])("%s ms is %s", (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  });
});
