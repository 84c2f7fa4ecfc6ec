import { beforeEach, describe, expect, it } from "vitest";

import type { SplitChange } from "#lib/model/change.ts";
import { changeOf, demandRecordOf, recordOf } from "#lib/testing/change-builders.ts";
import { createFakeChangeJournal, type FakeChangeJournal } from "#lib/testing/fake-change-journal.ts";

import { ChangeLog, hasEnded } from "./change-log.ts";

const ACCEPTED = { ...changeOf().timings, acceptedAt: "2026-01-01T12:00:01.000Z" };

let journal: FakeChangeJournal;
let log: ChangeLog;

beforeEach(() => {
  journal = createFakeChangeJournal();
  log = new ChangeLog(journal);
});

describe("ChangeLog", () => {
  it("lets nobody see a record before it is on disk, nor when it did not get there", async () => {
    const seen: string[] = [];
    log.subscribe((change) => seen.push(`${change.state} with ${journal.lines.length} on disk`));
    await log.put(recordOf());
    journal.failAt(2);
    expect((await log.put(recordOf({ state: "accepted" }))).ok).toBe(false);
    expect(seen).toEqual(["asked with 1 on disk"]);
    expect(log.get("1")?.state).toBe("asked");
  });

  it("shows figures without writing them", () => {
    log.show(recordOf({ state: "live" }));
    expect([log.get("1")?.state, journal.lines.length]).toEqual(["live", 0]);
  });

  it("tells its listeners until they leave", () => {
    const seen: string[] = [];
    const leave = log.subscribe((change) => seen.push(change.id));
    log.show(recordOf({ id: "1" }));
    leave();
    log.show(recordOf({ id: "2" }));
    expect(seen).toEqual(["1"]);
  });

  it("lists the newest first, and takes over what an earlier process left", async () => {
    await log.put(recordOf({ id: "1" }));
    await log.put(recordOf({ id: "2" }));
    await log.put(recordOf({ id: "1", state: "accepted" }));
    const next = new ChangeLog(journal.reopen());
    expect((await next.load()).map(({ change }) => `${change.id} ${change.state}`)).toEqual(["1 accepted", "2 asked"]);
    expect(next.list().map(({ id }) => id)).toEqual(["2", "1"]);
    expect([next.get("3"), next.record("3")]).toEqual([undefined, undefined]);
  });

  it("knows which change wrote a text", async () => {
    await log.put(recordOf({ id: "1" }));
    await log.put(recordOf({ id: "2" }));
    expect(log.writerOf("fake:reviews", "rev:after-1")?.id).toBe("1");
    expect([
      log.writerOf("fake:ratings", "rev:after-1"),
      log.writerOf("fake:reviews", "rev:other"),
      log.writerOf("fake:reviews", null),
    ]).toEqual([undefined, undefined, undefined]);
  });

  it("keeps objects of two kinds apart", async () => {
    await log.put(recordOf({ id: "1", state: "observed", timings: ACCEPTED }));
    await log.put(demandRecordOf({ id: "2", state: "observed", timings: ACCEPTED }));
    expect(log.list().map(({ kind, canUndo }) => [kind, canUndo])).toEqual([
      ["demand", true],
      ["split", true],
    ]);
    expect(log.newestWritten("demands:ledger")?.change.id).toBe("2");
    expect([log.writerOf("demands:ledger", "rev:after-2")?.id, log.writerOf("fake:reviews", "rev:after-2")]).toEqual(["2", undefined]);
  });

  it("numbers changes on from the newest, and gives no number twice", async () => {
    expect([log.nextId(), log.nextId()]).toEqual(["1", "2"]);
    await log.put(recordOf({ id: "9" }));
    await log.put(recordOf({ id: "10" }));
    expect([log.nextId(), log.nextId()]).toEqual(["11", "12"]);
  });
});

describe("open changes", () => {
  it.each([
    ["asked", false],
    ["accepted", false],
    ["live", false],
    ["partly-live", false],
    ["observed", true],
    ["refused", true],
    ["rejected", true],
    ["reverted", true],
    ["needs-decision", true],
    ["undone", true],
  ] as const)("%s has ended: %s", (state, ended) => {
    expect(hasEnded(changeOf({ state }))).toBe(ended);
    log.show(recordOf({ state }));
    expect(log.open()).toHaveLength(ended ? 0 : 1);
  });

  it("have ended when a newer one followed them", () => {
    expect(hasEnded(changeOf({ state: "live", timings: { ...ACCEPTED, endedAt: ACCEPTED.acceptedAt } }))).toBe(true);
  });
});

describe("what can be undone", () => {
  it.each([
    ["asked", false],
    ["accepted", true],
    ["live", true],
    ["partly-live", true],
    ["observed", true],
    ["refused", false],
    ["rejected", false],
    ["reverted", false],
    ["needs-decision", false],
    ["undone", false],
  ] as const)("a change that is %s: %s", (state, canUndo) => {
    log.show(recordOf({ state, timings: ACCEPTED }));
    expect(log.get("1")?.canUndo).toBe(canUndo);
  });

  it("is the newest written change of a route only", () => {
    const written = (id: string, part: Partial<SplitChange> = {}): void =>
      log.show(recordOf({ id, state: "observed", timings: ACCEPTED, ...part }));
    written("1");
    written("2");
    written("3", { state: "refused", timings: changeOf().timings });
    written("4", { state: "rejected" });
    written("5", { routeId: "fake:ratings" });
    expect(
      log
        .list()
        .filter(({ canUndo }) => canUndo)
        .map(({ id }) => id),
    ).toEqual(["5", "2"]);
    expect(log.newestWritten("fake:reviews")?.change.id).toBe("2");
    expect(log.newestWritten("fake:nobody's")).toBeUndefined();
  });
});
