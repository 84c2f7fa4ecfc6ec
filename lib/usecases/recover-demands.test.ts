import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { describeCrashes, live, pass, restart, type Story } from "#lib/testing/crash-stories.ts";
import { type CrashPoint, createFakeChangeJournal, type FakeChangeJournal } from "#lib/testing/fake-change-journal.ts";
import { createMesh, DEMAND, type FakeMesh, type MeshDesk, openDesk } from "#lib/testing/mesh-desk.ts";

import { applyPlan } from "./apply-plan.ts";
import { recoverChanges } from "./recover-changes.ts";
import { undoChange } from "./undo-change.ts";

async function enforce(desk: MeshDesk): Promise<void> {
  await applyPlan(desk.context, (await desk.planStrict()).id);
}

describeCrashes({
  "a demand that is proven": {
    story: async (desk) => {
      await enforce(desk);
      await pass(desk);
    },
    writePoints: 4,
  },
  "a demand that a proxy refuses": {
    story: async (desk) => {
      desk.demands.setProxy("ledger-2", "rejects");
      await enforce(desk);
      await pass(desk);
    },
    writePoints: 4,
  },
  "a demand that the target refuses": {
    story: async (desk) => {
      desk.demands.failNext("apply", new WeftError("SOURCE_REFUSED", "The disk is full."));
      await enforce(desk);
    },
    writePoints: 2,
  },
  "a demand that is live in part": {
    story: async (desk) => {
      desk.demands.setProxy("ledger-2", "unreachable");
      await enforce(desk);
      await pass(desk);
    },
    writePoints: 3,
  },
  "an undo of a demand that was observed": {
    story: async (desk) => {
      await enforce(desk);
      await pass(desk);
      await undoChange(desk.context, "1");
      await pass(desk);
    },
    writePoints: 9,
  },
  "an undo of a demand at once": {
    story: async (desk) => {
      await enforce(desk);
      await desk.time.advance(1_000);
      await undoChange(desk.context, "1");
      await pass(desk);
    },
    writePoints: 9,
  },
  "a demand that somebody else rewrites": {
    story: async (desk) => {
      await enforce(desk);
      await desk.time.advance(1_000);
      desk.demands.writeAsSomebodyElse(DEMAND, "oneWay");
      await desk.time.advance(6_000);
    },
    writePoints: 4,
  },
  "weights and a demand beside each other": {
    story: async (desk) => {
      await applyPlan(desk.context, (await desk.plan({ v1: 100, v2: 0 })).id);
      await desk.time.advance(1_000);
      await enforce(desk);
      await pass(desk);
    },
    writePoints: 8,
  },
});

describe("recoverChanges of demands", () => {
  let mesh: FakeMesh;
  let journal: FakeChangeJournal;

  beforeEach(() => {
    mesh = createMesh();
    journal = createFakeChangeJournal();
  });

  /** A process that dies at a write point of an apply. */
  async function dieIn(point: CrashPoint, story: Story = enforce): Promise<void> {
    journal.crashAt(point);
    await live(openDesk(mesh, journal), story);
    journal = journal.reopen();
  }

  it("goes on with what was written, and counts anew who was seen", async () => {
    await dieIn({ at: 2, record: "lost" });
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({ kind: "demand", state: "live", live: { n: 2, of: 2 }, timings: { liveAfterMs: null } });
    await pass(desk);
    expect(desk.change("1")).toMatchObject({ state: "observed", observed: { mutual: 60, plaintext: 0, refused: [{ count: 5 }] } });
  });

  it("proves again what was live before", async () => {
    await dieIn({ at: 3, record: "kept" });
    mesh.demands.setProxy("ledger-2", "unreachable");
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({ state: "accepted", live: { n: 1, of: 2 }, observed: null });
    await desk.time.advance(5_000);
    expect(desk.change("1").state).toBe("partly-live");
  });

  it("finishes the taking-back of a refused text that it had begun", async () => {
    const before = mesh.demands.textOf(DEMAND);
    mesh.demands.setProxy("ledger-2", "rejects");
    await dieIn({ at: 3, record: "kept" });
    expect(mesh.demands.textOf(DEMAND)).not.toBe(before);
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({
      state: "rejected",
      explanation: "Refused by the proxies and taken back",
      mend: "The old demand is in force. Mend the file, and plan again",
    });
    expect(mesh.demands.textOf(DEMAND)).toBe(before);
  });

  it("says why a taking-back could not be finished, and what a proxy that restarts would do", async () => {
    mesh.demands.setProxy("ledger-2", "rejects");
    await dieIn({ at: 3, record: "kept" });
    mesh.demands.failNext("restore", new WeftError("SOURCE_REFUSED", "The disk is full."));
    expect((await restart(mesh, journal)).change("1")).toMatchObject({
      state: "needs-decision",
      explanation: "Refused by the proxies, and taking it back failed: The disk is full.",
      mend: "Put the old text back by hand: a proxy that restarts now would take no calls",
    });
  });

  it("leaves to a person what is neither as it was nor as it was asked", async () => {
    await dieIn({ at: 2, record: "lost" });
    mesh.demands.writeAsSomebodyElse(DEMAND, "oneWay");
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({
      state: "needs-decision",
      explanation: "Weft stopped in the middle of this change, and demands/ledger is now neither what it was nor what was asked",
      mend: "Look at the file, and plan the demand you want from what stands there now",
    });
    expect(mesh.demands.textOf(DEMAND)).toContain("oneWay");
  });

  it.each(["rewritten", "put back"])("says that a text was %s while it was away", async (how) => {
    await dieIn({ at: 3, record: "kept" });
    const [asked] = journal.lines;
    if (asked === undefined) throw new Error("nothing is on disk");
    if (how === "rewritten") mesh.demands.writeAsSomebodyElse(DEMAND, "oneWay");
    else await mesh.demands.restore(asked.write);
    expect((await restart(mesh, journal)).change("1")).toMatchObject({ state: "reverted", canUndo: false });
  });

  it("leaves open changes to a person where the target is gone", async () => {
    await dieIn({ at: 3, record: "kept" });
    const desk = openDesk(mesh, journal, { demands: [] });
    await recoverChanges(desk.context);
    expect(desk.change("1")).toMatchObject({
      state: "needs-decision",
      explanation: "The target of demands demands is not configured any more",
    });
  });
});
