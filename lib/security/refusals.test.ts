import { describe, expect, it } from "vitest";

import { Refusal, RefusalReason } from "#lib/model/security.ts";
import { refusalOf } from "#lib/testing/security-builders.ts";

import { guessProtocol, placeRefusals, refusalSentences, sortRefusals, toRefusal } from "./refusals.ts";

describe("refusalSentences", () => {
  it.each(RefusalReason.options)("says %s differently for each side", (reason) => {
    const [server] = refusalSentences([refusalOf({ reason })]);
    const [caller] = refusalSentences([refusalOf({ reason, witness: "caller" })]);
    expect(server).toMatch(/^1 connection refused by payments\/ledger: .*/);
    expect(caller).toMatch(/^1 connection refused by legacy-report: .*/);
  });

  it("adds up what is one reason, and says nothing of what is demanded now", () => {
    const refusals = [
      refusalOf({ count: 40, address: "a" }),
      refusalOf({ count: 3, address: "b" }),
      refusalOf({ reason: "expired", count: 50 }),
    ];
    expect(refusalSentences(refusals)).toEqual([
      "50 connections refused by payments/ledger: the caller's certificate was outside its dates",
      "43 connections refused by payments/ledger: plaintext was refused then",
    ]);
  });

  it("blames a certificate whose fault nobody told, and no authority", () => {
    const unread = { reason: "unknown", certificateRefused: true } as const;
    expect(refusalSentences([refusalOf(unread), refusalOf({ ...unread, witness: "caller", count: 2 })])).toEqual([
      "2 connections refused by legacy-report: the certificate of payments/ledger was not accepted",
      "1 connection refused by payments/ledger: the caller's certificate was not accepted",
    ]);
  });

  it("shows no foreign text as it came", () => {
    const [sentence] = refusalSentences([refusalOf({ target: "shop/\u202elive" })]);
    expect(sentence).toContain("shop/\\u{202e}live");
  });
});

describe("where refusals belong", () => {
  it("guesses the protocol of the target's other edges", () => {
    const of = guessProtocol([
      { target: "a", protocol: "tcp" },
      { target: "a", protocol: "grpc" },
      { target: "b", protocol: "grpc" },
      { target: "b", protocol: "http" },
      { target: "c", protocol: "tcp" },
    ]);
    expect(["a", "b", "c", "d"].map(of)).toEqual(["grpc", "http", "tcp", "http"]);
  });

  it("gives one new edge to all refusals of a pair", () => {
    const { byEdge, added } = placeRefusals([], [refusalOf(), refusalOf({ reason: "expired" }), refusalOf({ count: 0, source: "a/b" })]);
    expect(added.map(({ id }) => id)).toEqual(["unknown/legacy-report|payments/ledger|http"]);
    expect([...byEdge.values()].map((own) => own.length)).toEqual([2]);
  });

  it("shows them most frequent first, as the contract has them", () => {
    const shown = sortRefusals([refusalOf({ claimed: "spiffe://a/b", count: 2 }), refusalOf({ count: 9 })]).map(toRefusal);
    expect(shown.map((refusal) => Refusal.parse(refusal).count)).toEqual([9, 2]);
    expect(shown[1]?.claimed).toMatchObject({ trustDomain: "a", account: null });
  });
});
