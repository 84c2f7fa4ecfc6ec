import { beforeEach, describe, expect, it } from "vitest";

import { Change } from "#lib/model/change.ts";
import { type Result, WeftError } from "#lib/model/errors.ts";
import { createMesh, DEMAND, type FakeMesh, LEDGER, LEGACY, type MeshDesk, openDesk, ROUTE } from "#lib/testing/mesh-desk.ts";

import { applyPlan } from "./apply-plan.ts";
import { undoChange } from "./undo-change.ts";

let mesh: FakeMesh;
let desk: MeshDesk;

beforeEach(() => {
  mesh = createMesh();
  desk = openDesk(mesh);
});

function valueOf<T>(answer: Result<T>): T {
  if (!answer.ok) throw answer.error;
  return answer.value;
}

function errorOf(answer: Result<unknown>): WeftError {
  if (answer.ok) throw new Error("it went well");
  return answer.error;
}

/** Makes the ledger strict, and lets the proxies prove it. */
async function enforce(): Promise<string> {
  const { id } = valueOf(await applyPlan(desk.context, (await desk.planStrict()).id));
  await mesh.time.settle();
  return id;
}

function inForce(): string {
  return mesh.demands.textOf(DEMAND).split("\n").slice(1, -1).join(", ");
}

function journaled(): string[] {
  return desk.journal.lines.map(({ change }) => `${change.id} ${change.state}`);
}

describe("applyPlan of a demand", () => {
  it("writes the plan's text and answers a change that is accepted and to be followed", async () => {
    mesh.security.see(0.5, { count: 43 });
    await mesh.time.advance(1_000);
    const plan = await desk.planStrict("an audit asks for it");
    const change = valueOf(await applyPlan(desk.context, plan.id));
    expect(Change.parse(JSON.parse(JSON.stringify(change)))).toEqual(change);
    expect(change).toMatchObject({
      kind: "demand",
      id: "1",
      planId: plan.id,
      objectId: DEMAND,
      target: LEDGER,
      sentence: plan.sentence,
      before: "permissive",
      after: "strict",
      refuses: [{ source: LEGACY, count: 43 }],
      observedSince: plan.observedSince,
      state: "accepted",
      live: { n: 0, of: 2 },
      observed: null,
      reason: "an audit asks for it",
      canUndo: true,
    });
    expect(mesh.demands.textOf(DEMAND)).toBe(plan.diff.after);
  });

  it("journals first, with all that a later process needs", async () => {
    const plan = await desk.planStrict();
    const seen: string[][] = [];
    mesh.demands.onCall((name) => void (name === "apply" && seen.push(journaled())));
    valueOf(await applyPlan(desk.context, plan.id));
    expect(seen).toEqual([["1 asked"]]);
    expect(desk.journal.lines[0]).toMatchObject({
      write: { targetId: "demands", objectId: DEMAND, expects: { kind: "demand", demand: "strict", leaving: ["plain"] } },
      baseline: { "ledger-1": { rejected: 0 }, "ledger-2": { rejected: 0 } },
      settleMs: 5_000,
    });
  });

  it("is applied once, however often it is asked", async () => {
    const plan = await desk.planStrict();
    const changes = await Promise.all([applyPlan(desk.context, plan.id), applyPlan(desk.context, plan.id)]);
    expect(changes.map((answer) => valueOf(answer).id)).toEqual(["1", "1"]);
    expect(mesh.demands.calls.filter(({ name }) => name === "apply")).toHaveLength(1);
  });

  it("is refused with its failed check, by the field that it is about", async () => {
    mesh.demands.setChecks([{ code: "dry-run", level: "fail", text: "The proxy would refuse the text.", mend: "Mend it." }]);
    const plan = await desk.planStrict();
    expect(errorOf(await applyPlan(desk.context, plan.id))).toMatchObject({
      code: "INVALID",
      field: "demand",
      message: "A check failed: The proxy would refuse the text.",
      mend: "Mend it.",
    });
    expect([journaled(), inForce()]).toEqual([[], "mutual, demand: permissive"]);
  });

  it("is not stopped by callers that it would refuse: that is for a person to weigh", async () => {
    mesh.security.see(0.5, { count: 43 });
    await mesh.time.advance(1_000);
    await enforce();
    expect(inForce()).toBe("mutual, demand: strict");
  });

  it("names who was first, when and what", async () => {
    const [mine, theirs] = [await desk.planStrict(), await desk.planStrict()];
    valueOf(await applyPlan({ ...desk.context, actor: "ben" }, theirs.id));
    expect(errorOf(await applyPlan(desk.context, mine.id))).toMatchObject({
      code: "CONFLICT",
      field: "id",
      message: `ben changed the demand of ledger at 2026-01-01T12:00:00.000Z (change 1: ${theirs.sentence}) after this plan was made`,
    });
    expect(desk.change("2").state).toBe("refused");
  });

  it("does not write over what somebody else wrote", async () => {
    const plan = await desk.planStrict();
    mesh.demands.writeAsSomebodyElse(DEMAND, "oneWay");
    expect(errorOf(await applyPlan(desk.context, plan.id))).toMatchObject({
      code: "CONFLICT",
      message: "demands/ledger was changed by someone else.",
    });
    expect(inForce()).toBe("mutual, demand: oneWay");
  });

  it("is a refused change when the target refuses, and can be tried again", async () => {
    const plan = await desk.planStrict();
    mesh.demands.failNext("apply", new WeftError("SOURCE_REFUSED", "The disk is full.", { mend: "Make room." }));
    expect(errorOf(await applyPlan(desk.context, plan.id)).message).toBe("The disk is full.");
    expect(desk.change("1")).toMatchObject({ kind: "demand", state: "refused", explanation: "The disk is full.", canUndo: false });
    expect(valueOf(await applyPlan(desk.context, plan.id))).toMatchObject({ id: "2", state: "accepted" });
  });

  it("is not written at all when the journal fails first", async () => {
    const plan = await desk.planStrict();
    desk.journal.failAt(1);
    expect(errorOf(await applyPlan(desk.context, plan.id)).code).toBe("SOURCE_REFUSED");
    expect([inForce(), desk.context.log.list()]).toEqual(["mutual, demand: permissive", []]);
  });

  it("is refused when its target is not configured any more, also where a routing target has the same name", async () => {
    const plan = await desk.planStrict();
    const sources = { ...desk.context.sources, demands: [] };
    expect(errorOf(await applyPlan({ ...desk.context, sources }, plan.id))).toMatchObject({
      code: "SOURCE_UNREACHABLE",
      message: "The target of demands demands is not configured any more",
    });
  });

  it("holds no change of a route up, and is not held up by one", async () => {
    const gate = Promise.withResolvers<void>();
    mesh.demands.onCall((name) => (name === "apply" ? gate.promise : undefined));
    const demand = applyPlan(desk.context, (await desk.planStrict()).id);
    await mesh.time.settle();
    expect(valueOf(await applyPlan(desk.context, (await desk.plan({ v1: 100, v2: 0 })).id)).kind).toBe("split");
    gate.resolve();
    expect(valueOf(await demand)).toMatchObject({ kind: "demand", state: "accepted" });
    await mesh.time.settle();
    expect(desk.context.log.list().map(({ objectId, state, canUndo }) => [objectId, state, canUndo])).toEqual([
      [ROUTE, "live", true],
      [DEMAND, "live", true],
    ]);
  });
});

