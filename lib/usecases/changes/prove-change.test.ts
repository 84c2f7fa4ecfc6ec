import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { sampleAt, START_MS } from "#lib/testing/builders.ts";
import { recordOf } from "#lib/testing/change-builders.ts";
import { createFakeRoutingTarget } from "#lib/testing/fake-routing-target.ts";
import { createMesh, type DeskOptions, type FakeMesh, FRONTEND, type MeshDesk, openDesk, REVIEWS, ROUTE } from "#lib/testing/mesh-desk.ts";

import { applyPlan } from "../apply-plan.ts";

let mesh: FakeMesh;
let desk: MeshDesk;

beforeEach(() => {
  start();
});

function start(part: Partial<FakeMesh> = {}, options: DeskOptions = {}): void {
  mesh = createMesh(part);
  desk = openDesk(mesh, undefined, options);
}

/** Applies new weights; the change is `accepted`, and its first proof has been looked at. */
async function apply(weights: Record<string, number> = { v1: 100, v2: 0 }): Promise<string> {
  const answer = await applyPlan(desk.context, (await desk.plan(weights)).id);
  if (!answer.ok) throw answer.error;
  await mesh.time.settle();
  return answer.value.id;
}

function nowS(): number {
  return (mesh.time.clock.nowMs() - START_MS) / 1_000;
}

/** Calls of the frontend to the versions of reviews, reported now. */
function report(counts: Record<string, number>): void {
  for (const [version, count] of Object.entries(counts)) {
    mesh.metrics.record(sampleAt(nowS(), { source: FRONTEND, target: REVIEWS, version }, { count, callerCount: count }));
  }
}

function callsOf(name: string): number {
  return mesh.target.calls.filter((call) => call.name === name).length;
}

function journaled(): string[] {
  return desk.journal.lines.map(({ change, isRestoring }) => `${change.id} ${change.state}${isRestoring ? " restoring" : ""}`);
}

describe("until live", () => {
  it("is live when every affected proxy proved it, with the time that took", async () => {
    mesh.target.setProxy("caller-2", "ignores");
    const id = await apply();
    expect(desk.change(id)).toMatchObject({
      state: "accepted",
      live: {
        n: 1,
        of: 2,
        proxies: [
          { id: "caller-1", state: "live" },
          { id: "caller-2", state: "pending" },
        ],
      },
    });
    await mesh.time.advance(40);
    expect(desk.change(id).state).toBe("accepted");
    mesh.target.setProxy("caller-2", "takes");
    await mesh.time.advance(40);
    expect(desk.change(id)).toMatchObject({
      state: "live",
      live: { n: 2, of: 2, proxies: [{ state: "live", revision: expect.stringContaining("weft-") }, { state: "live" }] },
      explanation: null,
      timings: { liveAt: "2026-01-01T12:00:00.070Z", liveAfterMs: 70, endedAt: null },
      canUndo: true,
    });
    expect(journaled()).toEqual(["1 asked", "1 accepted", "1 live"]);
  });

  it("asks at once, after 10, 20, 40, 80, 160 ms, and then twice a second", async () => {
    mesh.target.setProxy("caller-2", "ignores");
    await apply();
    const asked: number[] = [];
    mesh.target.onCall((name) => {
      if (name === "verify") asked.push(mesh.time.clock.monotonicMs());
    });
    await mesh.time.advance(2_000);
    expect(asked).toEqual([10, 30, 70, 150, 310, 810, 1_310, 1_810]);
  });

  it("measures by a clock that is not set", async () => {
    mesh.target.setProxy("caller-2", "ignores");
    const id = await apply();
    mesh.time.setWall(START_MS - 3_600_000);
    mesh.target.setProxy("caller-2", "takes");
    await mesh.time.advance(10);
    expect(desk.change(id)).toMatchObject({ state: "live", timings: { liveAfterMs: 10 } });
  });

  it("is shown while it is proven, and journaled only when it changes state", async () => {
    mesh.target.setProxy("caller-2", "ignores");
    const shown: string[] = [];
    desk.context.log.subscribe((change) => shown.push(`${change.state} ${change.live.n}/${change.live.of}`));
    await apply();
    await mesh.time.advance(1_000);
    expect(new Set(shown)).toEqual(new Set(["asked 0/2", "accepted 0/2", "accepted 1/2"]));
    expect(journaled()).toEqual(["1 asked", "1 accepted"]);
  });
});

