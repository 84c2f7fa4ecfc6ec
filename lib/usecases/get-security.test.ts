import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import { SecurityReport } from "#lib/model/security.ts";
import { sampleAt, serviceOf, START_MS, topologyOf } from "#lib/testing/builders.ts";
import { createFakeSecurity, mutualCalls } from "#lib/testing/fake-security-source.ts";
import { createMesh, type MeshDesk, openDesk } from "#lib/testing/mesh-desk.ts";
import { certificateOf, dialOf, listenerOf } from "#lib/testing/security-builders.ts";

import { getGraph } from "./get-graph.ts";
import { getSecurity, type GetSecurityInput } from "./get-security.ts";

const LEDGER = "shop/ledger";
const LEGACY = "shop/legacy";

let desk: MeshDesk;

beforeEach(async () => {
  desk = openDesk();
  await desk.time.advance(60_000);
  desk.topology.know(
    topologyOf({
      services: [serviceOf(LEDGER, { demand: "permissive" }), serviceOf("shop/payments"), serviceOf("bank/vault")],
      declared: [{ source: "shop/payments", target: LEDGER, client: "mutual" }],
    }),
  );
  desk.metrics.record(
    sampleAt(30, { source: "shop/payments", target: LEDGER }, { count: 90, transport: { mutual: 90, oneWay: 0, plaintext: 0 } }),
    sampleAt(31, { source: LEGACY, target: LEDGER, version: "v1" }, { count: 5, transport: { mutual: 0, oneWay: 0, plaintext: 5 } }),
    sampleAt(32, { source: LEGACY, target: LEDGER, version: "v2" }, { count: 7, transport: { mutual: 0, oneWay: 0, plaintext: 7 } }),
    sampleAt(33, { source: "internet", target: "shop/gateway" }, { count: 3, transport: { mutual: 0, oneWay: 3, plaintext: 0 } }),
  );
  desk.security.see(30, mutualCalls(90));
  desk.security.see(31, { count: 12 });
  desk.security.see(1, { source: "shop/old" });
});

async function report(input: Partial<GetSecurityInput> = {}): Promise<Sourced<SecurityReport>> {
  const answer = await getSecurity(desk.context, { windowMs: 60_000, namespaces: [], ...input });
  if (!answer.ok) throw answer.error;
  expect(SecurityReport.parse(answer.value.value)).toEqual(answer.value.value);
  return answer.value;
}

describe("getSecurity", () => {
  it("joins what was seen, what is set up and where it can be changed, with the evidence of all", async () => {
    desk.security.know({
      certificates: [certificateOf({ nodeId: "shop/payments" })],
      dials: [dialOf({ source: "shop/payments", target: LEDGER })],
    });
    const answer = await report();
    expect(answer.value.edges.map(({ source, observed, callers }) => [source, observed.transport, callers.length])).toEqual([
      [LEGACY, "plaintext", 1],
      ["shop/old", "plaintext", 1],
      ["internet", "oneWay", 0],
      ["shop/payments", "mutual", 1],
    ]);
    expect(answer.value.edges[0]?.callers).toMatchObject([{ identity: null, address: "10.0.0.9", transport: "plaintext", count: 12 }]);
    expect(answer.value.edges[3]).toMatchObject({ declared: { client: "mutual", server: "permissive" }, agreement: "agrees", rate: 1.5 });
    expect(answer.value.workloads.find(({ id }) => id === LEDGER)).toMatchObject({
      demand: "permissive",
      plaintextCallers: [LEGACY, "shop/old"],
      object: { id: "demands:ledger", location: "demands/ledger" },
      notSteerable: null,
    });
    expect(answer.value.workloads.find(({ id }) => id === "bank/vault")).toMatchObject({
      object: null,
      notSteerable: "What it demands is written nowhere that Weft may write to",
    });
    expect(answer).toMatchObject({ coverage: "complete", notices: [] });
    expect(new Set(answer.provenance.map(({ source }) => source))).toEqual(
      new Set(["fake-metrics", "fake-security", "fake-topology", "demands"]),
    );
  });

  it("has the map's counts and rates of the same window", async () => {
    const graph = await getGraph(desk.context, { windowMs: 60_000, namespaces: [] });
    if (!graph.ok) throw graph.error;
    const { edges, window } = (await report()).value;
    expect(window).toEqual(graph.value.value.window);
    for (const edge of graph.value.value.edges) {
      const posture = edges.find(({ id }) => id === edge.id);
      expect(posture).toMatchObject({
        rate: edge.red.rate,
        declared: edge.tls.declared,
        observed: { transport: edge.tls.observed, mutualShare: edge.tls.mutualShare },
      });
    }
    expect(edges.find(({ source }) => source === LEGACY)?.observed.plaintext).toBe(12);
  });

  it("asks for the window that the map covers", async () => {
    await report({ windowMs: 30_000 });
    const [asked] = desk.security.asked;
    const { window, callersWindow } = (await report({ windowMs: 30_000 })).value;
    expect(callersWindow).toEqual(window);
    expect((asked?.toMs ?? 0) - (asked?.fromMs ?? 0)).toBe(30_000);
  });

  it("says of what is set up when it was last read", async () => {
    const observedAt = new Date(START_MS + 59_000).toISOString();
    desk.security.know({ dials: [dialOf({ source: "shop/payments", target: LEDGER })] });
    desk.security.say({ provenance: [{ source: "fake-security", kind: "fake", query: "memory", observedAt }] });
    const edge = (await report()).value.edges.find(({ source }) => source === "shop/payments");
    expect(edge?.evidence.find(({ text }) => text.startsWith("Set up so"))).toMatchObject({ source: "fake-security", observedAt });
  });

  it("keeps to namespaces", async () => {
    const { value } = await report({ namespaces: ["bank"] });
    expect([value.edges, value.workloads.map(({ id }) => id), value.summary.edges]).toEqual([[], ["bank/vault"], 0]);
  });

  it("takes an edge from the first source that knows it, and adds nothing", async () => {
    const second = createFakeSecurity("second");
    second.see(30, { count: 700 });
    second.see(30, { source: "shop/elsewhere", count: 2 });
    second.know({ listeners: [listenerOf({ nodeId: LEDGER, proxyId: "ledger-9" })] });
    desk.context.sources.security = [desk.security, second];
    const { value, provenance } = await report();
    expect(value.edges.find(({ source }) => source === LEGACY)?.callers.map(({ count }) => count)).toEqual([12]);
    expect(value.edges.find(({ source }) => source === "shop/elsewhere")?.callers.map(({ count }) => count)).toEqual([2]);
    expect(provenance.map(({ source }) => source)).toContain("second");
  });
});

