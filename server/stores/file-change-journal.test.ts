import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";

import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Change } from "#lib/model/change.ts";
import type { WeftError } from "#lib/model/errors.ts";
import type { ChangeRecord } from "#lib/ports/change-journal.ts";
import { demandRecordOf, recordOf } from "#lib/testing/change-builders.ts";
import { createMesh, openDesk } from "#lib/testing/mesh-desk.ts";
import { applyPlan } from "#lib/usecases/apply-plan.ts";
import { ChangeLog } from "#lib/usecases/changes/change-log.ts";
import { ChangeProver } from "#lib/usecases/changes/prove-change.ts";
import { recoverChanges } from "#lib/usecases/recover-changes.ts";
import { undoChange } from "#lib/usecases/undo-change.ts";

import { FileChangeJournal } from "./file-change-journal.ts";

const NEWLINE = 0x0a;

let dataDir: string;
let file: string;
const opened: FileChangeJournal[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "weft-journal-"));
  file = join(dataDir, "changes.jsonl");
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map((journal) => journal.close()));
  await rm(dataDir, { recursive: true, force: true });
});

function journalIn(dir = dataDir): FileChangeJournal {
  const journal = new FileChangeJournal(dir);
  opened.push(journal);
  return journal;
}

/** A journal that a process has written and closed. */
async function written(...records: ChangeRecord[]): Promise<void> {
  const journal = journalIn();
  for (const record of records) expect(await journal.append(record)).toEqual({ ok: true, value: undefined });
  await journal.close();
}

async function refusal(journal: FileChangeJournal, record = recordOf()): Promise<WeftError> {
  const answer = await journal.append(record);
  if (answer.ok) throw new Error("the journal took the record");
  return answer.error;
}

/** The prototype of every open file of `node:fs/promises`, to make one of its calls fail. */
async function fileHandlePrototype(): Promise<{ datasync: (this: unknown) => Promise<void>; appendFile: (text: string) => Promise<void> }> {
  const handle = await open(join(dataDir, "any"), "w");
  await handle.close();
  return Object.getPrototypeOf(handle);
}

describe("append and load", () => {
  it("answers the newest record of each change, oldest change first", async () => {
    const [first, second, firstLive] = [recordOf({ id: "1" }), recordOf({ id: "2" }), recordOf({ id: "1", state: "live" })];
    await written(first, second, firstLive);
    expect(await journalIn().load()).toEqual([firstLive, second]);
  });

  it("is empty before the first record", async () => {
    const journal = journalIn();
    expect(await journal.load()).toEqual([]);
    expect(journal.damagedLines).toBe(0);
  });

  it("keeps any text as it was: line breaks, quotes, marks that turn text round, halves of characters", async () => {
    const reason = 'a\nb\r\n"c" \u202e\u2028 \ud800 é 漢 \u0000';
    await written(recordOf({ reason }));
    expect((await journalIn().load())[0]?.change.reason).toBe(reason);
  });

  it("goes on behind what an earlier process wrote", async () => {
    await written(recordOf({ id: "1" }));
    await written(recordOf({ id: "2" }));
    expect((await journalIn().load()).map(({ change }) => change.id)).toEqual(["1", "2"]);
  });

  it("writes appends one after the other in the order of the calls", async () => {
    const journal = journalIn();
    await Promise.all(Array.from({ length: 30 }, (_unused, index) => journal.append(recordOf({ id: String(index + 1) }))));
    expect((await journal.load()).map(({ change }) => change.id)).toEqual(
      Array.from({ length: 30 }, (_unused, index) => String(index + 1)),
    );
  });

  it("loads the newest thousand changes", async () => {
    const journal = journalIn();
    await Promise.all(Array.from({ length: 1_003 }, (_unused, index) => journal.append(recordOf({ id: String(index + 1) }))));
    const loaded = await journalIn().load();
    expect([loaded.length, loaded[0]?.change.id, loaded.at(-1)?.change.id]).toEqual([1_000, "4", "1003"]);
  });

  it("keeps the file to its owner", async () => {
    await written(recordOf());
    const handle = await open(file, "r");
    expect((await handle.stat()).mode & 0o077).toBe(0);
    await handle.close();
  });
});

function whole(id: string, state: "asked" | "live" = "asked"): ChangeRecord {
  return recordOf({ id, state, reason: "v2 fails", callers: ["shop/frontend", "shop/catalog"] });
}

/** A record as it was journaled while only weights could be changed, with all that it held. */
function earlyRecord(id: string, part: Record<string, unknown> = {}): Record<string, unknown> {
  const { change, write, ...rest } = recordOf({ id, reason: "v2 fails", callers: ["shop/frontend", "shop/catalog"] });
  const { kind: _kind, objectId, ...earlyChange } = change;
  const { objectId: _objectId, expects: _expects, ...earlyWrite } = write;
  const weights = { v1: 100, v2: 0 };
  return { change: { ...earlyChange, ...part }, write: { ...earlyWrite, routeId: objectId, ruleId: change.ruleId, weights }, ...rest };
}

