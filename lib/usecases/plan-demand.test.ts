import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { type DemandPlan, Plan } from "#lib/model/routing.ts";
import { sampleAt } from "#lib/testing/builders.ts";
import { createFakeDemandTarget } from "#lib/testing/fake-demand-target.ts";
import { mutualCalls } from "#lib/testing/fake-security-source.ts";
import { createMesh, DEMAND, LEDGER, LEGACY, type MeshDesk, openDesk } from "#lib/testing/mesh-desk.ts";

import { planDemand } from "./plan-demand.ts";

const STRICT = { objectId: DEMAND, demand: "strict" } as const;

let desk: MeshDesk;

beforeEach(() => {
  desk = openDesk();
});

async function refusal(objectId = DEMAND): Promise<WeftError> {
  const answer = await planDemand(desk.context, { objectId, demand: "strict" });
  if (answer.ok) throw new Error("it was planned");
  return answer.error;
}

function checkOf(plan: DemandPlan, code: string) {
  return plan.checks.find((check) => check.code === code);
}

/** `legacy` calls in plaintext from two addresses, everybody else over mutual TLS. */
async function callersAreSeen(): Promise<void> {
  desk.security.see(1, { count: 40 });
  desk.security.see(4, { count: 3 });
  desk.security.see(2, { address: "10.0.0.10", count: 2 });
  desk.security.see(3, mutualCalls(500));
  await desk.time.advance(5_000);
}

