import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { decodeExportJson } from "#collectors/shared/otlp/json/decode-export-json.ts";
import { SPAN_LIMITS } from "#collectors/shared/otlp/limits.ts";
import type { Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TraceFilter, TraceSearch } from "#lib/model/trace.ts";
import type { SpanRecord } from "#lib/ports/span-store.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { filterOf } from "#lib/testing/trace-builders.ts";

import type { Effort } from "./effort.ts";
import { UNBOUNDED } from "./effort.ts";
import { otlpCodec } from "./otlp-codec.ts";
import { SpanReader } from "./span-reader.ts";
import type { SpanFile } from "./span-store.ts";
import { manyRecords, recordOf, spanIdOf, traceIdOf } from "./testing/records.ts";
import { TestStores, write } from "./testing/stores.ts";

let stores: TestStores;
let store: SpanFile;
let reader: SpanReader;

beforeEach(() => {
  stores = new TestStores();
  store = stores.open();
  reader = new SpanReader("spans", otlpCodec);
});

afterEach(() => {
  reader.close();
  stores.clear();
});

function ask(effort: Effort = UNBOUNDED): { path: string; nowMs: number; effort: Effort } {
  return { path: store.path, nowMs: START_MS + 3_600_000, effort };
}

/** Effort that ends after it was asked so many times. */
function endsAfter(looks: number): Effort {
  let left = looks;
  return { isSpent: () => left-- <= 0 };
}

function valueOf<T>(answer: Result<Sourced<T>>): T {
  if (!answer.ok) throw answer.error;
  return answer.value.value;
}

function found(part: Partial<TraceFilter>, limit = 100): TraceSearch {
  return valueOf(reader.find(ask(), filterOf(part), limit));
}

/** Numbers of the traces that are found. */
function traces(part: Partial<TraceFilter>, limit = 100): number[] {
  return found(part, limit).items.map(({ id }) => Number.parseInt(id, 16));
}

/** A call from the frontend to the cart, whose client's and server's side are spans of their own. */
function call(
  trace: number,
  part: { startMs?: number; durationMs?: number; isError?: boolean; version?: string; attributes?: Record<string, string> } = {},
): SpanRecord[] {
  const { startMs = 0, durationMs = 30, ...server } = part;
  return [
    recordOf({ trace, span: 1, kind: "server", service: "frontend", version: "v9", name: "GET /", startMs, durationMs }),
    recordOf({
      trace,
      span: 2,
      parent: 1,
      kind: "client",
      service: "frontend",
      version: "v9",
      name: "cart",
      startMs: startMs + 1,
      durationMs: durationMs - 2,
    }),
    recordOf({
      trace,
      span: 3,
      parent: 2,
      kind: "server",
      service: "cart",
      name: "GET /cart",
      startMs: startMs + 2,
      durationMs: durationMs - 4,
      ...server,
    }),
  ];
}

/** What a span says, by its id. */
function factsOf(records: readonly SpanRecord[]): Record<string, unknown> {
  return Object.fromEntries(
    records.map(({ spanId, parentId, name, kind, startUnixNano, durationNano, scope, resource, isError }) => [
      Buffer.from(spanId).toString("hex"),
      [
        parentId === null ? null : Buffer.from(parentId).toString("hex"),
        name,
        kind,
        startUnixNano,
        durationNano,
        scope,
        resource.service,
        isError,
      ],
    ]),
  );
}

function isNorthern(index: number): boolean {
  return index % 4 === 0;
}

