import { describe, expect, it } from "vitest";

import { assembleTraces } from "#collectors/shared/assemble-traces.ts";
import { decodeExportRequest } from "#collectors/shared/otlp/decode-export.ts";
import { encodeExportJson } from "#collectors/shared/otlp/json/decode-export-json.ts";
import { SPAN_LIMITS } from "#collectors/shared/otlp/limits.ts";
import type { Span, Trace } from "#lib/model/trace.ts";

import { toOtlp } from "./map-v1.ts";
import { V1Traces } from "./wire-v1.ts";

const AT_MICROS = 1_700_000_000_000_000;

const plain = { traceID: "1", spanID: "a", operationName: "GET /", startTime: AT_MICROS, duration: 1_500, processID: "p1" };

function traceOf(spans: Record<string, unknown>[], processes: unknown = { p1: { serviceName: "web", tags: [] } }): Trace {
  const { data } = V1Traces.parse({ data: [{ traceID: "1", spans, processes }], total: 0, errors: null });
  const { records } = decodeExportRequest(encodeExportJson(toOtlp(data), SPAN_LIMITS), SPAN_LIMITS);
  const [trace] = assembleTraces(records, () => null);
  if (trace === undefined) throw new Error("there is no trace");
  return trace;
}

const spanWith = (part: Record<string, unknown>): Span | undefined => traceOf([{ ...plain, ...part }]).spans[0];
const tag = (key: string, type: string, value: unknown) => ({ key, type, value });
const ref = (refType: string, traceID: string, spanID: string) => ({ refType, traceID, spanID });

describe("version 1 as OTLP", () => {
  it("keeps ids, times and the service", () => {
    expect(traceOf([plain])).toMatchObject({
      id: "1".padStart(32, "0"),
      startUnixNano: "1700000000000000000",
      durationMs: 1.5,
      resources: [{ service: "web", namespace: null, version: null }],
      spans: [
        {
          spanId: "a".padStart(16, "0"),
          parentId: null,
          name: "GET /",
          kind: "internal",
          durationMs: 1.5,
          status: "unset",
          isError: false,
        },
      ],
    });
  });

  it.each<[string, unknown[], Partial<Span>]>([
    ["span.kind", [tag("span.kind", "string", "server")], { kind: "server", attributes: [] }],
    ["a kind nobody knows", [tag("span.kind", "string", "weird")], { kind: "internal", attributes: [] }],
    [
      "a status",
      [tag("otel.status_code", "string", "ERROR"), tag("otel.status_description", "string", "no luck"), tag("error", "bool", true)],
      { status: "error", isError: true, statusMessage: "no luck", attributes: [] },
    ],
    ["a good status", [tag("otel.status_code", "string", "OK")], { status: "ok", isError: false, attributes: [] }],
    [
      "the tag error alone",
      [tag("error", "bool", true)],
      { status: "error", isError: true, attributes: [{ key: "error", value: "true" }] },
    ],
    [
      "the tag error that says no",
      [tag("error", "bool", false)],
      { status: "unset", isError: false, attributes: [{ key: "error", value: "false" }] },
    ],
    ["a text", [tag("a", "string", "b")], { attributes: [{ key: "a", value: "b" }] }],
    ["a whole number", [tag("a", "int64", 7)], { attributes: [{ key: "a", value: "7" }] }],
    [
      "a whole number beyond doubles",
      [tag("a", "int64", "9223372036854775807")],
      { attributes: [{ key: "a", value: "9223372036854775807" }] },
    ],
    ["a number", [tag("a", "float64", 1.5)], { attributes: [{ key: "a", value: "1.5" }] }],
    ["a boolean", [tag("a", "bool", true)], { attributes: [{ key: "a", value: "true" }] }],
    ["bytes", [tag("a", "binary", "AAE=")], { attributes: [{ key: "a", value: "AAE=" }] }],
    ["a number that is none", [tag("a", "int64", "many")], { attributes: [{ key: "a", value: "many" }] }],
    ["the library", [tag("otel.library.name", "string", "http")], { scope: "http", attributes: [] }],
  ])("reads %s out of its tags", (_name, tags, expected) => {
    expect(spanWith({ tags })).toMatchObject(expected);
  });

  it.each<[string, unknown[], string | null, string[]]>([
    ["a parent", [ref("CHILD_OF", "1", "b")], "b", []],
    ["a parent after another reference", [ref("FOLLOWS_FROM", "1", "c"), ref("CHILD_OF", "1", "b")], "b", ["c"]],
    ["only one to follow", [ref("FOLLOWS_FROM", "1", "c")], "c", []],
    ["a span of another trace", [ref("CHILD_OF", "2", "d")], null, ["d"]],
  ])("takes %s", (_name, references, parent, links) => {
    const span = spanWith({ references });
    expect(span?.parentId).toBe(parent?.padStart(16, "0") ?? null);
    expect(span?.links.map(({ spanId }) => spanId)).toEqual(links.map((id) => id.padStart(16, "0")));
  });

  it("takes the parent of very old servers", () => {
    expect(spanWith({ parentSpanID: "b" })?.parentId).toBe("b".padStart(16, "0"));
  });

  it("makes events of logs", () => {
    const logs = [
      { timestamp: AT_MICROS + 500, fields: [tag("event", "string", "retry"), tag("n", "int64", 2)] },
      { timestamp: AT_MICROS + 600, fields: [tag("message", "string", "gave up")] },
    ];
    expect(spanWith({ logs })?.events).toEqual([
      { name: "retry", atMs: 0.5, attributes: [{ key: "n", value: "2" }] },
      { name: "gave up", atMs: 0.6, attributes: [{ key: "message", value: "gave up" }] },
    ]);
  });

  it("reads version and namespace from the process, and shows warnings", () => {
    const processes = {
      p1: { serviceName: "web", tags: [tag("service.version", "string", "v2"), tag("service.namespace", "string", "shop")] },
    };
    const trace = traceOf([{ ...plain, warnings: ["invalid parent span IDs=b; skipping clock skew adjustment"] }], processes);
    expect(trace.resources).toMatchObject([{ service: "web", namespace: "shop", version: "v2" }]);
    expect(trace.spans[0]?.attributes).toEqual([
      { key: "jaeger.warnings", value: '["invalid parent span IDs=b; skipping clock skew adjustment"]' },
    ]);
  });

  it("calls a service unknown whose process is not there", () => {
    expect(traceOf([{ ...plain, processID: "p9" }]).resources).toMatchObject([{ service: "unknown_service" }]);
  });
});
