import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import type { Change } from "#lib/model/change.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { Plan } from "#lib/model/routing.ts";
import type { SecurityReport, TlsPosture, WhatIf } from "#lib/model/security.ts";

import { DemoMesh, sleep, until } from "./demo-mesh.ts";
import { askListener, postureOf, type BuiltPosture } from "./listener-proof.ts";

const isLong = process.env["WEFT_TEST_LONG"] === "1";
const ROTATIONS = isLong ? 20 : 4;

function serviceOf(id: string): string {
  return parseNodeId(id).service;
}

function edgeIn(shown: SecurityReport, source: string, target: string): TlsPosture | undefined {
  return shown.edges.find((edge) => serviceOf(edge.source) === source && serviceOf(edge.target) === target);
}

function serialsOf(shown: SecurityReport, service: string): Set<string> {
  const own = shown.certificates.filter((one) => one.role === "workload" && serviceOf(one.nodeId) === service);
  return new Set(own.map((one) => one.serial));
}

const others = (sides: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(sides).filter(([name]) => name !== "reviews > ratings"));

describe("the security report tells the truth", () => {
  let mesh: DemoMesh;
  beforeAll(async () => {
    mesh = await DemoMesh.start();
    await until("every edge of the demo to be seen", async () => {
      const [truth, shown] = [await built(), await report()];
      return (
        truth.edges.every((edge) => edgeIn(shown, edge.source, edge.target)?.observed.transport !== "unknown") && shown.edges.length > 0
      );
    });
  }, 200_000);
  afterAll(() => mesh?.stop());

  const built = (): Promise<BuiltPosture> => postureOf(mesh.state.controlUrl);
  const report = async (window = "60s"): Promise<SecurityReport> => (await mesh.api.get(endpoints.getSecurity, { window })).value;
  const whatIf = async (scope: string): Promise<WhatIf> => (await mesh.api.get(endpoints.getWhatIf, { scope })).value;
  const change = async (id: string): Promise<Change> => (await mesh.api.get(endpoints.getChange, { id })).value;

  function inState(id: string, states: Change["state"][], limitMs = 30_000): Promise<Change> {
    return until(
      `change ${id} to be ${states.join(" or ")}`,
      async () => {
        const now = await change(id);
        return states.includes(now.state) ? now : null;
      },
      limitMs,
    );
  }

  /** Every edge as the demo built it, beside what the console shows of it. */
  async function sidesOf(window: string): Promise<{ shown: Record<string, unknown>; truth: Record<string, unknown> }> {
    const [demo, said] = [await built(), await report(window)];
    const truth: Record<string, unknown> = {};
    const shown: Record<string, unknown> = {};
    for (const edge of demo.edges) {
      const name = `${edge.source} > ${edge.target}`;
      const found = edgeIn(said, edge.source, edge.target);
      truth[name] = { client: edge.declaredClient, server: edge.declaredServer, observed: edge.observed };
      shown[name] = {
        // Who has no proxy declares nothing that anybody could read.
        client: edge.declaredClient === null ? null : found?.declared.client,
        server: edge.declaredServer === null ? null : found?.declared.server,
        observed: found?.observed.transport,
      };
    }
    return { shown, truth };
  }

  it("declared and observed of every edge are what the demo built", async () => {
    const { shown, truth } = await sidesOf("30s");
    expect(Object.keys(truth).length).toBeGreaterThanOrEqual(14);
    expect(shown).toEqual(truth);
    const { edges, sentence, summary } = await report("30s");
    expect(sentence).toContain("legacy-report");
    expect(edges.length).toBe(summary.edges);
    for (const edge of edges) expect(edge.evidence.length, edge.id).toBeGreaterThan(0);
  });

  it(
    `rotates ${ROTATIONS} certificates under load: no request fails, each new serial within 10 s, every edge as before`,
    { timeout: 60_000 + ROTATIONS * 15_000 },
    async () => {
      const services = ["frontend", "payments", "cart", "ledger", "catalog"];
      const failedBefore = await failed(["frontend", "payments", "cart", "ledger", "catalog"]);
      for (let index = 0; index < ROTATIONS; index++) {
        const service = services[index % services.length] ?? "frontend";
        const before = serialsOf(await report(), service);
        await mesh.faults({ certificates: { [service]: "valid" } });
        const after = await until(
          `the new serial of ${service}`,
          async () => {
            const now = serialsOf(await report(), service);
            return [...now].every((serial) => !before.has(serial)) && now.size > 0 ? now : null;
          },
          10_000,
        );
        const issued = (await built()).certificates.find((one) => one.service === service);
        expect([...after].map(plainSerial)).toEqual([plainSerial(issued?.serial ?? "")]);
        const { events } = await report();
        expect(events.some((event) => event.kind === "rotated" && after.has(event.toSerial ?? ""))).toBe(true);
      }
      // Old connections live ten seconds: the new pairs are in use before the count ends.
      await sleep(12_000);
      expect(await failed(services)).toEqual(failedBefore);
      const { shown, truth } = await sidesOf("30s");
      expect(shown).toEqual(truth);
    },
  );

  /** Calls of these services that failed on their way, by edge: what an application answered with an error is its own. */
  async function failed(services: readonly string[]): Promise<Record<string, number>> {
    const edges = await mesh.ledger(0, Date.now() + 60_000);
    return Object.fromEntries(
      edges
        .filter((edge) => services.includes(edge.target))
        .map((edge) => [`${edge.source} > ${edge.target} ${edge.version}`, Math.max(0, edge.sentErrors - edge.errors) + edge.neverArrived]),
    );
  }

  it("names a new plaintext caller within 10 s of its first request", async () => {
    await mesh.faults({ secondPlaintextCaller: true });
    await until("its first request", async () => {
      const edges = await mesh.ledger(0, Date.now() + 60_000);
      return edges.some((edge) => edge.source === "audit-export" && edge.count > 0);
    });
    const edge = await until(
      "its name on the page",
      async () => {
        const found = edgeIn(await report("60s"), "audit-export", "ledger");
        return found?.observed.transport === "plaintext" ? found : null;
      },
      10_000,
    );
    expect(edge.callers[0]).toMatchObject({ identity: null, transport: "plaintext", address: "127.0.1.14" });
    const refused = (await whatIf("mesh")).callers.filter((caller) => caller.effect === "refused");
    expect(new Set(refused.map((caller) => serviceOf(caller.source)))).toEqual(new Set(["legacy-report", "audit-export"]));
    const { shown, truth } = await sidesOf("10s");
    expect(shown).toEqual(truth);
    await mesh.faults({ secondPlaintextCaller: false });
  });

  it("names a caller whose certificate is refused, and why", async () => {
    await mesh.faults({ wrongSanCaller: true });
    const refusal = await until(
      "the refusal",
      async () => (await report()).refusals.find((one) => one.source !== null && serviceOf(one.source) === "rogue-job"),
      15_000,
    );
    expect(refusal).toMatchObject({ witness: "server", reason: "wrongName", address: "127.0.1.13" });
    const graph = await until("a broken edge on the map", async () => {
      const { edges } = (await mesh.api.get(endpoints.getGraph, { window: "60s" })).value;
      return edges.find((edge) => serviceOf(edge.source) === "rogue-job" && (edge.tls.refused ?? 0) > 0);
    });
    expect(graph.red.count).toBeNull();
    await mesh.faults({ wrongSanCaller: false });
  });

  it("says that a certificate expired, who refuses it, and that all is well again", { timeout: 120_000 }, async () => {
    const near = (await report()).certificates.find((one) => one.role === "workload" && serviceOf(one.nodeId) === "ratings");
    expect(near?.status).toBe("soon");
    await mesh.faults({ certificates: { ratings: "expired" } });
    const shown = await until(
      "the expired certificate",
      async () => {
        const now = await report();
        const own = now.certificates.find((one) => one.role === "workload" && serviceOf(one.nodeId) === "ratings");
        return own?.status === "expired" ? now : null;
      },
      15_000,
    );
    expect(shown.sentence).toMatch(/expired/);
    const refusal = await until(
      "the caller's refusal",
      async () => (await report()).refusals.find((one) => one.witness === "caller" && serviceOf(one.target) === "ratings" && one.count > 0),
      40_000,
    );
    expect(serviceOf(refusal.source ?? "")).toBe("reviews");
    const { shown: during, truth } = await sidesOf("5s");
    expect(others(during)).toEqual(others(truth));
    await mesh.faults({ certificates: { ratings: "valid" } });
    await until(
      "ratings to be called again",
      async () => edgeIn(await report("5s"), "reviews", "ratings")?.observed.transport === "mutual",
      40_000,
    );
  });

  it("counts what each policy did as the applications do", { timeout: 120_000 }, async () => {
    await mesh.drain();
    const quietMs = Date.now() - 2_000;
    // Counts are kept in steps of ten seconds: the step that the window begins in must hold no earlier traffic.
    await sleep(14_000);
    await mesh.faults({ load: "running" });
    await sleep(15_000);
    await mesh.drain();
    const edges = (await mesh.ledger(quietMs, Date.now())).filter((edge) => edge.target === "ledger");
    const sum = (source: string, pick: (edge: (typeof edges)[number]) => number): number =>
      edges.filter((edge) => edge.source === source).reduce((total, edge) => total + pick(edge), 0);
    const seconds = Math.floor((Date.now() - quietMs - 11_000) / 1_000);
    const ledger = (await report(`${seconds}s`)).authorization.find((one) => serviceOf(one.id) === "ledger");
    await mesh.faults({ load: "running" });
    const policies = new Map(
      ledger?.stages.flatMap((stage) => stage.policies.map((policy) => [`${stage.mode} ${stage.action} ${policy.name}`, policy])),
    );
    const arrived = (edge: (typeof edges)[number]): number => edge.count + edge.retries;
    expect(sum("payments", arrived)).toBeGreaterThan(10);
    expect(sum("legacy-report", arrived)).toBeGreaterThan(3);
    expect(sum("checkout", (edge) => edge.denied)).toBeGreaterThan(3);
    expect(policies.get("enforced deny no-direct-reads")?.matched).toBe(sum("checkout", (edge) => edge.denied));
    expect(policies.get("enforced allow payments")?.matched).toBe(sum("payments", arrived));
    expect(policies.get("enforced allow callers-without-identity")?.matched).toBe(sum("legacy-report", arrived));
    expect(policies.get("shadow deny would-deny-without-identity")?.matched).toBe(sum("legacy-report", arrived));
    expect([...policies.values()].filter((policy) => policy.neverMatches !== null).length).toBe(1);
    const denied = ledger?.decisions.filter((one) => one.mode === "enforced" && one.outcome === "denied") ?? [];
    expect(denied.map((one) => [serviceOf(one.source), one.count])).toEqual([["checkout", sum("checkout", (edge) => edge.denied)]]);
  });

  it("STRICT refuses exactly whom the question named, the proxies prove it, and undo restores it", { timeout: 180_000 }, async () => {
    const proxy = mesh.state.proxies.find((one) => one.service === "ledger");
    if (proxy === undefined) throw new Error("no proxy of ledger");
    const asked = await whatIf("workload:payments/ledger");
    const named = asked.callers.filter((caller) => caller.effect === "refused");
    // audit-export called a while ago and is remembered: it would be refused as well, and is named with its last call.
    expect(new Set(named.map((caller) => serviceOf(caller.source)))).toEqual(new Set(["legacy-report", "audit-export"]));
    const since = Date.parse(asked.observedSince ?? "");
    const told = (await mesh.ledger(since, Date.now())).find((edge) => edge.source === "legacy-report");
    const count = named.find((caller) => serviceOf(caller.source) === "legacy-report")?.count ?? 0;
    expect(Math.abs(count - (told?.count ?? 0))).toBeLessThanOrEqual(5);
    const objectId = asked.workloads.find((one) => one.standing === "steerable")?.objectId;

    const planned = await mesh.api.post(endpoints.createPlan, {}, { objectId, demand: "strict", reason: "acceptance" });
    expect(planned.status, JSON.stringify(planned.body)).toBe(200);
    const plan = (planned.body as { value: Plan }).value;
    expect(plan.checks.filter((check) => check.level === "fail")).toEqual([]);
    expect(plan.kind === "demand" ? plan.refuses.map((one) => serviceOf(one.source)).toSorted() : []).toEqual([
      "audit-export",
      "legacy-report",
    ]);
    const applied = await mesh.api.post(endpoints.applyPlan, { id: plan.id });
    expect(applied.status, JSON.stringify(applied.body)).toBe(202);
    const id = (applied.body as { value: Change }).value.id;
    const live = await inState(id, ["live", "observed"]);
    // Asked here without any of Weft's code.
    const listener = await askListener(proxy.adminUrl);
    expect(listener.plaintextChains).toBe(0);
    expect(listener.plaintextConnections).toBe(0);
    const liveMs = Date.parse(live.timings.liveAt ?? "");

    await sleep(8_000);
    const after = (await mesh.ledger(liveMs + 1_000, Date.now())).filter((edge) => edge.target === "ledger");
    const legacy = after.find((edge) => edge.source === "legacy-report");
    expect(legacy?.count ?? 0).toBe(0);
    expect(legacy?.sent ?? 0).toBeGreaterThan(0);
    expect(legacy?.sentErrors).toBe(legacy?.sent);
    const payments = after.find((edge) => edge.source === "payments");
    expect(payments?.count ?? 0).toBeGreaterThan(10);
    expect((payments?.sentErrors ?? 1) + (payments?.neverArrived ?? 1)).toBe(0);
    const observed = await inState(id, ["observed"], 90_000);
    expect(observed.observed).toMatchObject({ plaintext: 0, holds: true });
    const refusals = (await report("30s")).refusals.filter((one) => serviceOf(one.target) === "ledger");
    expect(refusals.map((one) => [serviceOf(one.source ?? ""), one.reason])).toEqual([["legacy-report", "plaintext"]]);
    const strict = await sidesOf("5s");
    expect(strict.shown).toEqual(strict.truth);

    const undone = await mesh.api.post(endpoints.undoChange, { id });
    expect(undone.status, JSON.stringify(undone.body)).toBe(202);
    const undo = await inState((undone.body as { value: Change }).value.id, ["live", "observed"]);
    const backMs = Date.parse(undo.timings.liveAt ?? "");
    await until("legacy-report to be served again", async () => {
      const rows = await mesh.ledger(backMs, Date.now());
      return rows.some((edge) => edge.source === "legacy-report" && edge.count > 0);
    });
    expect((await change(id)).state).toBe("undone");
    await until("the posture of before", async () => {
      const { shown, truth } = await sidesOf("10s");
      return JSON.stringify(shown) === JSON.stringify(truth);
    });
  });
});

function plainSerial(serial: string): string {
  return serial.replaceAll(":", "").replace(/^0+/, "").toLowerCase();
}