describe("find", () => {
  beforeEach(() => {
    write(store, ...call(1, { startMs: 0, durationMs: 30 }), ...call(2, { startMs: 1_000, durationMs: 300 }));
    write(store, ...call(3, { startMs: 2_000, isError: true, version: "v2", attributes: { "http.route": "/cart", tenant: "a b" } }));
    write(
      store,
      recordOf({ trace: 4, startMs: 3_000, service: "cart", namespace: "other", name: "job", kind: "internal", durationMs: 900 }),
    );
    write(store, recordOf({ trace: 5, parent: 99, startMs: 4_000, service: "lonely", namespace: null, version: null, durationMs: 5 }));
  });

  it.each([
    ["everything, newest first", {}, [5, 4, 3, 2, 1]],
    ["a service in all namespaces", { service: "cart" }, [4, 3, 2, 1]],
    ["a service of one namespace", { service: "cart", namespace: "shop" }, [3, 2, 1]],
    ["a service that is not there", { service: "nobody" }, []],
    ["an operation of any service", { operation: "GET /cart" }, [3, 2, 1]],
    ["an operation of a service", { service: "frontend", operation: "GET /" }, [3, 2, 1]],
    ["an operation that another service has", { service: "frontend", operation: "GET /cart" }, []],
    ["a version of any service", { version: "v2" }, [3]],
    ["a version that another service has", { service: "cart", version: "v9" }, []],
    ["failed spans of a service", { service: "cart", status: "error" }, [3]],
    ["spans of a service that did not fail, in a trace that failed elsewhere", { service: "frontend", status: "ok" }, [3, 2, 1]],
    ["traces with a failed span", { status: "error" }, [3]],
    ["traces without a failed span", { status: "ok" }, [5, 4, 2, 1]],
    ["slow traces, by their first span", { minMs: 300 }, [4, 2]],
    ["fast traces, by their first span", { maxMs: 29.9 }, [5]],
    ["slow spans of a service", { service: "cart", minMs: 296 }, [4, 2]],
    ["slow spans of an operation", { operation: "GET /cart", minMs: 26, maxMs: 26 }, [3, 1]],
    ["an attribute", { terms: [{ key: "http.route", value: "/cart", isNegated: false }] }, [3]],
    ["an attribute with any value", { terms: [{ key: "tenant", value: null, isNegated: false }] }, [3]],
    [
      "two attributes of one span",
      {
        terms: [
          { key: "tenant", value: "a b", isNegated: false },
          { key: "http.route", value: "/x", isNegated: false },
        ],
      },
      [],
    ],
    ["an attribute of the resource", { terms: [{ key: "service.namespace", value: "other", isNegated: false }] }, [4]],
    ["a span of a service without an attribute", { service: "cart", terms: [{ key: "tenant", value: null, isNegated: true }] }, [4, 2, 1]],
    ["traces that started in a window, its begin left out", { fromMs: START_MS, toMs: START_MS + 2_000 }, [3, 2]],
    ["a service in a window", { service: "cart", fromMs: START_MS, toMs: START_MS + 2_000 }, [3, 2]],
  ] satisfies [string, Partial<TraceFilter>, number[]][])("finds %s", (_what, filter, expected) => {
    expect(traces(filter)).toEqual(expected);
  });

  it("asks one span for all conditions, not one for each", () => {
    expect(traces({ service: "cart", operation: "GET /cart", minMs: 200, status: "error" })).toEqual([]);
  });

  it("says that there are more, and gives the newest", () => {
    for (const filter of [{}, { service: "cart" }]) {
      expect(found(filter, 2)).toMatchObject({ hasMore: true, searchedTo: null });
      expect(traces(filter, 4)).toEqual(traces(filter).slice(0, 4));
    }
    expect(found({}, 5).hasMore).toBe(false);
    expect(found({ service: "cart" }, 4).hasMore).toBe(false);
  });

  it("describes each trace from its spans", () => {
    expect(found({}).items[2]).toEqual({
      id: traceIdOf(3),
      root: { service: "frontend", namespace: "shop", version: "v9", operation: "GET /" },
      hasRoot: true,
      startedAt: new Date(START_MS + 2_000).toISOString(),
      durationMs: 30,
      spans: 3,
      errors: 1,
      services: [
        { service: "frontend", namespace: "shop", spans: 2, errors: 0, versions: ["v9"] },
        { service: "cart", namespace: "shop", spans: 1, errors: 1, versions: ["v2"] },
      ],
      status: "error",
    });
    expect(found({ service: "lonely" }).items[0]).toMatchObject({
      hasRoot: false,
      root: { service: "lonely", namespace: null, version: null },
    });
  });

  it("names what was asked and what is newest", () => {
    const answer = reader.find(ask(), filterOf({ service: "cart", minMs: 5, terms: [{ key: "a", value: "b", isNegated: true }] }), 10);
    expect(answer.ok && answer.value).toMatchObject({
      provenance: [
        {
          source: "spans",
          kind: "otlp",
          query: "traces with service cart, at least 5 ms, not a=b, started 2026-01-01T11:00:00.000Z to 2026-01-01T13:00:00.000Z",
          observedAt: new Date(START_MS + 4_000).toISOString(),
        },
      ],
      notices: [],
      coverage: "complete",
    });
  });

  it("finds a trace by a span that started long after it, and not by when that span started", () => {
    write(store, recordOf({ trace: 6, startMs: 5_000 }), recordOf({ trace: 6, span: 2, parent: 1, service: "late", startMs: 400_000 }));
    expect(traces({ service: "late", toMs: START_MS + 6_000 })).toEqual([6]);
    expect(traces({ service: "late", fromMs: START_MS + 6_000 })).toEqual([]);
  });
});