describe("partly live", () => {
  it("is said after three seconds when the missing proxies cannot be reached, with their names", async () => {
    mesh.target.setProxy("caller-2", "unreachable");
    const id = await apply();
    await mesh.time.advance(3_000);
    expect(desk.change(id).state).toBe("accepted");
    await mesh.time.advance(500);
    expect(desk.change(id)).toMatchObject({
      state: "partly-live",
      live: { n: 1, of: 2 },
      explanation: "Live on 1 of 2. Missing: caller-2 (caller-2 does not answer)",
      mend: "Bring the missing proxies back, or undo: callers behind them may still use the old split",
      timings: { liveAt: null, endedAt: null },
      canUndo: true,
    });
    expect(journaled().at(-1)).toBe("1 partly-live");
  });

  it("waits a minute for a proxy that answers and still has the old text", async () => {
    mesh.target.setProxy("caller-1", "unreachable");
    mesh.target.setProxy("caller-2", "ignores");
    const id = await apply();
    await mesh.time.advance(60_000);
    expect(desk.change(id).state).toBe("accepted");
    await mesh.time.advance(1_000);
    expect(desk.change(id)).toMatchObject({ state: "partly-live", live: { n: 0, of: 2 } });
    expect(desk.change(id).explanation).toBe(
      "Live on 0 of 2. Missing: caller-1 (caller-1 does not answer), caller-2 (caller-2 still has the old text)",
    );
  });

  it("becomes live when the proxy comes back with the new text", async () => {
    mesh.target.setProxy("caller-2", "unreachable");
    const id = await apply();
    await mesh.time.advance(20_000);
    expect(desk.change(id).state).toBe("partly-live");
    mesh.target.setProxy("caller-2", "takes");
    await mesh.time.advance(2_000);
    expect(desk.change(id)).toMatchObject({
      state: "live",
      live: { n: 2, of: 2 },
      explanation: null,
      mend: null,
      timings: { endedAt: null },
    });
    expect(desk.change(id).timings.liveAfterMs).toBeGreaterThan(20_000);
  });

  it("says anew what is missing when that changes", async () => {
    mesh.target.setProxy("caller-1", "unreachable");
    mesh.target.setProxy("caller-2", "unreachable");
    const id = await apply();
    await mesh.time.advance(4_000);
    mesh.target.setProxy("caller-1", "takes");
    await mesh.time.advance(2_000);
    expect(desk.change(id)).toMatchObject({
      state: "partly-live",
      live: { n: 1, of: 2 },
      explanation: "Live on 1 of 2. Missing: caller-2 (caller-2 does not answer)",
    });
  });

  it("shows what is observed, and is not called observed", async () => {
    mesh.target.setProxy("caller-2", "unreachable");
    const id = await apply();
    await mesh.time.advance(9_000);
    report({ v1: 500 });
    await mesh.time.advance(3_000);
    expect(desk.change(id)).toMatchObject({ state: "partly-live", observed: { n: 500, withinTolerance: true } });
  });

  it("is all that a route without a proxy can be: nothing proves it", async () => {
    start({ target: createFakeRoutingTarget({ routes: { reviews: { proxies: [] } } }) });
    const id = await apply();
    await mesh.time.advance(120_000);
    expect(desk.change(id)).toMatchObject({
      state: "partly-live",
      live: { n: 0, of: 0 },
      explanation: "No proxy takes this route, so nothing can prove it",
      mend: "Point a proxy's route subscription at this file",
    });
    expect(journaled()).not.toContain("1 live");
  });
});

