import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { describeDemandTarget } from "./demand-target-contract.ts";
import { createFakeDemandTarget } from "./fake-demand-target.ts";

const OBJECT = "demands:ledger";

describeDemandTarget("the fake", async () => {
  const target = createFakeDemandTarget();
  return {
    target,
    objectId: OBJECT,
    workload: "shop/ledger",
    text: async () => target.textOf(OBJECT),
    editAsSomebodyElse: async () => target.writeAsSomebodyElse(OBJECT, "oneWay"),
    refuseWrites: async () => target.failNext("apply", new WeftError("SOURCE_REFUSED", "The disk is full.", { mend: "Make room." })),
    loseProxy: async () => {
      target.setProxy("ledger-2", "unreachable");
      return "ledger-2";
    },
    close: async () => undefined,
  };
});

describe("the fake", () => {
  it("passes on why an object cannot be made strict", async () => {
    const target = createFakeDemandTarget({ objects: { ledger: { problem: "It has no text of its own." } } });
    expect(await target.prepare({ objectId: OBJECT, want: { demand: "strict" }, marker: "m" })).toMatchObject({
      ok: false,
      error: { code: "UNSUPPORTED", message: "It has no text of its own." },
    });
  });
});
