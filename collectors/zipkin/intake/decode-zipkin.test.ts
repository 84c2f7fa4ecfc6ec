import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { SPAN_LIMITS } from "../../shared/otlp/limits.ts";
import { decodeSpan } from "../../shared/otlp/read-span.ts";

import { decodeZipkinSpans } from "./decode-zipkin.ts";

/** The pair of the Zipkin documentation: one call, seen from both sides under one span id. */
const client = {
  traceId: "5982fe77008310cc80f1da5e10147517",
  id: "90394f6bcffb5d13",
  parentId: "bd7a977555f6b982",
  kind: "CLIENT",
  name: "get /api",
  timestamp: 1472470996199000,
  duration: 207000,
  localEndpoint: { serviceName: "frontend", ipv4: "127.0.0.1", port: 8081 },
  remoteEndpoint: { serviceName: "backend", ipv4: "192.168.99.101", port: 9000 },
  annotations: [{ timestamp: 1472470996238000, value: "foo" }],
  tags: { "http.path": "/api", "http.method": "GET", "http.status_code": "200" },
};
const server = {
  traceId: client.traceId,
  id: client.id,
  parentId: client.parentId,
  kind: "SERVER",
  name: "get /api",
  timestamp: 1472470996210000,
  localEndpoint: { serviceName: "backend", ipv6: "2001:db8::1" },
  shared: true,
  tags: { error: "500 Internal Server Error" },
};

const decode = (spans: unknown) => decodeZipkinSpans(JSON.stringify(spans), SPAN_LIMITS);
const hex = (bytes: Uint8Array | null | undefined): string | null => (bytes ? Buffer.from(bytes).toString("hex") : null);

function first(span: object): ReturnType<typeof decode>["records"][number] {
  const [record] = decode([{ ...client, ...span }]).records;
  if (record === undefined) throw new Error("The span was not kept.");
  return record;
}

function refusal(text: string): string {
  try {
    decodeZipkinSpans(text, SPAN_LIMITS);
  } catch (error) {
    if (error instanceof WeftError && error.code === "INVALID") return error.message;
    throw error;
  }
  throw new Error("It was taken.");
}

