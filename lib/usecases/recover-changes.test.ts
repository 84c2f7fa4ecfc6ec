import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { describeCrashes, live, pass, restart, type Story } from "#lib/testing/crash-stories.ts";
import { type CrashPoint, createFakeChangeJournal, type FakeChangeJournal } from "#lib/testing/fake-change-journal.ts";
import { createMesh, type FakeMesh, type MeshDesk, openDesk, ROUTE } from "#lib/testing/mesh-desk.ts";

import { applyPlan } from "./apply-plan.ts";
import { recoverChanges } from "./recover-changes.ts";
import { undoChange } from "./undo-change.ts";

async function apply(desk: MeshDesk, weights: Record<string, number> = { v1: 100, v2: 0 }): Promise<void> {
  await applyPlan(desk.context, (await desk.plan(weights)).id);
}

describeCrashes({
  "an apply that is proven": {
    story: async (desk) => {
      await apply(desk);
      await pass(desk);
    },
    writePoints: 4,
  },
  "an apply that a proxy refuses": {
    story: async (desk) => {
      desk.target.setProxy("caller-2", "rejects");
      await apply(desk);
      await pass(desk);
    },
    writePoints: 4,
  },
  "an apply that the target refuses": {
    story: async (desk) => {
      desk.target.failNext("apply", new WeftError("SOURCE_REFUSED", "The disk is full."));
      await apply(desk);
    },
    writePoints: 2,
  },
  "an apply that is live in part": {
    story: async (desk) => {
      desk.target.setProxy("caller-2", "unreachable");
      await apply(desk);
      await pass(desk);
    },
    writePoints: 3,
  },
  "two applies, the second before the first is observed": {
    story: async (desk) => {
      await apply(desk, { v1: 50, v2: 50 });
      await desk.time.advance(1_000);
      await apply(desk);
      await pass(desk);
    },
    writePoints: 8,
  },
  "an undo of what was observed": {
    story: async (desk) => {
      await apply(desk);
      await pass(desk);
      await undoChange(desk.context, "1");
      await pass(desk);
    },
    writePoints: 9,
  },
  "an undo at once": {
    story: async (desk) => {
      await apply(desk);
      await desk.time.advance(1_000);
      await undoChange(desk.context, "1");
      await pass(desk);
    },
    writePoints: 9,
  },
  "a text that somebody else rewrites": {
    story: async (desk) => {
      await apply(desk);
      await desk.time.advance(1_000);
      desk.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
      await desk.time.advance(6_000);
    },
    writePoints: 4,
  },
});

