import { statSync } from "node:fs";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { START_MS } from "#lib/testing/builders.ts";
import { filterOf } from "#lib/testing/trace-builders.ts";

import { UNBOUNDED } from "./effort.ts";
import { otlpCodec } from "./otlp-codec.ts";
import { SpanReader } from "./span-reader.ts";
import type { SpanFile } from "./span-store.ts";
import { manyRecords, recordOf, traceIdOf } from "./testing/records.ts";
import { retainAll, TestStores, write } from "./testing/stores.ts";
import { sumsIn } from "./testing/sums.ts";

const HOUR_MS = 3_600_000;
const KIB = 1024;

let stores: TestStores;

beforeEach(() => void (stores = new TestStores()));
afterEach(() => stores.clear());

function traceIds(store: SpanFile): string[] {
  const reader = new SpanReader("spans", otlpCodec);
  const answer = reader.find({ path: store.path, nowMs: START_MS, effort: UNBOUNDED }, filterOf(), 10_000);
  reader.close();
  if (!answer.ok) throw answer.error;
  return answer.value.value.items.map(({ id }) => id);
}

describe("retention by age", () => {
  it("removes whole traces by when they came, and nothing younger", () => {
    const store = stores.open({ maxAgeMs: HOUR_MS });
    write(store, recordOf({ trace: 1, startMs: 0 }), recordOf({ trace: 1, span: 2, parent: 1, startMs: 5_000 }));
    retainAll(store, START_MS);
    write(store, recordOf({ trace: 2, startMs: 1 }));
    retainAll(store, START_MS + HOUR_MS - 1);
    expect(store.stats()).toMatchObject({ spans: 3, removed: 0 });
    retainAll(store, START_MS + HOUR_MS);
    expect(traceIds(store)).toEqual([traceIdOf(2)]);
    expect(store.stats()).toMatchObject({ spans: 1, removed: 2, oldestMs: START_MS + 1 });
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
  });

  it("does not believe a sender's clock: one span of 1970 takes nothing with it", () => {
    const store = stores.open({ maxAgeMs: HOUR_MS });
    write(
      store,
      recordOf({ trace: 1, startMs: 0 }),
      recordOf({ trace: 1, span: 2, parent: 1, startMs: -START_MS }),
      recordOf({ trace: 2, startMs: -START_MS }),
    );
    retainAll(store, START_MS);
    retainAll(store, START_MS + HOUR_MS / 2);
    expect(store.stats()).toMatchObject({ spans: 3, removed: 0 });
  });

  it("goes on after a restart, and never takes a younger trace for an older one", () => {
    let store = stores.open({ maxAgeMs: HOUR_MS, maxBytes: 1 });
    write(store, recordOf({ trace: 1 }));
    retainAll(store, START_MS);
    expect(store.stats().spans).toBe(0);
    store.close();
    store = stores.open({ maxAgeMs: HOUR_MS });
    write(store, recordOf({ trace: 2 }));
    retainAll(store, START_MS + HOUR_MS);
    expect(store.stats().spans).toBe(1);
    retainAll(store, START_MS + 2 * HOUR_MS);
    expect(store.stats().spans).toBe(0);
  });

  it("works in steps of 1,000 spans", () => {
    const store = stores.open({ maxAgeMs: HOUR_MS });
    write(store, ...manyRecords(2_250));
    retainAll(store, START_MS);
    const now = START_MS + 2 * HOUR_MS;
    expect([store.retain(now), store.stats().removed]).toEqual([{ isDone: false }, 1_000]);
    expect([store.retain(now), store.stats().removed]).toEqual([{ isDone: false }, 2_000]);
    retainAll(store, now);
    expect(store.stats()).toMatchObject({ spans: 0, removed: 2_250, oldestMs: null });
  });

  it("takes a removed span in again when it is sent again", () => {
    const store = stores.open({ maxAgeMs: HOUR_MS });
    write(store, recordOf());
    retainAll(store, START_MS);
    retainAll(store, START_MS + 2 * HOUR_MS);
    expect(write(store, recordOf(), recordOf())).toEqual([true, false]);
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
  });
});

