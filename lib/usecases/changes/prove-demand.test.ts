import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { sampleAt, START_MS } from "#lib/testing/builders.ts";
import { createFakeDemandTarget } from "#lib/testing/fake-demand-target.ts";
import { mutualCalls } from "#lib/testing/fake-security-source.ts";
import { createMesh, DEMAND, type DeskOptions, type FakeMesh, LEDGER, type MeshDesk, openDesk } from "#lib/testing/mesh-desk.ts";

import { applyPlan } from "../apply-plan.ts";
import { undoChange } from "../undo-change.ts";

let mesh: FakeMesh;
let desk: MeshDesk;

beforeEach(() => {
  start();
});

function start(part: Partial<FakeMesh> = {}, options: DeskOptions = {}): void {
  mesh = createMesh(part);
  desk = openDesk(mesh, undefined, options);
}

/** Makes the ledger strict; the first proof has been looked at. */
async function enforce(): Promise<string> {
  const answer = await applyPlan(desk.context, (await desk.planStrict()).id);
  if (!answer.ok) throw answer.error;
  await mesh.time.settle();
  return answer.value.id;
}

async function undo(id: string): Promise<string> {
  const answer = await undoChange(desk.context, id);
  if (!answer.ok) throw answer.error;
  await mesh.time.settle();
  return answer.value.id;
}

function nowS(): number {
  return (mesh.time.clock.nowMs() - START_MS) / 1_000;
}

function observedOf(id: string) {
  const { observed } = desk.change(id);
  return observed !== null && "holds" in observed ? observed : null;
}

function journaled(): string[] {
  return desk.journal.lines.map(({ change, isRestoring }) => `${change.id} ${change.state}${isRestoring ? " restoring" : ""}`);
}

describe("until live", () => {
  it("is live only by what every proxy says, whatever is seen in the traffic", async () => {
    mesh.demands.setProxy("ledger-2", "ignores");
    const id = await enforce();
    await mesh.time.advance(20_000);
    mesh.security.see(nowS(), mutualCalls(5_000));
    await mesh.time.advance(20_000);
    expect(desk.change(id)).toMatchObject({ state: "accepted", live: { n: 1, of: 2 }, observed: null });
    mesh.demands.setProxy("ledger-2", "takes");
    await mesh.time.advance(500);
    expect(desk.change(id)).toMatchObject({ state: "live", live: { n: 2, of: 2 }, timings: { liveAfterMs: 40_310 } });
    expect(journaled()).toEqual(["1 asked", "1 accepted", "1 live"]);
  });

  it("is live in part with the names of what is missing, and what that may still do", async () => {
    mesh.demands.setProxy("ledger-2", "unreachable");
    const id = await enforce();
    await mesh.time.advance(3_500);
    expect(desk.change(id)).toMatchObject({
      state: "partly-live",
      explanation: "Live on 1 of 2. Missing: ledger-2 (ledger-2 does not answer)",
      mend: "Bring the missing proxies back, or undo: they may still demand what they demanded before",
      canUndo: true,
    });
    await mesh.time.advance(12_000);
    mesh.security.see(nowS(), mutualCalls(500));
    await mesh.time.advance(4_000);
    expect(desk.change(id)).toMatchObject({ state: "partly-live", observed: { mutual: 500 } });
    expect(desk.change(id).explanation).toContain("Live on 1 of 2");
  });

  it("is never live where no proxy takes the file", async () => {
    start({ demands: createFakeDemandTarget({ objects: { ledger: { proxies: [] } } }) });
    const id = await enforce();
    await mesh.time.advance(120_000);
    expect(desk.change(id)).toMatchObject({
      state: "partly-live",
      explanation: "No proxy takes this file, so nothing can prove it",
      mend: "Point the subscription of the workload's proxies at this file",
    });
  });
});

describe("a demand that a proxy refuses", () => {
  it("is taken back at once", async () => {
    const before = mesh.demands.textOf(DEMAND);
    mesh.demands.setProxy("ledger-2", "rejects");
    const id = await enforce();
    expect(mesh.demands.textOf(DEMAND)).toBe(before);
    expect(desk.change(id)).toMatchObject({
      state: "rejected",
      explanation: "Refused by 1 of 2 proxies and taken back at once. ledger-2: ledger-2 refused the text",
      mend: "The old demand is in force. Read the reason, mend the file, and plan again",
      canUndo: false,
    });
    expect(journaled()).toEqual(["1 asked", "1 accepted", "1 accepted restoring", "1 rejected"]);
  });

  it("needs a decision when it cannot be taken back", async () => {
    mesh.demands.setProxy("ledger-2", "rejects");
    mesh.demands.failNext("restore", new WeftError("SOURCE_REFUSED", "The disk is full."));
    const id = await enforce();
    expect(desk.change(id)).toMatchObject({
      state: "needs-decision",
      explanation: "Refused by 1 of 2 proxies, and taking it back failed: The disk is full. ledger-2: ledger-2 refused the text",
      mend: "Put the old text back by hand: a proxy that restarts now would take no calls",
    });
  });
});

describe("somebody else writes", () => {
  it("ends the change as reverted", async () => {
    const id = await enforce();
    mesh.demands.writeAsSomebodyElse(DEMAND, "permissive");
    await mesh.time.advance(6_000);
    expect(desk.change(id)).toMatchObject({
      state: "reverted",
      explanation: "Something else rewrote demands/ledger at 2026-01-01T00:00:00.000Z",
      canUndo: false,
    });
  });
});