describe("a change that a proxy refuses", () => {
  it("is taken back at once, and says who refused and why", async () => {
    const before = mesh.target.textOf(ROUTE);
    mesh.target.setProxy("caller-2", "rejects");
    const id = await apply();
    expect(mesh.target.textOf(ROUTE)).toBe(before);
    expect(desk.change(id)).toMatchObject({
      state: "rejected",
      explanation: "Refused by 1 of 2 proxies and taken back at once. caller-2: caller-2 refused the text",
      mend: "The old route is in force. Read the reason, mend the route file, and plan again",
      live: { n: 1, of: 2, proxies: [{ state: "live" }, { id: "caller-2", state: "rejected" }] },
      timings: { endedAt: "2026-01-01T12:00:00.000Z" },
      canUndo: false,
    });
    expect(journaled()).toEqual(["1 asked", "1 accepted", "1 accepted restoring", "1 rejected"]);
    expect(mesh.time.waiting).toBe(0);
  });

  it("needs a decision when it cannot be taken back", async () => {
    mesh.target.setProxy("caller-2", "rejects");
    mesh.target.failNext("restore", new WeftError("SOURCE_REFUSED", "The disk is full.", { mend: "Make room." }));
    const id = await apply();
    expect(desk.change(id)).toMatchObject({
      state: "needs-decision",
      explanation: "Refused by 1 of 2 proxies, and taking it back failed: The disk is full. caller-2: caller-2 refused the text",
      mend: "Make room.",
    });
    expect(mesh.target.textOf(ROUTE)).toContain("v1: 100");
  });

  it("leaves alone what somebody else wrote meanwhile", async () => {
    mesh.target.setProxy("caller-2", "rejects");
    mesh.target.onCall((name) => {
      if (name === "restore") mesh.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
    });
    const id = await apply();
    expect(desk.change(id)).toMatchObject({ state: "needs-decision", mend: "Read the route and plan again." });
    expect(mesh.target.textOf(ROUTE)).toContain("v1: 3");
  });

  it("leaves the change before it in force, to be undone again", async () => {
    const first = await apply({ v1: 50, v2: 50 });
    mesh.target.setProxy("caller-2", "rejects");
    const second = await apply();
    expect(desk.change(second).state).toBe("rejected");
    expect(mesh.target.textOf(ROUTE)).toContain("v1: 50");
    expect(desk.change(first).canUndo).toBe(true);
  });
});

describe("somebody else writes", () => {
  it("ends a change as reverted, with the time of that write", async () => {
    const id = await apply();
    mesh.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
    await mesh.time.advance(6_000);
    expect(desk.change(id)).toMatchObject({
      state: "reverted",
      explanation: "Something else rewrote fake/reviews at 2026-01-01T00:00:00.000Z",
      mend: "Find out what writes this file. Plan again from what stands there now",
      canUndo: false,
    });
    expect(mesh.time.waiting).toBe(0);
  });

  it("tells a text that was put back from another one", async () => {
    const before = mesh.target.textOf(ROUTE);
    const id = await apply();
    const write = desk.context.log.record(id)?.write;
    if (write === undefined) throw new Error("no write");
    await mesh.target.restore(write);
    expect(mesh.target.textOf(ROUTE)).toBe(before);
    await mesh.time.advance(6_000);
    expect(desk.change(id)).toMatchObject({ state: "reverted", explanation: "Something else put the old text back" });
  });

  it("is told from a newer change also when it is an older one's text", async () => {
    await apply({ v1: 50, v2: 50 });
    const second = await apply({ v1: 60, v2: 40 });
    const third = await apply();
    const [old, now] = [desk.context.log.record("1")?.write, desk.context.log.record(third)?.write];
    if (old === undefined || now === undefined) throw new Error("no write");
    await mesh.target.apply({ ...now, before: now.after, after: old.after });
    await mesh.time.advance(6_000);
    expect(desk.change(third)).toMatchObject({ state: "reverted", explanation: expect.stringContaining("Something else rewrote") });
    expect(desk.change(second).state).toBe("live");
  });

  it("is seen before a change is live as well", async () => {
    mesh.target.setProxy("caller-1", "ignores");
    const id = await apply();
    mesh.target.writeAsSomebodyElse(ROUTE, { v1: 3, v2: 4 });
    await mesh.time.advance(6_000);
    expect(desk.change(id).state).toBe("reverted");
  });

  it("is not concluded from a target that does not answer", async () => {
    const id = await apply();
    mesh.target.failNext("standing", new WeftError("SOURCE_UNREACHABLE", "no"));
    await mesh.time.advance(6_000);
    expect(desk.change(id).state).toBe("live");
  });
});

