import { describe, expect, it } from "vitest";

import { Route } from "#lib/model/routing.ts";
import type { DraftAnswer, RoutingTarget } from "#lib/ports/routing-target.ts";

import { errorOf, valueOf } from "./results.ts";
import { describeWriting, type WriteHarness } from "./write-target-contract.ts";

/** What a collector must bring so that the suite can try its target: one route with one rule of two legs, and its proxies. */
export interface RoutingTargetHarness extends WriteHarness {
  target: RoutingTarget;
  routeId: string;
  ruleId: string;
  /** The two legs; the first holds most. */
  legIds: readonly [string, string];
}

/** What every `RoutingTarget` guarantees. `create` is called anew for each test. */
export function describeRoutingTarget(name: string, create: () => Promise<RoutingTargetHarness>): void {
  describe(`${name} as a RoutingTarget`, () => {
    let drafts = 0;

    const suite = describeWriting(
      create,
      (of, marker) => prepare(of, marker, 10 + ((drafts++ * 7) % 80)),
      async (of) => valueOf(await of.target.route(of.routeId)).value.owner.kind,
    );

    it("lists the route, as plain and valid data with its evidence", async () => {
      const harness = suite.harness();
      const answer = valueOf(await harness.target.routes());
      const route = answer.value.find((one) => one.id === harness.routeId);
      expect(Route.parse(structuredClone(route))).toEqual(route);
      expect(route).toMatchObject({ source: harness.target.id, problem: null });
      expect(route?.config.text).toBe(await harness.text());
      const rule = route?.rules.find((one) => one.id === harness.ruleId);
      expect(rule).toMatchObject({ editable: true, reason: null });
      expect(rule?.legs.map((leg) => leg.id)).toEqual(harness.legIds);
      expect(rule?.legs.reduce((all, leg) => all + leg.share, 0)).toBeCloseTo(1, 9);
      expect(answer.provenance.length).toBeGreaterThan(0);
      expect(valueOf(await harness.target.route(harness.routeId)).value).toEqual(route);
    });

    it("does not know a route or a rule that is not there", async () => {
      const { target, routeId, ruleId, legIds } = suite.harness();
      expect(errorOf(await target.route("no such route")).code).toBe("NOT_FOUND");
      const draft = { routeId, ruleId, weights: { [legIds[0]]: 1, [legIds[1]]: 1 }, marker: "m" };
      expect(errorOf(await target.prepare({ ...draft, routeId: "no such route" })).code).toBe("NOT_FOUND");
      expect(errorOf(await target.prepare({ ...draft, ruleId: "no such rule" })).code).toBe("NOT_FOUND");
    });

    it("prepares a write of the route's object, with checks and steps", async () => {
      const harness = suite.harness();
      const [a, b] = harness.legIds;
      const { write, route, checks, steps } = await prepare(harness, "weft-answer", 60);
      expect(write).toMatchObject({
        objectId: harness.routeId,
        expects: { kind: "weights", ruleId: harness.ruleId, weights: { [a]: 60, [b]: 40 } },
      });
      expect(write.revisionBefore).toBe(route.revision);
      expect(steps.length).toBeGreaterThan(0);
      expect(checks.filter((check) => check.level === "fail")).toEqual([]);
    });

    it("refuses weights that are no weights, names the field, and says how to mend it", async () => {
      const { target, routeId, ruleId, legIds } = suite.harness();
      const [a, b] = legIds;
      const cases: [Record<string, number>, string][] = [
        [{ [a]: -1, [b]: 1 }, `weights.${a}`],
        [{ [a]: 0.5, [b]: 1 }, `weights.${a}`],
        [{ [a]: 1, [b]: Number.NaN }, `weights.${b}`],
        [{ [a]: 100 }, `weights.${b}`],
        [{ [a]: 1, [b]: 1, "no such leg": 1 }, "weights.no such leg"],
        [{ [a]: 0, [b]: 0 }, "weights"],
      ];
      for (const [weights, field] of cases) {
        const error = errorOf(await target.prepare({ routeId, ruleId, weights, marker: "weft-bad" }));
        expect({ weights, code: error.code, field: error.field }).toEqual({ weights, code: "INVALID", field });
        expect(error.mend).toMatch(/\S/);
      }
    });

    it("reads back the weights that it wrote", async () => {
      const harness = suite.harness();
      const { write } = await prepare(harness, "weft-weights", 70);
      await suite.liveEverywhere(write);
      const route = valueOf(await harness.target.route(harness.routeId)).value;
      expect(route.revision).toBe(write.revisionAfter);
      expect(route.rules.find((rule) => rule.id === harness.ruleId)?.legs.map((leg) => leg.weight)).toEqual([70, 30]);
    });
  });
}

/** The first leg's share of 100; the other leg takes the rest. */
async function prepare(of: RoutingTargetHarness, marker: string, first: number): Promise<DraftAnswer> {
  const { routeId, ruleId, legIds } = of;
  return valueOf(await of.target.prepare({ routeId, ruleId, weights: { [legIds[0]]: first, [legIds[1]]: 100 - first }, marker }));
}
