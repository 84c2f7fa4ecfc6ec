import { describe, expect, test } from "vitest";

import { START_MS } from "#lib/testing/builders.ts";

import { acceptsWords, callsWords, edgeLabel, shortIdentity, tlsVersionWord } from "./security-words.ts";
import { identityOf, isoAt } from "./testing/report.ts";
import { leftWords, lifeView } from "./time-left.ts";

const MINUTE = 60_000;
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("an identity where there is little room", () => {
  test("loses its trust domain first, then its front", () => {
    expect(shortIdentity(identityOf("frontend"))).toBe("…/ns/shop/sa/frontend");
    const long = shortIdentity(identityOf("a-very-long-account-of-some-team-somewhere"));
    expect(long).toBe("…long-account-of-some-team-somewhere");
    expect(long.length).toBe(36);
  });

  test("that is no SPIFFE id of the usual form is left as it is while it fits", () => {
    expect(shortIdentity({ uri: "https://a.example/b", trustDomain: null })).toBe("https://a.example/b");
    expect(shortIdentity({ uri: `urn:${"x".repeat(80)}`, trustDomain: null })).toBe(`…${"x".repeat(35)}`);
    expect(shortIdentity({ uri: "spiffe://demo.mesh", trustDomain: "demo.mesh" })).toBe("spiffe://demo.mesh");
  });
});

describe("words", () => {
  test("what is accepted stands once, with its versions", () => {
    const tls = { min: "TLSv1.2", max: "TLSv1.3" };
    expect(
      acceptsWords([
        { transport: "mutual", names: ["a"], tlsVersions: tls },
        { transport: "mutual", names: ["b"], tlsVersions: tls },
        { transport: "plaintext", names: [], tlsVersions: { min: null, max: null } },
      ]),
    ).toBe("mutual TLS 1.2 to 1.3 and plaintext");
    expect(acceptsWords([{ transport: "oneWay", names: [], tlsVersions: { min: "TLSv1.3", max: null } }])).toBe("TLS from 1.3");
    expect(acceptsWords([{ transport: "unknown", names: [], tlsVersions: { min: null, max: null } }])).toBe(
      "something that could not be read",
    );
  });

  test("of connections are not called calls, and nobody gets a name that is not known", () => {
    expect([callsWords(1), callsWords(1_240), callsWords(2, "tcp")]).toEqual(["1 call", "1,240 calls", "2 connections"]);
    expect(edgeLabel({ source: null, target: "payments/ledger" })).toBe("a caller nobody could name to ledger");
    expect(edgeLabel({ source: "internet", target: "shop/gateway" })).toBe("Internet to gateway");
  });

  test.each([
    ["TLSv1.3", "1.3"],
    ["TLSv1.2", "1.2"],
    ["QUIC-TLS", "QUIC-TLS"],
    ["TLSvX", "TLSvX"],
  ])("the version %s stands as %s", (version, word) => expect(tlsVersionWord(version)).toBe(word));
});

describe("time left", () => {
  test.each([
    [5_000, "5 s"],
    [65_000, "1 min 05 s"],
    [9 * MINUTE + 59_999, "9 min 59 s"],
    [47 * MINUTE, "47 min"],
    [17 * 60 * MINUTE, "17 h"],
    [9 * 1_440 * MINUTE, "9 d"],
    [8_000 * 365 * 1_440 * MINUTE, "8,000 y"],
  ])("%d ms is %s", (ms, words) => expect(plain(leftWords(ms))).toBe(words));

  test("keeps its width while the seconds run", () => {
    expect(leftWords(5 * MINUTE + 9_000).length).toBe(leftWords(5 * MINUTE + 10_000).length);
  });

  test("an end that has come has come, whatever the answer said", () => {
    expect(lifeView(isoAt(-1), "valid", START_MS).tone).toBe("fail");
    expect(plain(lifeView(isoAt(-90_000), "valid", START_MS).word)).toBe("ended 1 min 30 s ago");
    expect(lifeView(isoAt(MINUTE), "expired", START_MS)).toEqual({ tone: "fail", word: "ended" });
    expect(lifeView(isoAt(MINUTE), "notYet", START_MS)).toEqual({ tone: "fail", word: "not valid yet" });
    expect(lifeView(isoAt(MINUTE), "soon", START_MS).tone).toBe("warn");
    expect(lifeView(null, "valid", START_MS)).toEqual({ tone: "unk", word: "end not known" });
  });
});
