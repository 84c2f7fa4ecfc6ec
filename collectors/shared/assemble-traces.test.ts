import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Trace } from "#lib/model/trace.ts";
import type { SpanRecord } from "#lib/ports/span-store.ts";
import { spanIdOf, traceIdOf } from "#lib/testing/trace-builders.ts";

import { assembleTraces } from "./assemble-traces.ts";
import { decodeExportJson } from "./otlp/json/decode-export-json.ts";
import { SPAN_LIMITS } from "./otlp/limits.ts";

interface Sent {
  trace?: string;
  id: string;
  kind?: number;
  startNanos: bigint;
  nanos?: bigint;
  service?: string;
}

function recordsOf(spans: readonly Sent[]): SpanRecord[] {
  const resourceSpans = spans.map(({ trace = "1", id, kind = 2, startNanos, nanos = 0n, service = "web" }) => ({
    resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
    scopeSpans: [
      {
        scope: { name: "lib" },
        spans: [
          {
            traceId: traceIdOf(trace),
            spanId: spanIdOf(id),
            kind,
            startTimeUnixNano: String(startNanos),
            endTimeUnixNano: String(startNanos + nanos),
          },
        ],
      },
    ],
  }));
  return decodeExportJson(JSON.stringify({ resourceSpans }), SPAN_LIMITS).records;
}

const AT = 1_700_000_000_000_000_000n;
const noLink = (): null => null;

describe("assembleTraces", () => {
  it("orders spans by start to the nanosecond, and counts from the first", () => {
    const [trace] = assembleTraces(
      recordsOf([
        { id: "b", startNanos: AT + 1n, nanos: 2_000_000n },
        { id: "a", startNanos: AT, nanos: 500_000n },
      ]),
      (id) => `https://x/${id}`,
    );
    expect(Trace.parse(structuredClone(trace))).toEqual(trace);
    expect(trace).toMatchObject({
      id: traceIdOf("1"),
      startedAt: "2023-11-14T22:13:20.000Z",
      startUnixNano: String(AT),
      durationMs: 2.000001,
      omitted: 0,
      externalUrl: `https://x/${traceIdOf("1")}`,
    });
    expect(trace?.spans.map(({ spanId, startMs, durationMs, scope }) => [spanId, startMs, durationMs, scope])).toEqual([
      [spanIdOf("a"), 0, 0.5, "lib"],
      [spanIdOf("b"), 0.000001, 2, "lib"],
    ]);
  });

  it("takes a span once that comes twice, and both sides of a call that share one id", () => {
    const side = { id: "a", startNanos: AT };
    const [trace] = assembleTraces(recordsOf([side, side, { ...side, kind: 3 }]), noLink);
    expect(trace?.spans.map(({ kind }) => kind)).toEqual(["server", "client"]);
  });

  it("names each sender once", () => {
    const [trace] = assembleTraces(
      recordsOf([
        { id: "a", startNanos: AT, service: "web" },
        { id: "b", startNanos: AT, service: "db" },
        { id: "c", startNanos: AT, service: "web" },
      ]),
      noLink,
    );
    expect(trace?.resources.map(({ service }) => service)).toEqual(["web", "db"]);
    expect(trace?.spans.map(({ resource }) => resource)).toEqual([0, 1, 0]);
  });

  it("leaves out the latest spans beyond what can be drawn, and says how many; the duration is that of all", () => {
    const spans = [3, 1, 2, 0].map((n) => ({ id: String(n + 1), startNanos: AT + BigInt(n) * 1_000_000n }));
    const [trace] = assembleTraces(recordsOf(spans), noLink, 2);
    expect(trace).toMatchObject({ omitted: 2, durationMs: 3 });
    expect(trace?.spans.map(({ spanId }) => spanId)).toEqual([spanIdOf("1"), spanIdOf("2")]);
  });

  it("parts any spans into their traces, newest first, and loses none", () => {
    const arbitrarySpan = fc.record({
      trace: fc.constantFrom("1", "2", "3"),
      id: fc.constantFrom("a", "b", "c", "d"),
      at: fc.nat({ max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(arbitrarySpan, { maxLength: 12 }), (spans) => {
        const traces = assembleTraces(recordsOf(spans.map(({ at, ...span }) => ({ ...span, startNanos: AT + BigInt(at) }))), noLink);
        const sent = new Set(spans.map(({ trace, id }) => `${traceIdOf(trace)} ${spanIdOf(id)}`));
        expect(new Set(traces.flatMap(({ id, spans: kept }) => kept.map(({ spanId }) => `${id} ${spanId}`)))).toEqual(sent);
        expect(traces.reduce((sum, { spans: kept }) => sum + kept.length, 0)).toBe(sent.size);
        const starts = traces.map(({ startUnixNano }) => Number(BigInt(startUnixNano) - AT));
        expect(starts).toEqual(starts.toSorted((a, b) => b - a));
        for (const { spans: kept } of traces) expect(kept[0]?.startMs).toBe(0);
      }),
    );
  });
});
