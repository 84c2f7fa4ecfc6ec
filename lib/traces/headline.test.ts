import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arbitraryTangle, type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { headline } from "./headline.ts";
import { buildTraceTree } from "./trace-tree.ts";

const root: SpanSpec = { id: "a", service: "frontend", name: "GET /product/42", kind: "server", ms: 342 };

function said(specs: readonly SpanSpec[]): string {
  return headline(buildTraceTree(traceOf(specs)));
}

/** `reviews` v2 as the demo's canary: six calls of ratings one after the other, in spans of proxies only. */
function canary(calls: number): SpanSpec[] {
  return [
    { id: "c1", parent: "a", service: "frontend", name: "egress reviews", kind: "client", at: 20, ms: 300 },
    { id: "d1", parent: "c1", service: "reviews", version: "v2", name: "ingress", kind: "server", at: 21, ms: 298 },
    ...Array.from({ length: calls }, (_, index): SpanSpec[] => [
      {
        id: `e${index}`,
        parent: "d1",
        service: "reviews",
        version: "v2",
        name: "egress ratings",
        kind: "client",
        at: 25 + 48 * index,
        ms: 47,
      },
      {
        id: `f${index}`,
        parent: `e${index}`,
        service: "ratings",
        version: "v1",
        name: "ingress",
        kind: "server",
        at: 26 + 48 * index,
        ms: 45,
      },
    ]).flat(),
  ];
}

