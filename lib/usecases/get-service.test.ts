import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { ServiceDetail, ServiceSummary } from "#lib/model/inventory.ts";
import { proxyOf, sampleAt, serviceOf, START_MS, topologyOf } from "#lib/testing/builders.ts";
import { CATALOG, FRONTEND, type MeshDesk, openDesk, REVIEWS } from "#lib/testing/mesh-desk.ts";

import { applyPlan } from "./apply-plan.ts";
import { getGraph } from "./get-graph.ts";
import { getService, listServices } from "./get-service.ts";

const RATINGS = "shop/ratings";

let desk: MeshDesk;

beforeEach(async () => {
  desk = openDesk();
  await desk.time.advance(600_000);
});

async function service(id = REVIEWS, windowMs = 600_000, atMs?: number): Promise<ServiceDetail> {
  const answer = await getService(desk.context, id, windowMs, atMs);
  if (!answer.ok) throw answer.error;
  return answer.value.value;
}

/** Calls of the frontend to one version of reviews, told at a second. */
function calls(atS: number, version: string, count: number, errorCount = 0): void {
  desk.metrics.record(sampleAt(atS, { source: FRONTEND, target: REVIEWS, version }, { count, errorCount }));
}

describe("getService", () => {
  it("tells a service with its peers, proxies, routes and changes", async () => {
    calls(300, "v1", 900);
    calls(300, "v2", 100);
    desk.metrics.record(
      sampleAt(300, { source: REVIEWS, target: RATINGS }, { count: 50 }),
      sampleAt(300, { source: FRONTEND, target: CATALOG }, { count: 70 }),
    );
    const reviews = serviceOf(REVIEWS, { demand: "permissive", versions: [{ version: "v1", proxies: { n: 1, of: 1 } }] });
    desk.topology.know(
      topologyOf({ services: [reviews], proxies: [proxyOf(REVIEWS, { id: "reviews-v1-0.shop" }), proxyOf(FRONTEND, { id: "caller-1" })] }),
    );
    await applyPlan(desk.context, (await desk.plan({ v1: 100, v2: 0 })).id);
    const detail = await service();
    expect(ServiceDetail.parse(JSON.parse(JSON.stringify(detail)))).toEqual(detail);
    expect(detail).toMatchObject({ id: REVIEWS, kind: "service", demand: "permissive", red: { count: 1000 } });
    expect(detail.inbound.map(({ source }) => source)).toEqual([FRONTEND]);
    expect(detail.outbound.map(({ target }) => target)).toEqual([RATINGS]);
    expect(detail.versions.map(({ version, share }) => [version, share])).toEqual([
      ["v1", 0.9],
      ["v2", 0.1],
    ]);
    expect(detail.proxyList.map(({ id }) => id)).toEqual(["reviews-v1-0.shop"]);
    expect(detail.routes.map(({ host }) => host)).toEqual(["reviews"]);
    expect(detail.changes.map(({ id }) => id)).toEqual(["1"]);
    expect(await service(FRONTEND)).toMatchObject({ inbound: [], changes: [], routes: [], verdicts: [] });
  });

  it("knows no other service", async () => {
    expect(await getService(desk.context, "shop/nobody", 60_000)).toMatchObject({
      ok: false,
      error: { code: "NOT_FOUND", field: "id", message: "No service shop/nobody was seen in this window" },
    });
  });

  it("says when the routes cannot be read, and tells the rest", async () => {
    desk.target.failNext("routes", new WeftError("SOURCE_UNREACHABLE", "The folder is gone.", { mend: "Mount it." }));
    expect(await getService(desk.context, REVIEWS, 60_000)).toMatchObject({
      ok: true,
      value: {
        value: { routes: [] },
        coverage: "partial",
        notices: [{ code: "SOURCE_UNREACHABLE", source: "fake", text: "The folder is gone." }],
      },
    });
  });

  it("passes on that metrics cannot be had", async () => {
    desk.metrics.failWith(new WeftError("TIMEOUT", "It took too long."));
    expect(await getService(desk.context, REVIEWS, 60_000)).toMatchObject({ ok: false, error: { code: "TIMEOUT" } });
    expect(await listServices(desk.context, 60_000)).toMatchObject({ ok: false, error: { code: "TIMEOUT" } });
  });
});