describe("a search that takes too long", () => {
  it("answers with what it has, says how far it came and that there may be more", () => {
    write(store, ...manyRecords(9_000, () => ({ durationMs: 1 })));
    for (const filter of [filterOf({ minMs: 500 }), filterOf({ service: "cart", minMs: 500 })]) {
      const answer = reader.find(ask(endsAfter(1)), filter, 10);
      expect(answer.ok && answer.value).toMatchObject({ coverage: "partial", notices: [{ code: "search-cut", mend: expect.any(String) }] });
      const { items, hasMore, searchedTo } = valueOf(answer);
      expect([items, hasMore]).toEqual([[], true]);
      const searchedToMs = Date.parse(searchedTo ?? "");
      expect(searchedToMs).toBeGreaterThan(START_MS);
      expect(searchedToMs).toBeLessThan(START_MS + 9_000);
    }
  });

  it("stops between two spans whose attributes are looked at", () => {
    write(store, ...manyRecords(2_000));
    const filter = filterOf({ terms: [{ key: "service.name", value: null, isNegated: true }] });
    expect(valueOf(reader.find(ask(endsAfter(3)), filter, 10))).toMatchObject({ items: [], hasMore: true, searchedTo: expect.any(String) });
    expect(valueOf(reader.find(ask(), filter, 10))).toMatchObject({ items: [], hasMore: false, searchedTo: null });
  });

  it("lists the traces that it could still describe", () => {
    write(store, ...manyRecords(50));
    const search = valueOf(reader.find(ask(endsAfter(11)), filterOf(), 50));
    expect(search).toMatchObject({ hasMore: true, searchedTo: search.items.at(-1)?.startedAt });
    expect(search.items).toHaveLength(11);
  });
});

