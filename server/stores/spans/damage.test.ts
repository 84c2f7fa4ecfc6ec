import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";

import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { START_MS } from "#lib/testing/builders.ts";

import { UNBOUNDED } from "./effort.ts";
import { otlpCodec } from "./otlp-codec.ts";
import { FILE } from "./schema.ts";
import { SpanReader } from "./span-reader.ts";
import type { SpanFile } from "./span-store.ts";
import { manyRecords, recordOf, traceIdOf } from "./testing/records.ts";
import { TestStores, write } from "./testing/stores.ts";
import { sumsIn } from "./testing/sums.ts";

let stores: TestStores;

beforeEach(() => void (stores = new TestStores()));
afterEach(() => stores.clear());

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

/** Numbers of the pages that hold the entries of an index, in its order. */
function leavesOf(path: string, index: string): number[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path").all(index);
  db.close();
  return rows.map((row) => Number(row["pageno"]));
}

function hasTrace(store: SpanFile, trace: number): boolean {
  const reader = new SpanReader("spans", otlpCodec);
  const answer = reader.trace({ path: store.path, nowMs: START_MS, effort: UNBOUNDED }, traceIdOf(trace));
  reader.close();
  return answer.ok;
}

function filled(spans = 2_000): string {
  const store = stores.open();
  write(store, ...manyRecords(spans));
  store.close();
  return store.path;
}

describe("a file that cannot be read", () => {
  it.each([
    ["is something else", (path: string) => writeFileSync(path, "This is not a database. ".repeat(500))],
    ["has a broken header", (path: string) => overwrite(path, 0, Buffer.alloc(100, 0x5a))],
    ["lost its first pages", (path: string) => overwrite(path, 100, Buffer.alloc(4096 * 12, 0xff))],
    ["ends in the middle", (path: string) => truncateSync(path, 4096 * 3 + 17)],
  ])("is put aside when it %s, and a new one is begun", (_what, damage) => {
    const path = filled();
    damage(path);
    const damaged = readFileSync(path);
    const store = stores.open();
    expect(store.stats()).toMatchObject({ spans: 0, damage: expect.stringContaining(join(stores.dir, "spans.damaged-1.sqlite")) });
    expect(readFileSync(join(stores.dir, "spans.damaged-1.sqlite"))).toEqual(damaged);
    expect(write(store, recordOf())).toEqual([true]);
  });

  it("is put aside when the damage is met while writing, and the batch is kept in the new one", () => {
    const path = filled(5_000);
    // The ends of the index stay whole, so that the store opens; its middle is gone.
    for (const page of leavesOf(path, "spans_once").slice(3, -3)) overwrite(path, 4096 * (page - 1), Buffer.alloc(4096, 0xa5));
    const again = stores.open();
    expect(again.stats().damage).toBeNull();
    expect(write(again, ...manyRecords(5_000, (index) => ({ span: 7 + index, parent: 1 })))).toEqual(
      Array.from({ length: 5_000 }, () => true),
    );
    expect(again.stats()).toMatchObject({ spans: 5_000, damage: expect.stringContaining("malformed") });
    expect(sumsIn(again.path).kept).toEqual(sumsIn(again.path).counted);
  });

  it("does not overwrite what was put aside before, and is told of until somebody removes it", () => {
    for (const number of [1, 2]) {
      writeFileSync(join(stores.dir, FILE), `damaged ${number} `.repeat(1_000));
      stores.open().close();
    }
    expect(readdirSync(stores.dir).filter((name) => name.includes("damaged"))).toEqual([
      "spans.damaged-1.sqlite",
      "spans.damaged-2.sqlite",
    ]);
    expect(stores.open().stats().damage).toContain("spans.damaged-2.sqlite");
  });

  it("is an error with a mend for who reads it, and not for long once it was replaced", () => {
    const path = filled();
    const reader = new SpanReader("spans", otlpCodec);
    const question = { path, nowMs: START_MS, effort: UNBOUNDED };
    expect(reader.trace(question, traceIdOf(1)).ok).toBe(true);
    writeFileSync(path, "not a database ".repeat(4_000));
    const fresh = new SpanReader("spans", otlpCodec);
    expect(fresh.services(question)).toMatchObject({
      ok: false,
      error: { code: "SOURCE_MALFORMED", sourceId: "spans", mend: expect.any(String) },
    });
    const store = stores.open();
    write(store, recordOf({ trace: 77 }));
    expect([reader, fresh].map((one) => one.trace(question, traceIdOf(77)).ok)).toEqual([true, true]);
    reader.close();
    fresh.close();
  });
});

