import { describe, expect, it } from "vitest";

import type { EdgeTraffic } from "#lib/model/red.ts";
import { NO_TRAFFIC } from "#lib/red/traffic.ts";

import type { KnownProxy } from "../identity/known-proxy.ts";
import { createMeshView } from "../identity/mesh-view.ts";
import { createCounterBook } from "../stats/counter-book.ts";
import { factsWith, knownProxy, serviceCluster } from "../testing/known.ts";
import { RECORDED, recordedProxy, recordedStats, type RecordedId } from "../testing/recorded.ts";
import { learnProtocols, mapTraffic } from "./mapper.ts";
import { createProtocolHints, type ProtocolHints } from "./protocol-hints.ts";

const CLUSTERS = [
  serviceCluster("to-reviews", { namespace: "books", service: "reviews", version: "v2" }),
  serviceCluster("to-card", { service: "card", external: true }),
  serviceCluster("to-silent", { namespace: "books", service: "silent", version: "v1" }),
];
const reviews = knownProxy("books", "reviews", "v2");
const web = knownProxy("shop", "web", "v1", { config: factsWith(CLUSTERS) });
const silent = knownProxy("books", "silent", "v1", { config: factsWith([], { logsInbound: { http: false, tcp: false } }) });
const MESH = [reviews, web, silent];

const WEB = "spiffe://mesh/ns/shop/sa/web";

interface Tags {
  peer?: string;
  tls?: string;
  code?: string;
  flags?: string;
  grpc?: string;
  attempt?: string;
  addr?: string;
}

const inbound = (
  count: number,
  { peer = WEB, tls = "TLSv1.3", code = "200", flags = "-", grpc = "", attempt = "1", addr = "" }: Tags,
): string =>
  `envoy_weft_inbound_requests_total{weft_peer="${peer}",weft_tls="${tls}",weft_code="${code}",weft_flags="${flags}",weft_grpc="${grpc}",weft_attempt="${attempt}",weft_addr="${addr}"} ${count}`;

const outbound = (count: number, cluster: string, { code = "200", flags = "-", grpc = "" }: Tags = {}, route = "r"): string =>
  `envoy_weft_outbound_requests_total{weft_cluster="${cluster}",weft_code="${code}",weft_flags="${flags}",weft_grpc="${grpc}",weft_route="${route}"} ${count}`;

const connections = (count: number, side: string, tags: string): string => `envoy_weft_${side}_connections_total{${tags}} ${count}`;

const durations = (le: string, count: number, attempt = "1"): string =>
  `envoy_weft_inbound_duration_ms_bucket{weft_peer="${WEB}",weft_attempt="${attempt}",le="${le}"} ${count}`;

const classes = (cluster: string, codeClass: number, count: number): string =>
  `envoy_cluster_upstream_rq_xx{envoy_response_code_class="${codeClass}",envoy_cluster_name="${cluster}"} ${count}`;

