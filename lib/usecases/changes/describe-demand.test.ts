import { describe, expect, it } from "vitest";

import type { DemandMove, RefusedCaller } from "#lib/model/routing.ts";

import { describeDemand, listRefused } from "./describe-demand.ts";

const SEEN_AT = "2026-01-01T12:00:00.000Z";

function caller(source: string, address: string | null = null, count = 1): RefusedCaller {
  return { source, address, count, lastSeen: SEEN_AT };
}

function say(part: Partial<DemandMove> = {}): string {
  return describeDemand("payments/ledger", { before: "permissive", after: "strict", refuses: [], observedSince: SEEN_AT, ...part });
}

describe("describeDemand", () => {
  it.each([
    [[caller("shop/legacy-report")], "1 caller that was seen would be refused: legacy-report"],
    [[caller("shop/a"), caller("shop/b")], "2 callers that were seen would be refused: a and b"],
    [[caller("shop/a", "10.0.0.1"), caller("shop/a", "10.0.0.2")], "1 caller that was seen would be refused: a"],
    [
      ["a", "b", "c", "d", "e", "f", "g"].map((name) => caller(`shop/${name}`)),
      "7 callers that were seen would be refused: a, b, c, d, e and 2 more",
    ],
    [[caller("unknown/127.0.1.12")], "1 caller that was seen would be refused: 127.0.1.12"],
  ])("names whom it refuses", (refuses, words) => {
    expect(say({ refuses })).toBe(`ledger refuses plaintext from now on; ${words}.`);
  });

  it("tells nobody seen from nobody watched", () => {
    expect(say()).toBe("ledger refuses plaintext from now on; nobody that was seen would be refused.");
    expect(say({ observedSince: null })).toBe("ledger refuses plaintext from now on; it is not known who would be refused.");
  });

  it.each([
    ["permissive", "ledger lets plaintext in again."],
    ["oneWay", "ledger asks its callers for no certificate any more."],
    ["off", "ledger takes plaintext only from now on."],
    ["unknown", "ledger goes back to its earlier text."],
  ] as const)("says in words what %s means", (after, sentence) => {
    expect(say({ before: "strict", after, observedSince: null })).toBe(sentence);
  });

  it("spells out characters of a name that would turn the sentence round", () => {
    expect(say({ refuses: [caller("shop/evil\u202e\nname")] })).toContain("evil\\u{202e}\\u{a}name");
  });
});

describe("listRefused", () => {
  it("gives each caller its numbers, and five of them by name", () => {
    expect(listRefused([caller("shop/legacy", "10.0.0.9", 43), caller("shop/cron")])).toBe(
      `legacy at 10.0.0.9 (43 requests, last at ${SEEN_AT}) and cron (1 request, last at ${SEEN_AT})`,
    );
    expect(listRefused([caller("unknown/10.0.0.9", "10.0.0.9")])).toBe(`10.0.0.9 (1 request, last at ${SEEN_AT})`);
    expect(listRefused(Array.from({ length: 8 }, (_unused, index) => caller(`shop/c${index}`)))).toMatch(/^c0 .*c4 \(.*\) and 3 more$/);
  });
});
