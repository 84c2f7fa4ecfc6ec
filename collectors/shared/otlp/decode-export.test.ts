import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeExportJson, encodeExportJson } from "./json/decode-export-json.ts";
import { otlpJsonOf } from "./json/write-export-json.ts";
import { decodeExportRequest } from "./decode-export.ts";
import { SPAN_LIMITS } from "./limits.ts";
import { decodeResource } from "./read-resource.ts";
import { decodeSpan } from "./read-span.ts";
import { encodeRequest, exportRequest, withBytes, type ExportJson, type SpanJson } from "./testing/arbitraries.ts";
import { otlpType } from "./testing/otlp-proto.ts";

type Attributes = Exclude<SpanJson["attributes"], undefined>;

const RUNS = { numRuns: 80 };
const decode = (bytes: Uint8Array) => decodeExportRequest(bytes, SPAN_LIMITS);

/** What stands where, by going through the request in the plainest way. */
function flatten(request: ExportJson) {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) =>
    (scopeSpans ?? []).flatMap(({ scope, spans }) =>
      (spans ?? []).map((span) => ({ span, resource: resource?.attributes, scope: scope?.name ?? null })),
    ),
  );
}

function textOf(attributes: Attributes | undefined, key: string): string | null {
  const value = attributes?.find((attribute) => attribute.key === key)?.value;
  const text = value === undefined ? "" : String(Object.values(value)[0] ?? "");
  return text === "" ? null : text;
}

function isFailed({ status, attributes }: SpanJson): boolean {
  const code = (key: string): number => Number(textOf(attributes, key) ?? 0);
  return (
    status?.code === 2 ||
    textOf(attributes, "error") === "true" ||
    ["http.status_code", "http.response.status_code"].some((key) => code(key) >= 500) ||
    ["rpc.grpc.status_code", "grpc.status_code"].some((key) => [2, 4, 8, 12, 13, 14, 15].includes(code(key)))
  );
}

function requestOf(...spans: object[]): object {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

/** The fields of one short ResourceSpans, without tag and length. */
function resourceSpansOf(value: object): Buffer {
  return Buffer.from(encodeRequest({ resourceSpans: [value] })).subarray(2);
}

describe("reading an export request", () => {
  it("finds in every span what the reference library's encoding says", () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        const { records, rejected, reasons } = decode(encodeRequest(request));
        expect([rejected, reasons]).toEqual([0, []]);
        const expected = flatten(request);
        expect(records.length).toBe(expected.length);
        records.forEach((record, index) => {
          const { span, resource, scope } = expected[index] ?? { span: null, resource: undefined, scope: null };
          if (span === null) throw new Error("There are more records than spans.");
          const start = BigInt(span.startTimeUnixNano ?? 0);
          const end = BigInt(span.endTimeUnixNano ?? 0);
          expect({ ...record, body: null, resource: { ...record.resource, body: null }, protocol: null, peer: null }).toEqual({
            traceId: Uint8Array.from(Buffer.from(span.traceId, "hex")),
            spanId: Uint8Array.from(Buffer.from(span.spanId, "hex")),
            parentId: span.parentSpanId === undefined ? null : Uint8Array.from(Buffer.from(span.parentSpanId, "hex")),
            kind: ["internal", "internal", "server", "client", "producer", "consumer"][span.kind ?? 0] ?? "internal",
            name: span.name ?? "",
            startUnixNano: start,
            durationNano: end > start ? Number(end - start) : 0,
            status: ["unset", "ok", "error"][span.status?.code ?? 0] ?? "unset",
            isError: isFailed(span),
            protocol: null,
            peer: null,
            scope,
            resource: {
              service: textOf(resource, "service.name") ?? "unknown_service",
              namespace: null,
              version: textOf(resource, "service.version"),
              instance: null,
              body: null,
            },
            body: null,
          });
        });
      }),
      RUNS,
    );
  });

  it("keeps bodies that the reference library reads as what was sent", () => {
    const type = otlpType("Span");
    fc.assert(
      fc.property(exportRequest, (request) => {
        const { records } = decode(encodeRequest(request));
        expect(records.map(({ body }) => type.decode(body).toJSON())).toEqual(
          flatten(request).map(({ span }) => type.fromObject(Object(withBytes(span))).toJSON()),
        );
      }),
      RUNS,
    );
  });

  it("comes to the same from protobuf and from JSON", () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        expect(decodeExportJson(JSON.stringify(request), SPAN_LIMITS)).toEqual(decode(encodeRequest(request)));
      }),
      RUNS,
    );
  });

  it("writes JSON requests as the reference library writes them", () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        expect(Buffer.from(encodeExportJson(request, SPAN_LIMITS)).toString("hex")).toBe(
          Buffer.from(encodeRequest(request)).toString("hex"),
        );
      }),
      RUNS,
    );
  });

  it("gives everything back as JSON", () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        const { records } = decode(encodeRequest(request));
        const groups = records.map(({ resource, scope, body }) => ({ resource: resource.body, scope, spans: [body] }));
        const again = decodeExportJson(otlpJsonOf(groups), SPAN_LIMITS);
        expect(again.records).toEqual(records);
      }),
      RUNS,
    );
  });

  it("reads a body back as what its record says", () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        const { records } = decode(encodeRequest(request));
        records.forEach((record, index) => {
          const span = decodeSpan(record.body, { startUnixNano: record.startUnixNano, resource: 3 });
          const sent = flatten(request)[index]?.span;
          expect(span).toMatchObject({
            spanId: Buffer.from(record.spanId).toString("hex"),
            parentId: record.parentId === null ? null : Buffer.from(record.parentId).toString("hex"),
            name: record.name,
            kind: record.kind,
            resource: 3,
            startMs: 0,
            durationMs: record.durationNano / 1e6,
            status: record.status,
            isError: record.isError,
            statusMessage: sent?.status?.message ?? null,
          });
          expect(span.attributes.map(({ key }) => key)).toEqual((sent?.attributes ?? []).map(({ key }) => key ?? ""));
          expect(span.events.map(({ name }) => name)).toEqual((sent?.events ?? []).map(({ name }) => name ?? ""));
          expect(span.links.map(({ traceId, spanId }) => ({ traceId, spanId }))).toEqual(
            (sent?.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
          );
          const { service, namespace, version, instance } = record.resource;
          expect(decodeResource(record.resource.body)).toMatchObject({ service, namespace, version, instance });
        });
      }),
      RUNS,
    );
  });

  it("takes fields in any order, and merges messages that come in parts", () => {
    const span = { traceId: "01".repeat(16), spanId: "02".repeat(8), name: "n" };
    const name = { key: "service.name", value: { stringValue: "cart" } };
    const version = { key: "service.version", value: { stringValue: "v2" } };
    const inner = Buffer.concat([
      resourceSpansOf({ scopeSpans: [{ spans: [span] }] }),
      resourceSpansOf({ resource: { attributes: [name] } }),
      resourceSpansOf({ resource: { attributes: [version] } }),
    ]);
    const { records } = decode(Buffer.concat([Buffer.from([0x0a, inner.length]), inner]));
    expect(records.map(({ resource }) => [resource.service, resource.version])).toEqual([["cart", "v2"]]);
  });

  it("takes an empty request for one without spans", () => {
    expect(decode(new Uint8Array())).toEqual({ records: [], rejected: 0, reasons: [] });
    expect(decodeExportJson("{}", SPAN_LIMITS)).toEqual({ records: [], rejected: 0, reasons: [] });
  });

  it("does not copy what is within the limits", () => {
    const bytes = encodeRequest({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: "01".repeat(16), spanId: "02".repeat(8) }] }] }] });
    expect(decode(bytes).records[0]?.body.buffer).toBe(bytes.buffer);
  });
});