function rows(
  proxy: KnownProxy,
  lines: readonly string[],
  options: { mesh?: readonly KnownProxy[]; hints?: ProtocolHints } = {},
): Record<string, Partial<EdgeTraffic>> {
  const folded = createCounterBook().fold(lines.join("\n"), "from-zero");
  expect(folded.trouble.malformed).toBe(0);
  const samples = mapTraffic(proxy, folded, createMeshView(options.mesh ?? MESH), options.hints ?? createProtocolHints(), 0);
  return Object.fromEntries(
    samples.map(({ key, traffic }) => {
      const said = Object.entries(traffic).filter(
        ([field, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(NO_TRAFFIC, field)),
      );
      return [`${key.source} > ${key.target} ${key.protocol} ${key.version} by ${key.reporter}`, Object.fromEntries(said)];
    }),
  );
}

describe("requests at the destination", () => {
  it("count first attempts, and show further ones beside", () => {
    const lines = [
      inbound(5, { attempt: "1" }),
      inbound(2, { attempt: "" }),
      inbound(1, { attempt: "-" }),
      inbound(4, { attempt: "2" }),
      inbound(1, { attempt: "3", code: "503" }),
    ];
    expect(rows(reviews, lines)).toEqual({
      "shop/web > books/reviews http v2 by destination": { count: 8, retries: 5, transport: { mutual: 8, oneWay: 0, plaintext: 0 } },
    });
  });

  it("count errors and transport", () => {
    const lines = [
      inbound(3, {}),
      inbound(2, { code: "503" }),
      inbound(1, { code: "0", flags: "DC" }),
      inbound(4, { peer: "", addr: "127.0.1.12", tls: "" }),
      inbound(1, { peer: "", addr: "127.0.1.12" }),
    ];
    expect(rows(reviews, lines)).toEqual({
      "shop/web > books/reviews http v2 by destination": { count: 6, errorCount: 3, transport: { mutual: 6, oneWay: 0, plaintext: 0 } },
      "unknown/127.0.1.12 > books/reviews http v2 by destination": { count: 5, transport: { mutual: 0, oneWay: 1, plaintext: 4 } },
    });
  });

  it("carry the flags only of callers that have no proxy to tell them", () => {
    const lines = [
      inbound(1, { code: "503", flags: "UF" }),
      inbound(2, { peer: "", addr: "9.9.9.9", tls: "", code: "503", flags: "UF,URX" }),
    ];
    expect(rows(reviews, lines)).toEqual({
      "shop/web > books/reviews http v2 by destination": { count: 1, errorCount: 1, transport: { mutual: 1, oneWay: 0, plaintext: 0 } },
      "unknown/9.9.9.9 > books/reviews http v2 by destination": {
        count: 2,
        errorCount: 2,
        flags: { UF: 2, URX: 2 },
        transport: { mutual: 0, oneWay: 0, plaintext: 2 },
      },
    });
  });

  it("are left to the caller's proxy where the target does not count all of its own", () => {
    expect(rows(silent, [inbound(3, {}), inbound(2, { peer: "", addr: "9.9.9.9", tls: "" })])).toEqual({
      "unknown/9.9.9.9 > books/silent http v1 by destination": { count: 2, transport: { mutual: 0, oneWay: 0, plaintext: 2 } },
    });
  });

  it("bring durations of first attempts", () => {
    const lines = [
      inbound(3, {}),
      durations("1", 0),
      durations("5", 1),
      durations("10", 3),
      durations("+Inf", 3),
      durations("10", 9, "2"),
      durations("+Inf", 9, "2"),
    ];
    expect(rows(reviews, lines)["shop/web > books/reviews http v2 by destination"]?.latency).toEqual({
      boundsMs: [1, 5, 10],
      counts: [0, 1, 2, 0],
    });
  });

  it("say nothing for a proxy that nobody can name", () => {
    expect(rows(knownProxy("x", "y", "v1", { identity: null }), [inbound(1, {})])).toEqual({});
  });
});

describe("requests at the source", () => {
  it("are the caller's own view where the target counts, under the target's key", () => {
    expect(rows(web, [outbound(7, "to-reviews"), outbound(2, "to-reviews", { code: "504" })])).toEqual({
      "shop/web > books/reviews http v2 by destination": { callerCount: 9, callerErrorCount: 2 },
    });
  });

  it.each(["UH", "UF", "UO", "URX,UF", "UF,URX", "UO,UF"])("count when they never arrived: %s", (flags) => {
    const counted = Object.fromEntries(flags.split(",").map((flag) => [flag, 3]));
    expect(rows(web, [outbound(3, "to-reviews", { code: "503", flags })])).toEqual({
      "shop/web > books/reviews http v2 by destination": {
        count: 3,
        errorCount: 3,
        neverArrived: 3,
        callerCount: 3,
        callerErrorCount: 3,
        flags: counted,
      },
    });
  });

  it("count for the service that a route meant when there was no such upstream", () => {
    const config = factsWith(CLUSTERS, { clustersByRoute: new Map([["reviews-default", ["to-reviews", "gone"]]]) });
    const caller = { ...web, config };
    const lines = [
      outbound(2, "", { code: "503", flags: "NC" }, "reviews-default"),
      outbound(5, "", { code: "404", flags: "NR" }, ""),
      outbound(1, "", { code: "503", flags: "NC" }, "other"),
    ];
    expect(rows(caller, lines, { mesh: [reviews, caller] })).toEqual({
      "shop/web > books/reviews http v2 by destination": {
        count: 2,
        errorCount: 2,
        neverArrived: 2,
        callerCount: 2,
        callerErrorCount: 2,
        flags: { NC: 2 },
      },
    });
  });

  it.each([
    ["to-card", "external/card http null"],
    ["to-silent", "books/silent http v1"],
  ])("are the numbers of %s, which does not count for itself", (cluster, edge) => {
    const bucket = (le: string, count: number): string =>
      `envoy_weft_outbound_duration_ms_bucket{weft_cluster="${cluster}",le="${le}"} ${count}`;
    const lines = [
      outbound(6, cluster),
      outbound(2, cluster, { code: "500" }),
      outbound(1, cluster, { code: "503", flags: "UF" }),
      bucket("5", 4),
      bucket("+Inf", 9),
    ];
    expect(rows(web, lines)).toEqual({
      [`shop/web > ${edge} by source`]: {
        count: 9,
        errorCount: 3,
        neverArrived: 1,
        callerCount: 9,
        callerErrorCount: 3,
        transport: { mutual: 0, oneWay: 0, plaintext: 8 },
        flags: { UF: 1 },
        latency: { boundsMs: [5], counts: [4, 5] },
      },
    });
  });

  it.each([
    ["oneWay", 5, { mutual: 0, oneWay: 3, plaintext: 0 }],
    ["oneWay", 0, undefined],
    ["mutual", 5, undefined],
    ["mixed", 5, undefined],
    ["plaintext", 0, { mutual: 0, oneWay: 0, plaintext: 3 }],
    ["unknown", 0, undefined],
  ] as const)("say how they left where the target does not: set to %s, %i connections over TLS", (client, connections, transport) => {
    const facts = factsWith([serviceCluster("to-card", { service: "card", external: true })]);
    const clusters = new Map([...facts.clusters].map(([name, cluster]) => [name, { ...cluster, client }]));
    const caller = knownProxy("shop", "web", "v1", { config: { ...facts, clusters } });
    const versions = `envoy_cluster_ssl_versions{envoy_ssl_version="TLSv1.3",envoy_cluster_name="to-card"} ${connections}`;
    const [edge] = Object.values(rows(caller, [outbound(3, "to-card"), versions], { mesh: [caller] }));
    expect(edge?.transport).toEqual(transport);
  });

  it("leave durations to the target where it measures them", () => {
    expect(rows(web, [outbound(1, "to-reviews"), `envoy_weft_outbound_duration_ms_bucket{weft_cluster="to-reviews",le="+Inf"} 1`])).toEqual(
      {
        "shop/web > books/reviews http v2 by destination": { callerCount: 1 },
      },
    );
  });
});

describe("the protocol of a request", () => {
  it("is gRPC wherever there is a gRPC status, with its own errors", () => {
    const lines = [inbound(5, { grpc: "0" }), inbound(2, { grpc: "14" }), inbound(1, { grpc: "5" })];
    expect(rows(reviews, lines)).toEqual({
      "shop/web > books/reviews grpc v2 by destination": { count: 8, errorCount: 2, transport: { mutual: 8, oneWay: 0, plaintext: 0 } },
    });
  });

  it("of a call that was given up without a status is that of its edge, wherever it was learnt", () => {
    const gaveUp = inbound(1, { code: "0", flags: "DR" });
    const sameBatch = rows(reviews, [gaveUp, inbound(5, { grpc: "0" })]);
    expect(sameBatch).toMatchObject({ "shop/web > books/reviews grpc v2 by destination": { count: 6, errorCount: 1 } });

    const hints = createProtocolHints();
    const past = createCounterBook().fold(inbound(1_000, { grpc: "0" }), "base-line");
    learnProtocols(reviews, past.unseen, createMeshView(MESH), hints);
    expect(Object.keys(rows(reviews, [gaveUp], { hints }))).toEqual(["shop/web > books/reviews grpc v2 by destination"]);

    const fromSource = createProtocolHints();
    rows(web, [outbound(1, "to-reviews", { grpc: "0" })], { hints: fromSource });
    expect(Object.keys(rows(reviews, [gaveUp], { hints: fromSource }))).toEqual(["shop/web > books/reviews grpc v2 by destination"]);
    expect(
      Object.keys(rows(reviews, [inbound(1, { code: "0", flags: "DR", peer: "spiffe://mesh/ns/a/sa/b" })], { hints: fromSource })),
    ).toEqual(["a/b > books/reviews grpc v2 by destination"]);
  });

  it("is both, on two edges, where a service is reached in both ways", () => {
    expect(Object.keys(rows(reviews, [inbound(5, { grpc: "0" }), inbound(7, {})]))).toEqual([
      "shop/web > books/reviews grpc v2 by destination",
      "shop/web > books/reviews http v2 by destination",
    ]);
  });

  it("is HTTP where nothing else was ever seen", () => {
    expect(Object.keys(rows(reviews, [inbound(1, { code: "0", flags: "DC" })]))).toEqual([
      "shop/web > books/reviews http v2 by destination",
    ]);
  });
});

describe("TCP connections", () => {
  const mutual = `weft_peer="${WEB}",weft_tls="TLSv1.3"`;

  it("count once, when they stand", () => {
    const lines = [
      connections(4, "inbound", `${mutual},weft_flags="-",weft_type="TcpUpstreamConnected"`),
      connections(3, "inbound", `${mutual},weft_flags="-",weft_type="TcpConnectionEnd"`),
      connections(9, "inbound", `${mutual},weft_flags="-",weft_type="TcpPeriodic"`),
      connections(1, "inbound", `${mutual},weft_flags="UF,URX",weft_type="TcpConnectionEnd"`),
    ];
    expect(rows(reviews, lines)).toEqual({
      "shop/web > books/reviews tcp v2 by destination": { count: 5, errorCount: 1, transport: { mutual: 5, oneWay: 0, plaintext: 0 } },
    });
  });

  it("count when they end, where the listener does not tell that they stand", () => {
    const proxy = knownProxy("books", "reviews", "v2", { config: factsWith([], { countsOnConnect: { inbound: false, outbound: true } }) });
    const lines = [
      connections(3, "inbound", `${mutual},weft_flags="-",weft_type="TcpConnectionEnd"`),
      connections(1, "inbound", `${mutual},weft_flags="-",weft_type="TcpUpstreamConnected"`),
    ];
    expect(rows(proxy, lines)).toMatchObject({ "shop/web > books/reviews tcp v2 by destination": { count: 3 } });
  });

  it("that never stood are counted at the source", () => {
    const lines = [
      connections(4, "outbound", `weft_cluster="to-reviews",weft_flags="-",weft_type="TcpUpstreamConnected"`),
      connections(2, "outbound", `weft_cluster="to-reviews",weft_flags="UF,URX",weft_type="TcpConnectionEnd"`),
    ];
    expect(rows(web, lines)).toEqual({
      "shop/web > books/reviews tcp v2 by destination": {
        count: 2,
        errorCount: 2,
        neverArrived: 2,
        callerCount: 6,
        callerErrorCount: 2,
        flags: { UF: 2, URX: 2 },
      },
    });
  });
});

describe("proxies without the recommended statistics", () => {
  const bare = knownProxy("shop", "web", "v1", {
    config: factsWith(CLUSTERS, { unlogged: new Set(["to-silent", "to-reviews", "to-card"]) }),
  });
  const lines = ["to-silent", "to-reviews"].flatMap((cluster) => [
    classes(cluster, 2, 8),
    classes(cluster, 5, 2),
    `envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="${cluster}",le="5"} 9`,
    `envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="${cluster}",le="+Inf"} 10`,
  ]);

  it("still give requests, errors and durations, from the caller's side", () => {
    expect(rows(bare, lines, { mesh: [bare, silent, reviews] })).toEqual({
      "shop/web > books/silent http v1 by source": {
        count: 10,
        errorCount: 2,
        callerCount: 10,
        callerErrorCount: 2,
        latency: { boundsMs: [5], counts: [9, 1] },
      },
      "shop/web > books/reviews http v2 by destination": { callerCount: 10, callerErrorCount: 2 },
    });
  });

  it("are not counted twice where both kinds of statistics are there", () => {
    expect(rows(web, [...lines, outbound(10, "to-silent")])).toEqual({
      "shop/web > books/silent http v1 by source": {
        count: 10,
        callerCount: 10,
        transport: { mutual: 0, oneWay: 0, plaintext: 10 },
      },
    });
  });
});

describe("recorded proxies", () => {
  const all = RECORDED.map((id) => recordedProxy(id));
  const mesh = createMeshView(all);

  function edges(id: RecordedId): string[] {
    const folded = createCounterBook().fold(recordedStats(id), "from-zero");
    const proxy = all.find((one) => one.id === id);
    if (proxy === undefined) throw new Error(id);
    return mapTraffic(proxy, folded, mesh, createProtocolHints(), 0).map(
      ({ key, traffic }) =>
        `${key.source} > ${key.target} ${key.protocol} ${key.version} by ${key.reporter}: ${traffic.latency === null ? "no" : "with"} durations`,
    );
  }

  it.each([
    [
      "gateway-v1-0.shop",
      ["internet > shop/gateway http v1 by destination: with durations", "shop/gateway > shop/frontend http v1 by source: with durations"],
    ],
    [
      "ledger-v1-0.payments",
      [
        "unknown/legacy-report > payments/ledger http v1 by destination: with durations",
        "payments/payments > payments/ledger http v1 by destination: with durations",
      ],
    ],
    [
      "payments-v1-0.payments",
      [
        "shop/checkout > payments/payments http v1 by destination: with durations",
        "payments/payments > external/card-network http null by source: with durations",
        "payments/payments > payments/ledger http v1 by destination: no durations",
      ],
    ],
    ["ratings-v1-0.reviews", ["reviews/reviews > reviews/ratings grpc v1 by destination: with durations"]],
    ["kv-v1-0.shop", ["shop/cart > shop/kv tcp v1 by destination: no durations"]],
  ] as const)("%s", (id, expected) => {
    expect(edges(id)).toEqual(expected);
  });
});
