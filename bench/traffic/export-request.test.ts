import { describe, expect, it } from "vitest";

import { decodeExportRequest } from "#collectors/shared/otlp/decode-export.ts";
import { SPAN_LIMITS } from "#collectors/shared/otlp/limits.ts";
import type { SpanRecord } from "#lib/ports/span-store.ts";

import { preparedRequest, type PreparedRequest, stamp, stampOf } from "./export-request.ts";
import { serviceName } from "./made-trace.ts";
import { randomFrom } from "./random.ts";

const FROM_MS = Date.UTC(2026, 0, 1);

function request(seed: number): PreparedRequest {
  return preparedRequest({ random: randomFrom(seed), services: 12, spans: 100, fromMs: FROM_MS, toMs: FROM_MS + 1_000 });
}

function decoded({ body }: PreparedRequest): SpanRecord[] {
  return decodeExportRequest(Buffer.from(body), SPAN_LIMITS).records;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

type Facts = Pick<SpanRecord, "spanId" | "parentId" | "kind" | "name" | "startUnixNano" | "durationNano" | "isError">;

function factsOf({ spanId, parentId, kind, name, startUnixNano, durationNano, isError }: Facts, service: string): string {
  return [hex(spanId), parentId === null ? "" : hex(parentId), service, kind, name, startUnixNano, durationNano, isError].join(" ");
}

describe("a prepared request", () => {
  it("is read as the spans that it was made of", () => {
    const made = request(1);
    const wanted = made.spans.map((span) => factsOf(span, serviceName(span.service)));
    const got = decoded(made).map((record) => factsOf(record, record.resource.service));
    expect(got.toSorted()).toEqual(wanted.toSorted());
    expect(new Set(decoded(made).map((record) => hex(record.spanId)))).toHaveLength(100);
  });

  it("is the same for the same seed, and another for another", () => {
    expect(request(1).body.equals(request(1).body)).toBe(true);
    expect(request(1).body.equals(request(2).body)).toBe(false);
  });

  it("becomes other traces by a stamp, and stays the same in all else", () => {
    const made = request(1);
    const before = decoded(made);
    stamp(made, 7);
    const after = decoded(made);
    expect(new Set(after.map((record) => stampOf(record.traceId)))).toEqual(new Set([7]));
    expect(new Set(after.map((record) => hex(record.traceId))).size).toBe(new Set(before.map((record) => hex(record.traceId))).size);
    expect(after.map((record) => hex(record.spanId))).toEqual(before.map((record) => hex(record.spanId)));
    stamp(made, 8);
    const first = new Set(after.map((record) => hex(record.traceId)));
    expect(decoded(made).filter((record) => first.has(hex(record.traceId)))).toEqual([]);
  });
});
