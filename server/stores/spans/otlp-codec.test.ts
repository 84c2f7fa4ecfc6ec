import * as fc from "fast-check";
import { expect, it } from "vitest";

import { encodeOtlp } from "#collectors/shared/otlp/testing/otlp-proto.ts";

import { otlpCodec } from "./otlp-codec.ts";

const text = fc.oneof(
  fc.constantFrom("/cart", "abcd", "ab==", "true", "NaN", "Infinity", "1e5", "[1]", "GET", "a\ufffd", ""),
  fc.string({ maxLength: 6 }),
);
const key = fc.constantFrom("route", "name", "kind", "status", "error", "service", "flag");
const value = fc.oneof(
  text.map((stringValue) => ({ stringValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  fc.integer().map((intValue) => ({ intValue })),
  fc.double().map((doubleValue) => ({ doubleValue })),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => ({ bytesValue: [...bytes] })),
  fc.record({ stringValue: text }).map((one) => ({ arrayValue: { values: [one] } })),
  fc.record({ key, value: fc.record({ stringValue: text }) }).map((one) => ({ kvlistValue: { values: [one] } })),
);
const attributes = fc.array(fc.record({ key, value }), { maxLength: 3 });

it("never passes over a span that meets the terms", () => {
  let met = 0;
  fc.assert(
    fc.property(attributes, attributes, fc.boolean(), fc.boolean(), (ofSpan, ofResource, isNegated, hasValue) => {
      const body = encodeOtlp("Span", { name: "GET", attributes: ofSpan });
      const resourceBody = encodeOtlp("Resource", { attributes: ofResource });
      const shown = [
        ...otlpCodec.span(body, { startUnixNano: 0n, resource: 0, scope: null }).attributes,
        ...otlpCodec.resource(resourceBody).attributes,
      ];
      for (const attribute of shown) {
        const terms = [{ key: attribute.key, value: hasValue ? attribute.value : null, isNegated }];
        if (!otlpCodec.matches(body, resourceBody, terms)) continue;
        met++;
        for (const needle of otlpCodec.needles(terms).map((bytes) => Buffer.from(bytes))) {
          expect([body, resourceBody].some((bytes) => Buffer.from(bytes).includes(needle))).toBe(true);
        }
      }
    }),
    { numRuns: 2_000 },
  );
  expect(met).toBeGreaterThan(500);
});

it.each([
  ["http.route", "/cart", ["/cart"]],
  ["http.route", "/abc", ["http.route"]],
  ["http.status_code", "503", ["http.status_code"]],
  ["tenant", null, ["tenant"]],
  ["name", "GET /", []],
])("looks for the bytes of %s=%s", (key, value, expected) => {
  expect(otlpCodec.needles([{ key, value, isNegated: false }]).map((needle) => Buffer.from(needle).toString())).toEqual(expected);
  expect(otlpCodec.needles([{ key, value, isNegated: true }])).toEqual([]);
});
