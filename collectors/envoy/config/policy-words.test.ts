import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { permissionsInWords, principalsInWords } from "./policy-words.ts";

const named = (exact: string): object => ({ authenticated: { principal_name: { exact } } });
const method = (exact: string): object => ({ header: { name: ":method", string_match: { exact } } });
const path = (matcher: object): object => ({ url_path: { path: matcher } });

function bothInWords(rules: object[]): string {
  return JSON.stringify([principalsInWords(rules), permissionsInWords(rules)]);
}

describe("principals in words", () => {
  it.each([
    [[{ any: true }], "anyone"],
    [[named("spiffe://m/a"), named("spiffe://m/b")], "the caller's name is spiffe://m/a, or the caller's name is spiffe://m/b"],
    [[{ not_id: { authenticated: {} } }], "not (any caller with a certificate)"],
    [
      [
        {
          and_ids: {
            ids: [
              { authenticated: { principal_name: { prefix: "spiffe://m/" } } },
              { direct_remote_ip: { address_prefix: "10.0.0.0", prefix_len: 8 } },
            ],
          },
        },
      ],
      "(the caller's name begins with spiffe://m/ and the peer's address in 10.0.0.0/8)",
    ],
    [[{ filter_state: {} }], "a condition on filter state"],
    [[named("x\u202ey")], "the caller's name is x\\u{202e}y"],
  ])("%j", (principals, words) => {
    expect(principalsInWords(principals)).toEqual({ words, never: null });
  });

  it("are bounded", () => {
    const many = Array.from({ length: 100 }, (_, index) => named(`spiffe://mesh/ns/shop/sa/service-${index}`));
    expect(principalsInWords(many).words.length).toBeLessThan(310);
    const short = Array.from({ length: 14 }, () => ({ any: true }));
    expect(principalsInWords(short).words).toMatch(/, or and 2 more$/);
  });
});

describe("a policy that can match nothing", () => {
  it.each([
    ["no principal", principalsInWords([]), "It names no principal."],
    ["no permission", permissionsInWords([]), "It names no permission."],
    ["not of any", principalsInWords([{ not_id: { any: true } }]), "Its principals can never hold: it excludes everything."],
    [
      "two methods at once",
      permissionsInWords([{ and_rules: { rules: [method("GET"), { and_rules: { rules: [method("POST")] } }] } }]),
      "Its permissions can never hold: the method cannot be GET and POST at once.",
    ],
    [
      "two paths at once",
      permissionsInWords([{ and_rules: { rules: [path({ exact: "/a" }), path({ exact: "/b" })] } }]),
      "Its permissions can never hold: the path cannot be /a and /b at once.",
    ],
    [
      "a name and not that name",
      principalsInWords([{ and_ids: { ids: [named("a"), { not_id: named("a") }] } }]),
      "Its principals can never hold: it demands and excludes the same: not (the caller's name is a).",
    ],
    [
      "only impossible alternatives",
      principalsInWords([{ or_ids: { ids: [{ not_id: { any: true } }] } }]),
      "Its principals can never hold: it excludes everything.",
    ],
  ])("says why: %s", (_case, rules, never) => {
    expect(rules.never).toBe(never);
  });

  it.each([
    ["one alternative is possible", principalsInWords([{ not_id: { any: true } }, named("a")])],
    ["a certificate may carry two names", principalsInWords([{ and_ids: { ids: [named("a"), named("b")] } }])],
    [
      "a prefix and an exact path may agree",
      permissionsInWords([{ and_rules: { rules: [path({ prefix: "/" }), path({ exact: "/a" })] } }]),
    ],
    ["what is not understood may hold", permissionsInWords([{ matcher: { name: "own" } }])],
  ])("is not claimed where %s", (_case, rules) => {
    expect(rules.never).toBeNull();
  });

  it("says of a header that holds a secret that it is compared, and not with what", () => {
    for (const header of [
      { name: "authorization", string_match: { exact: "Bearer s3cr3t-s3cr3t" } },
      { name: "x-api-key", string_match: { prefix: "s3cr3t" } },
      { name: "x-internal-token", exact_match: "s3cr3t" },
      { name: "cookie", prefix_match: "s3cr3t" },
    ]) {
      const said = bothInWords([{ and_rules: { rules: [{ header }, { header: { ...header } }] } }]);
      expect(said).not.toContain("s3cr3t");
      expect(said).toContain(header.name);
    }
    expect(bothInWords([{ header: { name: ":method", string_match: { exact: "POST" } } }])).toContain("POST");
  });

  it("is never claimed of a list with an open door, and nothing throws", () => {
    fc.assert(
      fc.property(fc.array(fc.object({ key: fc.constantFrom("any", "not_id", "and_ids", "ids", "header", "authenticated") })), (rules) => {
        expect(principalsInWords([...rules, { any: true }]).never).toBeNull();
      }),
    );
  });
});
