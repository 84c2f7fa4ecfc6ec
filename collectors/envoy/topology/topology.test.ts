import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import type { Notice } from "#lib/model/evidence.ts";

import { ServerInfo } from "../admin/wire.ts";
import type { KnownProxy } from "../identity/known-proxy.ts";
import { createMeshView } from "../identity/mesh-view.ts";
import type { Observation } from "../polling/proxy-watch.ts";
import { clusterStatus, factsWith, knownProxy, serviceCluster } from "../testing/known.ts";
import { RECORDED, recordedProxy } from "../testing/recorded.ts";
import { directoryNotices } from "./notices.ts";
import { upstreamsOf, worstEndpoints } from "./endpoints.ts";
import { proxyOf } from "./proxy-state.ts";
import { buildTopology } from "./topology.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const MOMENT = { nowMs: NOW, intervalMs: 1_000 };

function seen(more: Partial<Observation> = {}): Observation {
  const info = ServerInfo.parse({ version: "9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL" });
  return {
    lastSeenMs: NOW - 400,
    answeredInMs: 2.345,
    failure: null,
    life: { start: "x", uptimeSeconds: 90, info },
    serverState: 0,
    sync: "synced",
    rejectedRoutes: [],
    openBreakers: [],
    tlsSeen: [],
    trouble: { malformed: 0, notFinite: 0, firstMalformed: null, overflow: 0 },
    inspection: new Map(),
    ...more,
  };
}

function topology(
  proxies: readonly KnownProxy[],
  observe: (proxy: KnownProxy) => Observation = () => seen(),
  findings: readonly Notice[] = [],
): ReturnType<typeof buildTopology> {
  const watched = proxies.map((known) => ({ known, observation: observe(known) }));
  return buildTopology({ sourceId: "envoy", watched, mesh: createMeshView(proxies), findings, ...MOMENT });
}

const lost = (code: "TIMEOUT" | "SOURCE_MALFORMED", text: string): Observation =>
  seen({ failure: new WeftError(code, text), lastSeenMs: NOW - 60_000 });

describe("the state of a proxy", () => {
  const web = knownProxy("shop", "web", "v1");

  it.each<[string, Observation, { state: string; reason: string | null; sync?: string }]>([
    ["answers", seen(), { state: "live", reason: null, sync: "synced" }],
    [
      "drains",
      seen({ serverState: 1 }),
      { state: "draining", reason: "It is draining: it ends the connections it has and takes no new ones." },
    ],
    [
      "starts",
      seen({ serverState: 3 }),
      { state: "initializing", reason: "It is starting and waits for its configuration.", sync: "unknown" },
    ],
    ["does not show its state among the statistics", seen({ serverState: null }), { state: "live", reason: null }],
    ["was never asked", seen({ lastSeenMs: null, life: null }), { state: "unreachable", reason: "It has not answered yet." }],
    [
      "does not answer",
      lost("TIMEOUT", "127.0.0.1:1 did not answer /stats within 2000 ms."),
      { state: "unreachable", reason: "127.0.0.1:1 did not answer /stats within 2000 ms.", sync: "unknown" },
    ],
    [
      "answers nonsense",
      lost("SOURCE_MALFORMED", "127.0.0.1:1 answered /stats with a web page."),
      { state: "malformed", reason: "127.0.0.1:1 answered /stats with a web page." },
    ],
    ["was silent for three intervals", seen({ lastSeenMs: NOW - 3_000 }), { state: "live", reason: null }],
    [
      "was silent for longer",
      seen({ lastSeenMs: NOW - 4_000 }),
      { state: "stale", reason: "It last answered 4 s ago, which is more than 3 intervals." },
    ],
    [
      "refused its routes",
      seen({ sync: "rejected", rejectedRoutes: ["reviews", "x\u202e"] }),
      {
        state: "live",
        sync: "rejected",
        reason: "It refused the newest routes of reviews, x\\u{202e} and keeps the ones it had; the reason stands in its log.",
      },
    ],
  ])("that %s", (_case, observation, expected) => {
    const routed = { ...web, config: factsWith([], { subscribesRoutes: true }) };
    expect(proxyOf(routed, observation, MOMENT)).toMatchObject(expected);
  });

  it("is in step when it takes no routes from outside, whatever the counters do not say", () => {
    const own = { ...web, config: factsWith([], { subscribesRoutes: false }) };
    expect(proxyOf(own, seen({ sync: "unknown" }), MOMENT).sync).toBe("synced");
    expect(proxyOf({ ...web, config: null }, seen({ sync: "unknown" }), MOMENT).sync).toBe("unknown");
  });

  it("tells software, times and gaps", () => {
    const unversioned = { ...knownProxy("shop", "web", null), id: "web-0" };
    expect(proxyOf(unversioned, seen(), MOMENT)).toMatchObject({
      software: "Envoy 1.40.0",
      lastSeen: "2026-11-21T11:59:59.600Z",
      uptimeSeconds: 90,
      answeredInMs: 2.3,
      version: null,
      gaps: [
        {
          missing: "The version of web that web-0 runs is not known.",
          setting: "node.metadata: { weft: { namespace, service, version } }",
        },
      ],
    });
    expect(proxyOf({ ...unversioned, identity: null }, seen({ life: null, lastSeenMs: null, answeredInMs: null }), MOMENT)).toMatchObject({
      nodeId: "unknown/web-0",
      namespace: null,
      service: "web-0",
      software: null,
      lastSeen: null,
      uptimeSeconds: null,
      answeredInMs: null,
      gaps: [],
    });
  });
});