describe("observed", () => {
  it("is said when the asked share was seen in the traffic after the last old request", async () => {
    const id = await apply();
    report({ v2: 40 });
    await mesh.time.advance(5_000);
    report({ v1: 10, v2: 1 });
    await mesh.time.advance(2_000);
    report({ v1: 49 });
    await mesh.time.advance(2_000);
    expect(desk.change(id)).toMatchObject({ state: "live", observed: { n: 49, withinTolerance: false } });
    report({ v1: 1 });
    await mesh.time.advance(2_000);
    expect(desk.change(id)).toMatchObject({
      state: "observed",
      observed: {
        from: "2026-01-01T12:00:06.000Z",
        n: 50,
        withinTolerance: true,
        legs: [
          { id: "v1", share: 1, count: 50 },
          { id: "v2", share: 0, count: 0 },
        ],
      },
      timings: { observedAt: "2026-01-01T12:00:10.000Z", endedAt: "2026-01-01T12:00:10.000Z" },
      canUndo: true,
    });
    expect(journaled().at(-1)).toBe("1 observed");
  });

  it("is never said while the share is another one, and the figures are shown", async () => {
    const id = await apply();
    await mesh.time.advance(7_000);
    report({ v1: 5_000, v2: 1 });
    await mesh.time.advance(30_000);
    expect(desk.change(id)).toMatchObject({ state: "live", observed: { n: 5_001, withinTolerance: false }, timings: { observedAt: null } });
    expect(journaled().at(-1)).toBe("1 live");
  });

  it("settles for a minute more, then ends", async () => {
    const id = await apply({ v1: 50, v2: 50 });
    await mesh.time.advance(7_000);
    report({ v1: 30, v2: 30 });
    await mesh.time.advance(2_000);
    expect(desk.change(id).state).toBe("observed");
    report({ v1: 30, v2: 30 });
    await mesh.time.advance(2_000);
    expect(desk.change(id)).toMatchObject({ state: "observed", observed: { n: 120 } });
    await mesh.time.advance(62_000);
    expect(mesh.time.waiting).toBe(0);
    expect(journaled().filter((line) => line === "1 observed")).toHaveLength(1);
  });

  it("is not said without metrics, nor when they fail", async () => {
    const id = await apply();
    mesh.metrics.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    await mesh.time.advance(60_000);
    expect(desk.change(id)).toMatchObject({ state: "live", observed: null });
    start({}, { hasMetrics: false });
    const other = await apply();
    await mesh.time.advance(60_000);
    expect(desk.change(other)).toMatchObject({ state: "live", observed: null });
  });

  it("is not waited for longer than half an hour", async () => {
    const id = await apply();
    await mesh.time.advance(30 * 60_000 + 2_000);
    expect(mesh.time.waiting).toBe(0);
    expect(desk.change(id)).toMatchObject({ state: "live", live: { n: 2, of: 2 } });
  });
});

