import { beforeEach, describe, expect, it } from "vitest";

import { Change } from "#lib/model/change.ts";
import { type Result, WeftError } from "#lib/model/errors.ts";
import { createFakeRoutingTarget } from "#lib/testing/fake-routing-target.ts";
import { CATALOG, createMesh, type FakeMesh, FRONTEND, type MeshDesk, openDesk, REVIEWS, ROUTE, RULE } from "#lib/testing/mesh-desk.ts";

import { applyPlan } from "./apply-plan.ts";

const ALL_TO_V1 = { v1: 100, v2: 0 };

let mesh: FakeMesh;
let desk: MeshDesk;

beforeEach(() => {
  mesh = createMesh();
  desk = openDesk(mesh);
});

function apply(planId: string): Promise<Result<Change>> {
  return applyPlan(desk.context, planId);
}

async function applied(planId: string): Promise<Change> {
  const answer = await apply(planId);
  if (!answer.ok) throw answer.error;
  return answer.value;
}

async function refusal(planId: string): Promise<WeftError> {
  const answer = await apply(planId);
  if (answer.ok) throw new Error("it was applied");
  return answer.error;
}

function callsOf(name: string): number {
  return mesh.target.calls.filter((call) => call.name === name).length;
}

function journaled(): string[] {
  return desk.journal.lines.map(({ change }) => `${change.id} ${change.state}`);
}

describe("applyPlan", () => {
  it("writes the plan's text and answers a change that is accepted and to be followed", async () => {
    const plan = await desk.plan(ALL_TO_V1, { reason: "v2 fails" });
    const change = await applied(plan.id);
    expect(mesh.target.textOf(ROUTE)).toBe(plan.diff.after);
    expect(Change.parse(JSON.parse(JSON.stringify(change)))).toEqual(change);
    expect(change).toMatchObject({
      id: "1",
      planId: plan.id,
      target: REVIEWS,
      callers: [CATALOG, FRONTEND],
      sentence: plan.sentence,
      actor: "ana",
      reason: "v2 fails",
      state: "accepted",
      explanation: null,
      live: {
        n: 0,
        of: 2,
        proxies: [
          { id: "caller-1", state: "pending" },
          { id: "caller-2", state: "pending" },
        ],
      },
      observed: null,
      timings: {
        askedAt: "2026-01-01T12:00:00.000Z",
        acceptedAt: "2026-01-01T12:00:00.000Z",
        liveAt: null,
        endedAt: null,
        liveAfterMs: null,
      },
      undoOf: null,
      canUndo: true,
    });
  });

  it("journals what it means to do before it does it, with all that a later process needs", async () => {
    const plan = await desk.plan(ALL_TO_V1);
    const seen: string[][] = [];
    mesh.target.onCall((name) => {
      if (name === "apply") seen.push(journaled());
    });
    await applied(plan.id);
    expect(seen).toEqual([["1 asked"]]);
    expect(desk.journal.lines[0]).toMatchObject({
      write: {
        objectId: ROUTE,
        before: plan.diff.before,
        after: plan.diff.after,
        expects: { kind: "weights", ruleId: RULE, weights: ALL_TO_V1 },
        proxies: ["caller-1", "caller-2"],
      },
      baseline: { "caller-1": { rejected: 0 }, "caller-2": { rejected: 0 } },
      settleMs: 5_000,
      isRestoring: false,
    });
    expect(journaled().slice(0, 2)).toEqual(["1 asked", "1 accepted"]);
  });

  it("answers the same change when a plan is applied twice, one after the other or at once", async () => {
    const plan = await desk.plan(ALL_TO_V1);
    const [one, two] = await Promise.all([applied(plan.id), applied(plan.id)]);
    await mesh.time.advance(100);
    expect([one.id, two.id, (await applied(plan.id)).id]).toEqual(["1", "1", "1"]);
    expect((await applied(plan.id)).state).toBe("live");
    expect(callsOf("apply")).toBe(1);
  });

  it("knows a plan for 15 minutes, and its change for longer", async () => {
    const [used, unused] = [await desk.plan(ALL_TO_V1), await desk.plan({ v1: 50, v2: 50 })];
    await applied(used.id);
    await mesh.time.advance(15 * 60_000);
    expect((await refusal(unused.id)).code).toBe("CONFLICT");
    await mesh.time.advance(1);
    expect(await refusal(unused.id)).toMatchObject({
      code: "NOT_FOUND",
      field: "id",
      mend: "Make the plan again from the route, and review it",
    });
    expect((await applied(used.id)).id).toBe("1");
    expect((await refusal("p9")).message).toBe("There is no plan p9: plans live for 15 minutes and not over a restart");
  });

  it("numbers changes of two routes that are applied at once apart", async () => {
    const target = createFakeRoutingTarget({ routes: { reviews: {}, ratings: {} } });
    desk = openDesk(createMesh({ target }));
    const plans = [await desk.plan(ALL_TO_V1), await desk.plan(ALL_TO_V1, { routeId: "fake:ratings" })];
    const changes = await Promise.all(plans.map((plan) => applied(plan.id)));
    expect(changes.map(({ id }) => id).toSorted()).toEqual(["1", "2"]);
    expect(
      desk.context.log
        .list()
        .map(({ objectId }) => objectId)
        .toSorted(),
    ).toEqual(["fake:ratings", "fake:reviews"]);
  });
});

