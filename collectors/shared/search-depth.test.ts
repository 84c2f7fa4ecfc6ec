import { describe, expect, it } from "vitest";

import { err, ok, WeftError } from "#lib/model/errors.ts";

import { askWithinBounds, searchDepth } from "./search-depth.ts";

const tooLong = err(new WeftError("SOURCE_MALFORMED", "too long", { field: "maxBytes" }));

describe("searchDepth", () => {
  it.each([
    [10, false, 11],
    [10, true, 200],
    [200, true, 800],
    [1_000, true, 1_000],
    [1_000, false, 1_001],
  ])("for %i wanted, sorted out here: %s, is %i", (limit, isSortedOutHere, depth) => {
    expect(searchDepth(limit, isSortedOutHere)).toBe(depth);
  });
});

async function asking(most: number, depth: number): Promise<{ asked: number[]; end: unknown }> {
  const asked: number[] = [];
  const end = await askWithinBounds(depth, async (one) => {
    asked.push(one);
    return one > most ? tooLong : ok("traces");
  });
  return { asked, end };
}

describe("askWithinBounds", () => {
  it("asks once where the answer can be read", async () => {
    expect(await asking(1_000, 800)).toEqual({ asked: [800], end: { depth: 800, result: ok("traces") } });
  });

  it("asks for a quarter as often as needed", async () => {
    expect(await asking(60, 800)).toEqual({ asked: [800, 200, 50], end: { depth: 50, result: ok("traces") } });
  });

  it("gives up when even a few are too long", async () => {
    expect(await asking(0, 100)).toEqual({ asked: [100, 25, 10], end: { depth: 10, result: tooLong } });
  });

  it("does not ask again for any other reason", async () => {
    const refused = err(new WeftError("SOURCE_REFUSED", "no"));
    let asked = 0;
    const answer = await askWithinBounds(100, async () => {
      asked++;
      return refused;
    });
    expect([asked, answer]).toEqual([1, { depth: 100, result: refused }]);
  });
});