describe("a source that is missing or fails", () => {
  it("of security is a notice that says what it would give", async () => {
    desk = openDesk(desk, undefined, { hasSecurity: false });
    const answer = await report();
    expect(answer.coverage).toBe("partial");
    expect(answer.notices).toMatchObject([
      { level: "warning", code: "no-security-source", mend: "Start Weft with a directory of proxies: ./weft up --proxies DIR" },
    ]);
    expect(answer.value.observedSince).toBeNull();
    expect(answer.value.edges.find(({ source }) => source === LEGACY)).toMatchObject({ observed: { plaintext: 12 }, callers: [] });
  });

  it("of metrics leaves what the callers' source counts, and the rest unknown, not safe", async () => {
    desk.metrics.failWith(new WeftError("TIMEOUT", "It took too long."));
    const answer = await report();
    expect(answer.notices).toMatchObject([{ code: "TIMEOUT", source: "fake-metrics" }]);
    expect(answer.value.summary).toMatchObject({ edges: 3, plaintext: 2, mutual: 1, unknown: 0 });
    expect(answer.value.edges.find(({ source }) => source === LEGACY)?.callers).toHaveLength(1);
    desk = openDesk(desk, undefined, { hasMetrics: false });
    expect((await report()).notices).toMatchObject([{ code: "no-source" }]);
  });

  it("of security or of demands costs its part", async () => {
    desk.security.failWith(new WeftError("SOURCE_UNREACHABLE", "No proxy answers.", { mend: "Start them." }));
    const answer = await report();
    expect(answer).toMatchObject({
      coverage: "partial",
      notices: [{ level: "error", code: "SOURCE_UNREACHABLE", text: "No proxy answers.", source: "fake-security", mend: "Start them." }],
    });
    expect(answer.value.edges).toHaveLength(3);
  });

  it("says once what two of them say alike", async () => {
    const notice = { level: "warning" as const, code: "proxy-down", text: "One proxy does not answer", source: "proxies", mend: null };
    desk.security.say({ notices: [notice], coverage: "partial" });
    desk.topology.say({ notices: [notice], coverage: "stale" });
    expect(await report()).toMatchObject({ notices: [notice], coverage: "stale" });
  });

  it("of demands leaves nothing to steer, and says why", async () => {
    desk.context.sources.demands = [];
    expect((await report()).value.workloads.find(({ id }) => id === LEDGER)).toMatchObject({
      object: null,
      notSteerable: "No place is configured where it is written what workloads demand",
    });
  });
});

it("is a fresh mesh in which nothing was seen yet", async () => {
  desk = openDesk(createMesh({ security: createFakeSecurity() }));
  expect((await report()).value).toMatchObject({ observedSince: null, edges: [], sentence: "No edge is known" });
});
