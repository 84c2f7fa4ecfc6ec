import { describe, expect, it } from "vitest";

import type { Change } from "#lib/model/change.ts";
import { recoverChanges } from "#lib/usecases/recover-changes.ts";

import { sampleAt, START_MS } from "./builders.ts";
import type { CrashPoint, FakeChangeJournal } from "./fake-change-journal.ts";
import { mutualCalls } from "./fake-security-source.ts";
import type { ScriptedTarget } from "./fake-write-target.ts";
import { createMesh, DEMAND, type FakeMesh, FRONTEND, type MeshDesk, openDesk, REVIEWS, ROUTE } from "./mesh-desk.ts";

/** What a process does; every step is let run until nothing moves without time. */
export type Story = (desk: MeshDesk) => Promise<void>;

/** The target that keeps a change's object. */
function targetOf(mesh: FakeMesh, kind: Change["kind"]): ScriptedTarget {
  return kind === "split" ? mesh.target : mesh.demands;
}

/**
 * Calls as the mesh stands now: of the frontend by the route's weights, and of the ledger's callers, whose plaintext gets
 * through only while it is let in.
 */
function report(mesh: FakeMesh): void {
  const atS = (mesh.time.clock.nowMs() - START_MS) / 1_000;
  for (const [, version = "", weight = "0"] of mesh.target.textOf(ROUTE).matchAll(/^(v\d): (\d+)$/gm)) {
    const count = Number(weight);
    mesh.metrics.record(sampleAt(atS, { source: FRONTEND, target: REVIEWS, version }, { count, callerCount: count }));
  }
  mesh.security.see(atS, mutualCalls(60));
  if (mesh.demands.textOf(DEMAND).includes("permissive")) mesh.security.see(atS, { count: 5 });
  else mesh.security.refuse(atS, { count: 5 });
}

/** Long enough for proofs and for what is observed. */
export async function pass(desk: MeshDesk): Promise<void> {
  await desk.time.advance(18_000);
  report(desk);
  await desk.time.advance(3_000);
}

/** Lets a process live until it ends or dies. What it would still do after its death never happens: its time stands still. */
export async function live(desk: MeshDesk, story: Story): Promise<void> {
  let isDead = false;
  const died = desk.journal.crashed.then(() => void (isDead = true));
  const advance = async (ms: number): Promise<void> => {
    await desk.time.advance(ms);
    if (isDead) await new Promise(() => undefined);
  };
  await Promise.race([story({ ...desk, time: { ...desk.time, advance } }), died]);
  await desk.time.settle();
}

/** The next process on the same disk and mesh. Waits that the dead one left behind are not part of it. */
export async function restart(mesh: FakeMesh, journal: FakeChangeJournal): Promise<MeshDesk> {
  const { target, demands, security, topology, metrics } = mesh;
  const next = createMesh({ target, demands, security, topology, metrics });
  next.time.setWall(mesh.time.clock.nowMs());
  await next.time.advance(1_000);
  const desk = openDesk(next, journal);
  await Promise.race([recoverChanges(desk.context), journal.crashed]);
  await next.time.settle();
  return desk;
}

const STANDS: readonly Change["state"][] = ["accepted", "live", "observed", "partly-live"];

/** What is shown must be what is: of each object the one change whose text stands in the mesh says so, and no other claims it. */
function expectTruth(desk: MeshDesk): void {
  for (const change of desk.context.log.list()) {
    const record = desk.context.log.record(change.id);
    const text = targetOf(desk, change.kind).textOf(change.objectId);
    const isFollowed = change.explanation?.startsWith("Followed by change") === true;
    const claims = STANDS.includes(change.state) && !isFollowed;
    expect({ id: change.id, state: change.state, claims }).toEqual({
      id: change.id,
      state: change.state,
      claims: record?.write.after === text,
    });
    expect(change.canUndo).toBe(claims);
    expect(record?.isRestoring).toBe(false);
    if (change.state === "undone") expect(desk.change(change.undoneBy ?? "").state).toMatch(/live|observed/);
    if (!STANDS.includes(change.state) || isFollowed) expect(change.timings.endedAt).not.toBeNull();
  }
}

/** How often anything was written to the mesh. */
function applies(mesh: FakeMesh): number {
  return [...mesh.target.calls, ...mesh.demands.calls].filter(({ name }) => name === "apply").length;
}

/** The outcome that a reader sees in the end: states, and what stands in the mesh. */
function outcome(desk: MeshDesk) {
  return {
    states: desk.context.log.list().map(({ id, state }) => `${id} ${state}`),
    texts: [desk.target.textOf(ROUTE), desk.demands.textOf(DEMAND)].map((text) => text.split("\n").slice(1, -1)),
  };
}

function crashPoints(writePoints: number): CrashPoint[] {
  return Array.from({ length: writePoints }, (_unused, index) => index + 1).flatMap((at) => [
    { at, record: "lost" as const },
    { at, record: "kept" as const },
  ]);
}

/** Lets each story die at every one of its write points, and its recovery as well, and asks whether the truth is told. */
export function describeCrashes(stories: Readonly<Record<string, { story: Story; writePoints: number }>>): void {
  describe.each(Object.entries(stories))("%s", (_name, { story, writePoints }) => {
    it("writes to the journal where these tests let it die", async () => {
      const desk = openDesk();
      await live(desk, story);
      expect(desk.journal.lines).toHaveLength(writePoints);
      expectTruth(desk);
    });

    it.each(crashPoints(writePoints))("is told truly after a crash at write point $at, its record $record", async (point) => {
      const mesh = createMesh();
      const first = openDesk(mesh);
      first.journal.crashAt(point);
      await live(first, story);
      const texts = { split: mesh.target.textOf(ROUTE), demand: mesh.demands.textOf(DEMAND) };
      const written = applies(mesh);

      const next = await restart(mesh, first.journal.reopen());
      expectTruth(next);
      expect(applies(mesh)).toBe(written);
      // Nothing is replayed; only what a proxy refuses is taken back.
      for (const [kind, objectId] of [["split", ROUTE] as const, ["demand", DEMAND] as const]) {
        const refused = next.context.log.list().find((change) => change.kind === kind && change.state === "rejected");
        expect([texts[kind], refused?.diff.before]).toContain(targetOf(mesh, kind).textOf(objectId));
      }

      // What stands is proven again, and nothing is left open that nobody follows.
      mesh.target.setProxy("caller-2", "takes");
      mesh.demands.setProxy("ledger-2", "takes");
      await pass(next);
      expectTruth(next);
      expect(next.context.log.open()).toEqual([]);

      // A later process finds the same.
      const later = await restart(next, next.journal.reopen());
      expect(outcome(later)).toEqual(outcome(next));
    });

    it("is told truly after a second crash at any write point of the recovery", async () => {
      for (const point of crashPoints(writePoints)) {
        for (const again of crashPoints(3)) {
          const mesh = createMesh();
          const first = openDesk(mesh);
          first.journal.crashAt(point);
          await live(first, story);
          const journal = first.journal.reopen();
          journal.crashAt(again);
          const second = await restart(mesh, journal);
          const third = await restart(second, journal.reopen());
          expectTruth(third);
          expect(applies(mesh)).toBeLessThanOrEqual(2);
        }
      }
    });
  });
}
