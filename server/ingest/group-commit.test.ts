import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createFakeTime } from "#lib/testing/fake-time.ts";

import { type Commit, GroupCommit } from "./group-commit.ts";
import { INGEST_LIMITS, type IngestLimits } from "./limits.ts";
import { createFakeSpanStore } from "./testing/fake-span-store.ts";
import { spanOf } from "./testing/line-codec.ts";

const KIB = 1024;

function open(limits: Partial<IngestLimits> = {}) {
  const time = createFakeTime();
  const store = createFakeSpanStore();
  const heard: Commit[] = [];
  const commits = new GroupCommit({
    write: (records) => store.write(records),
    limits: { ...INGEST_LIMITS, ...limits },
    ...time,
    onCommit: (commit) => void heard.push(commit),
  });
  const answers: string[] = [];
  const submit = (name: string, bytes = KIB, spans = 1): void => {
    const records = Array.from({ length: spans }, (_, index) => spanOf(`${name}.${index}`));
    void commits.submit(records, bytes).then((outcome) => answers.push(`${name} ${outcome.isTaken ? "taken" : outcome.refusal.cause}`));
  };
  return { time, store, heard, commits, answers, submit };
}

describe("the group commit", () => {
  it("answers nobody before the write returned", async () => {
    const { time, store, answers, submit } = open();
    submit("a");
    await time.advance(4);
    expect([store.writes.length, answers]).toEqual([0, []]);
    await time.advance(1);
    expect([store.writes.length, answers]).toEqual([1, ["a taken"]]);
  });

  it("writes all requests of five milliseconds at once, counted from the first", async () => {
    const { time, store, answers, submit } = open();
    submit("a");
    await time.advance(3);
    submit("b", KIB, 2);
    await time.advance(2);
    expect(store.names()).toEqual(["a.0", "b.0", "b.1"]);
    expect(store.writes).toHaveLength(1);
    expect(answers).toEqual(["a taken", "b taken"]);
  });

  it("does not wait for the time when 256 KiB are here, but lets what has arrived be read first", async () => {
    const { time, store, submit } = open();
    submit("a", 200 * KIB);
    submit("b", 56 * KIB);
    expect(store.writes).toHaveLength(0);
    await time.advance(0);
    expect(store.writes).toHaveLength(1);
  });

  it("writes one group after the other, none larger than it must be", async () => {
    const { time, heard, answers, submit } = open();
    for (const name of ["a", "b", "c", "d", "e"]) submit(name, 100 * KIB);
    await time.advance(5);
    expect(heard.map(({ requests }) => requests)).toEqual([3, 2]);
    expect(answers).toEqual(["a taken", "b taken", "c taken", "d taken", "e taken"]);
  });

  it("refuses above its bound at once, and takes again when there is room", async () => {
    const { time, answers, commits, submit } = open({ queueBytes: 3 * KIB });
    for (const name of ["a", "b", "c", "d"]) submit(name);
    await time.settle();
    expect(answers).toEqual(["d busy"]);
    expect(commits.bytes).toBe(3 * KIB);
    await time.advance(5);
    submit("d");
    await time.advance(5);
    expect(answers).toEqual(["d busy", "a taken", "b taken", "c taken", "d taken"]);
    expect(commits.bytes).toBe(0);
  });

  it("refuses each request of a group that could not be written, keeps nothing, and goes on when the disk has room", async () => {
    const { time, store, answers, commits, submit } = open();
    store.refusal = "The disk is full";
    submit("a");
    submit("b");
    await time.advance(5);
    expect(answers).toEqual(["a store", "b store"]);
    expect([store.names(), commits.bytes]).toEqual([[], 0]);
    store.refusal = null;
    submit("a");
    await time.advance(5);
    expect(answers.at(-1)).toBe("a taken");
    expect(store.names()).toEqual(["a.0"]);
  });

  it("leaves nobody waiting when the store throws", async () => {
    const { time, store, answers, commits, submit } = open();
    store.breakNext = true;
    submit("a");
    await expect(time.advance(5)).rejects.toThrow("the store broke");
    await time.settle();
    expect(answers).toEqual(["a store"]);
    expect(commits.bytes).toBe(0);
  });

  it("writes what waits when it is closed, and takes no more", async () => {
    const { time, store, answers, commits, submit } = open();
    submit("a");
    commits.close();
    submit("b");
    await time.settle();
    expect(store.names()).toEqual(["a.0"]);
    expect(answers.toSorted()).toEqual(["a taken", "b stopping"]);
  });

  it("never splits a request, never reorders, and writes each exactly once, whatever comes when", async () => {
    const steps = fc.array(
      fc.record({ bytes: fc.integer({ min: 1, max: 400 * KIB }), spans: fc.integer({ min: 1, max: 4 }), pause: fc.nat(6) }),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (requests) => {
        const { time, store, heard, answers, submit } = open();
        for (const [index, { bytes, spans, pause }] of requests.entries()) {
          submit(`r${index}`, bytes, spans);
          await time.advance(pause);
        }
        await time.advance(10);
        const sent = requests.map(({ spans }, index) => Array.from({ length: spans }, (_, span) => `r${index}.${span}`));
        expect(answers).toEqual(requests.map((_, index) => `r${index} taken`));
        expect(store.names()).toEqual(sent.flat());
        const groupOf = new Map(heard.flatMap(({ records }, group) => records.map(({ name }) => [name, group] as const)));
        for (const names of sent) expect(new Set(names.map((name) => groupOf.get(name))).size).toBe(1);
      }),
      { numRuns: 60 },
    );
  });
});