describe("the topology of the recorded proxies", () => {
  const { value, coverage, notices, provenance } = topology(RECORDED.map((id) => recordedProxy(id)));

  it("names every service, with what its listeners demand and how its callers see its endpoints", () => {
    const byId = Object.fromEntries(value.services.map(({ id, ...facts }) => [id, facts]));
    expect(Object.keys(byId)).toEqual([
      "external/card-network",
      "payments/ledger",
      "payments/payments",
      "reviews/ratings",
      "reviews/reviews",
      "shop/catalog",
      "shop/frontend",
      "shop/gateway",
      "shop/kv",
    ]);
    expect(byId["shop/gateway"]).toEqual({
      kind: "gateway",
      namespace: "shop",
      service: "gateway",
      versions: [{ version: "v1", proxies: { n: 1, of: 1 } }],
      demand: "oneWay",
      endpoints: null,
    });
    expect(byId["payments/ledger"]).toMatchObject({ kind: "service", demand: "permissive", endpoints: { healthy: 1, total: 1 } });
    expect(byId["reviews/ratings"]).toMatchObject({ demand: "strict", endpoints: null });
    expect(byId["external/card-network"]).toMatchObject({
      kind: "external",
      versions: [],
      demand: "unknown",
      endpoints: { healthy: 1, total: 1 },
    });
    expect(byId["shop/frontend"]).toMatchObject({ versions: [], endpoints: { healthy: 3, total: 3 } });
  });

  it("tells what each client declares", () => {
    expect(value.declared).toEqual([
      { source: "payments/payments", target: "external/card-network", client: "oneWay" },
      { source: "payments/payments", target: "payments/ledger", client: "mutual" },
      { source: "shop/catalog", target: "reviews/reviews", client: "mutual" },
      { source: "shop/gateway", target: "shop/frontend", client: "mutual" },
    ]);
  });

  it("is complete, with its evidence", () => {
    expect([coverage, notices]).toEqual(["complete", []]);
    expect(provenance).toEqual([
      {
        source: "envoy",
        kind: "envoy",
        query: "GET /stats/prometheus, /clusters, /config_dump and /certs of 6 proxies",
        observedAt: "2026-11-21T11:59:59.600Z",
      },
    ]);
  });
});

