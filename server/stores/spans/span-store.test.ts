import { existsSync, readdirSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { START_MS } from "#lib/testing/builders.ts";

import { otlpCodec } from "./otlp-codec.ts";
import { SpanReader } from "./span-reader.ts";
import { UNBOUNDED } from "./effort.ts";
import { manyRecords, recordOf, traceIdOf } from "./testing/records.ts";
import { retainAll, TestStores, write } from "./testing/stores.ts";
import { sumsIn } from "./testing/sums.ts";

let stores: TestStores;

beforeEach(() => void (stores = new TestStores()));
afterEach(() => stores.clear());

describe("write", () => {
  it("says which spans are new: same trace, span and kind are one span", () => {
    const store = stores.open();
    const client = recordOf({ trace: 1, span: 1, kind: "client" });
    expect(write(store, client, recordOf({ trace: 1, span: 1, kind: "server" }), client)).toEqual([true, true, false]);
    expect(write(store, recordOf({ trace: 2, span: 1, kind: "client" }), client)).toEqual([true, false]);
    expect(store.stats().spans).toBe(3);
  });

  it("takes the first of two that say different things", () => {
    const store = stores.open();
    write(store, recordOf({ name: "first" }), recordOf({ name: "second" }));
    write(store, recordOf({ name: "third", service: "other" }));
    const reader = new SpanReader("spans", otlpCodec);
    const answer = reader.services({ path: store.path, nowMs: START_MS, effort: UNBOUNDED });
    reader.close();
    expect(answer.ok && answer.value.value.map(({ service, operations }) => [service, operations.map(({ name }) => name)])).toEqual([
      ["cart", ["first"]],
    ]);
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
  });

  it("keeps what was written over a restart, and goes on with it", () => {
    const first = stores.open();
    write(first, recordOf({ span: 1 }), recordOf({ span: 2, parent: 1 }));
    first.close();
    const second = stores.open();
    expect(write(second, recordOf({ span: 2, parent: 1 }), recordOf({ span: 3, parent: 1 }))).toEqual([false, true]);
    expect(second.stats()).toMatchObject({ spans: 3, isDurable: true, damage: null, removed: 0 });
    const { kept, counted } = sumsIn(second.path);
    expect(kept).toEqual(counted);
  });

  it("writes nothing for nothing", () => {
    const store = stores.open();
    expect(store.write([])).toEqual({ ok: true, value: { fresh: [] } });
    expect(store.stats()).toMatchObject({ spans: 0, oldestMs: null });
  });

  it("knows the start of the oldest span, rounded down to the millisecond", () => {
    const store = stores.open();
    write(store, recordOf({ trace: 1, startMs: 7.000_25 }), recordOf({ trace: 2, startMs: 9 }));
    expect(store.stats().oldestMs).toBe(START_MS + 7);
  });
});

describe("values that a database may not like", () => {
  it.each([
    ["a NUL in a name", { name: "a\0b", service: "s\0t", version: "v\0", scope: "c\0" }],
    ["empty texts", { name: "", service: "", version: "", scope: "" }],
    ["text that turns round", { name: "\u202egnp", service: "<b>" }],
    ["SQL", { name: "'); DROP TABLE spans; --", service: "a' OR 1=1" }],
    ["a start at the epoch", { startUnixNano: 0n }],
    ["the last start there is", { startUnixNano: 2n ** 64n - 1n, durationMs: 0 }],
    ["a start in the upper half", { startUnixNano: 2n ** 63n, durationMs: 0 }],
    ["a duration of centuries", { durationMs: 5e12 }],
  ])("keeps and finds a span with %s", (_what, part) => {
    const store = stores.open();
    const record = recordOf(part);
    expect(write(store, record, record)).toEqual([true, false]);
    const reader = new SpanReader("spans", otlpCodec);
    const answer = reader.trace({ path: store.path, nowMs: START_MS, effort: UNBOUNDED }, traceIdOf(1));
    reader.close();
    if (!answer.ok) throw answer.error;
    expect(answer.value.value.startUnixNano).toBe(record.startUnixNano.toString());
    expect(answer.value.value.spans[0]).toMatchObject({ startMs: 0, name: record.name });
  });

  it("takes halves of characters, which no bytes of a sender can hold, for what replaces them", () => {
    const store = stores.open();
    expect(
      write(store, recordOf({ name: "\ud800", service: "\udfff", namespace: "\ud800" }), recordOf({ trace: 2, name: "\ufffd" })),
    ).toEqual([true, true]);
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 1e300])("takes a duration of %s", (durationNano) => {
    const store = stores.open();
    expect(write(store, { ...recordOf(), durationNano })).toEqual([true]);
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
  });

  it("takes a start before the epoch, which no sender can tell", () => {
    expect(write(stores.open(), { ...recordOf(), startUnixNano: -5n })).toEqual([true]);
  });
});

describe("a full disk", () => {
  it("refuses the whole batch, keeps what there was, and takes spans again when there is room", () => {
    const store = stores.open({ maxPages: 120 });
    write(store, recordOf({ trace: 900_000 }));
    const refused = store.write(manyRecords(3_000));
    expect(refused.ok ? null : refused.error).toMatchObject({
      code: "SOURCE_REFUSED",
      isRetryable: true,
      mend: expect.stringContaining("Free disk space"),
    });
    expect(store.stats().spans).toBe(1);
    expect(write(store, recordOf({ trace: 900_000 }), recordOf({ trace: 900_001 }))).toEqual([false, true]);
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
  });

  it("lets retention make room", () => {
    const store = stores.open({ maxPages: 400, maxAgeMs: 60_000 });
    let written = 0;
    while (written < 500 && store.write(manyRecords(50, (index) => ({ trace: written + index }))).ok) written += 50;
    retainAll(store, START_MS);
    while (store.write(manyRecords(50, (index) => ({ trace: written + index }))).ok) written += 50;
    // What came since cannot be noted any more, and what was noted goes all the same.
    retainAll(store, START_MS + 3_600_000);
    expect(store.stats()).toMatchObject({ spans: written - 500, removed: 500 });
    expect(write(store, recordOf())).toEqual([true]);
  });
});

describe("the file", () => {
  it("is its owner's alone, with its log", () => {
    const store = stores.open();
    write(store, recordOf());
    expect(readdirSync(stores.dir).map((name) => statSync(join(stores.dir, name)).mode & 0o077)).toEqual([0, 0, 0]);
  });

  it("of a later Weft is refused and left alone", () => {
    const store = stores.open();
    write(store, recordOf());
    store.close();
    const db = new DatabaseSync(store.path);
    db.exec("PRAGMA user_version = 99");
    db.close();
    expect(() => stores.open()).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
    expect(readdirSync(stores.dir).filter((name) => name.includes("damaged"))).toEqual([]);
  });

  it("cannot be opened where a file has the directory's name", () => {
    const store = stores.open();
    expect(() => stores.open({ dir: store.path })).toThrow(expect.objectContaining({ code: "INVALID", field: "--data-dir" }));
  });
});

describe("a store that is not durable", () => {
  it("lives in a directory of its own, and leaves nothing", () => {
    const store = stores.open({ isDurable: false });
    write(store, recordOf());
    expect(store.stats()).toMatchObject({ spans: 1, isDurable: false });
    expect(dirname(store.path)).not.toBe(stores.dir);
    store.close();
    expect(existsSync(dirname(store.path))).toBe(false);
    expect(readdirSync(stores.dir)).toEqual([]);
  });
});