async function writtenEarly(...records: Record<string, unknown>[]): Promise<void> {
  const lines = records.map((record) => {
    const text = JSON.stringify(record);
    return `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`;
  });
  await writeFile(file, lines.join(""), { flag: "a" });
}

describe("a file of an earlier version", () => {
  it("is read as changes of weights, and nothing of it is lost", async () => {
    await writtenEarly(earlyRecord("1"), earlyRecord("2"), earlyRecord("1", { state: "live" }));
    const journal = journalIn();
    const loaded = await journal.load();
    expect(loaded).toEqual([whole("1", "live"), whole("2")]);
    expect(loaded.map(({ change }) => Change.parse(change))).toEqual(loaded.map(({ change }) => change));
    expect(loaded[0]?.write).not.toHaveProperty("routeId");
    expect(journal.damagedLines).toBe(0);
  });

  it("stays as it is, and later records of both kinds stand behind it", async () => {
    await writtenEarly(earlyRecord("1"));
    const before = await readFile(file, "utf8");
    await journalIn().load();
    expect(await readFile(file, "utf8")).toBe(before);
    await written(recordOf({ id: "2" }), demandRecordOf({ id: "3" }));
    const after = await readFile(file, "utf8");
    expect([after.startsWith(before), after.slice(before.length).split("\n").length]).toEqual([true, 3]);
    expect(await journalIn().load()).toEqual([whole("1"), recordOf({ id: "2" }), demandRecordOf({ id: "3" })]);
  });

  it("is recovered: what was being proven is proven on, and can be undone", async () => {
    const mesh = createMesh();
    const first = openDesk(mesh);
    const applied = await applyPlan(first.context, (await first.plan({ v1: 100, v2: 0 })).id);
    expect(applied.ok).toBe(true);
    first.context.desk.prover.stop();
    const { change, write, ...rest } = first.journal.lines[1] ?? recordOf();
    if (change.kind !== "split" || write.expects.kind !== "weights") throw new Error("it is no change of weights");
    const { kind: _kind, objectId: _ofChange, ...earlyChange } = change;
    const { objectId: routeId, expects, ...earlyWrite } = write;
    await writtenEarly({
      change: earlyChange,
      write: { ...earlyWrite, routeId, ruleId: expects.ruleId, weights: expects.weights },
      ...rest,
    });

    const desk = openDesk(mesh, undefined);
    const log = new ChangeLog(journalIn());
    const prover = new ChangeProver({ log, clock: mesh.time.clock, scheduler: mesh.time.scheduler, sources: desk.context.sources });
    const context = { ...desk.context, log, desk: { ...desk.context.desk, log, prover } };
    await recoverChanges(context);
    await until(() => log.get("1")?.state === "live");
    expect(log.get("1")).toMatchObject({ kind: "split", objectId: routeId, canUndo: true, live: { n: 2, of: 2 } });
    expect(await undoChange(context, "1")).toMatchObject({ ok: true, value: { id: "2", undoOf: "1" } });
    await until(() => log.get("1")?.state === "undone");
    prover.stop();
  });
});

/** Waits for what follows a write to a real disk. */
async function until(isSo: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 5_000, interval: 5 });
}

describe("what is on disk", () => {
  it("has the whole line, and is synced, before append answers", async () => {
    const prototype = await fileHandlePrototype();
    const { datasync } = prototype;
    const seen: string[] = [];
    vi.spyOn(prototype, "datasync").mockImplementation(async function (this: unknown) {
      seen.push(await readFile(file, "utf8"));
      await datasync.call(this);
    });
    await written(recordOf());
    expect(seen).toEqual([await readFile(file, "utf8")]);
    expect(seen[0]).toMatch(/^[0-9a-f]{8} \{.*\}\n$/);
  });

  it("is as it was when a record could not be synced, and the next one starts clean", async () => {
    await written(recordOf({ id: "1" }));
    const before = await readFile(file);
    const journal = journalIn();
    const prototype = await fileHandlePrototype();
    const failing = vi.spyOn(prototype, "datasync").mockRejectedValue(Object.assign(new Error("i/o"), { code: "EIO" }));
    expect((await refusal(journal, recordOf({ id: "2" }))).message).toBe(
      "The journal of changes cannot be written (EIO), so nothing was changed",
    );
    expect(await readFile(file)).toEqual(before);
    failing.mockRestore();
    await journal.append(recordOf({ id: "3" }));
    expect((await journalIn().load()).map(({ change }) => change.id)).toEqual(["1", "3"]);
  });

  it("loses a half-written line of a disk that filled up", async () => {
    await written(recordOf({ id: "1" }));
    const journal = journalIn();
    const prototype = await fileHandlePrototype();
    const failing = vi.spyOn(prototype, "appendFile").mockImplementation(async (text: string) => {
      await writeFile(file, text.slice(0, 20), { flag: "a" });
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    });
    expect(await refusal(journal, recordOf({ id: "2" }))).toMatchObject({ code: "SOURCE_REFUSED", isRetryable: true });
    failing.mockRestore();
    await journal.append(recordOf({ id: "3" }));
    const reader = journalIn();
    expect((await reader.load()).map(({ change }) => change.id)).toEqual(["1", "3"]);
    expect(reader.damagedLines).toBe(0);
  });
});

