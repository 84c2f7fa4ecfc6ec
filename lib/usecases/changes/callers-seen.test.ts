import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { createFakeSecurity, type FakeSecuritySource, mutualCalls } from "#lib/testing/fake-security-source.ts";

import { countCalls, refusedByDemand, seeCallers, withoutCertificate } from "./callers-seen.ts";

const LEDGER = "shop/ledger";
const PROXIES = ["ledger-1", "ledger-2"];
const ALL = { fromMs: null, toMs: START_MS + 60_000 };

let source: FakeSecuritySource;

beforeEach(() => {
  source = createFakeSecurity();
});

function listensAt(...proxyIds: string[]): void {
  source.know({
    listeners: proxyIds.map((proxyId) => ({ proxyId, nodeId: LEDGER, listener: "inbound", demand: "permissive", accepts: [] })),
  });
}

function see(sources = [source]) {
  return seeCallers(sources, LEDGER, PROXIES, () => ALL);
}

describe("seeCallers", () => {
  it("tells of one workload's callers only", async () => {
    source.see(1, { count: 3 });
    source.see(1, { target: "shop/other", count: 99 });
    const seen = await see();
    expect(seen).toMatchObject({ isWhole: true, coverage: "complete", provenance: [{ source: "fake-security" }] });
    expect(seen?.calls).toMatchObject([{ source: "shop/legacy", count: 3 }]);
  });

  it("asks for what the source can tell of: a window by its own reports", async () => {
    await seeCallers([source], LEDGER, PROXIES, (reportMs) => ({ fromMs: START_MS + reportMs, toMs: START_MS + 5_000 }));
    expect(source.asked).toEqual([{ fromMs: START_MS + 1_000, toMs: START_MS + 5_000 }]);
    expect(await seeCallers([source], LEDGER, PROXIES, () => null)).toBeNull();
    expect(source.asked).toHaveLength(1);
  });

  it.each(["calls", "refusals", "a listener"])("knows a workload by its %s", async (what) => {
    expect(await see()).toBeNull();
    if (what === "calls") source.see(1);
    if (what === "refusals") source.refuse(1);
    if (what === "a listener") listensAt("ledger-1");
    expect(await see()).not.toBeNull();
  });

  it("takes the first source that answers and knows it, and sums nothing over two", async () => {
    const second = createFakeSecurity("second");
    second.see(1, { count: 7 });
    expect(await see([source, second])).toMatchObject({ calls: [{ count: 7 }] });
    source.see(1, { count: 3 });
    expect(await see([source, second])).toMatchObject({ calls: [{ count: 3 }] });
    source.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    expect(await see([source, second])).toMatchObject({ calls: [{ count: 7 }] });
    second.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    expect([await see([source, second]), await see([])]).toEqual([null, null]);
  });

  it.each([
    ["complete", [], true],
    ["partial", PROXIES, true],
    ["partial", ["ledger-1"], false],
    ["stale", PROXIES, false],
  ] as const)("is whole when the answer is %s and %o tell: %s", async (coverage, listening, isWhole) => {
    source.see(1);
    source.say({ coverage });
    listensAt(...listening);
    expect(await see()).toMatchObject({ isWhole });
  });
});

describe("what was seen", () => {
  it("is folded by caller and address, and leaves out who showed a certificate", async () => {
    source.see(1, { count: 3 });
    source.see(9, { count: 4, protocol: "grpc" });
    source.see(2, { count: 2, transport: "oneWay", tlsVersion: "TLSv1.2" });
    source.see(3, { address: null });
    source.see(4, { source: "shop/cron", count: 50 });
    source.see(5, mutualCalls(900));
    expect(withoutCertificate((await see())?.calls ?? [])).toEqual([
      { source: "shop/cron", address: "10.0.0.9", count: 50, lastSeen: "2026-01-01T12:00:04.000Z" },
      { source: "shop/legacy", address: "10.0.0.9", count: 9, lastSeen: "2026-01-01T12:00:09.000Z" },
      { source: "shop/legacy", address: null, count: 1, lastSeen: "2026-01-01T12:00:03.000Z" },
    ]);
  });

  it("is counted by transport", async () => {
    source.see(1, { count: 3 });
    source.see(5, mutualCalls(900));
    source.see(5, mutualCalls(9, "shop/web"));
    const calls = (await see())?.calls ?? [];
    expect([countCalls(calls, "mutual"), countCalls(calls, "plaintext"), countCalls(calls, "oneWay")]).toEqual([909, 3, 0]);
  });
});

describe("refusedByDemand", () => {
  it("counts what the workload's own side refused for want of a certificate", async () => {
    source.refuse(1, { count: 40 });
    source.refuse(2, { count: 3, reason: "noCertificate" });
    source.refuse(3, { source: null, address: "10.0.0.7", count: 2, reason: "unknown" });
    source.refuse(4, { count: 1_000, witness: "caller" });
    source.refuse(4, { count: 1_000, target: "shop/other" });
    for (const reason of ["wrongName", "untrusted", "expired"] as const) source.refuse(4, { count: 1_000, reason });
    const facts = (await see())?.facts;
    expect(facts && refusedByDemand(facts, LEDGER)).toEqual([
      { source: "shop/legacy", address: "10.0.0.9", count: 43 },
      { source: null, address: "10.0.0.7", count: 2 },
    ]);
  });
});
