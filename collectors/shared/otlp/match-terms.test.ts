import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { SearchTerm } from "#lib/model/trace.ts";

import { decodeExportRequest } from "./decode-export.ts";
import { SPAN_LIMITS } from "./limits.ts";
import { matchesTerms } from "./match-terms.ts";
import { decodeResource } from "./read-resource.ts";
import { decodeSpan } from "./read-span.ts";
import { encodeRequest, exportRequest } from "./testing/arbitraries.ts";

const value = (inner: object): object => inner;
const span = {
  traceId: "01".repeat(16),
  spanId: "02".repeat(8),
  name: "GET /cart",
  kind: 2,
  attributes: [
    { key: "http.route", value: value({ stringValue: "/cart/{id}" }) },
    { key: "http.status_code", value: value({ intValue: "503" }) },
    { key: "cached", value: value({ boolValue: false }) },
    { key: "ratio", value: value({ doubleValue: 0.25 }) },
    { key: "tags", value: value({ arrayValue: { values: [{ stringValue: "a" }, { intValue: "2" }] } }) },
    { key: "raw", value: value({ bytesValue: "AQID" }) },
    { key: "empty", value: value({ stringValue: "" }) },
    { key: "nothing" },
  ],
};
const resource = {
  attributes: [
    { key: "service.name", value: { stringValue: "cart" } },
    { key: "region", value: { stringValue: "eu west" } },
  ],
};
const [record] = decodeExportRequest(
  encodeRequest({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  SPAN_LIMITS,
).records;

function meets(...terms: [key: string, value: string | null, isNegated?: boolean][]): boolean {
  if (record === undefined) throw new Error("The span was not kept.");
  return matchesTerms(
    record.body,
    record.resource.body,
    terms.map(([key, value, isNegated = false]) => ({ key, value, isNegated })),
  );
}

describe("whether a span meets terms", () => {
  it.each<[string, string | null, boolean]>([
    ["http.route", "/cart/{id}", true],
    ["http.route", "/cart", false],
    ["http.route", null, true],
    ["http.status_code", "503", true],
    ["http.status_code", "50", false],
    ["cached", "false", true],
    ["ratio", "0.25", true],
    ["tags", '["a",2]', true],
    ["raw", "AQID", true],
    ["empty", "", true],
    ["nothing", "", true],
    ["nothing", null, true],
    ["missing", null, false],
    ["missing", "", false],
    ["region", "eu west", true],
    ["region", "eu", false],
    ["service.name", "cart", true],
    ["name", "GET /cart", true],
    ["name", "GET", false],
    ["kind", "server", true],
    ["kind", "client", false],
    ["status", "unset", true],
    ["error", "true", true],
    ["error", "false", false],
    ["service", "cart", true],
    ["service", "catalog", false],
    ["service", null, true],
  ])("%s=%s: %s", (key, text, expected) => {
    expect([meets([key, text]), meets([key, text, true])]).toEqual([expected, !expected]);
  });

  it("asks for every term", () => {
    expect(meets()).toBe(true);
    expect(meets(["kind", "server"], ["http.route", "/cart/{id}"], ["region", "us", true])).toBe(true);
    expect(meets(["kind", "server"], ["http.route", "/other"])).toBe(false);
  });

  it("comes to what reading the whole span would", () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        for (const { body, resource: owner } of decodeExportRequest(encodeRequest(request), SPAN_LIMITS).records) {
          const attributes = [...decodeSpan(body, { startUnixNano: 0n, resource: 0 }).attributes, ...decodeResource(owner.body).attributes];
          const asked = attributes.flatMap(({ key, value: text }): SearchTerm[] => [
            { key, value: text, isNegated: false },
            { key, value: `${text}x`, isNegated: false },
          ]);
          for (const term of asked.filter(({ key }) => !["error", "name", "kind", "status", "service"].includes(key))) {
            const expected = attributes.some(({ key, value: text }) => key === term.key && text === term.value);
            expect(matchesTerms(body, owner.body, [term])).toBe(expected);
          }
        }
      }),
      { numRuns: 80 },
    );
  });
});
