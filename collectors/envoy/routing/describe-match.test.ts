import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { describeMatch } from "./describe-match.ts";
import { describeRetries, timeoutOf } from "./describe-policy.ts";

describe("describeMatch", () => {
  it.each<[object, string]>([
    [{ prefix: "/" }, "every path"],
    [{}, "every path"],
    [{ prefix: "/api" }, "path starts with /api"],
    [{ path: "/login", case_sensitive: false }, "path is /login in any case"],
    [{ path_separated_prefix: "/v1" }, "path is or is under /v1"],
    [{ safe_regex: { regex: "^/(a|b)$" } }, "path matches ^/(a|b)$"],
    [{ prefix: "/", headers: [{ name: "x-user", string_match: { exact: "jason" } }] }, "every path and header x-user is jason"],
    [
      { prefix: "/", headers: [{ name: "x", string_match: { prefix: "a" }, invert_match: true }] },
      "every path and not header x starts with a",
    ],
    [{ prefix: "/", headers: [{ name: "x", present_match: true }] }, "every path and header x is present"],
    [{ prefix: "/", headers: [{ name: "x", present_match: false }] }, "every path and header x is absent"],
    [{ prefix: "/", headers: [{ name: "x", string_match: { safe_regex: { regex: "a+" } } }] }, "every path and header x matches a+"],
    [{ prefix: "/", headers: [{ name: "x", range_match: { start: 1, end: 2 } }] }, "every path and header x is in a range"],
    [
      { prefix: "/a", query_parameters: [{ name: "q", string_match: { contains: "z" } }] },
      "path starts with /a and query parameter q contains z",
    ],
    [{ prefix: "/", grpc: {} }, "every path and it is a gRPC call"],
    [{ prefix: "/", runtime_fraction: { default_value: { numerator: 10 } } }, "every path and 10 % of the requests"],
    [
      { prefix: "/", runtime_fraction: { default_value: { numerator: 5, denominator: "MILLION" } } },
      "every path and 0.0005 % of the requests",
    ],
    [{ connect_matcher: {} }, "it is a CONNECT request"],
    [{ prefix: "/", dynamic_metadata: [] }, "every path and a further condition (dynamic_metadata) holds"],
    [{ prefix: "/\u202egpj" }, "path starts with /\\u{202e}gpj"],
  ])("%j reads as %s", (match, words) => {
    expect(describeMatch(match as Record<string, unknown>)).toBe(words);
  });

  it("finds words for anything", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom("prefix", "path", "headers", "query_parameters", "safe_regex", "runtime_fraction", "grpc", "odd"),
          fc.jsonValue(),
        ),
        (match) => {
          expect(describeMatch(match)).toMatch(/\S/);
        },
      ),
    );
  });
});

describe("timeoutOf", () => {
  it.each([
    ["5s", 5_000],
    ["0.3s", 300],
    ["1.001s", 1_001],
    ["0.000000001s", 0.000001],
    ["0s", null],
    ["0.0s", null],
    [undefined, 15_000],
    ["5", null],
    ["5m", null],
    ["1e9s", null],
  ])("%j is %j ms", (text, ms) => {
    expect(timeoutOf(text)).toBe(ms);
  });
});

describe("describeRetries", () => {
  it.each([
    [undefined, null],
    [{}, null],
    [{ retry_on: " , " }, null],
    [{ retry_on: "5xx" }, "1 retry on 5xx"],
    [
      { retry_on: "connect-failure,refused-stream", num_retries: 2, per_try_timeout: "2s" },
      "up to 2 retries on connect-failure, refused-stream, each try at most 2s",
    ],
  ])("%j reads as %j", (policy, words) => {
    expect(describeRetries(policy)).toBe(words);
  });
});