describe("a plan that may not be applied", () => {
  it("is refused with its failed check, and nothing is journaled or written", async () => {
    mesh.target.setChecks([
      { code: "targets", level: "pass", text: "All targets exist.", mend: null },
      { code: "endpoints", level: "fail", text: "v1 has no ready endpoint.", mend: "Start v1 first." },
    ]);
    const plan = await desk.plan(ALL_TO_V1);
    expect(await refusal(plan.id)).toMatchObject({
      code: "INVALID",
      message: "A check failed: v1 has no ready endpoint.",
      mend: "Start v1 first.",
      field: "weights",
    });
    expect([journaled(), callsOf("apply"), mesh.target.textOf(ROUTE)]).toEqual([[], 0, plan.diff.before]);
  });

  it.each(["warn", "note", "unknown"] as const)("is not stopped by a check that says %s", async (level) => {
    mesh.target.setChecks([{ code: "dry-run", level, text: "It could not be run.", mend: null }]);
    expect((await applied((await desk.plan(ALL_TO_V1)).id)).state).toBe("accepted");
  });

  it("is refused when its target is not configured any more", async () => {
    const plan = await desk.plan(ALL_TO_V1);
    const context = { ...desk.context, sources: { ...desk.context.sources, routing: [] } };
    expect(await applyPlan(context, plan.id)).toMatchObject({
      ok: false,
      error: { code: "SOURCE_UNREACHABLE", message: "The routing target fake is not configured any more" },
    });
    expect(journaled()).toEqual([]);
  });
});

describe("somebody else was first", () => {
  it("names who, when and what, and leaves their text alone", async () => {
    const [mine, theirs] = [await desk.plan(ALL_TO_V1), await desk.plan({ v1: 50, v2: 50 })];
    await mesh.time.advance(2_000);
    const ben = openDesk(mesh, desk.journal, { actor: "ben" });
    const colleague = { ...ben.context, desk: desk.context.desk, log: desk.context.log };
    expect((await applyPlan(colleague, theirs.id)).ok).toBe(true);
    await mesh.time.advance(1_000);
    expect(await refusal(mine.id)).toMatchObject({
      code: "CONFLICT",
      field: "id",
      message: `ben changed reviews at 2026-01-01T12:00:02.000Z (change 1: ${theirs.sentence}) after this plan was made`,
      mend: "Make the plan again: it then starts from what stands there now",
    });
    expect(mesh.target.textOf(ROUTE)).toBe(theirs.diff.after);
    expect(desk.change("2")).toMatchObject({
      state: "refused",
      canUndo: false,
      timings: { acceptedAt: null, endedAt: "2026-01-01T12:00:03.000Z" },
    });
    expect(desk.change("2").explanation).toContain("ben changed reviews");
    expect(desk.change("1")).toMatchObject({ canUndo: true });
  });

  it("lets one of two plans win that are applied at once", async () => {
    const plans = [await desk.plan(ALL_TO_V1), await desk.plan({ v1: 50, v2: 50 })];
    const answers = await Promise.all(plans.map((plan) => apply(plan.id)));
    expect(answers.map(({ ok }) => ok)).toEqual([true, false]);
    expect(mesh.target.textOf(ROUTE)).toBe(plans[0]?.diff.after);
  });

  it("says what the target says when nobody here wrote it", async () => {
    const plan = await desk.plan(ALL_TO_V1);
    mesh.target.writeAsSomebodyElse(ROUTE, { v1: 1, v2: 1 });
    const foreign = mesh.target.textOf(ROUTE);
    expect(await refusal(plan.id)).toMatchObject({
      code: "CONFLICT",
      message: "fake/reviews was changed by someone else.",
      mend: "Read the route and plan again.",
    });
    expect(mesh.target.textOf(ROUTE)).toBe(foreign);
    expect(desk.change("1").state).toBe("refused");
  });
});

describe("what cannot be written", () => {
  const full = new WeftError("SOURCE_REFUSED", "The disk is full.", { mend: "Make room." });

  it("is not written at all when the journal fails first, and can be tried again", async () => {
    const plan = await desk.plan(ALL_TO_V1);
    desk.journal.failAt(1);
    expect(await refusal(plan.id)).toMatchObject({ code: "SOURCE_REFUSED", message: "The journal cannot be written" });
    expect([callsOf("apply"), desk.context.log.list(), mesh.target.textOf(ROUTE)]).toEqual([0, [], plan.diff.before]);
    expect((await applied(plan.id)).state).toBe("accepted");
  });

  it("is a refused change with the reason when the target refuses, and can be tried again", async () => {
    const plan = await desk.plan(ALL_TO_V1);
    mesh.target.failNext("apply", full);
    expect(await refusal(plan.id)).toBe(full);
    expect(desk.change("1")).toMatchObject({ state: "refused", explanation: "The disk is full.", mend: "Make room.", canUndo: false });
    expect(mesh.target.textOf(ROUTE)).toBe(plan.diff.before);
    expect(mesh.time.waiting).toBe(0);
    expect(await applied(plan.id)).toMatchObject({ id: "2", state: "accepted" });
  });

  it("is shown as refused even when that cannot be journaled", async () => {
    const plan = await desk.plan(ALL_TO_V1);
    mesh.target.failNext("apply", full);
    desk.journal.failAt(2);
    await refusal(plan.id);
    expect(desk.change("1")).toMatchObject({ state: "refused" });
    expect(desk.context.log.open()).toEqual([]);
  });

  it("stands in the mesh all the same when only the second record fails: the change says so and goes on", async () => {
    const plan = await desk.plan(ALL_TO_V1);
    desk.journal.failAt(2);
    expect(await applied(plan.id)).toMatchObject({
      state: "accepted",
      explanation: "Written, but not journaled: The journal cannot be written",
    });
    await mesh.time.advance(100);
    expect(desk.change("1")).toMatchObject({ state: "live", live: { n: 2, of: 2 } });
  });
});
