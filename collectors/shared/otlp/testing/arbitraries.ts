import * as fc from "fast-check";

import { encodeOtlp } from "./otlp-proto.ts";

/** Requests in OTLP's JSON form, within the limits, with the keys that the index is read from among their attributes. */

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const hex = (bytes: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((id) => id.some((byte) => byte > 0))
    .map((id) => Buffer.from(id).toString("hex"));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const nanos = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String);
const uint32 = fc.integer({ min: 1, max: 0xffff_ffff });

/** Leaves out keys at random; what is there is never proto3's default, which has no encoding of its own. */
function some<T>(values: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record<T, never>(values, { requiredKeys: [] });
}

const { value } = fc.letrec<{ value: object; keyValue: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64 }),
    fc.record({
      doubleValue: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom("NaN", "Infinity", "-Infinity")),
    }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("base64")) }),
    fc.constant({}),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie("value"), { minLength: 1, maxLength: 3 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: fc.array(tie("keyValue"), { minLength: 1, maxLength: 3 }) }) }),
  ),
  keyValue: some({ key: text.filter((key) => key !== ""), value: tie("value") }),
}));

const KNOWN: Readonly<Record<string, fc.Arbitrary<object>>> = {
  "http.status_code": fc.oneof(
    fc.constantFrom("200", "503", "5xx", "").map((stringValue) => ({ stringValue })),
    fc.integer({ min: -600, max: 600 }).map((code) => ({ intValue: String(code) })),
    fc.constantFrom(200, 500.5).map((doubleValue) => ({ doubleValue })),
  ),
  "http.response.status_code": fc.constantFrom("404", "500").map((intValue) => ({ intValue })),
  "rpc.grpc.status_code": fc.integer({ min: 0, max: 17 }).map((code) => ({ intValue: String(code) })),
  "grpc.status_code": fc.integer({ min: 0, max: 17 }).map((code) => ({ stringValue: String(code) })),
  error: fc.oneof(
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.constantFrom("true", "false").map((stringValue) => ({ stringValue })),
  ),
  "rpc.system": fc.constantFrom("grpc", "dubbo").map((stringValue) => ({ stringValue })),
  "upstream_cluster.name": fc
    .constantFrom("outbound|9080|v2|reviews", "cart:8080", "inbound|80||x", "")
    .map((stringValue) => ({ stringValue })),
  "http.url": fc.constantFrom("http://Shop.example:80/a", "https://[::1]:4/", "/relative").map((stringValue) => ({ stringValue })),
  "peer.service": text.map((stringValue) => ({ stringValue })),
  "server.address": text.map((stringValue) => ({ stringValue })),
  "network.peer.address": fc.constant({ stringValue: "10.0.0.7" }),
  "db.system": fc.constantFrom("redis", "postgresql").map((stringValue) => ({ stringValue })),
  "service.name": text.map((stringValue) => ({ stringValue })),
  "service.version": fc.oneof(
    text.map((stringValue) => ({ stringValue })),
    int64.map((intValue) => ({ intValue })),
  ),
};

const knownAttribute = fc
  .constantFrom(...Object.keys(KNOWN))
  .chain((key) => (KNOWN[key] ?? value).map((known): { key?: string; value?: object } => ({ key, value: known })));

const attributes = fc.uniqueArray(fc.oneof(knownAttribute, some({ key: text.filter((key) => key !== ""), value })), {
  minLength: 1,
  maxLength: 8,
  selector: ({ key }) => key ?? "",
});

const event = some({ timeUnixNano: nanos, name: text.filter(Boolean), attributes, droppedAttributesCount: uint32 });
const link = fc
  .tuple(fc.record({ traceId: hex(16), spanId: hex(8) }), some({ traceState: text.filter(Boolean), attributes, flags: uint32 }))
  .map(([ids, rest]) => ({ ...ids, ...rest }));

const span = fc
  .tuple(
    fc.record({ traceId: hex(16), spanId: hex(8) }),
    some({
      parentSpanId: hex(8),
      traceState: text.filter(Boolean),
      flags: uint32,
      name: text.filter(Boolean),
      kind: fc.integer({ min: 1, max: 7 }),
      startTimeUnixNano: nanos,
      endTimeUnixNano: nanos,
      attributes,
      droppedAttributesCount: uint32,
      events: fc.array(event, { minLength: 1, maxLength: 2 }),
      droppedEventsCount: uint32,
      links: fc.array(link, { minLength: 1, maxLength: 2 }),
      droppedLinksCount: uint32,
      status: some({ message: text.filter(Boolean), code: fc.integer({ min: 1, max: 3 }) }),
    }),
  )
  .map(([ids, rest]) => ({ ...ids, ...rest }));
export type SpanJson = typeof span extends fc.Arbitrary<infer T> ? T : never;

const scopeSpans = some({
  scope: fc.record({ name: text.filter(Boolean) }),
  spans: fc.array(span, { minLength: 1, maxLength: 3 }),
});
const resourceSpans = some({
  resource: some({ attributes, droppedAttributesCount: uint32 }),
  scopeSpans: fc.array(scopeSpans, { minLength: 1, maxLength: 2 }),
});
export const exportRequest = some({ resourceSpans: fc.array(resourceSpans, { minLength: 1, maxLength: 2 }) });
export type ExportJson = typeof exportRequest extends fc.Arbitrary<infer T> ? T : never;

const ID_KEYS = new Set(["traceId", "spanId", "parentSpanId"]);

/** The same request for protobufjs, which takes ids as bytes. */
export function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      ID_KEYS.has(key) && typeof inner === "string" ? Buffer.from(inner, "hex") : withBytes(inner),
    ]),
  );
}

/** A request given in OTLP's JSON form, as the reference library writes it. */
export function encodeRequest(request: object): Uint8Array {
  return encodeOtlp("ExportTraceServiceRequest", Object(withBytes(request)));
}