describe("spans that are refused", () => {
  const good = { traceId: "0a".repeat(16), spanId: "0b".repeat(8), name: "good" };

  it.each([
    ["a short trace id", { ...good, traceId: "0a".repeat(8) }, "A trace id has 8 bytes instead of 16."],
    ["no trace id", { spanId: good.spanId }, "A trace id has 0 bytes instead of 16."],
    ["a trace id of zeros", { ...good, traceId: "00".repeat(16) }, "A trace id is all zeros."],
    ["a long span id", { ...good, spanId: "0b".repeat(16) }, "A span id has 16 bytes instead of 8."],
    ["a span id of zeros", { ...good, spanId: "00".repeat(8) }, "A span id is all zeros."],
    ["a parent's id of wrong length", { ...good, parentSpanId: "0c" }, "The id of a parent span has 1 byte instead of 8."],
  ])("%s costs only that span", (_, bad, reason) => {
    for (const decoded of [
      decode(encodeRequest(requestOf(bad, good))),
      decodeExportJson(JSON.stringify(requestOf(bad, good)), SPAN_LIMITS),
    ]) {
      expect([decoded.records.map(({ name }) => name), decoded.rejected, decoded.reasons]).toEqual([["good"], 1, [reason]]);
    }
  });

  it("names at most five reasons, each once", () => {
    const spans = [1, 1, 2, 3, 4, 5, 6, 7].map((length) => ({ ...good, traceId: "01".repeat(length) }));
    const { rejected, reasons } = decode(encodeRequest(requestOf(...spans)));
    expect([rejected, reasons.length, new Set(reasons).size]).toEqual([8, 5, 5]);
  });

  it("are not those with strange times or a parent of zeros", () => {
    const spans = [
      { ...good, startTimeUnixNano: "5000", endTimeUnixNano: "1000" },
      { ...good, startTimeUnixNano: "18446744073709551615", endTimeUnixNano: "18446744073709551615" },
      { ...good, parentSpanId: "00".repeat(8) },
    ];
    const { records, rejected } = decode(encodeRequest(requestOf(...spans)));
    expect(rejected).toBe(0);
    expect(records.map(({ startUnixNano, durationNano, parentId }) => [startUnixNano, durationNano, parentId])).toEqual([
      [5000n, 0, null],
      [18446744073709551615n, 0, null],
      [0n, 0, null],
    ]);
    const [backwards] = records;
    expect(backwards && decodeSpan(backwards.body, { startUnixNano: 0n, resource: 0 }).cut).toEqual([
      "The sender told an end before the start.",
    ]);
  });
});