describe("a strict demand is observed", () => {
  it("when 50 requests came over mutual TLS after the last old one, and not one in plaintext", async () => {
    const id = await enforce();
    mesh.security.see(9, { count: 40 });
    await mesh.time.advance(11_000);
    mesh.security.see(11, mutualCalls(49));
    mesh.security.refuse(11, { count: 43 });
    await mesh.time.advance(2_000);
    expect(desk.change(id)).toMatchObject({ state: "live", observed: { mutual: 49, plaintext: 0, holds: false } });
    mesh.security.see(nowS(), mutualCalls(1));
    await mesh.time.advance(2_000);
    expect(desk.change(id)).toMatchObject({
      state: "observed",
      explanation: null,
      observed: {
        from: "2026-01-01T12:00:10.000Z",
        mutual: 50,
        plaintext: 0,
        refused: [{ source: "shop/legacy", address: "10.0.0.9", count: 43 }],
        holds: true,
      },
      timings: { observedAt: "2026-01-01T12:00:14.000Z", endedAt: "2026-01-01T12:00:14.000Z" },
      canUndo: true,
    });
    expect(journaled().at(-1)).toBe("1 observed");
  });

  it("with fewer after a minute, and says how many", async () => {
    const id = await enforce();
    await mesh.time.advance(11_000);
    mesh.security.see(nowS(), mutualCalls(3));
    await mesh.time.advance(58_000);
    expect(desk.change(id).state).toBe("live");
    await mesh.time.advance(1_000);
    expect(desk.change(id)).toMatchObject({ state: "observed", explanation: "Only 3 requests came in 60 s, all over mutual TLS" });
  });

  it("with none after a minute, and says that nobody called", async () => {
    const id = await enforce();
    await mesh.time.advance(70_000);
    expect(desk.change(id)).toMatchObject({
      state: "observed",
      observed: { mutual: 0, plaintext: 0, refused: [], holds: true },
      explanation: "Nobody was let in for 60 s (n = 0), and nobody was refused either",
    });
  });

  it("never while plaintext is let in, and says so", async () => {
    const id = await enforce();
    await mesh.time.advance(11_000);
    mesh.security.see(11, { count: 1 });
    mesh.security.see(11, mutualCalls(5_000));
    await mesh.time.advance(120_000);
    expect(desk.change(id)).toMatchObject({
      state: "live",
      observed: { mutual: 5_000, plaintext: 1, holds: false },
      explanation: "Requests were still let in after it was live on every proxy: 1 in plaintext",
    });
  });

  it.each([
    "no source",
    "a source that fails",
    "a source that knows nothing of it",
    "a stale source",
    "a silent proxy",
    "callers that nobody names",
  ])("never with %s: missing data proves nothing", async (what) => {
    if (what === "no source") start({}, { hasSecurity: false });
    if (what === "a source that fails") mesh.security.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    if (what === "a source that knows nothing of it") mesh.security.know({ listeners: [] });
    if (what === "a stale source") mesh.security.say({ coverage: "stale" });
    if (what === "a silent proxy") {
      mesh.security.say({ coverage: "partial" });
      for (let atS = 5; atS < 1_800; atS += 5) mesh.security.see(atS, mutualCalls(900));
    }
    if (what === "callers that nobody names") {
      for (let atS = 5; atS < 1_800; atS += 5) mesh.metrics.record(sampleAt(atS, { target: LEDGER }, { callerCount: 9 }));
    }
    const id = await enforce();
    await mesh.time.advance(31 * 60_000);
    expect(desk.change(id).state).toBe("live");
    expect(observedOf(id)?.holds ?? false).toBe(false);
    expect(mesh.time.waiting).toBe(0);
  });

  it("settles for a minute more, then ends, and what it says keeps up", async () => {
    const id = await enforce();
    await mesh.time.advance(71_000);
    expect(desk.change(id).explanation).toContain("n = 0");
    mesh.security.see(nowS(), mutualCalls(60));
    await mesh.time.advance(3_000);
    expect(desk.change(id)).toMatchObject({ state: "observed", explanation: null, observed: { mutual: 60 } });
    await mesh.time.advance(62_000);
    expect(mesh.time.waiting).toBe(0);
    expect(journaled().filter((line) => line === "1 observed")).toHaveLength(1);
  });
});

describe("the way back is observed", () => {
  it("with the first plaintext request", async () => {
    const id = await undo(await enforce());
    await mesh.time.advance(11_000);
    mesh.security.see(11, mutualCalls(5_000));
    await mesh.time.advance(2_000);
    expect(desk.change(id)).toMatchObject({ state: "live", observed: { mutual: 5_000, holds: false } });
    mesh.security.see(nowS(), { count: 1 });
    await mesh.time.advance(2_000);
    expect(desk.change(id)).toMatchObject({ state: "observed", explanation: null, observed: { plaintext: 1, holds: true } });
    expect(desk.change("1").state).toBe("undone");
  });

  it("after a minute without one, and says so", async () => {
    const id = await undo(await enforce());
    await mesh.time.advance(69_000);
    expect(desk.change(id).state).toBe("live");
    await mesh.time.advance(1_000);
    expect(desk.change(id)).toMatchObject({
      state: "observed",
      explanation: "Nobody called without a certificate in 60 s; 0 requests came over mutual TLS",
    });
  });
});
