import { afterEach, describe, expect, it } from "vitest";

import { ROUTE, RULE } from "#lib/testing/mesh-desk.ts";

import { openConsole, type TestConsole } from "./testing/console.ts";

let weft: TestConsole;

afterEach(() => weft.close());

describe("createRuntime", () => {
  it("runs its feeds from start to stop", async () => {
    weft = await openConsole();
    expect(weft.feed.isRunning).toBe(true);
    await weft.runtime.stop();
    expect(weft.feed.isRunning).toBe(false);
  });

  it("stops following changes when it stops", async () => {
    weft = await openConsole();
    weft.mesh.target.setProxy("caller-1", "ignores");
    const plan = (await weft.post("/api/plans", { routeId: ROUTE, ruleId: RULE, weights: { v1: 100, v2: 0 } })).json().value;
    await weft.post(`/api/plans/apply?id=${plan.id}`);
    await weft.mesh.time.settle();
    expect(weft.mesh.time.waiting).toBe(1);
    await weft.runtime.stop();
    await weft.mesh.time.settle();
    expect(weft.mesh.time.waiting).toBe(0);
  });

  it("gives every plan an id that nobody can guess", async () => {
    weft = await openConsole();
    const ids = Array.from({ length: 50 }, () => weft.runtime.context.desk.newPlanId());
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}$/);
  });
});