describe("recoverChanges", () => {
  let mesh: FakeMesh;
  let journal: FakeChangeJournal;

  beforeEach(() => {
    mesh = createMesh();
    journal = createFakeChangeJournal();
  });

  /** A process that dies at a write point of an apply. */
  async function dieIn(point: CrashPoint, story: Story = apply): Promise<void> {
    journal.crashAt(point);
    await live(openDesk(mesh, journal), story);
    journal = journal.reopen();
  }

  it("has nothing to do on an empty journal", async () => {
    const desk = await restart(mesh, journal);
    expect([desk.context.log.list(), mesh.target.calls]).toEqual([[], []]);
  });

  it("says that nothing was written when the crash came before the write", async () => {
    journal.crashAt({ at: 1, record: "kept" });
    mesh.target.onCall((name) => (name === "apply" ? new Promise(() => undefined) : undefined));
    await live(openDesk(mesh, journal), apply);
    mesh.target.onCall(null);
    const desk = await restart(mesh, journal.reopen());
    expect(desk.change("1")).toMatchObject({
      state: "refused",
      explanation: "Weft stopped before anything was written. Nothing was changed",
      mend: "Plan it again if it is still wanted",
    });
  });

  it("goes on with what was written, and tells no time to live that it did not measure", async () => {
    await dieIn({ at: 2, record: "lost" });
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({
      state: "live",
      live: { n: 2, of: 2 },
      timings: { acceptedAt: "2026-01-01T12:00:01.000Z", liveAfterMs: null },
    });
    await pass(desk);
    expect(desk.change("1").state).toBe("observed");
  });

  it("proves again what was live before: a proxy may have restarted meanwhile", async () => {
    await dieIn({ at: 3, record: "kept" });
    mesh.target.setProxy("caller-2", "unreachable");
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({ state: "accepted", live: { n: 1, of: 2 }, observed: null, timings: { liveAt: null } });
    await desk.time.advance(5_000);
    expect(desk.change("1").state).toBe("partly-live");
  });

  it("tells a refusal that came while it was away by the counters from before the write", async () => {
    mesh.target.setProxy("caller-2", "rejects");
    const before = mesh.target.textOf(ROUTE);
    await dieIn({ at: 2, record: "kept" });
    const desk = await restart(mesh, journal);
    expect([desk.change("1").state, mesh.target.textOf(ROUTE)]).toEqual(["rejected", before]);
  });

  it.each([
    ["rewritten", "fake/reviews was rewritten while Weft was away"],
    ["put back", "The old text was put back while Weft was away"],
  ])("says that a text was %s while it was away", async (how, explanation) => {
    await dieIn({ at: 3, record: "kept" });
    const [asked] = journal.lines;
    if (asked === undefined) throw new Error("nothing is on disk");
    if (how === "rewritten") mesh.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
    else await mesh.target.restore(asked.write);
    const text = mesh.target.textOf(ROUTE);
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({ state: "reverted", explanation, canUndo: false });
    expect(mesh.target.textOf(ROUTE)).toBe(text);
  });

  it("leaves to a person what is neither as it was nor as it was asked", async () => {
    await dieIn({ at: 2, record: "lost" });
    mesh.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({
      state: "needs-decision",
      explanation: "Weft stopped in the middle of this change, and fake/reviews is now neither what it was nor what was asked",
    });
    expect(mesh.target.textOf(ROUTE)).toContain("v1: 3");
  });

  it("finishes the taking-back of a refused text that it had begun", async () => {
    const before = mesh.target.textOf(ROUTE);
    mesh.target.setProxy("caller-2", "rejects");
    await dieIn({ at: 3, record: "kept" });
    expect(mesh.target.textOf(ROUTE)).not.toBe(before);
    const desk = await restart(mesh, journal);
    expect([desk.change("1").state, mesh.target.textOf(ROUTE)]).toEqual(["rejected", before]);
  });

  it("says why a taking-back could not be finished", async () => {
    mesh.target.setProxy("caller-2", "rejects");
    await dieIn({ at: 3, record: "kept" });
    mesh.target.failNext("restore", new WeftError("SOURCE_REFUSED", "The disk is full.", { mend: "Make room." }));
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({
      state: "needs-decision",
      explanation: "Refused by the proxies, and taking it back failed: The disk is full.",
      mend: "Make room.",
    });
  });

  it("does not take back over what somebody else wrote meanwhile", async () => {
    mesh.target.setProxy("caller-2", "rejects");
    await dieIn({ at: 3, record: "kept" });
    mesh.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
    const desk = await restart(mesh, journal);
    expect(desk.change("1").state).toBe("needs-decision");
    expect(mesh.target.textOf(ROUTE)).toContain("v1: 3");
  });

  it("knows its own newer change from a foreign hand", async () => {
    await dieIn({ at: 5, record: "lost" }, async (desk) => {
      await apply(desk, { v1: 50, v2: 50 });
      await desk.time.advance(1_000);
      await apply(desk);
    });
    const desk = await restart(mesh, journal);
    expect(desk.change("1")).toMatchObject({ state: "live", explanation: "Followed by change 2 before it was observed" });
    expect(desk.change("2").state).toBe("live");
  });

  it.each(["no target", "a target that does not answer"])("leaves open changes to a person where there is %s", async (what) => {
    await dieIn({ at: 3, record: "kept" });
    if (what === "a target that does not answer")
      mesh.target.failNext("standing", new WeftError("SOURCE_UNREACHABLE", "The folder is gone.", { mend: "Mount it." }));
    const desk = openDesk(mesh, journal, what === "no target" ? { routing: [] } : {});
    await recoverChanges(desk.context);
    expect(desk.change("1")).toMatchObject({
      state: "needs-decision",
      explanation: what === "no target" ? "The routing target fake is not configured any more" : "The folder is gone.",
    });
  });

  it("shows the truth also when it cannot be journaled", async () => {
    await dieIn({ at: 3, record: "kept" });
    mesh.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
    journal.failAt(1);
    const desk = await restart(mesh, journal);
    expect(desk.change("1").state).toBe("reverted");
  });
});
