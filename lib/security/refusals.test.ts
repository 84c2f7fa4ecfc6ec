import { describe, expect, it } from "vitest";

import { Refusal, RefusalReason } from "#lib/model/security.ts";
import { refusalOf } from "#lib/testing/security-builders.ts";

import { guessProtocol, placeRefusals, refusalSentences, sortRefusals, toRefusal } from "./refusals.ts";

describe("refusalSentences", () => {
  it.each(RefusalReason.options)("says %s differently for each side", (reason) => {
    const [server] = refusalSentences([refusalOf({ reason })], "strict");
    const [caller] = refusalSentences([refusalOf({ reason, witness: "caller" })], "strict");
    expect(server).toMatch(/^1 connection refused: .*/);
    expect(caller).not.toBe(server);
  });

  it("adds up what is one reason, and asks for mutual TLS only where that is demanded", () => {
    const refusals = [
      refusalOf({ count: 40, address: "a" }),
      refusalOf({ count: 3, address: "b" }),
      refusalOf({ reason: "expired", count: 50 }),
    ];
    expect(refusalSentences(refusals, "oneWay")).toEqual([
      "50 connections refused: the caller's certificate is outside its dates",
      "43 connections refused: plaintext, and payments/ledger takes TLS only",
    ]);
  });

  it("shows no foreign text as it came", () => {
    const [sentence] = refusalSentences([refusalOf({ target: "shop/\u202elive" })], "strict");
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