describe("a damaged file", () => {
  it("loses a torn last line, wherever it was torn, and nothing else", async () => {
    await written(recordOf({ id: "1" }), recordOf({ id: "2", reason: "é 漢" }));
    const whole = await readFile(file);
    const start = whole.indexOf(NEWLINE) + 1;
    for (let cut = start + 1; cut < whole.length; cut += 7) {
      await writeFile(file, whole.subarray(0, cut));
      const journal = journalIn();
      expect((await journal.load()).map(({ change }) => change.id)).toEqual(["1"]);
      expect(journal.damagedLines).toBe(1);
      expect(await readFile(file)).toEqual(whole.subarray(0, start));
    }
    await written(recordOf({ id: "3" }));
    const journal = journalIn();
    expect((await journal.load()).map(({ change }) => change.id)).toEqual(["1", "3"]);
    expect(journal.damagedLines).toBe(0);
  });

  it("never takes a flipped bit for a record: it skips the line, counts it, and keeps the others", async () => {
    await written(recordOf({ id: "1" }), recordOf({ id: "2" }), recordOf({ id: "3" }));
    const whole = await readFile(file);
    const [start, end] = [whole.indexOf(NEWLINE) + 1, whole.indexOf(NEWLINE, whole.indexOf(NEWLINE) + 1)];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: start, max: end - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        await writeFile(file, damaged);
        const journal = journalIn();
        expect(await journal.load()).toEqual([recordOf({ id: "1" }), recordOf({ id: "3" })]);
        expect(journal.damagedLines).toBeGreaterThanOrEqual(1);
        expect(await readFile(file)).toEqual(damaged);
      }),
      { numRuns: 60 },
    );
  });

  it("cuts a torn line off at its byte, also behind bytes that are no text", async () => {
    await written(recordOf({ id: "1" }), recordOf({ id: "2" }));
    const whole = await readFile(file);
    whole[20] = 0xff;
    whole[21] = 0xfe;
    await writeFile(file, Buffer.concat([whole, Buffer.from("0")]));
    expect((await journalIn().load()).map(({ change }) => change.id)).toEqual(["2"]);
    expect(await readFile(file)).toEqual(whole);
    await written(recordOf({ id: "3" }));
    expect((await journalIn().load()).map(({ change }) => change.id)).toEqual(["2", "3"]);
  });

  it("skips lines of other programs, and empty ones", async () => {
    await written(recordOf({ id: "1" }));
    await writeFile(file, '\n{"change":{"id":"9"}}\n00000000 {}\n\u0000\u0000\n', { flag: "a" });
    const journal = journalIn();
    expect((await journal.load()).map(({ change }) => change.id)).toEqual(["1"]);
    expect(journal.damagedLines).toBe(3);
  });
});

describe("a place that cannot be written", () => {
  it("says why, that nothing was changed, and what to do", async () => {
    expect(await refusal(journalIn(join(dataDir, "gone")))).toMatchObject({
      code: "SOURCE_REFUSED",
      message: "The journal of changes cannot be written (ENOENT), so nothing was changed",
      mend: `Free disk space or mend the rights of ${join(dataDir, "gone", "changes.jsonl")}, then try again`,
      isRetryable: true,
    });
    await mkdir(file);
    expect((await refusal(journalIn())).message).toBe("The journal of changes cannot be written (EISDIR), so nothing was changed");
  });

  it("takes records again once it can be written", async () => {
    const dir = join(dataDir, "later");
    const journal = journalIn(dir);
    await refusal(journal);
    await mkdir(dir);
    expect((await journal.append(recordOf())).ok).toBe(true);
    expect(await journal.load()).toEqual([recordOf()]);
  });

  // Only Linux has a file that is always full.
  it.runIf(existsSync("/dev/full"))("says so when the disk is full", async () => {
    await symlink("/dev/full", file);
    expect((await refusal(journalIn())).message).toBe("The journal of changes cannot be written (ENOSPC), so nothing was changed");
  });
});
