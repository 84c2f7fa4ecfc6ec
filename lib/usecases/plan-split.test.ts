import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { Plan } from "#lib/model/routing.ts";
import { createFakeRoutingTarget } from "#lib/testing/fake-routing-target.ts";
import { CATALOG, createMesh, FRONTEND, type MeshDesk, openDesk, REVIEWS, ROUTE, RULE } from "#lib/testing/mesh-desk.ts";

import { planSplit, type PlanSplitInput } from "./plan-split.ts";

let desk: MeshDesk;

beforeEach(() => {
  desk = openDesk();
});

async function refusal(input: Partial<PlanSplitInput>): Promise<WeftError> {
  const answer = await planSplit(desk.context, { routeId: ROUTE, ruleId: RULE, weights: { v1: 100, v2: 0 }, ...input });
  if (answer.ok) throw new Error("it was planned");
  return answer.error;
}

describe("planSplit", () => {
  it("says what would be written, and to whom, and how it is taken back", async () => {
    const plan = await desk.plan({ v1: 100, v2: 0 }, { reason: "v2 fails" });
    expect(Plan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    expect(plan).toMatchObject({
      routeId: ROUTE,
      ruleId: RULE,
      host: "reviews",
      target: REVIEWS,
      sentence: "v2 goes from 10 % to 0 % of calls to reviews; v1 takes all of them.",
      legs: [
        { id: "v1", before: { weight: 90, share: 0.9 }, after: { weight: 100, share: 1 } },
        { id: "v2", before: { weight: 10, share: 0.1 }, after: { weight: 0, share: 0 } },
      ],
      affectedProxies: ["caller-1", "caller-2"],
      callers: [CATALOG, FRONTEND],
      inverse: { v1: 90, v2: 10 },
      owner: { kind: "human" },
      reason: "v2 fails",
      undoOf: null,
      createdAt: "2026-01-01T12:00:00.000Z",
      expiresAt: "2026-01-01T12:15:00.000Z",
    });
    expect(plan.diff.after).toContain("v1: 100");
    expect(plan.checks).toMatchObject([{ level: "pass" }]);
    expect(plan.steps).toHaveLength(1);
  });

  it("writes nothing", async () => {
    const before = desk.target.textOf(ROUTE);
    await desk.plan({ v1: 100, v2: 0 });
    expect(desk.target.textOf(ROUTE)).toBe(before);
    expect(desk.journal.lines).toEqual([]);
    expect(desk.target.calls.map(({ name }) => name)).toEqual(["route", "prepare"]);
  });

  it("answers with the route's own evidence", async () => {
    expect(await planSplit(desk.context, { routeId: ROUTE, ruleId: RULE, weights: { v1: 100, v2: 0 } })).toMatchObject({
      value: { provenance: [{ source: "fake" }], coverage: "complete" },
    });
  });

  it("gives every plan an id and a marker of its own", async () => {
    const [one, two] = [await desk.plan({ v1: 100, v2: 0 }), await desk.plan({ v1: 100, v2: 0 })];
    expect(one.id).not.toBe(two.id);
    expect(one.diff.after).not.toBe(two.diff.after);
  });

  it("refuses weights that the route has already", async () => {
    expect(await refusal({ weights: { v1: 90, v2: 10 } })).toMatchObject({
      code: "INVALID",
      field: "weights",
      message: "These are the weights that the route already has",
      mend: "Move at least one weight",
    });
  });

  it.each([
    [{ v1: -1, v2: 10 }, "weights.v1"],
    [{ v1: 0.5, v2: 10 }, "weights.v1"],
    [{ v1: 90 }, "weights.v2"],
    [{ v1: 90, v2: 10, v3: 1 }, "weights.v3"],
    [{ v1: 0, v2: 0 }, "weights"],
  ])("passes on why %o is no split", async (weights, field) => {
    expect(await refusal({ weights })).toMatchObject({ code: "INVALID", field });
  });

  it("knows no other route and no other rule", async () => {
    expect(await refusal({ routeId: "nobody's" })).toMatchObject({
      code: "NOT_FOUND",
      field: "routeId",
      message: "There is no route nobody's",
    });
    expect(await refusal({ ruleId: "nobody's" })).toMatchObject({ code: "NOT_FOUND" });
  });

  it("passes on that a target does not answer, and keeps no plan", async () => {
    desk.target.failNext("prepare", new WeftError("SOURCE_UNREACHABLE", "The folder is gone."));
    expect(await refusal({})).toMatchObject({ code: "SOURCE_UNREACHABLE", message: "The folder is gone." });
    desk.target.failNext("route", new WeftError("SOURCE_REFUSED", "No right to read."));
    expect(await refusal({})).toMatchObject({ code: "SOURCE_REFUSED" });
  });

  it("finds the target that keeps the route", async () => {
    const other = createFakeRoutingTarget({ id: "other", routes: { ratings: {} } });
    desk = openDesk(createMesh(), undefined, { routing: [desk.target, other] });
    expect(await desk.plan({ v1: 50, v2: 50 }, { routeId: "other:ratings" })).toMatchObject({ host: "ratings" });
  });

  it("plans also when nobody knows who the callers are", async () => {
    desk.topology.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    expect(await desk.plan({ v1: 100, v2: 0 })).toMatchObject({ callers: [], affectedProxies: ["caller-1", "caller-2"] });
  });

  it.each([
    [2_000, 2_000],
    [60_000, 5_000],
    [null, 5_000],
  ])("waits out a route's timeout of %s ms for at most %i ms before it counts", async (timeoutMs, settleMs) => {
    desk = openDesk(createMesh({ target: createFakeRoutingTarget({ routes: { reviews: { timeoutMs } } }) }));
    const plan = await desk.plan({ v1: 100, v2: 0 });
    expect(desk.context.desk.plans.find(plan.id)).toMatchObject({ ok: true, value: { settleMs } });
  });
});
