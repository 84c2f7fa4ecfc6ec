import { beforeEach, describe, expect, it } from "vitest";

import type { Change } from "#lib/model/change.ts";
import { type Result, WeftError } from "#lib/model/errors.ts";
import { createMesh, type FakeMesh, type MeshDesk, openDesk, ROUTE } from "#lib/testing/mesh-desk.ts";

import { applyPlan } from "./apply-plan.ts";
import { undoChange } from "./undo-change.ts";

let mesh: FakeMesh;
let desk: MeshDesk;

beforeEach(() => {
  mesh = createMesh();
  desk = openDesk(mesh);
});

/** Applies new weights, and lets the proxies prove them. */
async function apply(weights: Record<string, number> = { v1: 100, v2: 0 }): Promise<string> {
  const change = valueOf(await applyPlan(desk.context, (await desk.plan(weights)).id));
  await mesh.time.settle();
  return change.id;
}

function valueOf(answer: Result<Change>): Change {
  if (!answer.ok) throw answer.error;
  return answer.value;
}

async function refusal(id: string): Promise<WeftError> {
  const answer = await undoChange(desk.context, id);
  if (answer.ok) throw new Error("it was undone");
  return answer.error;
}

function weightsInForce(): string {
  return mesh.target.textOf(ROUTE).split("\n").slice(1, -1).join(", ");
}

describe("undoChange", () => {
  it("is a new change with the old weights", async () => {
    const id = await apply();
    const undo = valueOf(await undoChange(desk.context, id));
    expect(undo).toMatchObject({
      id: "2",
      undoOf: "1",
      reason: "Undo of change 1",
      state: "accepted",
      sentence: "v2 goes from 0 % to 10 % of calls to reviews; v1 goes from 100 % to 90 %.",
      actor: "ana",
    });
    expect(weightsInForce()).toBe("v1: 90, v2: 10");
  });

  it("asked for twice at once is done once, and the second is told what the first did", async () => {
    const id = await apply();
    const [first, second] = await Promise.all([undoChange(desk.context, id), undoChange(desk.context, id)]);
    expect(first.ok).toBe(true);
    expect(second).toMatchObject({ ok: false, error: { code: "CONFLICT", message: "Change 2 by ana came after change 1" } });
    expect(weightsInForce()).toBe("v1: 90, v2: 10");
  });

  it("makes the original undone once it is live, not before", async () => {
    const id = await apply();
    mesh.target.setProxy("caller-2", "ignores");
    valueOf(await undoChange(desk.context, id));
    await mesh.time.advance(1_000);
    expect(desk.change(id)).toMatchObject({ state: "live", undoneBy: null, canUndo: false });
    mesh.target.setProxy("caller-2", "takes");
    await mesh.time.advance(1_000);
    expect(desk.change(id)).toMatchObject({ state: "undone", explanation: "Taken back by change 2", undoneBy: "2", canUndo: false });
    expect(desk.change("2")).toMatchObject({ state: "live", canUndo: true });
    expect(desk.journal.lines.map(({ change }) => `${change.id} ${change.state}`)).toContain("1 undone");
  });

  it("leaves the original as it is while its undo is live in part", async () => {
    const id = await apply();
    mesh.target.setProxy("caller-2", "unreachable");
    valueOf(await undoChange(desk.context, id));
    await mesh.time.advance(10_000);
    expect([desk.change("2").state, desk.change(id).state]).toEqual(["partly-live", "live"]);
  });

  it("takes back what is live in part, too", async () => {
    mesh.target.setProxy("caller-2", "unreachable");
    const id = await apply();
    await mesh.time.advance(10_000);
    expect(desk.change(id)).toMatchObject({ state: "partly-live", canUndo: true });
    valueOf(await undoChange(desk.context, id));
    mesh.target.setProxy("caller-2", "takes");
    await mesh.time.advance(1_000);
    expect([weightsInForce(), desk.change(id).state]).toEqual(["v1: 90, v2: 10", "undone"]);
  });

  it("can itself be undone", async () => {
    await apply();
    valueOf(await undoChange(desk.context, "1"));
    await mesh.time.settle();
    valueOf(await undoChange(desk.context, "2"));
    await mesh.time.settle();
    expect([weightsInForce(), desk.change("2").state, desk.change("3").state]).toEqual(["v1: 100, v2: 0", "undone", "live"]);
  });

  it("is done once when it is asked twice at once", async () => {
    const id = await apply();
    const answers = await Promise.all([undoChange(desk.context, id), undoChange(desk.context, id)]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.flatMap((answer) => (answer.ok ? [] : [answer.error.code]))).toEqual(["CONFLICT"]);
    expect(weightsInForce()).toBe("v1: 90, v2: 10");
  });
});

