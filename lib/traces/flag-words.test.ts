import { describe, expect, it } from "vitest";

import { explainFlag, isConsequence } from "./flag-words.ts";

describe("explainFlag", () => {
  it("says a flag in words and in a sentence", () => {
    expect(explainFlag("UH")).toEqual({
      flag: "UH",
      words: "no healthy endpoint",
      meaning: "The target had no healthy endpoint, so the request was not sent.",
    });
  });

  // envoyproxy/envoy, source/common/stream_info/utility.h, and the newer DR.
  const ALL = "LH UH UT LR UR UF UC UO NR DI FI RL UAEX RLSE DC URX SI IH DPE UMSDR RFCF NFCF DT UPE NC OM DF DO DR".split(" ");
  it.each(ALL)("knows %s", (flag) => {
    const { words, meaning } = explainFlag(flag);
    expect(words).not.toBe(flag);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  });

  it("says each flag differently", () => {
    expect(new Set(ALL.map((flag) => explainFlag(flag).words)).size).toBe(ALL.length);
  });

  it.each(["", "XYZ", "uh", "constructor", "__proto__"])("lets a flag that it does not know be: %j", (flag) => {
    expect(explainFlag(flag)).toEqual({ flag, words: flag, meaning: null });
  });
});

describe("isConsequence", () => {
  it.each([
    [["DC"], true],
    [["DC", "DR"], true],
    [["DC", "UT"], false],
    [["UT"], false],
    [[], false],
  ])("of %j: %s", (flags, expected) => {
    expect(isConsequence(flags)).toBe(expected);
  });
});
