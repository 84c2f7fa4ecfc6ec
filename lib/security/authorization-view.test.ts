import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { WorkloadAuthorization, type PolicyView } from "#lib/model/security.ts";
import type { DecisionFacts } from "#lib/model/security-facts.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { PAYMENTS_URI, stageOf } from "#lib/testing/security-builders.ts";

import { buildAuthorization } from "./authorization-view.ts";

function policyOf(part: Partial<PolicyView> = {}): PolicyView {
  return { name: "payments", principals: "payments", permissions: "anything", neverMatches: null, matched: 1, ...part };
}

function decisionOf(part: Partial<DecisionFacts> = {}): DecisionFacts {
  return {
    target: "payments/ledger",
    source: "payments/payments",
    identity: PAYMENTS_URI,
    address: null,
    mode: "enforced",
    outcome: "allowed",
    policy: "payments",
    count: 1,
    lastSeenMs: START_MS,
    ...part,
  };
}

describe("the stages of a workload", () => {
  it("are those of its proxies, in the order in which they are asked, counts added", () => {
    const [ledger] = buildAuthorization(
      [
        stageOf({ order: 1, policies: [policyOf({ matched: 2 })], allowed: 2, denied: 1 }),
        stageOf({ order: 0, action: "deny", allowed: 3, denied: 0 }),
        stageOf({ order: 1, proxyId: "ledger-v1-1", policies: [policyOf({ matched: 5 })], allowed: 5, denied: 2 }),
        stageOf({ order: 1, mode: "shadow", action: "deny", allowed: 1, denied: 6 }),
      ],
      [],
    );
    expect(ledger?.stages).toEqual([
      { action: "deny", mode: "enforced", policies: [], allowed: 3, denied: 0 },
      { action: "allow", mode: "enforced", policies: [policyOf({ matched: 7 })], allowed: 7, denied: 3 },
      { action: "deny", mode: "shadow", policies: [], allowed: 1, denied: 6 },
    ]);
  });

  it("have no count where one proxy does not count: the rest would read too low", () => {
    const [ledger] = buildAuthorization(
      [
        stageOf({ policies: [policyOf({ matched: null })], allowed: null, denied: 4 }),
        stageOf({ proxyId: "ledger-v1-1", policies: [policyOf({ matched: 5 })], allowed: 5, denied: 2 }),
      ],
      [],
    );
    expect(ledger?.stages).toMatchObject([{ allowed: null, denied: 6, policies: [{ matched: null }] }]);
  });

  it("keep policies apart that proxies word differently, and one can match where it can in one proxy", () => {
    const [ledger] = buildAuthorization(
      [
        stageOf({ policies: [policyOf({ neverMatches: "no principal" }), policyOf({ name: "old", neverMatches: "no permission" })] }),
        stageOf({ proxyId: "b", policies: [policyOf(), policyOf({ principals: "anybody" })] }),
      ],
      [],
    );
    expect(ledger?.stages[0]?.policies.map(({ name, principals, neverMatches }) => [name, principals, neverMatches])).toEqual([
      ["old", "payments", "no permission"],
      ["payments", "payments", null],
      ["payments", "anybody", null],
    ]);
  });
});

describe("decisions", () => {
  it("stand denied ones first, enforced before shadow, then the most frequent", () => {
    const [ledger] = buildAuthorization(
      [],
      [
        decisionOf({ source: "a/many", count: 9 }),
        decisionOf({ source: "a/few", count: 2 }),
        decisionOf({ source: "a/shadow", mode: "shadow", outcome: "denied", count: 50 }),
        decisionOf({ source: "a/denied", outcome: "denied", policy: null, count: 1 }),
        decisionOf({ source: "a/none", count: 0 }),
      ],
    );
    expect(ledger?.decisions.map(({ source }) => source)).toEqual(["a/denied", "a/shadow", "a/many", "a/few"]);
    expect(ledger?.stages).toEqual([]);
  });

  it("add up to what was told, in any order", () => {
    const decision = fc
      .record({
        source: fc.constantFrom("a/b", "a/c"),
        identity: fc.constantFrom(null, PAYMENTS_URI),
        mode: fc.constantFrom("enforced", "shadow"),
        outcome: fc.constantFrom("allowed", "denied"),
        policy: fc.constantFrom(null, "p"),
        count: fc.nat(9),
        lastSeenMs: fc.integer({ min: START_MS, max: START_MS + 9 }),
      })
      .map((part) => decisionOf(part as Partial<DecisionFacts>));
    fc.assert(
      fc.property(fc.array(decision), (decisions) => {
        const views = buildAuthorization([], decisions);
        const total = views.flatMap((view) => view.decisions).reduce((sum, { count }) => sum + count, 0);
        expect(total).toBe(decisions.reduce((sum, { count }) => sum + count, 0));
        expect(buildAuthorization([], decisions.toReversed())).toEqual(views);
        for (const view of views) expect(WorkloadAuthorization.parse(view)).toEqual(view);
      }),
    );
  });
});
