import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Result, WeftError } from "#lib/model/errors.ts";
import { Route } from "#lib/model/routing.ts";
import type { DraftAnswer, PreparedWrite, RoutingTarget } from "#lib/ports/routing-target.ts";

/** What a collector must bring so that the suite can try its target: one route with one rule of two legs, and its proxies. */
export interface RoutingTargetHarness {
  target: RoutingTarget;
  routeId: string;
  ruleId: string;
  /** The two legs; the first holds most. */
  legIds: readonly [string, string];
  /** The whole text of the object as it stands. */
  text(): Promise<string>;
  /** Somebody else changes the object in a way that keeps it valid. */
  editAsSomebodyElse(): Promise<void>;
  /** Takes away the right to write. */
  refuseWrites(): Promise<void>;
  /** Makes one of the route's proxies unreachable and names it. */
  loseProxy(): Promise<string>;
  close(): Promise<void>;
}

/** How long a proof may take in this suite; a real proxy on a busy machine needs some of it. */
const PROOF_TIMEOUT_MS = 10_000;

/** What every `RoutingTarget` guarantees. `create` is called anew for each test. */
export function describeRoutingTarget(name: string, create: () => Promise<RoutingTargetHarness>): void {
  describe(`${name} as a RoutingTarget`, () => {
    let harness: RoutingTargetHarness;
    let markers = 0;

    beforeEach(async () => {
      harness = await create();
    });

    afterEach(async () => {
      await harness.close();
    });

    async function draft(first: number, second: number): Promise<Result<DraftAnswer>> {
      markers += 1;
      const [a, b] = harness.legIds;
      return await harness.target.prepare({
        routeId: harness.routeId,
        ruleId: harness.ruleId,
        weights: { [a]: first, [b]: second },
        marker: `weft-contract-${markers}`,
      });
    }

    async function prepared(first: number, second: number): Promise<DraftAnswer> {
      return valueOf(await draft(first, second));
    }

    async function liveEverywhere(write: PreparedWrite): Promise<void> {
      const baseline = await harness.target.baseline(write);
      valueOf(await harness.target.apply(write));
      await vi.waitFor(
        async () =>
          expect((await harness.target.verify(write, baseline)).map((proof) => proof.state)).toEqual(write.proxies.map(() => "live")),
        {
          timeout: PROOF_TIMEOUT_MS,
          interval: 20,
        },
      );
    }

    it("lists the route, as plain and valid data with its evidence", async () => {
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
      expect(errorOf(await harness.target.route("no such route")).code).toBe("NOT_FOUND");
      const [a, b] = harness.legIds;
      const weights = { [a]: 1, [b]: 1 };
      expect(errorOf(await harness.target.prepare({ routeId: "no such route", ruleId: harness.ruleId, weights, marker: "m" })).code).toBe(
        "NOT_FOUND",
      );
      expect(errorOf(await harness.target.prepare({ routeId: harness.routeId, ruleId: "no such rule", weights, marker: "m" })).code).toBe(
        "NOT_FOUND",
      );
    });

    it("prepares without writing, and answers what a journal can keep", async () => {
      const text = await harness.text();
      const answer = await prepared(60, 40);
      expect(await harness.text()).toBe(text);
      expect(answer.write).toMatchObject({ targetId: harness.target.id, routeId: harness.routeId, ruleId: harness.ruleId, before: text });
      expect(answer.write.after).not.toBe(text);
      expect(answer.write.after).toContain(answer.write.marker);
      expect(answer.write.revisionAfter).not.toBe(answer.write.revisionBefore);
      expect(answer.write.revisionBefore).toBe(answer.route.revision);
      expect(answer.diff).toMatchObject({ before: answer.write.before, after: answer.write.after });
      expect(answer.diff.hunks.length).toBeGreaterThan(0);
      expect(answer.steps.length).toBeGreaterThan(0);
      expect(answer.checks.filter((check) => check.level === "fail")).toEqual([]);
      expect(JSON.parse(JSON.stringify(answer.write))).toEqual(answer.write);
    });

    it("refuses weights that are no weights, names the field, and says how to mend it", async () => {
      const [a, b] = harness.legIds;
      const cases: [Record<string, number>, string][] = [
        [{ [a]: -1, [b]: 1 }, `weights.${a}`],
        [{ [a]: 0.5, [b]: 1 }, `weights.${a}`],
        [{ [a]: 1, [b]: Number.NaN }, `weights.${b}`],
        [{ [a]: 100 }, `weights.${b}`],
        [{ [a]: 1, [b]: 1, "no such leg": 1 }, "weights.no such leg"],
        [{ [a]: 0, [b]: 0 }, "weights"],
      ];
      for (const [weights, field] of cases) {
        const error = errorOf(
          await harness.target.prepare({ routeId: harness.routeId, ruleId: harness.ruleId, weights, marker: "weft-bad" }),
        );
        expect({ weights, code: error.code, field: error.field }).toEqual({ weights, code: "INVALID", field });
        expect(error.mend).toMatch(/\S/);
      }
    });

    it("puts the text in place, and every proxy proves it", async () => {
      const { write } = await prepared(70, 30);
      await liveEverywhere(write);
      expect(write.proxies.length).toBeGreaterThan(0);
      expect(await harness.text()).toBe(write.after);
      expect(valueOf(await harness.target.standing(write))).toEqual({ at: "after" });
      const route = valueOf(await harness.target.route(harness.routeId)).value;
      expect(route.revision).toBe(write.revisionAfter);
      expect(route.owner.kind).toBe("weft");
      expect(route.rules.find((rule) => rule.id === harness.ruleId)?.legs.map((leg) => leg.weight)).toEqual([70, 30]);
    });

    it("calls nothing live that was not applied", async () => {
      const { write } = await prepared(55, 45);
      const baseline = await harness.target.baseline(write);
      expect(valueOf(await harness.target.standing(write))).toEqual({ at: "before" });
      for (const proof of await harness.target.verify(write, baseline)) expect(proof.state).toBe("pending");
    });

    it("calls an older write no longer live once a newer one is", async () => {
      const older = (await prepared(55, 45)).write;
      await liveEverywhere(older);
      const newer = (await prepared(65, 35)).write;
      await liveEverywhere(newer);
      const proofs = await harness.target.verify(older, await harness.target.baseline(older));
      expect(proofs.map((proof) => proof.state)).toEqual(older.proxies.map(() => "pending"));
      expect(proofs.map((proof) => proof.revision)).toEqual(older.proxies.map(() => newer.marker));
    });

    it("does not write over a text that it did not expect, and shows what is there", async () => {
      const { write } = await prepared(80, 20);
      await harness.editAsSomebodyElse();
      const foreign = await harness.text();
      expect(errorOf(await harness.target.apply(write)).code).toBe("CONFLICT");
      expect(await harness.text()).toBe(foreign);
      const standing = valueOf(await harness.target.standing(write));
      expect(standing.at).toBe("foreign");
      expect(standing.at === "foreign" ? standing.diff?.after : null).toBe(foreign);
      expect(valueOf(await harness.target.route(harness.routeId)).value.owner.kind).not.toBe("weft");
    });

    it("applies a write once only", async () => {
      const { write } = await prepared(80, 20);
      valueOf(await harness.target.apply(write));
      expect(errorOf(await harness.target.apply(write)).code).toBe("CONFLICT");
      expect(await harness.text()).toBe(write.after);
    });

    it("lets one of two writes at once win and tells the other", async () => {
      const [one, two] = [(await prepared(80, 20)).write, (await prepared(20, 80)).write];
      const results = await Promise.all([harness.target.apply(one), harness.target.apply(two)]);
      expect(results.filter((result) => result.ok)).toHaveLength(1);
      expect(results.flatMap((result) => (result.ok ? [] : [result.error.code]))).toEqual(["CONFLICT"]);
      expect(await harness.text()).toBe(results[0]?.ok === true ? one.after : two.after);
    });

    it("puts the old text back, byte for byte", async () => {
      const text = await harness.text();
      const { write } = await prepared(10, 90);
      await liveEverywhere(write);
      valueOf(await harness.target.restore(write));
      expect(await harness.text()).toBe(text);
      expect(valueOf(await harness.target.standing(write))).toEqual({ at: "before" });
    });

    it("does not put the old text back over what somebody else wrote", async () => {
      const { write } = await prepared(10, 90);
      expect(errorOf(await harness.target.restore(write)).code).toBe("CONFLICT");
      valueOf(await harness.target.apply(write));
      await harness.editAsSomebodyElse();
      const foreign = await harness.text();
      expect(errorOf(await harness.target.restore(write)).code).toBe("CONFLICT");
      expect(await harness.text()).toBe(foreign);
    });

    it("leaves the old text whole when it may not write, and says so", async () => {
      const { write } = await prepared(10, 90);
      await harness.refuseWrites();
      const error = errorOf(await harness.target.apply(write));
      expect(error.code).toBe("SOURCE_REFUSED");
      expect(error.mend).toMatch(/\S/);
      expect(await harness.text()).toBe(write.before);
    });

    it("keeps counting a proxy that it cannot reach, and never calls it live", async () => {
      const { write: first } = await prepared(75, 25);
      await liveEverywhere(first);
      const lost = await harness.loseProxy();
      const { write } = await prepared(35, 65);
      expect(write.proxies).toContain(lost);
      const baseline = await harness.target.baseline(write);
      expect(baseline[lost]).toBeNull();
      valueOf(await harness.target.apply(write));
      const others = write.proxies.filter((id) => id !== lost);
      await vi.waitFor(
        async () => {
          const proofs = await harness.target.verify(write, baseline);
          const lostProof = proofs.find((proof) => proof.id === lost);
          expect(lostProof).toMatchObject({ state: "unreachable", revision: null, observedAt: null });
          expect(lostProof?.reason).toMatch(/\S/);
          expect(proofs.filter((proof) => proof.state === "live").map((proof) => proof.id)).toEqual(others);
        },
        { timeout: PROOF_TIMEOUT_MS, interval: 20 },
      );
    });
  });
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

function errorOf(result: Result<unknown>): WeftError {
  if (result.ok) throw new Error("expected a refusal, but it went well");
  return result.error;
}