describe("trace", () => {
  it("gives all spans in order of start, exact to the nanosecond, with their resources once", () => {
    const base = BigInt(START_MS) * 1_000_000n + 123_456n;
    write(
      store,
      recordOf({ span: 3, parent: 1, startUnixNano: base + 2_000_001n, service: "cart", scope: "otel" }),
      recordOf({ span: 2, parent: 1, startUnixNano: base + 1n, durationMs: 50, service: "cart" }),
      recordOf({ span: 1, startUnixNano: base, durationMs: 20, service: "frontend" }),
    );
    const trace = valueOf(reader.trace(ask(), traceIdOf(1)));
    expect(trace).toMatchObject({
      startUnixNano: base.toString(),
      startedAt: new Date(START_MS).toISOString(),
      durationMs: 50.000_001,
      omitted: 0,
    });
    expect(trace.spans.map(({ spanId, startMs, resource, scope }) => [spanId, startMs, trace.resources[resource]?.service, scope])).toEqual(
      [
        [spanIdOf(1), 0, "frontend", null],
        [spanIdOf(2), 0.000_001, "cart", null],
        [spanIdOf(3), 2.000_001, "cart", "otel"],
      ],
    );
    expect(trace.resources).toHaveLength(2);
  });

  it.each([
    ["spans", { spans: 7, bytes: 1e9 }],
    ["bytes", { spans: 1e9, bytes: 7.5 * recordOf({ span: 2, parent: 1 }).body.length }],
  ])("counts what it does not load because of too many %s, and says so", (_what, bounds) => {
    write(store, ...manyRecords(10, (index) => ({ trace: 1, span: index + 1, parent: index + 50 })));
    const bounded = new SpanReader("spans", otlpCodec, bounds);
    const answer = bounded.trace(ask(), traceIdOf(1));
    bounded.close();
    expect(valueOf(answer)).toMatchObject({ omitted: 3, durationMs: 19 });
    expect(valueOf(answer).spans.map(({ spanId }) => spanId)).toEqual([1, 2, 3, 4, 5, 6, 7].map(spanIdOf));
    expect(answer.ok && answer.value).toMatchObject({ coverage: "partial", notices: [{ code: "spans-omitted" }] });
  });

  it("is not found where no span of it is kept", () => {
    expect(reader.trace(ask(), traceIdOf(1))).toMatchObject({
      ok: false,
      error: { code: "NOT_FOUND", sourceId: "spans", mend: expect.any(String) },
    });
    expect(reader.otlpJson(ask(), traceIdOf(1))).toMatchObject({ ok: false, error: { code: "NOT_FOUND" } });
  });

  it("goes out as it came in", () => {
    const records = [...call(1, { attributes: { a: "b" } }), recordOf({ span: 9, scope: "otel" })];
    write(store, ...records);
    const decoded = decodeExportJson(valueOf(reader.otlpJson(ask(), traceIdOf(1))), SPAN_LIMITS);
    expect(factsOf(decoded.records)).toEqual(factsOf(records));
  });
});

describe("services and operations", () => {
  it("lists services by name with their operations by number of spans", () => {
    write(
      store,
      ...call(1),
      ...call(2, { version: "v10" }),
      ...call(3, { version: "v2" }),
      recordOf({ trace: 4, service: "cart", name: "tick", kind: "internal" }),
    );
    expect(valueOf(reader.services(ask()))).toEqual([
      {
        service: "cart",
        namespace: "shop",
        versions: ["v1", "v2", "v10"],
        operations: [
          { name: "GET /cart", kind: "server", spans: 3 },
          { name: "tick", kind: "internal", spans: 1 },
        ],
      },
      {
        service: "frontend",
        namespace: "shop",
        versions: ["v9"],
        operations: [
          { name: "cart", kind: "client", spans: 3 },
          { name: "GET /", kind: "server", spans: 3 },
        ],
      },
    ]);
  });

  it("counts an operation exactly in any window, by version, with quantiles of its buckets", () => {
    write(
      store,
      ...manyRecords(400, (index) => ({ startMs: index * 1_000, durationMs: index < 380 ? 18 : 95, isError: index % 100 === 0 })),
    );
    write(store, recordOf({ trace: 9_999, startMs: 150_000, version: "v2" }));
    const red = valueOf(reader.operations(ask(), { fromMs: START_MS + 500, toMs: START_MS + 300_000 }, "shop/cart"));
    expect(red.map(({ version, count, errorCount }) => [version, count, errorCount])).toEqual([
      ["v1", 300, 3],
      ["v2", 1, 0],
    ]);
    const [all] = valueOf(reader.operations(ask(), { fromMs: START_MS - 1, toMs: START_MS + 400_000 }, "shop/cart"));
    expect(all).toMatchObject({ count: 400, errorCount: 4, kind: "server", operation: "GET /" });
    expect(all?.p50Ms).toBeGreaterThan(15);
    expect(all?.p50Ms).toBeLessThanOrEqual(20);
    expect(all?.p99Ms).toBeGreaterThan(80);
    expect(valueOf(reader.operations(ask(), { fromMs: START_MS, toMs: START_MS + 1_000 }, "shop/nobody"))).toEqual([]);
  });

  it("knows a service without a namespace by its id on the graph", () => {
    write(store, recordOf({ namespace: null }));
    const window = { fromMs: START_MS - 1, toMs: START_MS + 1 };
    expect(valueOf(reader.operations(ask(), window, "unknown/cart"))).toHaveLength(1);
    expect(valueOf(reader.operations(ask(), window, "shop/cart"))).toEqual([]);
  });
});

