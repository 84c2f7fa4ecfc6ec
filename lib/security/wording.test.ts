import { describe, expect, it } from "vitest";

import { countWords, durationWords, listWords, nodeName, nodePath } from "./wording.ts";

describe("words", () => {
  it.each([
    [-5, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [14 * 60_000, "14 min"],
    [119 * 60_000, "119 min"],
    [120 * 60_000, "2 h"],
    [47 * 3_600_000, "47 h"],
    [48 * 3_600_000, "2 d"],
  ])("%d ms is %s", (ms, text) => {
    expect(durationWords(ms)).toBe(text);
  });

  it.each([
    [[], ""],
    [["a"], "a"],
    [["a", "b"], "a and b"],
    [["a", "b", "c", "d"], "a, b, c and d"],
    [["a", "b", "c", "d", "e"], "a, b, c and 2 more"],
  ])("%j is %j", (names, text) => {
    expect(listWords(names)).toBe(text);
  });

  it("count, and name nodes without what deceives", () => {
    expect([countWords(1, "edge"), countWords(1_240, "request")]).toEqual(["1 edge", "1,240 requests"]);
    expect([nodeName("payments/ledger"), nodePath("payments/ledger")]).toEqual(["ledger", "payments/ledger"]);
    expect([nodeName("unknown/legacy"), nodePath("unknown/legacy"), nodePath("internet")]).toEqual(["legacy", "legacy", "internet"]);
    expect(nodeName("unknown/\u202etxt")).toBe("\\u{202e}txt");
  });
});