describe("a newer change of the route", () => {
  it("ends the older one's watch, and says so", async () => {
    const first = await apply({ v1: 50, v2: 50 });
    const second = await apply();
    expect(desk.change(first)).toMatchObject({
      state: "live",
      explanation: "Followed by change 2 before it was observed",
      canUndo: false,
      timings: { endedAt: "2026-01-01T12:00:00.000Z" },
    });
    expect(desk.context.log.open().map(({ id }) => id)).toEqual([second]);
    await mesh.time.advance(7_000);
    report({ v1: 60 });
    await mesh.time.advance(2_000);
    expect([desk.change(first).state, desk.change(second).state]).toEqual(["live", "observed"]);
    expect(desk.change(first).observed).toBeNull();
  });

  it("is no foreign write to the older one, even when the older one looks just then", async () => {
    const first = await apply({ v1: 50, v2: 50 });
    const gate = Promise.withResolvers<void>();
    mesh.target.onCall((name) => (name === "standing" ? gate.promise : undefined));
    await mesh.time.advance(5_500);
    const second = await apply();
    mesh.target.onCall(null);
    gate.resolve();
    await mesh.time.settle();
    expect(desk.change(second).state).toBe("live");
    expect(desk.change(first)).toMatchObject({ state: "live", explanation: "Followed by change 2 before it was observed" });
  });

  it("is no foreign write while it is being journaled", async () => {
    const first = await apply({ v1: 50, v2: 50 });
    const plan = await desk.plan({ v1: 100, v2: 0 });
    const gate = Promise.withResolvers<void>();
    const append = desk.journal.append.bind(desk.journal);
    desk.journal.append = async (record) => {
      if (record.change.id === "2" && record.change.state === "accepted") await gate.promise;
      return append(record);
    };
    const applying = applyPlan(desk.context, plan.id);
    await mesh.time.advance(6_000);
    expect(desk.change(first).state).toBe("live");
    gate.resolve();
    await applying;
    await mesh.time.settle();
    expect(desk.change(first)).toMatchObject({ state: "live", explanation: "Followed by change 2 before it was observed" });
    expect(desk.change("2").state).toBe("live");
  });

  it("does not touch a watch on another route", async () => {
    start({ target: createFakeRoutingTarget({ routes: { reviews: {}, ratings: {} } }) });
    const first = await apply();
    const other = await applyPlan(desk.context, (await desk.plan({ v1: 100, v2: 0 }, { routeId: "fake:ratings" })).id);
    expect(other.ok).toBe(true);
    await mesh.time.advance(5_000);
    expect(desk.context.log.open().map(({ id }) => id)).toEqual(["2", first]);
  });
});

describe("what can go wrong around it", () => {
  it("shows what the proxies say also when it cannot be journaled", async () => {
    desk.journal.failAt(3);
    const id = await apply();
    expect(desk.change(id)).toMatchObject({ state: "live", explanation: "(not journaled: The journal cannot be written)" });
  });

  it("needs a decision when the target is not there any more", async () => {
    start({}, { routing: [] });
    await desk.context.log.put(recordOf({ state: "accepted" }));
    desk.context.desk.prover.start("1", null);
    await mesh.time.settle();
    expect(desk.change("1")).toMatchObject({ state: "needs-decision", explanation: "The routing target fake is not configured any more" });
  });

  it("watches nothing that does not exist", async () => {
    desk.context.desk.prover.start("7", null);
    await mesh.time.settle();
    expect([mesh.time.waiting, callsOf("verify")]).toEqual([0, 0]);
  });

  it("stops asking when the process ends", async () => {
    mesh.target.setProxy("caller-2", "ignores");
    await apply();
    desk.context.desk.prover.stop();
    const asked = mesh.target.calls.length;
    await mesh.time.advance(60_000);
    expect([mesh.time.waiting, mesh.target.calls.length]).toEqual([0, asked]);
  });
});