describe("a list of Zipkin spans", () => {
  it("becomes records, and both sides of a call keep their shared id", () => {
    const { records, rejected } = decode([client, server]);
    expect(rejected).toBe(0);
    expect(
      records.map(({ traceId, spanId, parentId, resource, ...rest }) => ({
        ...rest,
        body: undefined,
        ids: [hex(traceId), hex(spanId), hex(parentId)],
        service: resource.service,
      })),
    ).toEqual([
      {
        ids: [client.traceId, client.id, client.parentId],
        kind: "client",
        name: "get /api",
        startUnixNano: 1472470996199000000n,
        durationNano: 207_000_000,
        status: "unset",
        isError: false,
        protocol: "http",
        peer: "backend",
        scope: null,
        service: "frontend",
      },
      {
        ids: [client.traceId, client.id, client.parentId],
        kind: "server",
        name: "get /api",
        startUnixNano: 1472470996210000000n,
        durationNano: 0,
        status: "error",
        isError: true,
        protocol: "http",
        peer: null,
        scope: null,
        service: "backend",
      },
    ]);
  });

  it("keeps everything that is told", () => {
    const [, second] = decode([client, server]).records;
    const base = { startUnixNano: 1472470996199000000n, resource: 0 };
    expect(decodeSpan(first({}).body, base)).toMatchObject({
      events: [{ name: "foo", atMs: 39 }],
      attributes: [
        { key: "network.local.address", value: "127.0.0.1" },
        { key: "network.local.port", value: "8081" },
        { key: "peer.service", value: "backend" },
        { key: "network.peer.address", value: "192.168.99.101" },
        { key: "network.peer.port", value: "9000" },
        { key: "http.path", value: "/api" },
        { key: "http.method", value: "GET" },
        { key: "http.status_code", value: "200" },
      ],
    });
    expect(second && decodeSpan(second.body, base)).toMatchObject({
      startMs: 11,
      durationMs: 0,
      statusMessage: "500 Internal Server Error",
      attributes: [
        { key: "network.local.address", value: "2001:db8::1" },
        { key: "zipkin.shared", value: "true" },
        { key: "error", value: "500 Internal Server Error" },
      ],
    });
  });

  it("fills ids up with zeros at the front", () => {
    const { traceId, spanId } = first({ traceId: "80f1da5e10147517", id: "f" });
    expect([hex(traceId), hex(spanId)]).toEqual(["000000000000000080f1da5e10147517", "000000000000000f"]);
  });

  it.each([
    [{ traceId: "0".repeat(16) }, "A trace id is all zeros."],
    [{ traceId: undefined }, "A trace id has 0 bytes instead of 16."],
    [{ traceId: "1".repeat(33) }, "A trace id has 17 bytes instead of 16."],
    [{ id: "1".repeat(32) }, "A span id has 16 bytes instead of 8."],
  ])("rejects a span with %o, and no other", (span, reason) => {
    const { records, rejected, reasons } = decode([{ ...client, ...span }, server]);
    expect([records.length, rejected, reasons]).toEqual([1, 1, [reason]]);
  });

  it.each([
    ["CLIENT", "client"],
    ["SERVER", "server"],
    ["PRODUCER", "producer"],
    ["CONSUMER", "consumer"],
    [undefined, "internal"],
  ])("takes kind %s for %s", (kind, expected) => {
    expect(first({ kind }).kind).toBe(expected);
  });

  it.each([
    [{ error: "" }, "error", null],
    [{ error: "true" }, "error", null],
    [{ error: "refused" }, "error", "refused"],
    [{ error: "false" }, "unset", null],
    [{}, "unset", null],
  ])("takes tags %o for status %s", (tags, status, message) => {
    const record = first({ tags });
    expect([record.status, record.isError, decodeSpan(record.body, { startUnixNano: 0n, resource: 0 }).statusMessage]).toEqual([
      status,
      status === "error",
      message,
    ]);
  });

  it("bears spans that tell hardly anything", () => {
    const { records } = decode([{ traceId: "1", id: "2" }]);
    expect(records.map(({ name, startUnixNano, resource, peer }) => [name, startUnixNano, resource.service, peer])).toEqual([
      ["", 0n, "unknown_service", null],
    ]);
    expect(decode([])).toEqual({ records: [], rejected: 0, reasons: [] });
  });

  it("gives the spans of one service one resource", () => {
    const [a, b] = decode([client, server, client]).records;
    expect(a?.resource).toBe(b?.resource);
  });

  it("cuts what is over the limits", () => {
    const record = first({ tags: Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, "v"])) });
    expect(decodeSpan(record.body, { startUnixNano: 0n, resource: 0 }).cut).toEqual(["kept 128 of 305 attributes"]);
  });

  it.each([
    ["{}", "The request is not valid: it must be a list of spans."],
    ["[", "The request is not valid JSON."],
    ["[7]", "The request is not valid: [0] must be an object."],
    ['[{},{"traceId":5}]', "The request is not valid: [1].traceId must be text."],
    ['[{"id":"xyz"}]', "The request is not valid: [0].id must be hex digits."],
    ['[{"kind":"BOTH"}]', "The request is not valid: [0].kind must be CLIENT, SERVER, PRODUCER or CONSUMER."],
    ['[{"timestamp":"now"}]', "The request is not valid: [0].timestamp must be a whole number of 64 bits that is not negative."],
    ['[{"timestamp":1,"duration":-5}]', "The request is not valid: [0].duration must be a whole number of 64 bits that is not negative."],
    ['[{"timestamp":100000000000000000}]', "The request is not valid: [0].timestamp is past the end of time."],
    ['[{"tags":{"a":{}}}]', "The request is not valid: [0].tags.a must be text."],
    [
      '[{"annotations":[{"timestamp":1.5}]}]',
      "The request is not valid: [0].annotations[0].timestamp must be a whole number of 64 bits that is not negative.",
    ],
    ['[{"localEndpoint":{"port":"80"}}]', "The request is not valid: [0].localEndpoint.port must be a whole number."],
    ['[{"localEndpoint":{"serviceName":4}}]', "The request is not valid: [0].localEndpoint.serviceName must be text."],
    ['[{"shared":"yes"}]', "The request is not valid: [0].shared must be true or false."],
  ])("%s is refused", (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  it("is read or refused whatever stands in it", () => {
    const odd = fc.record(
      Object.fromEntries(
        Object.keys({ ...client, shared: 0 }).map((key) => [
          key,
          fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(Reflect.get(client, key))),
        ]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 3 }), (spans) => {
        try {
          decode(spans);
        } catch (error) {
          if (!(error instanceof WeftError)) throw error;
          expect(error.code).toBe("INVALID");
        }
      }),
      { numRuns: 300 },
    );
  });
});
