import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import { WeftError } from "#lib/model/errors.ts";
import { DEMAND, ROUTE, RULE } from "#lib/testing/mesh-desk.ts";

import { openConsole, problemOf, type TestConsole } from "../testing/console.ts";

const PLAN = { routeId: ROUTE, ruleId: RULE, weights: { v1: 100, v2: 0 } };

const STRICT = { objectId: DEMAND, demand: "strict" };

let weft: TestConsole;

beforeEach(async () => {
  weft = await openConsole();
});

afterEach(() => weft.close());

async function plan(weights: Record<string, number> = PLAN.weights): Promise<string> {
  return (await weft.post("/api/plans", { ...PLAN, weights })).json().value.id;
}

function weightsInForce(): string {
  return weft.mesh.target.textOf(ROUTE).split("\n").slice(1, -1).join(", ");
}

describe("writes", () => {
  it("plan, apply and undo, and each answers what the contract describes", async () => {
    const planned = await weft.post("/api/plans", { ...PLAN, reason: null });
    expect(planned.statusCode).toBe(200);
    expect(endpoints.createPlan.value.parse(planned.json())).toEqual(planned.json());
    expect(weightsInForce()).toBe("v1: 90, v2: 10");

    const applied = await weft.post(`/api/plans/apply?id=${planned.json().value.id}`);
    expect(applied.statusCode).toBe(202);
    expect(endpoints.applyPlan.value.parse(applied.json())).toEqual(applied.json());
    expect(applied.json()).toMatchObject({
      value: { id: "1", state: "accepted", actor: "local" },
      provenance: [{ source: "weft", kind: "journal" }],
      coverage: "complete",
    });
    expect(weightsInForce()).toBe("v1: 100, v2: 0");
    await weft.mesh.time.settle();
    expect((await weft.get("/api/change?id=1")).json().value).toMatchObject({ state: "live", canUndo: true });

    const undone = await weft.post("/api/changes/undo?id=1");
    expect(undone.statusCode).toBe(202);
    expect(endpoints.undoChange.value.parse(undone.json())).toEqual(undone.json());
    expect(undone.json().value).toMatchObject({ id: "2", undoOf: "1" });
    expect(weightsInForce()).toBe("v1: 90, v2: 10");
  });

  it("make a workload strict and take it back, and each answers what the contract describes", async () => {
    weft.mesh.security.see(1, { count: 43 });
    await weft.mesh.time.advance(2_000);
    const planned = await weft.post("/api/plans", { ...STRICT, reason: "an audit asks for it" });
    expect(planned.statusCode).toBe(200);
    expect(endpoints.createPlan.value.parse(planned.json())).toEqual(planned.json());
    expect(planned.json().value).toMatchObject({
      kind: "demand",
      sentence: "ledger refuses plaintext from now on; 1 caller that was seen would be refused: legacy.",
      refuses: [{ source: "shop/legacy", address: "10.0.0.9", count: 43 }],
      reason: "an audit asks for it",
    });
    const { id } = planned.json().value;
    expect(endpoints.getPlan.value.parse((await weft.get(`/api/plan?id=${id}`)).json()).value).toEqual(planned.json().value);
    expect(weft.mesh.demands.textOf(DEMAND)).toContain("permissive");

    const applied = await weft.post(`/api/plans/apply?id=${id}`);
    expect(applied.statusCode).toBe(202);
    expect(endpoints.applyPlan.value.parse(applied.json())).toEqual(applied.json());
    await weft.mesh.time.advance(12_000);
    const live = (await weft.get("/api/change?id=1")).json();
    expect(endpoints.getChange.value.parse(live)).toEqual(live);
    expect(live.value).toMatchObject({ kind: "demand", state: "live", observed: { mutual: 0, plaintext: 0, holds: false } });
    expect(weft.mesh.demands.textOf(DEMAND)).toContain("strict");

    const undone = await weft.post("/api/changes/undo?id=1");
    expect(undone.statusCode).toBe(202);
    expect(undone.json().value).toMatchObject({ kind: "demand", id: "2", undoOf: "1", after: "permissive" });
    expect(weft.mesh.demands.textOf(DEMAND)).toContain("permissive");
  });

  it.each([
    [{ demand: "strict" }, "objectId", /^objectId: /],
    [{ objectId: 7, demand: "strict" }, "objectId", /^objectId: .*string/],
    [{ objectId: DEMAND }, "demand", /^demand: .*"strict"/],
    [{ ...STRICT, demand: "permissive" }, "demand", /^demand: .*"strict"/],
    [{ ...STRICT, reason: "x".repeat(501) }, "reason", /^reason: .*500/],
    [{ ...STRICT, weights: {} }, null, /^The input: .*"weights"/],
    [{ ...PLAN, objectId: DEMAND }, "demand", /^demand: /],
    [{ routeId: ROUTE, ruleId: RULE }, "weights", /^weights: /],
    [{ ...PLAN, weights: { v1: "many" } }, "weights.v1", /^weights\.v1: .*number/],
    [{ ...PLAN, ruleId: "" }, "ruleId", /^ruleId: /],
    [{}, "routeId", /^routeId: /],
    [[], null, /^The input: /],
  ])("say of the body %j which field is wrong", async (body, field, detail) => {
    const problem = problemOf(await weft.post("/api/plans", body));
    expect(problem).toMatchObject({ status: 400, code: "INVALID", field, mend: "See /api/plans in /api/openapi.json" });
    expect(problem.detail).toMatch(detail);
    expect([weft.mesh.demands.calls, weft.mesh.target.calls]).toEqual([[], []]);
  });

  it("pass on why a demand cannot be planned", async () => {
    expect(problemOf(await weft.post("/api/plans", { ...STRICT, objectId: "nobody's" }))).toMatchObject({ status: 404, field: "objectId" });
    weft.mesh.demands.writeAsSomebodyElse(DEMAND, "strict");
    expect(problemOf(await weft.post("/api/plans", STRICT))).toMatchObject({
      status: 400,
      field: "demand",
      detail: "ledger refuses plaintext already",
      mend: "Nothing is left to do",
    });
  });

  it.each([
    ["no body and no type", undefined, {}],
    ["no body with a JSON type", undefined, { "content-type": "application/json" }],
    ["an empty body with a JSON type", "", { "content-type": "application/json" }],
    ["an empty object", {}, {}],
  ])("take %s where there is nothing to say", async (_what, body, headers) => {
    const response = await weft.post(`/api/plans/apply?id=${await plan()}`, body, headers);
    expect([response.statusCode, response.json().value.id]).toEqual([202, "1"]);
  });

  it("answer the same change when a plan is applied twice", async () => {
    const id = await plan();
    const responses = await Promise.all([weft.post(`/api/plans/apply?id=${id}`), weft.post(`/api/plans/apply?id=${id}`)]);
    expect(responses.map((response) => [response.statusCode, response.json().value.id])).toEqual([
      [202, "1"],
      [202, "1"],
    ]);
  });

  it("tell the second of two editors who was first", async () => {
    const [mine, theirs] = [await plan(), await plan({ v1: 50, v2: 50 })];
    await weft.post(`/api/plans/apply?id=${theirs}`);
    const problem = problemOf(await weft.post(`/api/plans/apply?id=${mine}`));
    expect(problem).toMatchObject({ status: 409, code: "CONFLICT", field: "id", title: "Changed meanwhile" });
    expect(problem.detail).toMatch(/^local changed reviews at 2026-01-01T12:00:00\.000Z \(change 1: .*\) after this plan was made$/);
    expect(weightsInForce()).toBe("v1: 50, v2: 50");
  });

  it("say when nothing can be journaled, and then change nothing", async () => {
    const id = await plan();
    weft.journal.failAt(1);
    expect(problemOf(await weft.post(`/api/plans/apply?id=${id}`))).toMatchObject({
      status: 502,
      code: "SOURCE_REFUSED",
      mend: "Free disk space",
    });
    expect(weightsInForce()).toBe("v1: 90, v2: 10");
  });

  it("pass on what forbids them", async () => {
    weft.mesh.target.setChecks([{ code: "endpoints", level: "fail", text: "v1 has no ready endpoint.", mend: "Start v1 first." }]);
    expect(problemOf(await weft.post(`/api/plans/apply?id=${await plan()}`))).toMatchObject({
      status: 400,
      detail: "A check failed: v1 has no ready endpoint.",
      mend: "Start v1 first.",
    });
    weft.mesh.target.failNext("prepare", new WeftError("UNSUPPORTED", "This route cannot be steered."));
    expect(problemOf(await weft.post("/api/plans", PLAN))).toMatchObject({ status: 422, code: "UNSUPPORTED" });
  });

  it("know no plan and no change that is not there", async () => {
    expect(problemOf(await weft.post("/api/plans/apply?id=nobody's"))).toMatchObject({
      status: 404,
      field: "id",
      mend: "Make the plan again, and review it",
    });
    expect(problemOf(await weft.post("/api/changes/undo?id=7"))).toMatchObject({ status: 404, field: "id" });
    expect(problemOf(await weft.post("/api/plans/apply"))).toMatchObject({ status: 400, field: "id" });
  });
});