describe("planDemand", () => {
  it("says what would be written, whom it refuses, and how it is taken back", async () => {
    await callersAreSeen();
    const plan = await desk.planStrict("an audit asks for it");
    expect(Plan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    expect(plan).toMatchObject({
      kind: "demand",
      objectId: DEMAND,
      target: LEDGER,
      sentence: "ledger refuses plaintext from now on; 1 caller that was seen would be refused: legacy.",
      before: "permissive",
      after: "strict",
      refuses: [
        { source: LEGACY, address: "10.0.0.9", count: 43, lastSeen: "2026-01-01T12:00:04.000Z" },
        { source: LEGACY, address: "10.0.0.10", count: 2, lastSeen: "2026-01-01T12:00:02.000Z" },
      ],
      observedSince: "2026-01-01T11:46:00.000Z",
      affectedProxies: ["ledger-1", "ledger-2"],
      owner: { kind: "human" },
      reason: "an audit asks for it",
      undoOf: null,
      createdAt: "2026-01-01T12:00:05.000Z",
      expiresAt: "2026-01-01T12:15:05.000Z",
    });
    expect(plan.diff.after).toContain("demand: strict");
    expect(plan.steps).toHaveLength(1);
  });

  it("warns with the callers' numbers, and says how long was watched and what that does not show", async () => {
    await callersAreSeen();
    expect((await desk.planStrict()).checks).toEqual([
      { code: "text", level: "pass", text: "Only the way in for plaintext is taken away.", mend: null },
      {
        code: "refused-callers",
        level: "warn",
        text:
          "Would be refused: legacy at 10.0.0.9 (43 requests, last at 2026-01-01T12:00:04.000Z) and " +
          "legacy at 10.0.0.10 (2 requests, last at 2026-01-01T12:00:02.000Z).",
        mend: "Give these callers certificates first, or accept that they are refused",
      },
      {
        code: "observed-for",
        level: "note",
        text: "Watched for 14 min. A caller that runs once a week would not show.",
        mend: null,
      },
    ]);
  });

  it("counts who shows no certificate inside TLS as well", async () => {
    desk.security.see(1, { transport: "oneWay", tlsVersion: "TLSv1.3", count: 5 });
    await desk.time.advance(2_000);
    expect((await desk.planStrict()).refuses).toMatchObject([{ source: LEGACY, count: 5 }]);
  });

  it("passes when nobody that was seen would be refused, and names since when", async () => {
    desk.security.see(1, mutualCalls(500));
    await desk.time.advance(2_000);
    const plan = await desk.planStrict();
    expect(plan.sentence).toBe("ledger refuses plaintext from now on; nobody that was seen would be refused.");
    expect(plan.refuses).toEqual([]);
    expect(checkOf(plan, "refused-callers")).toMatchObject({
      level: "pass",
      text: "Nobody that was seen since 2026-01-01T11:46:00.000Z would be refused.",
    });
  });

  it.each(["no source", "a source that does not answer", "a source that has seen nothing yet", "a source that does not know the workload"])(
    "does not know who would be refused with %s, and never says nobody",
    async (what) => {
      if (what === "no source") desk = openDesk(desk, undefined, { hasSecurity: false });
      if (what === "a source that does not answer") desk.security.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
      if (what === "a source that has seen nothing yet") desk.security.know({ observedSinceMs: null });
      if (what === "a source that does not know the workload") desk.security.know({ listeners: [] });
      const plan = await desk.planStrict();
      expect(plan).toMatchObject({ refuses: [], observedSince: null });
      expect(plan.sentence).toBe("ledger refuses plaintext from now on; it is not known who would be refused.");
      expect([checkOf(plan, "refused-callers")?.level, checkOf(plan, "observed-for")?.level]).toEqual(["unknown", "unknown"]);
      expect(checkOf(plan, "refused-callers")?.mend).toMatch(/\S/);
    },
  );

  it("does not pass by what a silent proxy did not tell", async () => {
    desk.security.say({ coverage: "partial" });
    expect(checkOf(await desk.planStrict(), "refused-callers")).toMatchObject({
      level: "unknown",
      text: "Nobody that was seen since 2026-01-01T11:46:00.000Z would be refused, but not every proxy of ledger tells who calls it.",
    });
  });

  it("does not pass where the ledger is called and nobody names its callers", async () => {
    desk.metrics.record(sampleAt(1, { target: LEDGER }, { callerCount: 9 }));
    await desk.time.advance(2_000);
    expect(checkOf(await desk.planStrict(), "refused-callers")?.level).toBe("unknown");
  });

  it("writes nothing, and asks for all that is remembered", async () => {
    const before = desk.demands.textOf(DEMAND);
    await desk.planStrict();
    expect(desk.demands.textOf(DEMAND)).toBe(before);
    expect(desk.journal.lines).toEqual([]);
    expect(desk.demands.calls.map(({ name }) => name)).toEqual(["objects", "prepare"]);
    expect(desk.security.asked).toEqual([{ fromMs: null, toMs: desk.time.clock.nowMs() }]);
  });

  it("keeps the plan with what its apply needs, for a quarter of an hour", async () => {
    const plan = await desk.planStrict();
    expect(desk.context.desk.plans.find(plan.id)).toMatchObject({
      ok: true,
      value: { plan: { id: plan.id }, settleMs: 5_000, changeId: null, write: { objectId: DEMAND, marker: `weft-${plan.id}` } },
    });
    await desk.time.advance(15 * 60_000 + 1);
    expect(desk.context.desk.plans.find(plan.id)).toMatchObject({
      ok: false,
      error: { code: "NOT_FOUND", mend: "Make the plan again from the Security page, and review it" },
    });
  });

  it("answers with the evidence of the object and of who was seen", async () => {
    desk.security.say({ coverage: "partial", notices: [{ level: "warning", code: "c", text: "t", source: "s", mend: null }] });
    expect(await planDemand(desk.context, STRICT)).toMatchObject({
      value: { provenance: [{ source: "demands" }, { source: "fake-security" }], coverage: "partial", notices: [{ code: "c" }] },
    });
    desk = openDesk(desk, undefined, { hasSecurity: false });
    expect(await planDemand(desk.context, STRICT)).toMatchObject({ value: { provenance: [{ source: "demands" }], coverage: "complete" } });
  });
});

describe("a demand that is not planned", () => {
  it("is strict already", async () => {
    desk = openDesk(createMesh({ demands: createFakeDemandTarget({ objects: { ledger: { demand: "strict" } } }) }));
    expect(await refusal()).toMatchObject({
      code: "INVALID",
      field: "demand",
      message: "ledger refuses plaintext already",
      mend: "Nothing is left to do",
    });
  });

  it("has no object", async () => {
    expect(await refusal("nobody's")).toMatchObject({
      code: "NOT_FOUND",
      field: "objectId",
      message: "There is no object nobody's that a demand can be written to",
    });
    desk = openDesk(desk, undefined, { demands: [] });
    expect((await refusal()).code).toBe("NOT_FOUND");
  });

  it("cannot be made by the target, which says why", async () => {
    const demands = createFakeDemandTarget({ objects: { ledger: { problem: "Its chains cannot be told apart." } } });
    desk = openDesk(createMesh({ demands }));
    expect(await refusal()).toMatchObject({ code: "UNSUPPORTED", message: "Its chains cannot be told apart." });
  });

  it("is of a target that does not answer", async () => {
    desk.demands.failNext("objects", new WeftError("SOURCE_UNREACHABLE", "The folder is gone."));
    expect(await refusal()).toMatchObject({ code: "SOURCE_UNREACHABLE", message: "The folder is gone." });
    desk.demands.failNext("prepare", new WeftError("SOURCE_REFUSED", "No right to read."));
    expect(await refusal()).toMatchObject({ code: "SOURCE_REFUSED" });
  });

  it("is found behind a target that fails, and behind one that does not keep it", async () => {
    const failing = createFakeDemandTarget({ id: "failing" });
    failing.failNext("objects", new WeftError("SOURCE_UNREACHABLE", "The folder is gone."));
    const other = createFakeDemandTarget({ id: "other", objects: { cart: {} } });
    desk = openDesk(desk, undefined, { demands: [failing, other, desk.demands] });
    expect(await desk.planStrict()).toMatchObject({ objectId: DEMAND });
  });
});

describe("an earlier text", () => {
  it("comes back under a marker of its own, and refuses nobody", async () => {
    await callersAreSeen();
    const before = desk.demands.textOf(DEMAND);
    desk.demands.writeAsSomebodyElse(DEMAND, "strict");
    const answer = await planDemand(desk.context, { objectId: DEMAND, restore: before, undoOf: "1", reason: "Undo of change 1" });
    expect(answer).toMatchObject({
      ok: true,
      value: {
        value: { sentence: "ledger lets plaintext in again.", before: "strict", after: "permissive", refuses: [], undoOf: "1" },
      },
    });
    const plan = answer.ok ? answer.value.value : null;
    expect(plan && checkOf(plan, "refused-callers")).toMatchObject({ level: "pass", text: "Nobody is refused that is let in now." });
    expect(plan?.diff.after).toContain(`weft-${plan?.id}`);
  });

  it("that is strict names whom it refuses, as a new demand does", async () => {
    await callersAreSeen();
    const strict = desk.demands.textOf(DEMAND).replace("permissive", "strict");
    expect(await planDemand(desk.context, { objectId: DEMAND, restore: strict })).toMatchObject({
      value: { value: { after: "strict", refuses: [{ count: 43 }, { count: 2 }] } },
    });
  });
});