describe("calls", () => {
  const window = { fromMs: START_MS - 60_000, toMs: START_MS + 60_000 };
  const edges = (): unknown[] =>
    valueOf(reader.edges(ask(), window)).edges.map(({ source, target, count, errorCount }) => [source, target, count, errorCount]);

  it.each([
    ["as they were made", (records: SpanRecord[]) => [records]],
    ["callee first", (records: SpanRecord[]) => [records.toReversed()]],
    ["one by one, callee first", (records: SpanRecord[]) => records.toReversed().map((record) => [record])],
    ["one by one", (records: SpanRecord[]) => records.map((record) => [record])],
  ])("are counted between services when spans come %s", (_what, batches) => {
    for (const batch of batches([...call(1), ...call(2, { isError: true })])) write(store, ...batch);
    expect(edges()).toEqual([["shop/frontend", "shop/cart", 2, 1]]);
  });

  it("are waited for after a batch that could not be written", () => {
    const small = stores.open({ dir: `${stores.dir}/small`, maxPages: 120 });
    const [root, client, server] = call(1);
    if (root === undefined || client === undefined || server === undefined) throw new Error("a call has three spans");
    write(small, server);
    expect(small.write([client, ...manyRecords(3_000, (index) => ({ trace: index + 50 }))]).ok).toBe(false);
    write(small, client, root);
    const answer = reader.edges({ ...ask(), path: small.path }, window);
    expect(valueOf(answer).edges).toMatchObject([{ source: "shop/frontend", target: "shop/cart", count: 1 }]);
  });

  it("are one where a proxy takes them in before the application does", () => {
    write(store, ...call(1), recordOf({ span: 4, parent: 3, kind: "server", service: "cart", name: "handle", startMs: 3, durationMs: 5 }));
    expect(edges()).toEqual([["shop/frontend", "shop/cart", 1, 0]]);
    const exemplars = valueOf(reader.exemplars(ask(), window, { source: null, target: "shop/cart" }, 10));
    expect(exemplars.map(({ spanId }) => spanId)).toEqual([spanIdOf(3)]);
  });

  it("are known where both sides of a root call have one id", () => {
    write(store, recordOf({ span: 1, kind: "client", service: "frontend" }), recordOf({ span: 1, kind: "server", service: "cart" }));
    expect(edges()).toEqual([["shop/frontend", "shop/cart", 1, 0]]);
  });
});

describe("exemplars", () => {
  const window = { fromMs: START_MS - 1, toMs: START_MS + 60_000 };

  it("are failed ones, slow ones and ordinary ones from all over the window, in order of time", () => {
    for (let index = 0; index < 600; index++) {
      write(
        store,
        ...call(index + 1, { startMs: index * 100, durationMs: index % 60 === 7 ? 800 : 30 + (index % 5), isError: index === 333 }),
      );
    }
    const exemplars = valueOf(reader.exemplars(ask(), window, { source: null, target: "shop/cart" }, 30));
    expect(exemplars).toHaveLength(30);
    expect(exemplars.filter(({ isError }) => isError).map(({ traceId }) => traceId)).toEqual([traceIdOf(334)]);
    expect(exemplars.filter(({ durationMs }) => durationMs > 700)).toHaveLength(10);
    expect(exemplars.filter(({ durationMs }) => durationMs < 40).length).toBeGreaterThan(3);
    expect(exemplars.map(({ at }) => at)).toEqual(exemplars.map(({ at }) => at).toSorted());
    const thirds = new Set(exemplars.map(({ at }) => Math.floor((Date.parse(at) - START_MS) / 20_000)));
    expect([...thirds]).toEqual([0, 1, 2]);
  });

  it("come from one caller where one is asked, and carry the version that answered", () => {
    write(store, ...call(1, { version: "v2" }), recordOf({ trace: 2, span: 1, kind: "client", service: "batch" }));
    write(store, recordOf({ trace: 2, span: 2, parent: 1, service: "cart" }), recordOf({ trace: 3, service: "cart" }));
    const from = (source: string | null): string[] =>
      valueOf(reader.exemplars(ask(), window, { source, target: "shop/cart" }, 10)).map(({ traceId }) => traceId);
    expect(from("shop/frontend")).toEqual([traceIdOf(1)]);
    expect(from("shop/batch")).toEqual([traceIdOf(2)]);
    expect(from(null).toSorted()).toEqual([traceIdOf(1), traceIdOf(2), traceIdOf(3)]);
    expect(from("shop/nobody")).toEqual([]);
    expect(valueOf(reader.exemplars(ask(), window, { source: "shop/frontend", target: "shop/cart" }, 10))[0]).toMatchObject({
      version: "v2",
      spanId: spanIdOf(3),
    });
  });

  it("are none without requests", () => {
    expect(valueOf(reader.exemplars(ask(), window, { source: null, target: "shop/cart" }, 10))).toEqual([]);
  });
});

