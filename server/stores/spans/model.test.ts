import * as fc from "fast-check";
import { expect, it } from "vitest";

import type { Span, SpanKind, Trace, TraceFilter, TraceResource } from "#lib/model/trace.ts";
import type { SpanRecord } from "#lib/ports/span-store.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { matchesFilter } from "#lib/traces/match-trace.ts";
import { summarizeTrace } from "#lib/traces/summarize-trace.ts";
import { filterOf } from "#lib/testing/trace-builders.ts";

import { UNBOUNDED } from "./effort.ts";
import { otlpCodec } from "./otlp-codec.ts";
import { SpanReader } from "./span-reader.ts";
import { recordOf, traceIdOf } from "./testing/records.ts";
import { TestStores, write } from "./testing/stores.ts";
import { sumsIn } from "./testing/sums.ts";

const TRACES = 6;
const services = ["cart", "frontend"];
const names = ["GET /", "GET /cart"];
const kinds: readonly SpanKind[] = ["internal", "server", "client"];

const record: fc.Arbitrary<SpanRecord> = fc
  .record({
    trace: fc.integer({ min: 1, max: TRACES }),
    span: fc.integer({ min: 1, max: 4 }),
    parent: fc.option(fc.integer({ min: 1, max: 5 })),
    kind: fc.constantFrom(...kinds),
    name: fc.constantFrom(...names),
    // No two spans start at the same instant unless they are one: then arrival would decide, which the model does not know.
    startMs: fc.integer({ min: 0, max: 150_000 }),
    durationMs: fc.integer({ min: 0, max: 400 }),
    isError: fc.boolean(),
    service: fc.constantFrom(...services),
    namespace: fc.constantFrom("shop", "other", null),
    version: fc.constantFrom("v1", "v2", null),
    attributes: fc.constantFrom({}, { route: "/a" }, { route: "/b", flag: "x" }),
  })
  .map((part) => recordOf({ ...part, startMs: part.startMs + part.trace / 100 + part.span / 1_000 + kinds.indexOf(part.kind) / 10_000 }));

const filter: fc.Arbitrary<TraceFilter> = fc
  .record({
    service: fc.option(fc.constantFrom(...services)),
    namespace: fc.option(fc.constantFrom("shop", "other")),
    operation: fc.option(fc.constantFrom(...names)),
    version: fc.option(fc.constantFrom("v1", "v2")),
    status: fc.option(fc.constantFrom("ok" as const, "error" as const)),
    minMs: fc.option(fc.integer({ min: 0, max: 300 })),
    maxMs: fc.option(fc.integer({ min: 50, max: 400 })),
    terms: fc.subarray([
      { key: "route", value: "/a", isNegated: false },
      { key: "flag", value: null, isNegated: true },
    ]),
    fromMs: fc.integer({ min: START_MS - 1_000, max: START_MS + 100_000 }),
    toMs: fc.integer({ min: START_MS + 20_000, max: START_MS + 160_000 }),
  })
  .map(filterOf);

/** The store as a map: the first span of an identity stays. */
class Model {
  private readonly kept = new Map<string, SpanRecord>();

  write(records: readonly SpanRecord[]): boolean[] {
    return records.map((one) => {
      const key = `${hex(one.traceId)} ${hex(one.spanId)} ${one.kind}`;
      if (this.kept.has(key)) return false;
      this.kept.set(key, one);
      return true;
    });
  }

  traces(): Trace[] {
    const byTrace = Map.groupBy(this.kept.values(), ({ traceId }) => hex(traceId));
    return [...byTrace].map(([id, records]) => traceOf(id, records));
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function traceOf(id: string, records: readonly SpanRecord[]): Trace {
  const inOrder = records.toSorted((a, b) => Number(a.startUnixNano - b.startUnixNano));
  const startUnixNano = inOrder[0]?.startUnixNano ?? 0n;
  const resources: TraceResource[] = [];
  const spans = inOrder.map((one): Span => {
    const resource = resources.push(otlpCodec.resource(one.resource.body)) - 1;
    return otlpCodec.span(one.body, { startUnixNano, resource, scope: one.scope });
  });
  const durationMs = Math.max(...spans.map((span) => Math.round((span.startMs + span.durationMs) * 1e6))) / 1e6;
  const startedAt = new Date(Number(startUnixNano / 1_000_000n)).toISOString();
  return { id, startedAt, startUnixNano: String(startUnixNano), durationMs, resources, spans, omitted: 0, externalUrl: null };
}

/** A trace with each span's resource beside it, whatever number it has. */
function comparable({ resources, spans, ...trace }: Trace): unknown {
  return { ...trace, spans: spans.map(({ resource, ...span }) => ({ ...span, by: resources[resource] })) };
}

it("answers as a map of spans would, whatever is written in whatever batches, over restarts", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(record, { maxLength: 12 }), { maxLength: 5 }),
      fc.array(filter, { minLength: 4, maxLength: 8 }),
      fc.nat(5),
      (batches, filters, restart) => {
        const stores = new TestStores();
        const reader = new SpanReader("spans", otlpCodec);
        try {
          const model = new Model();
          let store = stores.open();
          for (const [index, batch] of batches.entries()) {
            if (index === restart) {
              store.close();
              store = stores.open();
            }
            expect(write(store, ...batch)).toEqual(model.write(batch));
          }
          const question = { path: store.path, nowMs: START_MS, effort: UNBOUNDED };
          const traces = model.traces();
          expect(store.stats().spans).toBe(traces.reduce((sum, { spans }) => sum + spans.length, 0));
          for (let trace = 1; trace <= TRACES; trace++) {
            const answer = reader.trace(question, traceIdOf(trace));
            const expected = traces.find(({ id }) => id === traceIdOf(trace));
            expect(answer.ok ? comparable(answer.value.value) : answer.error.code).toEqual(
              expected === undefined ? "NOT_FOUND" : comparable(expected),
            );
          }
          for (const one of filters) {
            const expected = traces
              .filter((trace) => matchesFilter(trace, one))
              .toSorted((a, b) => Number(BigInt(b.startUnixNano) - BigInt(a.startUnixNano)));
            const answer = reader.find(question, one, TRACES);
            expect(answer.ok && answer.value.value).toEqual({
              items: expected.map((trace) => summarizeTrace(trace)),
              hasMore: false,
              searchedTo: null,
            });
            const first = reader.find(question, one, 2);
            expect(first.ok && first.value.value.items.map(({ id }) => id)).toEqual(expected.slice(0, 2).map(({ id }) => id));
            expect(first.ok && first.value.value.hasMore).toBe(expected.length > 2);
          }
          const { kept, counted } = sumsIn(store.path);
          expect(kept).toEqual(counted);
        } finally {
          reader.close();
          stores.clear();
        }
      },
    ),
    { numRuns: 25 },
  );
});
