import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { countLogRecords, countMetricPoints } from "./count-records.ts";
import { decodeExportRequest } from "./decode-export.ts";
import { decodeExportJson } from "./json/decode-export-json.ts";
import { otlpJsonOf } from "./json/write-export-json.ts";
import { SPAN_LIMITS } from "./limits.ts";
import { matchesTerms } from "./match-terms.ts";
import { decodeResource } from "./read-resource.ts";
import { decodeSpan } from "./read-span.ts";
import { encodeRequest, exportRequest } from "./testing/arbitraries.ts";

/** Small limits, so that damaged requests are often over them. */
const TIGHT = { attributes: 2, valueBytes: 4, nesting: 2, events: 1, links: 1, nameCharacters: 3, serviceCharacters: 2 };
const TERMS = [
  { key: "error", value: "true", isNegated: true },
  { key: "http.url", value: "a value", isNegated: true },
];

/** "kept" or "refused"; anything else throws, and so fails the property. */
function outcome(bytes: Uint8Array): "kept" | "refused" {
  const before = Buffer.from(bytes);
  let answer: "kept" | "refused" = "kept";
  for (const limits of [SPAN_LIMITS, TIGHT]) {
    try {
      for (const { body, resource, scope } of decodeExportRequest(bytes, limits).records) {
        // What was accepted can always be read back.
        decodeSpan(body, { startUnixNano: 0n, resource: 0 });
        decodeResource(resource.body);
        matchesTerms(body, resource.body, TERMS);
        JSON.parse(otlpJsonOf([{ resource: resource.body, scope, spans: [body] }]));
      }
    } catch (error) {
      if (!(error instanceof WeftError) || error.code !== "INVALID") throw error;
      expect(error.message).toMatch(/^The request is not a valid OTLP message: .+ at byte \d+\.$/);
      answer = "refused";
    }
  }
  expect(before.equals(bytes)).toBe(true);
  return answer;
}

describe("damaged requests", () => {
  it("are refused when they are random bytes, or hold no span", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void outcome(bytes)),
      { numRuns: 2_000 },
    );
  });

  it("are refused wherever they are cut off", () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        // Where one part of several ends, a shorter request would be a whole one.
        const bytes = encodeRequest({ resourceSpans: request.resourceSpans?.slice(0, 1) ?? [] });
        for (let length = 1; length < bytes.length; length += 1) expect(outcome(bytes.subarray(0, length))).toBe("refused");
      }),
      { numRuns: 8 },
    );
  });

  it("are refused or read with any bits flipped", () => {
    const flips = fc.array(fc.record({ at: fc.nat(), bit: fc.nat(7) }), { minLength: 1, maxLength: 4 });
    const seen = { kept: 0, refused: 0 };
    fc.assert(
      fc.property(exportRequest, fc.array(flips, { minLength: 30, maxLength: 30 }), (request, tries) => {
        const whole = encodeRequest(request);
        for (const flipped of whole.length === 0 ? [] : tries) {
          const bytes = Uint8Array.from(whole);
          for (const { at, bit } of flipped) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
          seen[outcome(bytes)] += 1;
        }
      }),
      { numRuns: 25 },
    );
    expect(Math.min(seen.kept, seen.refused)).toBeGreaterThan(10);
  });

  it("are refused or counted as metrics and logs, too", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), exportRequest.map(encodeRequest)), (bytes) => {
        for (const count of [countMetricPoints, countLogRecords]) {
          try {
            expect(count(bytes)).toBeGreaterThanOrEqual(0);
          } catch (error) {
            if (!(error instanceof WeftError)) throw error;
            expect(error.code).toBe("INVALID");
          }
        }
      }),
      { numRuns: 250 },
    );
  });

  it("are refused in JSON whatever stands in them", () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (whole, inner) => {
        for (const text of [whole, `{"resourceSpans":${inner}}`, `{"resourceSpans":[{"scopeSpans":[{"spans":${inner}}]}]}`]) {
          try {
            decodeExportJson(text, SPAN_LIMITS);
          } catch (error) {
            if (!(error instanceof WeftError)) throw error;
            expect(error.code).toBe("INVALID");
          }
        }
      }),
      { numRuns: 250 },
    );
  });
});

/** Why bytes are refused. */
function refusal(...bytes: number[]): string {
  try {
    decodeExportRequest(Uint8Array.from(bytes), SPAN_LIMITS);
  } catch (error) {
    return error instanceof WeftError ? error.message.replace("The request is not a valid OTLP message: ", "") : "no WeftError";
  }
  return "read";
}

describe("what is not protobuf", () => {
  const over = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

  it.each([
    ["a length over the end", [0x0a, 5, 0], "a field of 5 bytes runs over the end of its message at byte 1."],
    [
      "a length of a terabyte",
      [0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20],
      "a field of 1099511627776 bytes runs over the end of its message at byte 1.",
    ],
    ["a varint of eleven bytes", [0x78, ...over, 0xff, 1], "a number is longer than 64 bits at byte 1."],
    ["a varint over 64 bits", [0x78, ...over, 2], "a number is longer than 64 bits at byte 1."],
    ["a number cut off", [0x78, 0xff], "a number is cut off at byte 1."],
    ["an unfinished fixed64", [0x79, 1, 2], "a number is cut off at byte 1."],
    ["field number 0", [0x02, 0], "a field has a number that protobuf does not allow at byte 0."],
    ["an unknown wire type", [0x7e], "a field has a type that protobuf does not know at byte 0."],
    ["resource spans as a number", [0x08, 1], "field 1 has another type than OTLP says at byte 0."],
    ["a group that does not end", [0x7b, 0x08, 1], "a group does not end at byte 1."],
    ["an end without a group", [0x7c], "a group ends that did not begin at byte 0."],
    ["a group that another ends", [0x7b, 0x74], "a group ends that did not begin at byte 1."],
    [
      "groups without end in one another",
      Array.from({ length: 5_000 }, () => 0x7b),
      "groups stand more than 32 deep in one another at byte 1.",
    ],
  ])("%s is refused with its place", (_, bytes, message) => {
    expect(refusal(...bytes)).toBe(message);
  });

  it("passes over unknown fields of every type", () => {
    expect(refusal(0x78, 0xff, 1, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 2, 9, 9, 0x7d, 1, 2, 3, 4, 0x7b, 0x08, 1, 0x13, 0x14, 0x7c)).toBe(
      "read",
    );
  });
});