describe("verdicts", () => {
  it("compare each other version with the one that the route sends most to", async () => {
    calls(300, "v1", 900);
    calls(300, "v2", 1840, 75);
    expect((await service()).verdicts).toMatchObject([
      {
        candidate: "v2",
        baseline: "v1",
        sentence: "v2 fails 4.1 % of calls, v1 0 %, n = 1,840: very likely worse",
        from: "2026-01-01T12:00:00.000Z",
        to: "2026-01-01T12:10:00.000Z",
      },
    ]);
  });

  it("take the version with most calls where no route splits the service", async () => {
    desk.metrics.record(
      sampleAt(300, { target: RATINGS, version: "v1" }, { count: 100 }),
      sampleAt(300, { target: RATINGS, version: "v2" }, { count: 900 }),
    );
    expect((await service(RATINGS)).verdicts).toMatchObject([{ candidate: "v1", baseline: "v2" }]);
  });

  it("look back ten minutes, whatever the window of the page", async () => {
    await desk.time.advance(300_000);
    calls(200, "v2", 1_000, 1_000);
    calls(500, "v1", 1_000);
    calls(500, "v2", 1_000);
    calls(899, "v1", 1);
    calls(899, "v2", 1);
    expect((await service(REVIEWS, 60_000)).verdicts).toMatchObject([
      { errors: { candidate: { n: 1_001, errors: 0 }, baseline: { n: 1_001 } } },
    ]);
  });

  it("start anew with a change of the split", async () => {
    calls(599, "v1", 1_000);
    calls(599, "v2", 1_000, 500);
    expect((await service()).verdicts).toMatchObject([{ word: "very-likely", direction: "worse" }]);
    await applyPlan(desk.context, (await desk.plan({ v1: 50, v2: 50 })).id);
    expect((await service()).verdicts).toEqual([]);
    await desk.time.advance(30_000);
    calls(625, "v1", 300);
    calls(625, "v2", 300);
    expect((await service()).verdicts).toMatchObject([
      { word: "no-difference", errors: { candidate: { n: 300, errors: 0 } }, from: new Date(START_MS + 600_000).toISOString() },
    ]);
  });

  it("hold their word between two looks", async () => {
    calls(300, "v1", 20_000, 40);
    calls(300, "v2", 100, 1);
    expect((await service()).verdicts[0]?.word).toBe("no-difference");
    calls(301, "v2", 90, 4);
    expect((await service()).verdicts[0]).toMatchObject({ word: "no-difference", errors: { candidate: { n: 190, errors: 5 } } });
    calls(302, "v2", 10);
    expect((await service()).verdicts[0]?.word).toBe("very-likely");
  });

  it("of the past end there, and know nothing of changes that came later", async () => {
    calls(300, "v1", 1_000);
    calls(300, "v2", 1_000, 500);
    await applyPlan(desk.context, (await desk.plan({ v1: 50, v2: 50 })).id);
    await desk.time.advance(60_000);
    calls(650, "v1", 1_000);
    calls(650, "v2", 1_000);
    const then = await service(REVIEWS, 60_000, START_MS + 310_000);
    expect(then.verdicts).toMatchObject([
      { word: "very-likely", errors: { candidate: { n: 1_000, errors: 500 } }, to: new Date(START_MS + 310_000).toISOString() },
    ]);
    expect(then).toMatchObject({ changes: [], red: { count: 2_000 } });
    expect((await service()).changes).toHaveLength(1);
    const since = new Date(START_MS + 600_000).toISOString();
    expect((await service(REVIEWS, 60_000, START_MS + 655_000)).verdicts).toMatchObject([{ from: since, word: "no-difference" }]);
  });

  it("of the past compare with the version that got most then, whatever the route asks for now", async () => {
    calls(300, "v1", 100);
    calls(300, "v2", 900);
    expect((await service()).verdicts).toMatchObject([{ baseline: "v1" }]);
    expect((await service(REVIEWS, 60_000, START_MS + 310_000)).verdicts).toMatchObject([{ baseline: "v2" }]);
  });

  it("of the past leave the word that is held for the present alone", async () => {
    calls(300, "v1", 20_000, 40);
    calls(300, "v2", 100, 1);
    expect((await service()).verdicts[0]?.word).toBe("no-difference");
    calls(301, "v2", 90, 4);
    expect((await service(REVIEWS, 60_000, START_MS + 310_000)).verdicts[0]?.word).toBe("very-likely");
    expect((await service()).verdicts[0]?.word).toBe("no-difference");
  });

  it("are not given for one version, nor without metrics", async () => {
    calls(300, "v1", 900);
    desk.topology.know(topologyOf());
    expect((await service()).verdicts).toEqual([]);
    desk = openDesk(desk, undefined, { hasMetrics: false });
    desk.topology.know(topologyOf({ services: [serviceOf(REVIEWS)] }));
    expect((await service()).verdicts).toEqual([]);
  });
});

describe("listServices", () => {
  it("of namespaces lists those that the map of them has", async () => {
    desk.metrics.record(
      sampleAt(300, { source: "unknown/report", target: REVIEWS }, { count: 5 }),
      sampleAt(300, { source: "unknown/stray", target: "payments/ledger" }, { count: 5 }),
    );
    for (const [namespaces, ids] of [
      [["shop"], [CATALOG, FRONTEND, REVIEWS, "unknown/report"]],
      [["payments"], ["payments/ledger", "unknown/stray"]],
      [["no-such"], []],
    ] as const) {
      const [services, map] = [
        await listServices(desk.context, 600_000, undefined, namespaces),
        await getGraph(desk.context, { windowMs: 600_000, namespaces }),
      ];
      if (!services.ok || !map.ok) throw new Error("both answer");
      expect(services.value.value.map(({ id }) => id)).toEqual(ids);
      expect(map.value.value.nodes.map(({ id }) => id)).toEqual(ids);
    }
  });

  it("lists them as they were at an instant", async () => {
    calls(300, "v1", 10);
    calls(500, "v1", 7);
    const answer = await listServices(desk.context, 60_000, START_MS + 310_000);
    if (!answer.ok) throw answer.error;
    expect(answer.value.value.find(({ id }) => id === REVIEWS)).toMatchObject({ red: { count: 10 }, proxies: null });
    expect(answer.value.notices).toMatchObject([{ code: "as-of-now" }]);
  });

  it("lists everybody on the map, with what their listeners demand", async () => {
    calls(300, "v1", 10);
    const answer = await listServices(desk.context, 600_000);
    if (!answer.ok) throw answer.error;
    expect(answer.value.value.map(({ id, demand }) => [id, demand])).toEqual([
      [CATALOG, "strict"],
      [FRONTEND, "strict"],
      [REVIEWS, "strict"],
    ]);
    desk.topology.know(topologyOf());
    const bare = await listServices(desk.context, 600_000);
    if (!bare.ok) throw bare.error;
    expect(bare.value.value.map(({ id, demand, proxies }) => [id, demand, proxies])).toEqual([
      [FRONTEND, "unknown", null],
      [REVIEWS, "unknown", null],
    ]);
    for (const one of bare.value.value) expect(ServiceSummary.parse(one)).toEqual(one);
  });
});