describe("what is missing", () => {
  const v1 = knownProxy("books", "reviews", "v1");
  const v2 = knownProxy("books", "reviews", "v2");

  it("is said of each silent proxy, and dims nothing else", () => {
    const { value, coverage, notices } = topology([v1, v2], (proxy) => (proxy === v1 ? lost("TIMEOUT", "It did not answer.") : seen()));
    expect(coverage).toBe("partial");
    expect(value.services[0]?.versions).toEqual([
      { version: "v1", proxies: { n: 0, of: 1 } },
      { version: "v2", proxies: { n: 1, of: 1 } },
    ]);
    expect(notices).toContainEqual({
      level: "warning",
      code: "proxy-silent",
      text: "Proxy reviews-v1.books is unreachable: It did not answer.",
      source: "envoy",
      mend: "Start the proxy, or remove its file from the directory when it is gone for good.",
    });
  });

  it("is everything when no proxy answers", () => {
    expect(topology([v1], () => lost("TIMEOUT", "It did not answer.")).coverage).toBe("stale");
    expect(topology([])).toMatchObject({
      value: { services: [], proxies: [], declared: [] },
      coverage: "complete",
      provenance: [{ observedAt: null }],
    });
  });

  it("is which version made a call, where versions share an identity", () => {
    expect(topology([v1, v2]).notices).toEqual([
      {
        level: "info",
        code: "source-version-unknown",
        text: "Versions v1 and v2 of books/reviews share the identity spiffe://mesh/ns/books/sa/reviews, so it is not known which of them made a call.",
        source: "envoy",
        mend: "Give each version an identity of its own (a service account each) to tell their calls apart.",
      },
    ]);
    const own = { ...v2, spiffeIds: ["spiffe://mesh/ns/books/sa/reviews-v2"] };
    expect(topology([v1, own]).notices).toEqual([]);
  });

  it("is which service made a call, where services share an identity", () => {
    const other = { ...knownProxy("books", "details", "v1"), spiffeIds: v1.spiffeIds };
    expect(topology([v1, other]).notices.map((notice) => notice.text)).toEqual([
      "The services books/details and books/reviews share the identity spiffe://mesh/ns/books/sa/reviews, so their calls are shown under that identity.",
    ]);
  });

  it("is the service of a proxy that does not say it, and the newest routes of one that refused them", () => {
    const nameless = { ...v1, id: "p", identity: null };
    expect(topology([nameless]).notices.map((notice) => notice.text)).toEqual([
      "Proxy p answers, but nothing says which service it stands for, so its traffic is left out.",
    ]);
    const routed = { ...v1, config: factsWith([], { subscribesRoutes: true }) };
    expect(topology([routed], () => seen({ sync: "rejected", rejectedRoutes: ["reviews"] })).notices).toMatchObject([
      {
        level: "error",
        code: "routes-refused",
        text: "Proxy reviews-v1.books: It refused the newest routes of reviews and keeps the ones it had; the reason stands in its log.",
      },
    ]);
  });

  it("is everything before the directory was read, and when it is empty", () => {
    expect(directoryNotices("envoy", null)).toEqual([
      { level: "info", code: "starting", text: "The directory of proxies has not been read yet.", source: "envoy", mend: null },
    ]);
    expect(directoryNotices("envoy", { proxies: [], isReadable: true, findings: [] })).toEqual([
      {
        level: "warning",
        code: "proxy-file",
        text: "The directory holds no proxy.",
        source: "envoy",
        mend: 'Write one file per proxy into it, like { "id": "<node.id>", "admin": "http://127.0.0.1:9901" }.',
      },
    ]);
  });

  it("is told of files and configurations that could not be read", () => {
    const findings = directoryNotices("envoy", {
      proxies: [],
      isReadable: true,
      findings: [{ subject: "a.json", field: null, text: "a.json: it is not JSON.", mend: "Write it." }],
    });
    expect(topology([v1], () => seen(), findings)).toMatchObject({
      coverage: "partial",
      notices: [{ code: "proxy-file", text: "a.json: it is not JSON.", mend: "Write it." }],
    });
    expect(topology([{ ...v1, config: null }])).toMatchObject({ coverage: "partial" });
  });
});

describe("endpoints", () => {
  const clusters = [
    serviceCluster("r1", { namespace: "books", service: "reviews", version: "v1" }),
    serviceCluster("r2", { namespace: "books", service: "reviews", version: "v2" }),
  ];
  const caller = (name: string, ...upstreams: ReturnType<typeof clusterStatus>[]): KnownProxy =>
    knownProxy("shop", name, "v1", { config: factsWith(clusters), upstreams });

  it.each([
    ["ejected", { failed_outlier_check: true }, 1],
    ["failing its health check", { failed_active_health_check: true }, 0],
    ["marked unhealthy", { eds_health_status: "UNHEALTHY" }, 0],
    ["draining", { eds_health_status: "DRAINING" }, 0],
  ])("are not healthy when %s", (_case, health, ejected) => {
    const web = caller("web", clusterStatus("r1", [1], health), clusterStatus("inbound_app", [2]));
    expect(upstreamsOf(web, createMeshView([web]), [{ cluster: "r1", breaker: "requests" }])).toEqual([
      { name: "r1", nodeId: "books/reviews", version: "v1", endpoints: { healthy: 0, total: 1 }, ejected, openBreakers: ["requests"] },
    ]);
  });

  it("are summed over versions and taken from the caller that sees the fewest", () => {
    const well = caller("well", clusterStatus("r1", [1]), clusterStatus("r2", [2]));
    const badly = caller("badly", clusterStatus("r1", [1]), clusterStatus("r2", [2], { failed_outlier_check: true }));
    const mesh = createMeshView([well, badly]);
    expect(worstEndpoints([well, badly].map((known) => ({ upstreams: upstreamsOf(known, mesh, []) }))).get("books/reviews")).toEqual({
      healthy: 1,
      total: 2,
    });
  });

  it("are none where a caller has no endpoint at all", () => {
    const web = caller("web", clusterStatus("r1", []));
    expect(topology([web]).value.services.find((service) => service.id === "books/reviews")?.endpoints).toEqual({ healthy: 0, total: 0 });
  });
});
