import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type Endpoint, endpoints } from "#lib/contract/endpoints.ts";
import { WeftError } from "#lib/model/errors.ts";
import { proxyOf, sampleAt, serviceOf, topologyOf } from "#lib/testing/builders.ts";
import { demandRecordOf, recordOf } from "#lib/testing/change-builders.ts";
import { FRONTEND, REVIEWS, ROUTE, RULE } from "#lib/testing/mesh-desk.ts";

import { openConsole, problemOf, type TestConsole } from "../testing/console.ts";

let weft: TestConsole;

beforeEach(async () => {
  weft = await openConsole();
});

afterEach(() => weft.close());

async function read(url: string) {
  const response = await weft.get(url);
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${response.body}`);
  return response.json();
}

async function ids(url: string): Promise<string[]> {
  return (await read(url)).value.items.map(({ id }: { id: string }) => id);
}

/** A mesh with traffic, a plan, changes of every kind, and a proxy that tells of itself. */
async function fill(): Promise<{ planId: string }> {
  await weft.mesh.time.advance(60_000);
  const latency = { boundsMs: [10, 100], counts: [50, 40, 10] };
  weft.mesh.metrics.record(
    sampleAt(
      50,
      { source: FRONTEND, target: REVIEWS, version: "v1" },
      { count: 100, errorCount: 3, callerCount: 100, transport: { mutual: 99, oneWay: 0, plaintext: 1 }, flags: { UH: 1 }, latency },
    ),
    sampleAt(50, { source: FRONTEND, target: REVIEWS, version: "v2" }, { count: 100, errorCount: 40, latency }),
    sampleAt(50, { source: "internet", target: FRONTEND, version: null, reporter: "source" }, { callerCount: 5 }),
  );
  const proxy = proxyOf(REVIEWS, {
    id: "reviews-v1-0.shop",
    state: "unreachable",
    reason: "It does not answer",
    lastSeen: null,
    gaps: [{ missing: "durations", setting: "the logger" }],
  });
  weft.mesh.topology.know(
    topologyOf({ services: [serviceOf(REVIEWS), serviceOf(FRONTEND)], proxies: [proxy, proxyOf(FRONTEND, { id: "caller-1" })] }),
  );
  weft.mesh.topology.describe({
    proxy,
    upstreams: [
      {
        name: "ratings",
        nodeId: "shop/ratings",
        version: null,
        endpoints: { healthy: 1, total: 2 },
        ejected: 1,
        openBreakers: ["default"],
      },
    ],
    certificates: [{ serial: "01", role: "workload", names: ["spiffe://x"], validFrom: null, expiresAt: "2027-01-01T00:00:00.000Z" }],
    config: [{ kind: "routes", text: "{}" }],
  });
  const planned = (await weft.post("/api/plans", { routeId: ROUTE, ruleId: RULE, weights: { v1: 100, v2: 0 }, reason: "v2 fails" })).json()
    .value;
  await weft.post(`/api/plans/apply?id=${planned.id}`);
  weft.mesh.target.setProxy("caller-2", "unreachable");
  await weft.mesh.time.advance(1_000);
  await weft.post("/api/changes/undo?id=1");
  await weft.mesh.time.advance(10_000);
  weft.feed.set({
    state: "degraded",
    coverage: { n: 1, of: 2 },
    lastError: "caller-2 does not answer",
    findings: [{ subject: "caller-2", text: "It does not answer", mend: "Start it" }],
  });
  return { planId: planned.id };
}

describe("every read", () => {
  const QUERIES: Partial<Record<keyof typeof endpoints, (planId: string) => string>> = {
    getGraph: () => "?window=300s&namespaces=shop",
    getRed: () => `?subject=service:${REVIEWS}&window=60s&by=version`,
    getService: () => `?id=${REVIEWS}&window=300s`,
    getRoute: () => `?id=${ROUTE}`,
    getPlan: (planId) => `?id=${planId}`,
    getChange: () => "?id=1",
    getProxy: () => "?id=reviews-v1-0.shop",
    getWhatIf: () => "?scope=mesh",
  };
  // Traces need a source of their own: traces.test.ts. An export is a file, no envelope.
  const elsewhere = /^\/api\/(trace|operations|exemplars|security\/export)/;
  const reads = Object.entries(endpoints).filter(
    ([id, { method, path }]) => method === "GET" && id !== "getLive" && !elsewhere.test(path),
  ) as [keyof typeof endpoints, Endpoint][];

  it.each(reads)("%s answers exactly what the contract describes, on a busy mesh", async (id, endpoint) => {
    const { planId } = await fill();
    const answer = await read(`${endpoint.path}${QUERIES[id]?.(planId) ?? ""}`);
    const parsed = endpoint.value.safeParse(answer);
    expect(parsed.error).toBeUndefined();
    expect(parsed.data).toEqual(answer);
    expect(JSON.stringify(answer)).not.toContain("NaN");
  });

  it.each(reads.filter(([id]) => QUERIES[id] === undefined || ["getGraph", "getRed", "getWhatIf"].includes(id)))(
    "%s answers exactly that on an empty mesh",
    async (id, endpoint) => {
      weft.mesh.topology.know(topologyOf());
      const answer = await read(`${endpoint.path}${QUERIES[id]?.("") ?? ""}`);
      expect(endpoint.value.parse(answer)).toEqual(answer);
    },
  );

  it("sees that there are as many as these tests mean", () => {
    expect(reads).toHaveLength(15);
  });
});

const idsOf = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id);

describe("lists", () => {
  it("come in pages that lead to each other", async () => {
    for (let id = 1; id <= 5; id++) weft.runtime.context.log.show(recordOf({ id: String(id) }));
    const first = (await read("/api/changes?limit=2")).value;
    expect([first.items.map(({ id }: { id: string }) => id), first.total, first.next]).toEqual([["5", "4"], 5, "2"]);
    const last = (await read("/api/changes?limit=2&next=4")).value;
    expect([last.items.map(({ id }: { id: string }) => id), last.total, last.next]).toEqual([["1"], 5, null]);
    expect((await read("/api/changes?next=9")).value).toEqual({ items: [], total: 5, next: null });
  });

  it("of services can keep to namespaces, as the map does", async () => {
    await fill();
    for (const namespaces of ["shop", "payments", "no-such"]) {
      const [services, graph] = [await read(`/api/services?namespaces=${namespaces}`), await read(`/api/graph?namespaces=${namespaces}`)];
      expect([namespaces, idsOf(services.value.items)]).toEqual([namespaces, idsOf(graph.value.nodes)]);
    }
    expect((await read("/api/services?namespaces=no-such")).value.items).toEqual([]);
  });

  it("of changes can keep to a route or a target", async () => {
    weft.runtime.context.log.show(recordOf({ id: "1", routeId: "fake:reviews", target: REVIEWS }));
    weft.runtime.context.log.show(recordOf({ id: "2", routeId: "fake:ratings", target: "shop/ratings" }));
    expect([
      await ids("/api/changes"),
      await ids("/api/changes?routeId=fake:reviews"),
      await ids("/api/changes?target=shop/ratings"),
      await ids("/api/changes?routeId=fake:reviews&target=shop/ratings"),
    ]).toEqual([["2", "1"], ["1"], ["2"], []]);
  });

  it("of changes can keep to an object, whatever kind it is", async () => {
    weft.runtime.context.log.show(recordOf({ id: "1" }));
    weft.runtime.context.log.show(demandRecordOf({ id: "2" }));
    expect([
      await ids("/api/changes"),
      await ids("/api/changes?objectId=demands:ledger"),
      await ids("/api/changes?objectId=fake:reviews"),
      await ids("/api/changes?routeId=fake:reviews"),
      await ids("/api/changes?routeId=demands:ledger"),
      await ids("/api/changes?target=shop/ledger"),
    ]).toEqual([["2", "1"], ["2"], ["1"], ["1"], [], ["2"]]);
  });

  it("of services, routes and proxies carry their evidence", async () => {
    weft.mesh.topology.failWith(new WeftError("SOURCE_UNREACHABLE", "The folder is gone.", { mend: "Mount it." }));
    weft.mesh.target.failNext("routes", new WeftError("SOURCE_REFUSED", "No right to read."));
    expect(await read("/api/services")).toMatchObject({
      coverage: "partial",
      notices: [{ text: "The folder is gone.", mend: "Mount it." }],
    });
    expect(await read("/api/proxies")).toMatchObject({
      value: { items: [], total: 0 },
      coverage: "partial",
      notices: [{ source: "fake-topology" }],
    });
    expect(await read("/api/routes")).toMatchObject({ value: { total: 0 }, coverage: "partial", notices: [{ code: "SOURCE_REFUSED" }] });
  });
});

describe("one thing", () => {
  it.each([
    ["/api/route?id=nobody's", "routeId"],
    ["/api/plan?id=nobody's", "id"],
    ["/api/change?id=7", "id"],
    ["/api/proxy?id=nobody's", "id"],
    ["/api/service?id=nobody's", "id"],
  ])("that is not there: %s", async (url, field) => {
    const problem = problemOf(await weft.get(url));
    expect(problem).toMatchObject({ status: 404, code: "NOT_FOUND", field });
    expect(problem.mend).toMatch(/\S/);
  });

  it("passes on what its source says", async () => {
    weft.mesh.topology.describe({ proxy: proxyOf(REVIEWS, { id: "p" }), upstreams: [], certificates: [], config: [] });
    weft.mesh.topology.failWith(new WeftError("SOURCE_UNREACHABLE", "It does not answer."));
    expect(problemOf(await weft.get("/api/proxy?id=p"))).toMatchObject({ status: 502, detail: "It does not answer." });
  });
});

describe("sources", () => {
  it("say how they are", async () => {
    expect(await read("/api/sources")).toMatchObject({
      coverage: "complete",
      value: { items: [{ id: "fake-proxies", state: "healthy" }], total: 1 },
    });
    weft.feed.set({ state: "down", lastError: "Nothing answers", mend: "Start it" });
    expect(await read("/api/sources")).toMatchObject({
      coverage: "partial",
      value: { items: [{ state: "down", lastError: "Nothing answers", mend: "Start it" }] },
    });
  });
});

describe("parameters", () => {
  it("take an instant in any zone, and several namespaces", async () => {
    await weft.mesh.time.advance(60_000);
    const graph = await read("/api/graph?window=10s&at=2026-01-01T13:00:10%2B01:00&namespaces=shop,,bank");
    expect(graph.value.window).toEqual({ from: "2026-01-01T12:00:00.000Z", to: "2026-01-01T12:00:10.000Z" });
  });

  it.each(["/api/graph?", "/api/services?", `/api/service?id=${encodeURIComponent(REVIEWS)}&`])(
    "%s ends where it is told to",
    async (path) => {
      await weft.mesh.time.advance(60_000);
      const codes = async (at: string) => (await read(`${path}at=${at}`)).notices.map(({ code }: { code: string }) => code);
      expect(await codes("2026-01-01T12:00:10Z")).toContain("as-of-now");
      expect(await codes("2026-01-01T12:59:00Z")).not.toContain("as-of-now");
      expect((await weft.get(`${path}at=yesterday`)).statusCode).toBe(400);
    },
  );

  it("that nobody knows are left alone", async () => {
    expect((await weft.get("/api/graph?colour=blue&__proto__=1&constructor=2")).statusCode).toBe(200);
  });
});
