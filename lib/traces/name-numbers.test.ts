import { describe, expect, it } from "vitest";

import { NameNumbers, NO_NAME } from "./name-numbers.ts";

describe("NameNumbers", () => {
  it("gives each name one number, and none to no name", () => {
    const names = new NameNumbers();
    const [a, b, empty] = [names.numberOf("a"), names.numberOf("b"), names.numberOf("")];
    expect(new Set([NO_NAME, a, b, empty]).size).toBe(4);
    expect([names.numberOf("a"), names.numberOf(null)]).toEqual([a, NO_NAME]);
    expect([a, b, empty, NO_NAME].map((number) => names.nameOf(number))).toEqual(["a", "b", "", null]);
  });

  it("keeps the names in use, and gives the numbers of the others away again", () => {
    const names = new NameNumbers();
    const kept = names.numberOf("kept");
    const gone = names.numberOf("gone");
    names.retain((use) => use(kept));
    expect([names.size, names.nameOf(kept), names.nameOf(gone)]).toEqual([1, "kept", null]);
    expect([names.numberOf("new"), names.numberOf("kept")]).toEqual([gone, kept]);
  });

  it("stays as small as the names that are in use, whatever number of names comes", () => {
    const names = new NameNumbers();
    const kept = names.numberOf("kept");
    let most = 0;
    for (let index = 0; index < 100_000; index++) {
      names.numberOf(`version ${index}`);
      if (names.isCrowded) names.retain((use) => use(kept));
      most = Math.max(most, names.size);
    }
    expect(most).toBeLessThan(5_000);
  });
});
