import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import type { Sourced } from "#lib/model/evidence.ts";
import { SourceStatus } from "#lib/model/source.ts";
import { type SearchTerm, type SpanKind, Trace, type TraceFilter, TraceSearch, TraceService } from "#lib/model/trace.ts";
import type { TraceSource } from "#lib/ports/traces.ts";

import { expectEvidence, valueOf } from "./results.ts";
import { spanIdOf, traceIdOf } from "./trace-builders.ts";

/** One span to fill a source with: what every kind of source can keep. Names are lower case, because some keep no other. */
export interface SeedSpan {
  /** 32 lower-case hex digits. */
  traceId: string;
  /** 16 lower-case hex digits. */
  spanId: string;
  parentId: string | null;
  name: string;
  kind: SpanKind;
  service: string;
  namespace: string;
  version: string;
  /** Epoch milliseconds, whole. */
  startMs: number;
  /** Whole. */
  durationMs: number;
  isError: boolean;
  attributes: Readonly<Record<string, string>>;
}

/** What a kind of source cannot keep or ask. Everything that is not named here is tried. */
export type Lack = "namespace" | "version" | "kind";

/** What a collector or a store must bring so that the suite can try it. It is filled once; the tests only read. */
export interface TraceSourceHarness {
  source: TraceSource;
  /** Brings spans into the source; they may become visible a little later. May be called several times. */
  seed(spans: readonly SeedSpan[]): Promise<void>;
  /** An instant in the near past that the source takes spans of, epoch milliseconds. */
  nowMs: number;
  lacks?: readonly Lack[];
  close(): Promise<void>;
}

/** How long a real server may take to show what it was sent. */
const VISIBLE_TIMEOUT_MS = 30_000;

const SECOND = 1_000;

/** Five traces of a shop, one a second, the last one the newest. Each has its own run id, so that sources may hold others. */
function shop(nowMs: number): SeedSpan[] {
  const start = Math.floor(nowMs / SECOND) * SECOND - 60 * SECOND;
  return [0, 1, 2, 3, 4].flatMap((index) => {
    const isFailed = index === 3;
    const version = index % 2 === 0 ? "v1" : "v2";
    const base = { traceId: traceOfRun(nowMs, index), namespace: "shop", version: "v1", startMs: start + index * SECOND, isError: false };
    const slow = index === 4 ? 500 : 0;
    return [
      {
        ...base,
        spanId: spanIdOf("a1"),
        parentId: null,
        name: "get /cart",
        kind: "server",
        service: "contract-web",
        durationMs: 100 + index + slow,
        attributes: { "http.route": "/cart", "cart.size": String(index) },
      },
      {
        ...base,
        spanId: spanIdOf("b1"),
        parentId: spanIdOf("a1"),
        name: "call reviews",
        kind: "client",
        service: "contract-web",
        startMs: base.startMs + 10,
        durationMs: 60,
        attributes: { note: 'two words, "quoted"' },
      },
      {
        ...base,
        spanId: spanIdOf("c1"),
        parentId: spanIdOf("b1"),
        name: "get reviews",
        kind: "server",
        service: "contract-reviews",
        version,
        startMs: base.startMs + 20,
        durationMs: 40,
        isError: isFailed,
        attributes: isFailed ? { reason: "out-of-luck" } : {},
      },
    ] satisfies SeedSpan[];
  });
}

/** Names a trace after the run and its place, so that a second run on a living server meets no trace of the first. */
function traceOfRun(nowMs: number, index: number): string {
  return traceIdOf((nowMs % 1e12).toString(16).padStart(12, "0") + (index + 1).toString(16).padStart(2, "0"));
}

