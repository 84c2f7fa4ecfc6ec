import { describe, expect, it } from "vitest";

import type { ObservedCaller, PeerIdentity, WorkloadPosture } from "#lib/model/security.ts";

import { callerCame, callerIdentity, cipherWords, observedShares, workloadLine } from "./posture-words.ts";

const AT = "2026-01-01T12:00:00.000Z";
const identity = (account: string): PeerIdentity => ({
  uri: `spiffe://demo.mesh/ns/payments/sa/${account}`,
  trustDomain: "demo.mesh",
  namespace: "payments",
  account,
});
const CALLER: ObservedCaller = {
  identity: identity("payments"),
  address: "127.0.1.34",
  transport: "mutual",
  tlsVersion: "TLSv1.3",
  count: 240,
  firstSeen: AT,
  lastSeen: AT,
};
const PLAIN: ObservedCaller = { ...CALLER, identity: null, transport: "plaintext", tlsVersion: null, count: 1 };

describe("what was seen of an edge", () => {
  it.each([
    [{ mutual: 1_840, oneWay: 0, plaintext: 0 }, "http", "mutual TLS, all of 1,840 requests"],
    [{ mutual: 0, oneWay: 0, plaintext: 1 }, "http", "plaintext, the one request"],
    [{ mutual: 5, oneWay: 0, plaintext: 3 }, "grpc", "62.5 % mutual TLS (5), 37.5 % plaintext (3)"],
    [{ mutual: 100_000, oneWay: 0, plaintext: 1 }, "http", "over 99.99 % mutual TLS (100,000), under 0.01 % plaintext (1)"],
    [{ mutual: 0, oneWay: 0, plaintext: 0 }, "tcp", "no connection was seen in this window"],
  ] as const)("%#", (observed, protocol, words) => expect(observedShares(observed, protocol)).toBe(words));

  it("says that nobody told how what was counted travelled", () => {
    const none = { mutual: 0, oneWay: 0, plaintext: 0 };
    expect(observedShares(none, "http", 64)).toBe("how the 64 requests travelled was not told");
    expect(observedShares(none, "tcp", 1)).toBe("how the one connection travelled was not told");
    for (const counted of [0, null]) expect(observedShares(none, "http", counted)).toBe("no request was seen in this window");
    expect(observedShares({ ...none, mutual: 2 }, "http", 64)).toBe("mutual TLS, all of 2 requests");
  });

  it("names version and cipher where somebody tells", () => {
    expect(cipherWords({ tlsVersions: ["TLSv1.3"], ciphers: ["TLS_AES_128_GCM_SHA256"] })).toBe("1.3, TLS_AES_128_GCM_SHA256");
    expect(cipherWords({ tlsVersions: [], ciphers: [] })).toBeNull();
  });
});

describe("a caller", () => {
  it("is its certificate, else its address, else nobody", () => {
    expect(callerIdentity(CALLER)).toEqual({ text: "spiffe://demo.mesh/ns/payments/sa/payments", isProven: true });
    expect(callerIdentity(PLAIN)).toEqual({ text: "127.0.1.34", isProven: false });
    expect(callerIdentity({ identity: null, address: null }).isProven).toBe(false);
  });

  it("came in one way", () => {
    expect(callerCame(CALLER, "http")).toBe("mutual TLS 1.3, 240 requests");
    expect(callerCame({ ...CALLER, transport: "oneWay" }, "tcp")).toBe("TLS 1.3, not mutual, 240 connections");
    expect(callerCame(PLAIN, "http")).toBe("plaintext, 1 request");
  });
});

describe("a workload in one line", () => {
  const range = { min: null, max: null };
  const workload: Pick<WorkloadPosture, "accepts" | "demand" | "presents"> = {
    accepts: [
      { transport: "mutual", names: [], tlsVersions: range },
      { transport: "plaintext", names: [], tlsVersions: range },
    ],
    demand: "permissive",
    presents: [identity("ledger")],
  };

  it("says what it accepts, demands and presents", () => {
    expect(workloadLine(workload)).toBe("Accepts mutual TLS and plaintext, demands no TLS, presents …/ns/payments/sa/ledger");
    expect(workloadLine({ ...workload, accepts: workload.accepts.slice(0, 1), demand: "strict" })).toContain(
      "Accepts mutual TLS, demands mutual TLS,",
    );
  });

  it("takes nothing for granted, and does not run on", () => {
    expect(workloadLine({ accepts: [], demand: "unknown", presents: [] })).toBe(
      "What it accepts is not known, what it demands is not known, no identity of its own is known",
    );
    const many = ["a", "b", "c", "d"].map(identity);
    expect(workloadLine({ ...workload, presents: many })).toMatch(/presents …\/ns\/payments\/sa\/a, …\/ns\/payments\/sa\/b and 2 more$/);
  });
});