describe("undoChange of a demand", () => {
  it("is a new change with the old text under its own marker", async () => {
    const before = mesh.demands.textOf(DEMAND);
    const id = await enforce();
    const undo = valueOf(await undoChange(desk.context, id));
    expect(undo).toMatchObject({
      kind: "demand",
      id: "2",
      undoOf: "1",
      reason: "Undo of change 1",
      state: "accepted",
      before: "strict",
      after: "permissive",
      refuses: [],
      sentence: "ledger lets plaintext in again.",
    });
    expect(inForce()).toBe("mutual, demand: permissive");
    expect(mesh.demands.textOf(DEMAND)).not.toBe(before);
    await mesh.time.settle();
    expect(desk.change("1")).toMatchObject({ state: "undone", explanation: "Taken back by change 2", undoneBy: "2", canUndo: false });
  });

  it("makes the original undone once it is live, not before", async () => {
    const id = await enforce();
    mesh.demands.setProxy("ledger-2", "ignores");
    valueOf(await undoChange(desk.context, id));
    await mesh.time.advance(1_000);
    expect(desk.change(id).state).toBe("live");
    mesh.demands.setProxy("ledger-2", "takes");
    await mesh.time.advance(1_000);
    expect([desk.change(id).state, desk.change("2").state]).toEqual(["undone", "live"]);
  });

  it("can itself be undone, and then names again whom it refuses", async () => {
    mesh.security.see(0.5, { count: 43 });
    await mesh.time.advance(1_000);
    valueOf(await undoChange(desk.context, await enforce()));
    await mesh.time.settle();
    const again = valueOf(await undoChange(desk.context, "2"));
    await mesh.time.settle();
    expect(again).toMatchObject({ after: "strict", refuses: [{ source: LEGACY, count: 43 }] });
    expect([inForce(), desk.change("2").state, desk.change("3").state]).toEqual(["mutual, demand: strict", "undone", "live"]);
  });

  it("is done once when it is asked twice at once", async () => {
    const id = await enforce();
    const answers = await Promise.all([undoChange(desk.context, id), undoChange(desk.context, id)]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(inForce()).toBe("mutual, demand: permissive");
  });

  it("is not done to a change that a newer one followed", async () => {
    const id = await enforce();
    valueOf(await undoChange(desk.context, id));
    await mesh.time.settle();
    expect(errorOf(await undoChange(desk.context, id))).toMatchObject({ code: "CONFLICT", message: "Change 1 is already undone" });
    await enforce();
    expect(errorOf(await undoChange(desk.context, "2"))).toMatchObject({
      code: "CONFLICT",
      message: "Change 3 by ana came after change 2",
      mend: "Undo change 3 first, or plan the demand you want",
    });
  });

  it("is not done over what somebody else wrote, also in the last moment", async () => {
    const id = await enforce();
    mesh.demands.onCall((name) => void (name === "apply" && mesh.demands.writeAsSomebodyElse(DEMAND, "oneWay")));
    expect(errorOf(await undoChange(desk.context, id)).code).toBe("CONFLICT");
    expect([inForce(), desk.change("2").state]).toEqual(["mutual, demand: oneWay", "refused"]);
    expect(errorOf(await undoChange(desk.context, id))).toMatchObject({
      code: "CONFLICT",
      message: "demands/ledger is no longer what change 1 wrote",
    });
  });

  it("is not done to what was refused", async () => {
    mesh.demands.setProxy("ledger-1", "rejects");
    const id = await enforce();
    expect(errorOf(await undoChange(desk.context, id))).toMatchObject({
      code: "CONFLICT",
      message: "Change 1 is rejected: there is nothing of it in the mesh to take back",
      mend: "Plan the demand you want from the Security page",
    });
  });
});