describe("a damaged tail of the log", () => {
  const BATCHES = 12;

  /** A file whose batches are all still in the log, as a killed process leaves it. */
  function unfinished(): { dir: string; log: Buffer } {
    const dir = join(stores.dir, "killed");
    const store = stores.open();
    for (let batch = 0; batch < BATCHES; batch++) write(store, ...manyRecords(5, (index) => ({ trace: batch * 5 + index + 1 })));
    mkdirSync(dir);
    for (const name of [FILE, `${FILE}-wal`]) copyFileSync(join(stores.dir, name), join(dir, name));
    return { dir, log: readFileSync(join(dir, `${FILE}-wal`)) };
  }

  /** Number of whole batches that are left, which are the first ones. */
  function batchesLeft(dir: string): number {
    const store = stores.open({ dir });
    const left = Array.from({ length: BATCHES }, (_unused, batch) => [1, 2, 3, 4, 5].map((index) => hasTrace(store, batch * 5 + index)));
    expect(store.stats().damage).toBeNull();
    store.close();
    const whole = left.findIndex((batch) => !batch.every(Boolean));
    expect(left.slice(whole < 0 ? BATCHES : whole).flat()).not.toContain(true);
    return whole < 0 ? BATCHES : whole;
  }

  it("costs only what came after it, wherever it was torn or a bit was flipped", () => {
    const { dir, log } = unfinished();
    const tried = (damage: (log: Buffer) => Buffer): number => {
      const copy = join(stores.dir, "tried");
      rmSync(copy, { recursive: true, force: true });
      cpSync(dir, copy, { recursive: true });
      writeFileSync(join(copy, `${FILE}-wal`), damage(Buffer.from(log)));
      return batchesLeft(copy);
    };
    expect(tried((whole) => whole)).toBe(BATCHES);
    let previous = 0;
    for (const share of [0.3, 0.5, 0.7, 0.9, 0.999]) {
      const left = tried((whole) => whole.subarray(0, Math.floor(whole.length * share)));
      expect(left).toBeGreaterThanOrEqual(previous);
      expect(left).toBeLessThan(BATCHES);
      previous = left;
    }
    fc.assert(
      // After the frames of the tables themselves, without which there is no store.
      fc.property(fc.double({ min: 0.4, max: 1, maxExcluded: true, noNaN: true }), fc.integer({ min: 0, max: 7 }), (share, bit) => {
        const at = Math.floor(log.length * share);
        const left = tried((whole) => {
          whole[at] = (whole[at] ?? 0) ^ (1 << bit);
          return whole;
        });
        expect(left).toBeLessThanOrEqual(BATCHES);
        expect(left).toBeGreaterThanOrEqual(tried((whole) => whole.subarray(0, at)));
      }),
      { numRuns: 6 },
    );
  });
});

describe("a process that is killed while it writes", () => {
  it("has every batch on disk that it acknowledged", async () => {
    const dir = join(stores.dir, "killed");
    const child = spawn(process.execPath, [new URL("./testing/write-until-killed.ts", import.meta.url).pathname, dir, "20"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let acknowledged = -1;
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => {
      acknowledged = Number(line);
      if (acknowledged === 25) child.kill("SIGKILL");
    });
    const [, signal] = await once(child, "close");
    expect(signal).toBe("SIGKILL");
    const store = stores.open({ dir });
    const traces = Array.from({ length: (acknowledged + 1) * 20 }, (_unused, index) => index + 1);
    expect(acknowledged).toBeGreaterThanOrEqual(25);
    const repeated = write(store, ...traces.map((trace) => recordOf({ trace, startMs: (trace - 1) % 20 })));
    expect(repeated).toEqual(traces.map(() => false));
    expect(store.stats().damage).toBeNull();
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
  });
});