describe("what is not undone", () => {
  it("is a change that a newer one followed: that one is to be undone first", async () => {
    await apply({ v1: 50, v2: 50 });
    await apply();
    expect(await refusal("1")).toMatchObject({
      code: "CONFLICT",
      field: "id",
      message: "Change 2 by ana came after change 1",
      mend: "Undo change 2 first, or plan the weights you want",
    });
    expect(weightsInForce()).toBe("v1: 100, v2: 0");
  });

  it("is a text that somebody else has rewritten since", async () => {
    const id = await apply();
    mesh.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
    expect(await refusal(id)).toMatchObject({
      code: "CONFLICT",
      field: "id",
      message: "fake/reviews is no longer what change 1 wrote",
      mend: "Something else wrote it since. Plan a change from what stands there now",
    });
    expect([weightsInForce(), desk.journal.lines.some(({ change }) => change.id === "2")]).toEqual(["v1: 3, v2: 4", false]);
  });

  it("is a text that somebody else rewrites in the last moment", async () => {
    const id = await apply();
    mesh.target.onCall((name) => {
      if (name === "apply") mesh.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
    });
    expect((await refusal(id)).code).toBe("CONFLICT");
    expect([weightsInForce(), desk.change(id).state, desk.change("2").state]).toEqual(["v1: 3, v2: 4", "live", "refused"]);
  });

  it("is a change that is undone already", async () => {
    const id = await apply();
    valueOf(await undoChange(desk.context, id));
    await mesh.time.settle();
    expect(await refusal(id)).toMatchObject({ code: "CONFLICT", message: "Change 1 is already undone", mend: "Nothing is left to do" });
  });

  it("is a change of which nothing stands in the mesh", async () => {
    mesh.target.setProxy("caller-1", "rejects");
    const id = await apply();
    expect(desk.change(id).state).toBe("rejected");
    expect(await refusal(id)).toMatchObject({
      code: "CONFLICT",
      message: "Change 1 is rejected: there is nothing of it in the mesh to take back",
    });
  });

  it("is a change that does not exist", async () => {
    expect(await refusal("7")).toMatchObject({ code: "NOT_FOUND", field: "id", message: "There is no change 7" });
  });

  it("is anything while the target does not answer", async () => {
    const id = await apply();
    mesh.target.failNext("standing", new WeftError("SOURCE_UNREACHABLE", "The folder is gone."));
    expect(await refusal(id)).toMatchObject({ code: "SOURCE_UNREACHABLE", message: "The folder is gone." });
    expect(await undoChange({ ...desk.context, sources: { ...desk.context.sources, routing: [] } }, id)).toMatchObject({
      ok: false,
      error: { code: "SOURCE_UNREACHABLE" },
    });
    expect(weightsInForce()).toBe("v1: 100, v2: 0");
  });

  it("is anything that a check forbids", async () => {
    const id = await apply();
    mesh.target.setChecks([{ code: "endpoints", level: "fail", text: "v2 has no ready endpoint.", mend: "Start v2 first." }]);
    expect(await refusal(id)).toMatchObject({ code: "INVALID", message: "A check failed: v2 has no ready endpoint." });
    expect([desk.change(id).state, weightsInForce()]).toEqual(["live", "v1: 100, v2: 0"]);
  });
});