describe("retention by bytes", () => {
  it("removes the traces that came first, whatever their clocks said, and keeps the rest", () => {
    const store = stores.open({ maxBytes: 350 * KIB });
    write(store, ...manyRecords(2_000, (index) => ({ startMs: -index })));
    write(store, ...manyRecords(300, (index) => ({ trace: 10_000 + index, startMs: -9_000 - index })));
    retainAll(store, START_MS);
    const left = traceIds(store);
    expect(left).toHaveLength(300);
    expect(left).toContain(traceIdOf(10_000));
    expect(store.stats()).toMatchObject({ spans: 300, removed: 2_000 });
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
  });

  it("does not let spans from the future stay for ever", () => {
    const store = stores.open({ maxBytes: 300 * KIB });
    write(store, ...manyRecords(2_000, (index) => ({ startMs: 50 * 365 * 24 * HOUR_MS + index })));
    write(store, recordOf({ trace: 9_999 }));
    retainAll(store, START_MS);
    expect(traceIds(store)).toEqual([traceIdOf(9_999)]);
  });

  it("gives the disk back what it no longer needs", () => {
    const store = stores.open();
    write(store, ...manyRecords(8_000));
    store.close();
    const full = statSync(store.path).size;
    const smaller = stores.open({ maxBytes: full / 10 });
    retainAll(smaller, START_MS);
    smaller.close();
    expect(statSync(store.path).size).toBeLessThan(full / 4);
  });

  it("stays within its bound while spans keep coming, and uses freed pages again", () => {
    const maxBytes = 1_024 * KIB;
    const store = stores.open({ maxBytes });
    for (let round = 0; round < 30; round++) {
      write(store, ...manyRecords(500, (index) => ({ trace: round * 500 + index + 1 })));
      retainAll(store, START_MS);
    }
    const { spans, removed } = store.stats();
    expect(spans + removed).toBe(15_000);
    store.close();
    // One batch and the free pages that are left for the next one come on top.
    expect(statSync(store.path).size).toBeLessThan(2 * maxBytes);
  });

  it("ends when nothing is left to remove", () => {
    const store = stores.open({ maxBytes: 1 });
    write(store, recordOf());
    retainAll(store, START_MS);
    expect(store.stats()).toMatchObject({ spans: 0, removed: 1 });
    expect(store.retain(START_MS)).toEqual({ isDone: true });
  });

  it("goes through a trace that is larger than a step", () => {
    const store = stores.open({ maxBytes: 1 });
    write(store, ...manyRecords(4_100, (index) => ({ trace: 1, span: index + 1, parent: index, startMs: index })));
    expect(store.retain(START_MS)).toEqual({ isDone: false });
    const firstAndLast = [1, 4_100].map((span) => recordOf({ trace: 1, span, parent: span - 1, startMs: span - 1 }));
    expect(write(store, ...firstAndLast)).toEqual([true, false]);
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
    expect(traceIds(store)).toEqual([traceIdOf(1)]);
    retainAll(store, START_MS);
    expect(store.stats()).toMatchObject({ spans: 0, removed: 4_101 });
  });
});

describe("calls whose spans are removed", () => {
  it("are no longer waited for", () => {
    const store = stores.open({ maxAgeMs: HOUR_MS });
    write(store, recordOf({ span: 2, parent: 1, service: "callee" }));
    retainAll(store, START_MS);
    retainAll(store, START_MS + 2 * HOUR_MS);
    write(store, recordOf({ trace: 2, span: 2, service: "stranger" }));
    write(store, recordOf({ span: 1, kind: "client", service: "caller" }));
    const { kept, counted } = sumsIn(store.path);
    expect(kept).toEqual(counted);
    expect(kept["calls"]).toEqual({});
  });
});