describe("headline", () => {
  it.each<[string, SpanSpec[], string]>([
    ["nothing", [], "This trace has no spans"],
    ["one span", [root], "GET /product/42 took 342 ms"],
    ["no time", [{ ...root, ms: 0 }], "GET /product/42 took 0 ms"],
    ["a span without a name", [{ ...root, name: "" }], "(no name) took 342 ms"],
    [
      "who takes longest",
      [root, { id: "b", parent: "a", service: "catalog", at: 10, ms: 300 }],
      "GET /product/42 took 342 ms: catalog is 88 % of the critical path",
    ],
    [
      "calls in a row",
      [root, ...canary(6)],
      "GET /product/42 took 342 ms: ratings is 82 % of the critical path, 6 calls in a row by reviews v2",
    ],
    ["two calls are not many", [root, ...canary(2)], "GET /product/42 took 342 ms: reviews is 61 % of the critical path"],
    [
      "work in a row",
      [
        root,
        ...[0, 1, 2].map((index): SpanSpec => ({
          id: `b${index}`,
          parent: "a",
          service: "frontend",
          name: "resize",
          at: 100 * index,
          ms: 100,
        })),
      ],
      "GET /product/42 took 342 ms: resize in frontend is 88 % of the critical path, 3 times in a row",
    ],
    [
      "a status code",
      [
        root,
        {
          id: "b",
          parent: "a",
          service: "reviews",
          version: "v2",
          kind: "server",
          at: 10,
          ms: 300,
          isError: true,
          attributes: { "http.response.status_code": "503" },
        },
      ],
      "GET /product/42 took 342 ms: reviews v2 answered HTTP 503",
    ],
    [
      "a gRPC status",
      [
        root,
        {
          id: "b",
          parent: "a",
          service: "reviews",
          kind: "server",
          at: 10,
          ms: 300,
          isError: true,
          attributes: { "rpc.grpc.status_code": "14" },
        },
      ],
      "GET /product/42 took 342 ms: reviews answered gRPC 14 (unavailable)",
    ],
    [
      "a message",
      [root, { id: "b", parent: "a", service: "reviews", kind: "server", at: 10, ms: 300, isError: true, message: " out of stock " }],
      "GET /product/42 took 342 ms: reviews failed: out of stock",
    ],
    [
      "nothing but that it failed",
      [root, { id: "b", parent: "a", service: "reviews", name: "render", at: 10, ms: 300, isError: true }],
      "GET /product/42 took 342 ms: reviews failed in render",
    ],
    [
      "a failure nobody waited for",
      [root, { id: "b", parent: "a", service: "mail", kind: "consumer", at: 500, ms: 9, isError: true }],
      "GET /product/42 took 342 ms; 1 span failed beside the critical path",
    ],
    [
      "failures that the answer did not hang on",
      [
        root,
        { id: "b", parent: "a", service: "catalog", at: 10, ms: 200 },
        ...[0, 1].map((index): SpanSpec => ({
          id: `c${index}`,
          parent: "a",
          service: "reviews",
          kind: "server",
          at: 220 + index * 50,
          ms: 40,
          isError: true,
        })),
      ],
      "GET /product/42 took 342 ms: catalog is 58 % of the critical path; 2 spans failed",
    ],
    [
      "a short failure that failed the whole",
      [
        { ...root, isError: true },
        { id: "b", parent: "a", service: "reviews", kind: "server", at: 10, ms: 5, isError: true, message: "out of stock" },
      ],
      "GET /product/42 took 342 ms: reviews failed: out of stock",
    ],
    [
      "a short failure behind a failed call that took long",
      [
        root,
        { id: "b", parent: "a", service: "frontend", name: "egress", kind: "client", at: 10, ms: 300, isError: true },
        { id: "c", parent: "b", service: "reviews", kind: "server", at: 200, ms: 20, isError: true, message: "out of stock" },
      ],
      "GET /product/42 took 342 ms: reviews failed: out of stock",
    ],
  ])("of %s", (_, specs, sentence) => {
    expect(said(specs)).toBe(sentence);
  });

  it("names the call that timed out, not the one that only ended because its caller left, and the calls in a row", () => {
    const specs = [root, ...canary(6)].map((spec): SpanSpec => {
      if (spec.id === "c1") return { ...spec, isError: true, attributes: { response_flags: "UT", "http.status_code": "504" } };
      if (spec.id === "d1") return { ...spec, isError: true, attributes: { response_flags: "DC", "http.status_code": "0" } };
      return spec;
    });
    expect(said(specs)).toBe(
      "GET /product/42 took 342 ms: the call of frontend to reviews v2 timed out after 300 ms (UT, HTTP 504); reviews v2 calls ratings 6 times in a row, 82 % of the critical path",
    );
  });

  it("names the deepest failure", () => {
    const failed = { isError: true, attributes: { "http.status_code": "500" } };
    const specs: SpanSpec[] = [
      { ...root, ...failed },
      { id: "b", parent: "a", service: "catalog", kind: "client", at: 1, ms: 300, ...failed },
      {
        id: "c",
        parent: "b",
        service: "reviews",
        kind: "client",
        at: 2,
        ms: 290,
        isError: true,
        attributes: { response_flags: "URX,UF", "peer.service": "ratings" },
      },
    ];
    expect(said(specs)).toBe("GET /product/42 took 342 ms: the call of reviews to ratings failed: connection failed (UF)");
  });

  it.each<[Record<string, string>, string]>([
    [{ "http.method": "GET", "http.url": "http://shop.example/product/42?from=mail#top" }, "GET /product/42"],
    [{ "http.request.method": "GET", "http.route": "/product/{id}" }, "GET /product/{id}"],
    [{ "http.method": "GET", "http.url": "not an address" }, "ingress"],
    [{}, "ingress"],
  ])("says what was asked where the root's name does not: %j", (attributes, operation) => {
    expect(said([{ ...root, name: "ingress", attributes }])).toBe(`${operation} took 342 ms`);
  });

  it("shows foreign text harmlessly", () => {
    const nasty = "a\u202eb\u0000c\nd\u200be";
    const sentence = said([
      { ...root, name: nasty },
      {
        id: "b",
        parent: "a",
        service: nasty,
        version: nasty,
        kind: "client",
        at: 1,
        ms: 300,
        isError: true,
        message: nasty,
        attributes: { "peer.service": nasty },
      },
    ]);
    expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(sentence).toContain("\\u{202e}");
  });

  it("is a sentence for whatever was sent", () => {
    fc.assert(
      fc.property(arbitraryTangle, (trace) => {
        expect(headline(buildTraceTree(trace))).toMatch(/^(This trace has no spans|.+ took .+)$/);
        expect(headline(buildTraceTree(trace))).not.toMatch(/NaN|undefined|null/);
      }),
    );
  });
});
