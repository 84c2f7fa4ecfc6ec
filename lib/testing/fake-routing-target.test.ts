import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { createFakeRoutingTarget } from "./fake-routing-target.ts";
import { describeRoutingTarget } from "./routing-target-contract.ts";

const ROUTE = "fake:reviews";
const RULE = "all/main";

describeRoutingTarget("the fake", async () => {
  const target = createFakeRoutingTarget();
  return {
    target,
    routeId: ROUTE,
    ruleId: RULE,
    legIds: ["v1", "v2"],
    text: async () => target.textOf(ROUTE),
    editAsSomebodyElse: async () => target.writeAsSomebodyElse(ROUTE, { v1: 42, v2: 58 }),
    refuseWrites: async () => target.failNext("apply", new WeftError("SOURCE_REFUSED", "The disk is full.", { mend: "Make room." })),
    loseProxy: async () => {
      target.setProxy("caller-2", "unreachable");
      return "caller-2";
    },
    close: async () => undefined,
  };
});

async function write(target: ReturnType<typeof createFakeRoutingTarget>) {
  const answer = await target.prepare({ routeId: ROUTE, ruleId: RULE, weights: { v1: 100, v2: 0 }, marker: "weft-1" });
  if (!answer.ok) throw answer.error;
  return answer.value.write;
}

describe("the fake's scripts", () => {
  it("lets a proxy refuse, and a restore does not count as one more refusal", async () => {
    const target = createFakeRoutingTarget();
    target.setProxy("caller-1", "rejects");
    const prepared = await write(target);
    const baseline = await target.baseline(prepared);
    await target.apply(prepared);
    expect((await target.verify(prepared, baseline)).map((proof) => proof.state)).toEqual(["rejected", "live"]);
    await target.restore(prepared);
    expect((await target.baseline(prepared))["caller-1"]).toMatchObject({ rejected: 1 });
  });

  it("lets a proxy ignore the text until it takes it", async () => {
    const target = createFakeRoutingTarget();
    target.setProxy("caller-1", "ignores");
    const prepared = await write(target);
    const baseline = await target.baseline(prepared);
    await target.apply(prepared);
    expect((await target.verify(prepared, baseline))[0]?.state).toBe("pending");
    target.setProxy("caller-1", "takes");
    expect((await target.verify(prepared, baseline))[0]?.state).toBe("live");
  });

  it("dies after the work is done, once", async () => {
    const target = createFakeRoutingTarget();
    const prepared = await write(target);
    target.crashAfterNext("apply");
    await expect(target.apply(prepared)).rejects.toThrow("scripted crash");
    expect(await target.standing(prepared)).toEqual({ ok: true, value: { at: "after" } });
    expect(await target.restore(prepared)).toEqual({ ok: true, value: undefined });
  });

  it("holds a call until its hook lets go, and keeps the order of calls", async () => {
    const target = createFakeRoutingTarget();
    const gate = Promise.withResolvers<void>();
    target.onCall(() => gate.promise);
    const asked = target.routes();
    expect(target.calls).toEqual([{ name: "routes", location: null }]);
    gate.resolve();
    expect((await asked).ok).toBe(true);
  });
});
