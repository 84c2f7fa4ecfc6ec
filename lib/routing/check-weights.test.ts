import { describe, expect, it } from "vitest";

import type { SplitLeg } from "#lib/model/routing.ts";

import { checkWeights, MAX_WEIGHT } from "./check-weights.ts";

const LEGS: SplitLeg[] = [
  { id: "a", service: "reviews", version: "v1", weight: 90, share: 0.9 },
  { id: "b", service: "reviews", version: "v2", weight: 10, share: 0.1 },
];

describe("checkWeights", () => {
  it.each([[{ a: 100, b: 0 }], [{ b: 1, a: 0 }], [{ a: MAX_WEIGHT, b: 0 }], [{ a: 999, b: 1 }]])("takes %j", (weights) => {
    expect(checkWeights(LEGS, weights)).toEqual({ ok: true, value: undefined });
  });

  it.each([
    [{ a: -1, b: 1 }, "weights.a", "The negative number -1 is not a weight for a."],
    [{ a: 0.5, b: 1 }, "weights.a", "0.5, which is not whole, is not a weight for a."],
    [{ a: 1, b: Number.NaN }, "weights.b", "A value that is not a number is not a weight for b."],
    [{ a: 1, b: Number.POSITIVE_INFINITY }, "weights.b", "Infinity, which is not whole, is not a weight for b."],
    [{ a: 1, b: MAX_WEIGHT + 1 }, "weights.b", `${MAX_WEIGHT + 1}, which is more than ${MAX_WEIGHT}, is not a weight for b.`],
    [{ a: 100 }, "weights.b", "b has no weight."],
    [{ a: 50, b: 30, c: 20 }, "weights.c", "c is not a leg of this rule."],
    [{}, "weights.a", "a has no weight."],
    [{ a: 0, b: 0 }, "weights", "The weights add up to 0, so no call could go anywhere."],
    [{ a: MAX_WEIGHT, b: 1 }, "weights", `The weights add up to ${MAX_WEIGHT + 1}, more than ${MAX_WEIGHT}.`],
    [{ a: 1, b: 1, "x\u202e": 1 }, "weights.x\u202e", "x\\u{202e} is not a leg of this rule."],
  ])("refuses %j", (weights, field, message) => {
    const result = checkWeights(LEGS, weights);
    expect(result.ok ? null : { code: result.error.code, field: result.error.field, message: result.error.message }).toEqual({
      code: "INVALID",
      field,
      message,
    });
    expect(result.ok ? null : result.error.mend).toMatch(/\.$/);
  });

  it("does not take an inherited or planted name for a leg", () => {
    const planted = JSON.parse('{"a":1,"b":1,"__proto__":1}') as Record<string, number>;
    const result = checkWeights(LEGS, planted);
    expect(result.ok ? null : result.error.field).toBe("weights.__proto__");
    const legs = [...LEGS, { id: "constructor", service: "x", version: null, weight: 0, share: 0 }];
    expect(checkWeights(legs, { a: 1, b: 1 }).ok).toBe(false);
  });
});
