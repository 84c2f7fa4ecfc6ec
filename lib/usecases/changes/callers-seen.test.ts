import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { proxyOf, sampleAt, START_MS, topologyOf } from "#lib/testing/builders.ts";
import { createFakeSecurity, type FakeSecuritySource, mutualCalls } from "#lib/testing/fake-security-source.ts";
import { createFakeMetrics, createFakeTopology, type FakeMetricsSource, type FakeTopologySource } from "#lib/testing/fake-sources.ts";

import { countCalls, refusedByDemand, seeCallers, withoutCertificate } from "./callers-seen.ts";

type Window = { fromMs: number | null; toMs: number };

const LEDGER = "shop/ledger";
const PROXIES = ["ledger-1", "ledger-2"];
const ALL: Window = { fromMs: null, toMs: START_MS + 60_000 };

let source: FakeSecuritySource;
let topology: FakeTopologySource;
let metrics: FakeMetricsSource | null;

beforeEach(() => {
  source = createFakeSecurity();
  topology = createFakeTopology();
  metrics = createFakeMetrics();
});

function listens(): void {
  source.know({ listeners: [{ proxyId: "ledger-1", nodeId: LEDGER, listener: "inbound", demand: "permissive", accepts: [] }] });
}

function see(security = [source], windowOf: (reportMs: number) => Window | null = () => ALL) {
  return seeCallers({ security, topology: [topology], metrics }, { workload: LEDGER, proxies: PROXIES, windowOf });
}

/** What came after the last report that can hold anything older. */
function after(reportMs: number): Window {
  return { fromMs: START_MS + reportMs, toMs: START_MS + 9_000 };
}

describe("seeCallers", () => {
  it("tells of one workload's callers only", async () => {
    source.see(1, { count: 3 });
    source.see(1, { target: "shop/other", count: 99 });
    const seen = await see();
    expect(seen).toMatchObject({ isWhole: true, coverage: "complete", provenance: [{ source: "fake-security" }] });
    expect(seen?.calls).toMatchObject([{ source: "shop/legacy", count: 3 }]);
  });

  it("asks each source for what it can tell of: a window by its own reports", async () => {
    const slow = createFakeSecurity("slow", { reportMs: 4_000 });
    await see([slow, source], after);
    expect([slow, source].flatMap(({ asked }) => asked.map(({ fromMs }) => (fromMs ?? 0) - START_MS))).toEqual([4_000, 1_000]);
    expect(await see([source], () => null)).toBeNull();
    expect(source.asked).toHaveLength(1);
  });

  it.each(["calls", "refusals", "a listener"])("knows a workload by its %s", async (what) => {
    expect(await see()).toBeNull();
    if (what === "calls") source.see(1);
    if (what === "refusals") source.refuse(1);
    if (what === "a listener") listens();
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
    ["complete", "unreachable", true],
    ["partial", "live", true],
    ["partial", "unreachable", false],
    ["stale", "live", false],
  ] as const)("is whole when the answer is %s and its second proxy is %s: %s", async (coverage, state, isWhole) => {
    source.see(1);
    source.say({ coverage });
    const proxies = [proxyOf(LEDGER, { id: "ledger-1" }), proxyOf(LEDGER, { id: "ledger-2", state })];
    topology.know(topologyOf({ proxies }));
    expect(await see()).toMatchObject({ isWhole });
    topology.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    expect(await see()).toMatchObject({ isWhole: coverage === "complete" });
  });

  it.each([
    ["is called and names no caller", { callerCount: 3 }, "nothing", false],
    ["counts requests and names no caller", { count: 3 }, "nothing", false],
    ["names its callers", { count: 3 }, "a call", true],
    ["names whom it refused", { callerCount: 3 }, "a refusal", true],
    ["is called by nobody", {}, "nothing", true],
  ])("tells a workload that %s from one that is idle", async (_what, traffic, told, isWhole) => {
    listens();
    metrics?.record(sampleAt(2, { target: LEDGER }, traffic), sampleAt(2, { target: "shop/other" }, { count: 9, callerCount: 9 }));
    if (told === "a call") source.see(1);
    if (told === "a refusal") source.refuse(1);
    expect(await see()).toMatchObject({ isWhole });
    metrics = null;
    expect(await see()).toMatchObject({ isWhole: true });
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
    source.refuse(4, { count: 1_000, reason: "unknown", certificateRefused: true });
    for (const reason of ["wrongName", "untrusted", "expired"] as const) source.refuse(4, { count: 1_000, reason });
    const facts = (await see())?.facts;
    expect(facts && refusedByDemand(facts, LEDGER)).toEqual([
      { source: "shop/legacy", address: "10.0.0.9", count: 43 },
      { source: null, address: "10.0.0.7", count: 2 },
    ]);
  });
});