/** What every `TraceSource` guarantees. */
export function describeTraceSource(name: string, create: () => Promise<TraceSourceHarness>): void {
  describe(`${name} as a TraceSource`, () => {
    let harness: TraceSourceHarness;
    let ids: string[];

    const filter = (part: Partial<TraceFilter> = {}): TraceFilter => ({
      service: "contract-web",
      namespace: null,
      operation: null,
      version: null,
      status: null,
      minMs: null,
      maxMs: null,
      terms: [],
      fromMs: harness.nowMs - 120 * SECOND,
      toMs: harness.nowMs,
      ...part,
    });
    const has = (lack: Lack): boolean => !(harness.lacks ?? []).includes(lack);

    /** Which of the five traces an answer holds, by their place, in its order. */
    async function found(part: Partial<TraceFilter>, limit = 20): Promise<number[]> {
      const { value } = valueOf(await harness.source.find(filter(part), limit));
      return value.items.map(({ id }) => ids.indexOf(id));
    }

    beforeAll(async () => {
      harness = await create();
      ids = [0, 1, 2, 3, 4].map((index) => traceOfRun(harness.nowMs, index));
      await harness.seed(shop(harness.nowMs));
      await vi.waitFor(
        async () => {
          expect(await found({})).toHaveLength(5);
          for (const id of ids) expect(valueOf(await harness.source.trace(id)).value.spans).toHaveLength(3);
        },
        { timeout: VISIBLE_TIMEOUT_MS, interval: 50 },
      );
    }, VISIBLE_TIMEOUT_MS + 60_000);

    afterAll(() => harness.close());

    it("says how it is", () => {
      const status = harness.source.status();
      expect(SourceStatus.parse(status)).toEqual(status);
      expect(status.id).toBe(harness.source.id);
    });

    it("knows services and their operations", async () => {
      const answer = valueOf(await harness.source.services());
      expectEvidence(answer, harness.source.id);
      for (const service of answer.value) expect(TraceService.parse(service)).toEqual(service);
      const web = answer.value.find(({ service }) => service === "contract-web");
      expect(web?.operations.map(({ name }) => name)).toEqual(expect.arrayContaining(["get /cart", "call reviews"]));
      expect(answer.value.map(({ service }) => service)).toContain("contract-reviews");
      if (has("namespace")) expect(web?.namespace).toBe("shop");
    });

    it("lists traces newest first, in valid, plain data with its evidence", async () => {
      const answer = valueOf(await harness.source.find(filter(), 20));
      expectEvidence(answer, harness.source.id);
      expect(TraceSearch.parse(answer.value)).toEqual(answer.value);
      expect(answer.value.items.map(({ id }) => ids.indexOf(id))).toEqual([4, 3, 2, 1, 0]);
      expect(answer.value.hasMore).toBe(false);
    });

    it("counts spans and errors of a listed trace exactly, and names its root and services", async () => {
      const { value } = valueOf(await harness.source.find(filter(), 20));
      const failed = value.items.find(({ id }) => id === ids[3]);
      expect(failed).toMatchObject({
        root: { service: "contract-web", operation: "get /cart" },
        hasRoot: true,
        startedAt: new Date(Math.floor(harness.nowMs / SECOND) * SECOND - 57 * SECOND).toISOString(),
        durationMs: 103,
        spans: 3,
        errors: 1,
        status: "error",
      });
      expect(failed?.services.map(({ service, spans, errors }) => [service, spans, errors])).toEqual([
        ["contract-web", 2, 0],
        ["contract-reviews", 1, 1],
      ]);
      if (has("version")) expect(failed?.services.find(({ service }) => service === "contract-reviews")?.versions).toEqual(["v2"]);
      expect(value.items.find(({ id }) => id === ids[2])).toMatchObject({ errors: 0, status: "ok" });
    });

    it("lists at most as many as it is asked for, the newest, and says that there are more", async () => {
      const some = valueOf(await harness.source.find(filter(), 2)).value;
      expect(some.items.map(({ id }) => ids.indexOf(id))).toEqual([4, 3]);
      expect(some.hasMore).toBe(true);
    });

    it("keeps to the window", async () => {
      const startMs = Math.floor(harness.nowMs / SECOND) * SECOND - 60 * SECOND;
      expect(await found({ fromMs: startMs + 500, toMs: startMs + 3_500 })).toEqual([3, 2, 1]);
      expect(await found({ fromMs: startMs - 3_600 * SECOND, toMs: startMs - 1_800 * SECOND })).toEqual([]);
    });

    it("keeps to a service and its operation", async () => {
      expect(await found({ service: "contract-reviews" })).toHaveLength(5);
      expect(await found({ operation: "call reviews" })).toHaveLength(5);
      expect(await found({ operation: "get reviews" })).toEqual([]);
      expect(await found({ service: "contract-nobody" })).toEqual([]);
    });

    it("keeps to durations of the spans that meet the rest", async () => {
      expect(await found({ operation: "get /cart", minMs: 300 })).toEqual([4]);
      expect(await found({ operation: "get /cart", minMs: 101, maxMs: 103 })).toEqual([3, 2, 1]);
      expect(await found({ operation: "call reviews", maxMs: 59 })).toEqual([]);
    });

    it("keeps to failed and to good ones", async () => {
      expect(await found({ service: "contract-reviews", status: "error" })).toEqual([3]);
      expect(await found({ service: "contract-reviews", status: "ok" })).toEqual([4, 2, 1, 0]);
      expect(await found({ status: "error" })).toEqual([]);
    });

    it("keeps to terms, quoted, bare and several at once", async () => {
      expect(await found({ terms: [term("cart.size", "2")] })).toEqual([2]);
      expect(await found({ terms: [term("cart.size", "2"), term("http.route", "/cart")] })).toEqual([2]);
      expect(await found({ terms: [term("cart.size", "2"), term("cart.size", "1")] })).toEqual([]);
      expect(await found({ terms: [term("note", 'two words, "quoted"')] })).toHaveLength(5);
      expect(await found({ terms: [term("note", "other")] })).toEqual([]);
      expect(await found({ service: "contract-reviews", terms: [term("reason", null)] })).toEqual([3]);
    });

    it("keeps to negated terms", async () => {
      expect(await found({ operation: "get /cart", terms: [without("cart.size", "2")] })).toEqual([4, 3, 1, 0]);
      expect(await found({ service: "contract-reviews", terms: [without("reason", null)] })).toEqual([4, 2, 1, 0]);
    });

    it("keeps to versions and namespaces, or says that it cannot", async () => {
      const versions = valueOf(await harness.source.find(filter({ service: "contract-reviews", version: "v2" }), 20));
      if (has("version")) expect(versions.value.items.map(({ id }) => ids.indexOf(id))).toEqual([3, 1]);
      else expectPartial(versions);
      const namespaces = valueOf(await harness.source.find(filter({ namespace: "elsewhere" }), 20));
      if (has("namespace")) expect(namespaces.value.items).toEqual([]);
      else expectPartial(namespaces);
    });

    it("gives all spans of a trace, with their parents, times, errors and attributes", async () => {
      const answer = valueOf(await harness.source.trace(ids[3] ?? ""));
      expectEvidence(answer, harness.source.id);
      const trace = answer.value;
      expect(Trace.parse(structuredClone(trace))).toEqual(trace);
      const startMs = Math.floor(harness.nowMs / SECOND) * SECOND - 57 * SECOND;
      expect(trace).toMatchObject({
        id: ids[3],
        startedAt: new Date(startMs).toISOString(),
        startUnixNano: (BigInt(startMs) * 1_000_000n).toString(),
        durationMs: 103,
        omitted: 0,
      });
      expect(
        trace.spans.map(({ spanId, parentId, name, startMs: at, durationMs, isError }) => [
          spanId,
          parentId,
          name,
          at,
          durationMs,
          isError,
        ]),
      ).toEqual([
        [spanIdOf("a1"), null, "get /cart", 0, 103, false],
        [spanIdOf("b1"), spanIdOf("a1"), "call reviews", 10, 60, false],
        [spanIdOf("c1"), spanIdOf("b1"), "get reviews", 20, 40, true],
      ]);
      expect(trace.spans.map((span) => trace.resources[span.resource]?.service)).toEqual([
        "contract-web",
        "contract-web",
        "contract-reviews",
      ]);
      if (has("kind")) expect(trace.spans.map(({ kind }) => kind)).toEqual(["server", "client", "server"]);
      if (has("version")) expect(trace.spans.map((span) => trace.resources[span.resource]?.version)).toEqual(["v1", "v1", "v2"]);
      if (has("namespace")) expect(trace.resources.map(({ namespace }) => namespace)).toEqual(["shop", "shop"]);
      expect(trace.spans[0]?.attributes).toEqual(expect.arrayContaining([{ key: "http.route", value: "/cart" }]));
      expect(trace.spans[1]?.attributes).toEqual(expect.arrayContaining([{ key: "note", value: 'two words, "quoted"' }]));
    });

    it("does not know a trace that is not there", async () => {
      const answer = await harness.source.trace(traceIdOf("dead00000000beef"));
      expect(answer).toMatchObject({ ok: false, error: { code: "NOT_FOUND", sourceId: harness.source.id } });
    });

    it("tells a selection from the rest", async () => {
      const base = filter({ service: "contract-reviews" });
      const answer = valueOf(await harness.source.differences(base, { ...base, status: "error" }, 100));
      expectEvidence(answer, harness.source.id);
      expect(answer.value).toMatchObject({ selection: { traces: 1 }, rest: { traces: 4 }, isSampled: false });
      expect(answer.value.items.find(({ key, service }) => key === "reason" && service === "contract-reviews")?.values).toEqual([
        { value: "out-of-luck", inSelection: 1, inRest: 0 },
      ]);
      const sampled = valueOf(await harness.source.differences(base, { ...base, status: "error" }, 2));
      expect(sampled.value).toMatchObject({ selection: { traces: 1 }, rest: { traces: 2 }, isSampled: true });
    });
  });
}

function term(key: string, value: string | null): SearchTerm {
  return { key, value, isNegated: false };
}

function without(key: string, value: string | null): SearchTerm {
  return { key, value, isNegated: true };
}

function expectPartial(answer: Sourced<unknown>): void {
  expect(answer.coverage).not.toBe("complete");
  expect(answer.notices.length).toBeGreaterThan(0);
}
