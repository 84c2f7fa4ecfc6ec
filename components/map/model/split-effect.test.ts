import { describe, expect, it } from "vitest";

import type { RouteRule } from "#lib/model/routing.ts";

import { splitEffect, splitMove } from "./split-effect.ts";

const plain = (text: string | null): string | null => text?.replaceAll("\u00a0", " ") ?? null;

function rule(...shares: number[]): RouteRule {
  const legs = shares.map((share, index) => ({
    id: `v${index + 1}`,
    service: "reviews/reviews",
    version: `v${index + 1}`,
    weight: Math.round(share * 100),
    share,
  }));
  return { id: "r", match: "every path", legs, timeoutMs: null, retries: null, editable: true, reason: null };
}

const callers = ["shop/frontend", "shop/catalog"];

describe("the effect of a draft", () => {
  it("names the amount, the way and who takes it", () => {
    const draft = new Map([["v1", 1], ["v2", 0]]);
    expect(plain(splitEffect({ rule: rule(0.9, 0.1), draft, rate: 61.3, callers, proxies: 6 }))).toBe(
      "Moves about 6.1 requests/s from v2 to v1. The 6 proxies of frontend and catalog take the new weights.",
    );
  });

  it("speaks of shares where the rate is not known", () => {
    const draft = new Map([["v1", 0.5], ["v2", 0.5]]);
    expect(plain(splitEffect({ rule: rule(0.9, 0.1), draft, rate: null, callers: [], proxies: 1 }))).toBe(
      "Moves 40 % of the requests from v1 to v2. The one proxy takes the new weights.",
    );
  });

  it("is silent while nothing is asked", () => {
    expect(splitEffect({ rule: rule(0.9, 0.1), draft: new Map(), rate: 5, callers, proxies: 6 })).toBeNull();
  });
});

describe("the move on the button", () => {
  it("speaks of the candidate", () => {
    expect(plain(splitMove(rule(0.9, 0.1), new Map([["v1", 1], ["v2", 0]])))).toBe("v2 10 % → 0 %");
  });

  it("of many legs speaks of the one that moves most", () => {
    const draft = new Map([["v1", 0.1], ["v2", 0.3], ["v3", 0.6]]);
    expect(plain(splitMove(rule(0.8, 0.1, 0.1), draft))).toBe("v1 80 % → 10 %");
  });

  it("is nothing without a draft", () => expect(splitMove(rule(0.9, 0.1), new Map())).toBeNull());
});
