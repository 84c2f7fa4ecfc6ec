import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { RouteRule, SplitLeg } from "#lib/model/routing.ts";

import {
  addSteps,
  boundaryAt,
  draftWeights,
  isReachable,
  legName,
  moveBoundary,
  parsePercent,
  setPercent,
  stepOf,
  toDraft,
  totalOf,
} from "./draft.ts";
import { observedShares } from "./observed-shares.ts";
import { boundaryAfterKey } from "./slider-keys.ts";
import { affectedSentence, changeTitle, moveSentence, shortMove } from "./split-words.ts";

function legsOf(...weights: number[]): SplitLeg[] {
  const total = totalOf(weights);
  return weights.map((weight, index) => ({
    id: `leg-${index + 1}`,
    service: "reviews",
    version: `v${index + 1}`,
    weight,
    share: total === 0 ? 0 : weight / total,
  }));
}

function ruleOf(...weights: number[]): RouteRule {
  return { id: "all", match: "every path", legs: legsOf(...weights), timeoutMs: null, retries: null, editable: true, reason: null };
}

const arbitraryWeights = fc
  .array(fc.integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 6 })
  .filter((weights) => totalOf(weights) > 0);

const planned = (before: number, after: number) => [
  { id: "a", version: "v1", before: { share: 1 - before }, after: { share: 1 - after } },
  { id: "b", version: "v2", before: { share: before }, after: { share: after } },
];

describe("a draft", () => {
  test("starts from what is asked, and is none when it asks for the same", () => {
    const legs = legsOf(90, 10);
    expect(draftWeights(legs, null)).toEqual([90, 10]);
    expect(draftWeights(legs, { "leg-2": 25 })).toEqual([90, 25]);
    expect(toDraft(legs, [90, 10])).toBeNull();
    expect(toDraft(legs, [100, 0])).toEqual({ "leg-1": 100, "leg-2": 0 });
  });

  test("keeps an odd total, whatever is moved", () => {
    fc.assert(
      fc.property(
        arbitraryWeights,
        fc.nat(5),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: -200, max: 200 }),
        (weights, at, percent, steps) => {
          const index = at % weights.length;
          expect(totalOf(setPercent(weights, index, percent))).toBe(totalOf(weights));
          expect(totalOf(addSteps(weights, index, steps))).toBe(totalOf(weights));
          expect(addSteps(weights, index, steps).every((weight) => weight >= 0)).toBe(true);
        },
      ),
    );
  });

  test("steps by a point where the total has points, else by the smallest weight", () => {
    expect([stepOf(100), stepOf(1_000), stepOf(7), stepOf(250)]).toEqual([1, 10, 1, 3]);
    expect(addSteps([900, 100], 1, -5)).toEqual([950, 50]);
  });

  test("offers only percentages that the total can hold", () => {
    expect(isReachable(100, 1)).toBe(true);
    expect(isReachable(10, 1)).toBe(false);
    expect(isReachable(10, 50)).toBe(true);
    expect(isReachable(0, 0)).toBe(false);
  });

  test.each([
    ["12", 12],
    [" 12 % ", 12],
    ["12,5", 12.5],
    ["0.25%", 0.25],
    ["100", 100],
    ["101", null],
    ["-1", null],
    ["1e2", null],
    ["", null],
    ["%", null],
  ])("reads %j as %s", (text, percent) => {
    expect(parsePercent(text)).toBe(percent);
  });
});

describe("the slider", () => {
  test("a boundary gives and takes between its two neighbours only", () => {
    fc.assert(
      fc.property(arbitraryWeights, fc.nat(5), fc.integer({ min: -50, max: 5_000 }), (weights, at, right) => {
        const boundary = at % (weights.length - 1);
        const moved = moveBoundary(weights, boundary, right);
        expect(totalOf(moved)).toBe(totalOf(weights));
        moved.forEach((weight, index) => {
          expect(weight).toBeGreaterThanOrEqual(0);
          if (index !== boundary && index !== boundary + 1) expect(weight).toBe(weights[index]);
        });
      }),
    );
  });

  test("lies where the shares left of it end", () => {
    expect(boundaryAt([90, 10], 0)).toBe(0.9);
    expect(boundaryAt([50, 30, 20], 1)).toBe(0.8);
    expect(boundaryAt([0, 0], 0)).toBe(0);
  });

  test.each([
    ["ArrowLeft", false, [89, 11]],
    ["ArrowRight", false, [91, 9]],
    ["ArrowUp", false, [89, 11]],
    ["ArrowDown", true, [95, 5]],
    ["ArrowLeft", true, [85, 15]],
    ["PageUp", false, [80, 20]],
    ["PageDown", false, [100, 0]],
    ["Home", false, [100, 0]],
    ["End", false, [0, 100]],
  ])("%s (shift %s) leads to %j", (key, isShift, weights) => {
    expect(boundaryAfterKey({ key, isShift }, [90, 10], 0)).toEqual(weights);
  });

  test("leaves other keys alone", () => {
    expect(boundaryAfterKey({ key: "a", isShift: false }, [90, 10], 0)).toBeNull();
    expect(boundaryAfterKey({ key: "Tab", isShift: false }, [90, 10], 0)).toBeNull();
  });
});

describe("words", () => {
  test("name the version that had less before", () => {
    expect(shortMove(planned(0.1, 0))).toBe("v2 10 % → 0 %");
    expect(shortMove(planned(0.1, 0.1))).toBe("nothing moves");
    expect(changeTitle("reviews/reviews", planned(0.1, 0))).toBe("Send all reviews calls to v1");
    expect(changeTitle("reviews/reviews", planned(0.1, 0.25))).toBe("reviews: v2 10 % → 25 %");
  });

  test("say how much moves, or what share where no rate is known", () => {
    expect(moveSentence(ruleOf(90, 10), [100, 0], 61)).toBe("Moves about 6.1 requests/s from v2 to v1.");
    expect(moveSentence(ruleOf(90, 10), [100, 0], null)).toBe("Moves 10 % of the calls from v2 to v1.");
    expect(moveSentence(ruleOf(90, 10), [90, 10], 61)).toBeNull();
  });

  test("name the proxies that take it", () => {
    expect(affectedSentence(6, ["shop/frontend", "shop/catalog"])).toBe("The 6 proxies of frontend and catalog take the new weights.");
    expect(affectedSentence(1, ["shop/frontend"])).toBe("The proxy of frontend takes the new weights.");
  });

  test("call a leg by its version, else its service, else its id", () => {
    expect(legName({ id: "x", version: "v1", service: "s" })).toBe("v1");
    expect(legName({ id: "x", version: null, service: "s" })).toBe("s");
    expect(legName({ id: "x", version: null })).toBe("x");
  });
});

describe("observed shares", () => {
  test("are of all calls, with an interval around each", () => {
    const [v1, v2] = observedShares(legsOf(90, 10), [
      { version: "v1", red: { count: 900 } },
      { version: "v2", red: { count: 100 } },
    ]);
    expect(v1?.share).toBe(0.9);
    expect(v2?.share).toBe(0.1);
    expect(v2?.low).toBeLessThan(0.1);
    expect(v2?.high).toBeGreaterThan(0.1);
  });

  test("are not known before a call was counted, and not guessed where versions are not told", () => {
    expect(observedShares(legsOf(90, 10), []).map((one) => one.share)).toEqual([null, null]);
    expect(observedShares(legsOf(90, 10), [{ version: "v1", red: { count: 0 } }]).map((one) => one.share)).toEqual([null, null]);
  });
});