describe("a window before the oldest trace", () => {
  const HOUR_MS = 3_600_000;
  const before = { fromMs: START_MS - HOUR_MS, toMs: START_MS - 1 };

  it("is said not to be kept, with how far back the archive reaches", () => {
    write(store, recordOf({ startMs: 5 }));
    const notices = [
      {
        code: "nothing-kept",
        text: expect.stringContaining("back to 2026-01-01T12:00:00.005Z"),
        mend: expect.stringContaining("--keep-spans-hours"),
      },
    ];
    for (const answer of [
      reader.find(ask(), filterOf(before), 10),
      reader.operations(ask(), before, "shop/cart"),
      reader.exemplars(ask(), before, { source: null, target: "shop/cart" }, 10),
    ]) {
      expect(answer).toMatchObject({ ok: true, value: { coverage: "partial", notices } });
    }
  });

  it("is not told from any other while there is no trace, and one that holds the oldest is kept", () => {
    expect(reader.find(ask(), filterOf(before), 10)).toMatchObject({ ok: true, value: { coverage: "complete", notices: [] } });
    write(store, recordOf({ startMs: 5 }));
    expect(reader.find(ask(), filterOf({ ...before, toMs: START_MS + 10 }), 10)).toMatchObject({ ok: true, value: { notices: [] } });
  });
});

describe("differences", () => {
  it("rank a planted attribute first, and do not repeat what the selection was made by", () => {
    const indexes = Array.from({ length: 120 }, (_unused, index) => index + 1);
    write(
      store,
      ...indexes.flatMap((index) =>
        call(index, {
          startMs: index,
          durationMs: isNorthern(index) ? 500 : 20,
          attributes: { region: isNorthern(index) ? "north" : "south", shard: String(index % 3) },
        }),
      ),
    );
    const { selection, rest, items, isSampled } = valueOf(reader.differences(ask(), filterOf(), filterOf({ minMs: 400 }), 500));
    expect([selection, rest, isSampled]).toEqual([{ traces: 30 }, { traces: 90 }, false]);
    expect(items[0]).toMatchObject({ service: "cart", key: "region" });
    expect(items[0]?.values).toContainEqual({ value: "north", inSelection: 30, inRest: 0 });
    expect(items.find(({ key }) => key === "shard")?.score).toBe(0);
  });

  it("take a trace of both for the selection, at most so many of each, and say when there were more", () => {
    write(store, ...manyRecords(100));
    const answer = valueOf(reader.differences(ask(), filterOf(), filterOf({ fromMs: START_MS + 49 }), 20));
    expect(answer).toMatchObject({ selection: { traces: 20 }, rest: { traces: 20 }, isSampled: true });
  });

  it("compare what they could when time is over", () => {
    write(store, ...manyRecords(100));
    const answer = reader.differences(ask(endsAfter(5)), filterOf(), filterOf({ fromMs: START_MS + 49 }), 50);
    expect(answer.ok && answer.value).toMatchObject({ coverage: "partial", value: { isSampled: true } });
    expect(valueOf(answer).selection.traces).toBeGreaterThan(0);
  });
});
