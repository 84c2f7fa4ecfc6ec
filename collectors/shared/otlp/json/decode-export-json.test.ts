import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { SPAN_LIMITS } from "../limits.ts";
import { decodeSpan } from "../read-span.ts";

import { decodeExportJson } from "./decode-export-json.ts";

const good = { traceId: "0A".repeat(16), spanId: "0b".repeat(8) };
const requestOf = (span: object): string => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [good, { ...good, ...span }] }] }] });

function refusal(text: string): [string, string | null] {
  try {
    decodeExportJson(text, SPAN_LIMITS);
  } catch (error) {
    if (error instanceof WeftError && error.code === "INVALID") return [error.message, error.field];
    throw error;
  }
  throw new Error("It was taken.");
}

function attributesOf(attributes: string): string[] {
  const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${good.traceId}","spanId":"${good.spanId}","attributes":${attributes}}]}]}]}`;
  const [record] = decodeExportJson(text, SPAN_LIMITS).records;
  return record === undefined ? [] : decodeSpan(record.body, { startUnixNano: 0n, resource: 0 }).attributes.map(({ value }) => value);
}

/** Path of the second span of `requestOf`. */
function at(path: string): string {
  return `resourceSpans[0].scopeSpans[0].spans[1].${path}`;
}

describe("a request in JSON", () => {
  it.each<[object, string, string]>([
    [{ traceId: 5 }, "traceId", "must be text"],
    [{ traceId: "xyz" }, "traceId", "must be bytes in hex digits"],
    [{ spanId: "0b0" }, "spanId", "must be bytes in hex digits"],
    [{ name: {} }, "name", "must be text"],
    [{ kind: "SPAN_KIND_SERVER" }, "kind", "must be a whole number from 0 to 4294967295"],
    [{ kind: 1.5 }, "kind", "must be a whole number from 0 to 4294967295"],
    [{ startTimeUnixNano: "soon" }, "startTimeUnixNano", "must be a whole number of 64 bits that is not negative"],
    [{ endTimeUnixNano: -1 }, "endTimeUnixNano", "must be a whole number of 64 bits that is not negative"],
    [{ endTimeUnixNano: "18446744073709551616" }, "endTimeUnixNano", "must be a whole number of 64 bits that is not negative"],
    [{ attributes: {} }, "attributes", "must be a list"],
    [{ attributes: ["a"] }, "attributes[0]", "must be an object"],
    [{ attributes: [{ key: "a", value: "text" }] }, "attributes[0].value", "must be an object"],
    [{ attributes: [{ key: "a", value: { stringValue: 1 } }] }, "attributes[0].value.stringValue", "must be text"],
    [{ attributes: [{ value: { boolValue: "true" } }] }, "attributes[0].value.boolValue", "must be true or false"],
    [{ attributes: [{ value: { intValue: 0.5 } }] }, "attributes[0].value.intValue", "must be a whole number of 64 bits"],
    [{ attributes: [{ value: { doubleValue: "x" } }] }, "attributes[0].value.doubleValue", "must be a number"],
    [{ attributes: [{ value: { bytesValue: "?" } }] }, "attributes[0].value.bytesValue", "must be bytes in base64"],
    [
      { attributes: [{ value: { arrayValue: { values: [{ kvlistValue: [] }] } } }] },
      "attributes[0].value.arrayValue.values[0].kvlistValue",
      "must be an object",
    ],
    [{ events: [{}, { timeUnixNano: true }] }, "events[1].timeUnixNano", "must be a whole number of 64 bits that is not negative"],
    [{ links: [{ flags: "1" }] }, "links[0].flags", "must be a whole number from 0 to 4294967295"],
    [{ status: "ok" }, "status", "must be an object"],
    [{ status: { message: 1 } }, "status.message", "must be text"],
  ])("with %o names the field", (span, path, what) => {
    expect(refusal(requestOf(span))).toEqual([`The request is not valid: ${at(path)} ${what}.`, at(path)]);
  });

  it.each([
    ["{", "The request is not valid JSON."],
    ["", "The request is not valid JSON."],
    ["[]", "The request is not valid: it must be an object."],
    ["null", "The request is not valid: it must be an object."],
    ['{"resourceSpans":{}}', "The request is not valid: resourceSpans must be a list."],
    ['{"resourceSpans":[{"resource":[]}]}', "The request is not valid: resourceSpans[0].resource must be an object."],
  ])("that is %s is refused", (text, message) => {
    expect(refusal(text)[0]).toBe(message);
  });

  it("is refused, not crashed on, when it is nested without end", () => {
    const deep = `${"[".repeat(400_000)}12345678901234567890${"]".repeat(400_000)}`;
    expect(refusal(deep)[0]).toMatch(/^The request is not valid/);
  });

  it("ignores unknown fields, nulls and names with underscores", () => {
    const { records } = decodeExportJson(
      `{"resource_spans":7,"later":{},"resourceSpans":[{"resource":null,"schemaUrl":5,"scopeSpans":[{"scope":{"name":null,"version":[]},"spans":[{"traceId":"${good.traceId}","spanId":"${good.spanId}","trace_state":1,"events":null,"name":null}]}]}]}`,
      SPAN_LIMITS,
    );
    expect(records.map(({ name, scope, resource }) => [name, scope, resource.service])).toEqual([["", null, "unknown_service"]]);
  });

  it("takes ids in either case", () => {
    const [record] = decodeExportJson(requestOf({}), SPAN_LIMITS).records;
    expect(Buffer.from(record?.traceId ?? []).toString("hex")).toBe("0a".repeat(16));
  });

  it("keeps every digit of numbers that a double cannot hold", () => {
    const [record] = decodeExportJson(
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${good.traceId}","spanId":"${good.spanId}","startTimeUnixNano":1763650000000000001,"endTimeUnixNano": 1763650000000000008}]}]}]}`,
      SPAN_LIMITS,
    ).records;
    expect([record?.startUnixNano, record?.durationNano]).toEqual([1763650000000000001n, 7]);
    expect(
      attributesOf(
        '[{"value":{"intValue":9007199254740993}},{"value":{"intValue":-9223372036854775808}},{"value":{"intValue":"9223372036854775807"}}]',
      ),
    ).toEqual(["9007199254740993", "-9223372036854775808", "9223372036854775807"]);
    expect(
      attributesOf(
        '[{"value":{"doubleValue":12345678901234567890}},{"value":{"doubleValue":"1e3"}},{"value":{"stringValue":":12345678901234567"}}]',
      ),
    ).toEqual(["12345678901234567000", "1000", ":12345678901234567"]);
  });

  it("takes base64 of both alphabets, with and without padding", () => {
    expect(attributesOf('[{"value":{"bytesValue":"+/8="}},{"value":{"bytesValue":"-_8"}}]')).toEqual(["+/8=", "+/8="]);
  });

  it("is not harmed by keys that name prototypes", () => {
    const hostile = '"__proto__":{"resourceSpans":[{}],"polluted":true},"constructor":{"prototype":{"polluted":true}}';
    const values = attributesOf(`[{${hostile},"key":"__proto__","value":{${hostile},"stringValue":"v"}}]`);
    expect(values).toEqual(["v"]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    expect(decodeExportJson(`{${hostile}}`, SPAN_LIMITS).records).toEqual([]);
  });
});
