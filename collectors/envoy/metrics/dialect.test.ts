import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { FoldedTraffic, PromSample } from "#collectors/shared/promql/dialect.ts";
import { renderPromql } from "#collectors/shared/promql/render.ts";

import { createEnvoyDialect } from "./dialect.ts";
import type { ProxyLabels } from "./labels.ts";

type Answers = Record<string, PromSample[]>;

const ASK = { rangeMs: 60_000, histograms: "classic" } as const;

function foldAll(answers: Answers, labels?: Partial<ProxyLabels>): FoldedTraffic {
  return createEnvoyDialect(labels).fold(new Map(Object.entries(answers)), ASK);
}

function fold(answers: Answers, labels?: Partial<ProxyLabels>): FoldedTraffic["rows"] {
  return foldAll(answers, labels).rows;
}

const CART = { app: "cart", namespace: "shop" };
const REVIEWS = { app: "reviews", namespace: "books", version: "v1" };
const TO_REVIEWS = "outbound|9080|v1|reviews.books.svc.cluster.local";
const CART_ID = "spiffe://mesh/ns/shop/sa/cart";

const sample = (labels: Record<string, string>, value: number): PromSample => ({ labels, value });
const stock = (codeClass: string, value: number, cluster = "reviews"): PromSample =>
  sample({ ...CART, envoy_cluster_name: cluster, envoy_response_code_class: codeClass }, value);
const istio = (tag: Record<string, string>, value: number): PromSample => sample({ ...CART, cluster_name: TO_REVIEWS, ...tag }, value);
const arrival = (value: number, more: Record<string, string> = {}): PromSample =>
  sample({ ...REVIEWS, weft_peer: CART_ID, weft_tls: "TLSv1.3", weft_code: "200", weft_flags: "-", weft_attempt: "1", ...more }, value);
const departure = (value: number, more: Record<string, string> = {}): PromSample =>
  sample({ ...CART, weft_cluster: TO_REVIEWS, weft_code: "200", weft_flags: "-", ...more }, value);

const tcp = (weft_type: string, value: number): PromSample =>
  sample({ ...REVIEWS, weft_peer: CART_ID, weft_tls: "TLSv1.3", weft_flags: "-", weft_type }, value);

const native = (labels: Record<string, string>): PromSample => ({
  ...sample(labels, 7),
  histogram: { bounds: [1, 2], counts: [3, 4, 0], sum: 9, count: 7 },
});

const answersOf = (all: readonly (readonly [string, PromSample])[]): Answers => {
  const answers: Answers = {};
  for (const [name, sample] of all) (answers[name] ??= []).push(sample);
  return answers;
};

describe("what is asked", () => {
  it("is one question for each metric, none for copies by origin, and none for a spread that is not kept", () => {
    const dialect = createEnvoyDialect();
    const texts = dialect.counts(ASK).map(({ expression }) => renderPromql(expression));
    const metrics = texts.map((text) => /increase\((\w+)/.exec(text)?.[1]);
    expect(new Set(metrics).size).toBe(metrics.length);
    expect(texts.join("\n")).not.toMatch(/internal_|external_/);
    expect(dialect.durations({ ...ASK, histograms: "none" })).toEqual([]);
    expect(dialect.durations({ ...ASK, histograms: "native" }).length).toBe(3);
    expect(dialect.durations(ASK).length).toBe(6);
  });

  it("keeps series apart by the labels that were configured", () => {
    const [first] = createEnvoyDialect({ service: ["workload"], namespace: ["ns"], version: [] }).counts(ASK);
    expect(first === undefined ? "" : renderPromql(first.expression)).toBe(
      "sum by (workload, ns, envoy_cluster_name, cluster_name, envoy_response_code_class, response_code_class) (increase(envoy_cluster_upstream_rq_xx[1m]))",
    );
  });
});

describe("built-in statistics", () => {
  it("with Envoy's own tags are counted by the caller, who sees neither transport nor what never arrived", () => {
    const { rows, notices } = foldAll({ classes: [stock("2", 40.4, TO_REVIEWS), stock("5", 2.3, TO_REVIEWS)] });
    expect(rows).toMatchObject([
      {
        key: { source: "shop/cart", target: "books/reviews", version: "v1", reporter: "source" },
        traffic: {
          count: 43,
          errorCount: 2,
          neverArrived: 0,
          retries: 0,
          countsAttempts: true,
          transport: { mutual: 0, oneWay: 0, plaintext: 0 },
        },
      },
    ]);
    expect(notices).toMatchObject([{ code: "ENVOY_BUILT_IN_ONLY" }]);
    expect(notices[0]?.text).toContain("shop/cart");
  });

  it("with Istio's tags have one name for classes and codes, and every request counts once", () => {
    const both = [
      istio({ response_code_class: "2xx" }, 40),
      istio({ response_code_class: "5xx" }, 3),
      istio({ response_code: "200" }, 40),
      istio({ response_code: "503" }, 3),
    ];
    expect(fold({ "classes-or-codes": both })).toMatchObject([{ traffic: { count: 43, errorCount: 3 } }]);
    expect(fold({ "classes-or-codes": both.slice(2) })).toMatchObject([{ traffic: { count: 43, errorCount: 3 } }]);
    expect(fold({ "classes-or-codes": both.slice(0, 2) })).toMatchObject([{ traffic: { count: 43, errorCount: 3 } }]);
  });

  it("count once also where both ways of tagging are kept", () => {
    expect(fold({ classes: [stock("2", 7, TO_REVIEWS)], "classes-or-codes": [istio({ response_code_class: "2xx" }, 7)] })).toMatchObject([
      { traffic: { count: 7 } },
    ]);
  });

  it.each([
    ["outbound|80||api.example.com", "external/api.example.com"],
    ["outbound_.9080_.v1_.reviews.books.svc.cluster.local", "books/reviews"],
    ["reviews.books.svc.cluster.local", "books/reviews"],
    ["cart", "shop/cart"],
    ["PassthroughCluster", "external/PassthroughCluster"],
    ["payments-api", "external/payments-api"],
  ])("lead by the name %s to %s", (cluster, target) => {
    expect(fold({ classes: [stock("2", 7, cluster)] })).toMatchObject([{ key: { target }, traffic: { count: 7 } }]);
  });

  it.each([
    "inbound|9080||",
    "xds-grpc",
    "xds_cluster",
    "sds-grpc",
    "zipkin",
    "self_admin",
    "prometheus_stats",
    "local_app",
    "otel-collector",
    "agent",
    "",
  ])("leave out %j: it is no call of a service", (cluster) => {
    expect(fold({ classes: [stock("2", 7, cluster)] })).toEqual([]);
  });

  it("are not said to be all there is where only the own application answered by them", () => {
    const { notices } = foldAll({
      classes: [stock("2", 7, "inbound_app")],
      arrivals: [arrival(7, { ...CART })],
      "connection-departures": [sample({ ...CART, weft_cluster: "outbound|6379||kv", weft_flags: "-", weft_type: "TcpConnectionEnd" }, 2)],
    });
    expect(notices).toEqual([]);
  });

  it("take a helper's name for a service where one is called so", () => {
    const rows = fold({
      classes: [stock("2", 7, "collector-admin"), sample({ app: "zipkin", envoy_cluster_name: "cart" }, 1), stock("2", 3, "zipkin")],
    });
    expect(rows.find(({ key }) => key.target === "default/zipkin")).toMatchObject({ traffic: { count: 3 } });
  });
});

describe("the recommended logger", () => {
  it("is used instead: first attempts where they arrived, and from the caller what never did", () => {
    const rows = fold({
      classes: [stock("2", 99, TO_REVIEWS)],
      arrivals: [arrival(40), arrival(2, { weft_code: "503" }), arrival(5, { weft_attempt: "2" })],
      departures: [departure(40), departure(3, { weft_code: "503", weft_flags: "UH" })],
    });
    const total = (pick: (row: (typeof rows)[number]) => number): number => rows.reduce((sum, row) => sum + pick(row), 0);
    expect(rows.every(({ key }) => key.source === "shop/cart" && key.target === "books/reviews" && key.reporter === "destination")).toBe(
      true,
    );
    expect([
      total(({ traffic }) => traffic.count),
      total(({ traffic }) => traffic.errorCount),
      total(({ traffic }) => traffic.retries),
      total(({ traffic }) => traffic.neverArrived),
      total(({ traffic }) => traffic.callerCount),
      total(({ traffic }) => traffic.transport.mutual),
    ]).toEqual([45, 5, 5, 3, 43, 42]);
    expect(foldAll({ arrivals: [arrival(1)], departures: [departure(1)] }).notices).toEqual([]);
  });

  it("tells of callers by their identity, of those without one not at all, and of the internet at a gateway", () => {
    const plain = { weft_peer: "", weft_tls: "" };
    expect(fold({ arrivals: [arrival(4, plain)] })).toMatchObject([
      { key: { source: "unknown/unidentified" }, traffic: { transport: { plaintext: 4 } } },
    ]);
    expect(fold({ arrivals: [arrival(4, { ...plain, app: "edge-gateway" })] })).toMatchObject([{ key: { source: "internet" } }]);
    expect(fold({ arrivals: [arrival(4, plain)] }, { ingress: ["books/reviews"] })).toMatchObject([{ key: { source: "internet" } }]);
  });

  it("where an upstream has no proxy, the caller's own count stands", () => {
    expect(fold({ departures: [departure(6, { weft_cluster: "outbound|443||bank.example.com" })] })).toMatchObject([
      { key: { target: "external/bank.example.com", reporter: "source" }, traffic: { count: 6 } },
    ]);
  });

  it("an idle version does not make its service's other versions silent", () => {
    const rows = fold({
      arrivals: [arrival(40)],
      departures: [departure(40), sample({ ...REVIEWS, version: "v2", weft_cluster: "outbound|80||api.example.com", weft_code: "200" }, 0)],
    });
    expect(rows.filter(({ traffic }) => traffic.count > 0)).toMatchObject([{ traffic: { count: 40, transport: { mutual: 40 } } }]);
  });

  it("counts TCP connections once, when they stand where that is told, else when they end", () => {
    const both = fold({ "connection-arrivals": [tcp("TcpUpstreamConnected", 5), tcp("TcpConnectionEnd", 4)] });
    expect(both).toMatchObject([{ key: { protocol: "tcp" }, traffic: { count: 5 } }]);
    expect(fold({ "connection-arrivals": [tcp("TcpConnectionEnd", 4)] })).toMatchObject([{ traffic: { count: 4 } }]);
  });
});

describe("who a proxy is", () => {
  it("goes by the first label that is there, and says when that is only the job", () => {
    const labelled = { ...CART, weft_service: "basket", weft_namespace: "market", job: "envoys" };
    const to = { envoy_cluster_name: TO_REVIEWS, envoy_response_code_class: "2" };
    expect(fold({ classes: [sample({ ...labelled, ...to }, 1)] })).toMatchObject([{ key: { source: "market/basket" } }]);
    const byJob = foldAll({ classes: [sample({ job: "envoys", ...to }, 1)] });
    expect(byJob.rows).toMatchObject([{ key: { source: "default/envoys" } }]);
    expect(byJob.notices.map(({ code }) => code)).toContain("ENVOY_NAMED_BY_JOB");
    expect(fold({ classes: [sample(to, 1)] })).toEqual([]);
  });

  it("keeps hostile names out of ids", () => {
    const [row] = fold({ classes: [sample({ app: "a|b\u202e/\n", envoy_cluster_name: "x|y\n/z", envoy_response_code_class: "2" }, 1)] });
    expect(`${row?.key.source}${row?.key.target}`).not.toMatch(/[|\n\u202e]/);
  });
});

describe("durations", () => {
  const UPSTREAM = { ...CART, envoy_cluster_name: TO_REVIEWS };
  const classes = [stock("2", 20, TO_REVIEWS)];
  it("have a mean at once, and a spread of bounds that all proxies have", () => {
    expect(
      fold({ classes, "upstream-time-sum": [sample(UPSTREAM, 500)], "upstream-time-count": [sample(UPSTREAM, 20)] })[0]?.traffic,
    ).toMatchObject({ count: 20, latency: null, durations: { sumMs: 500, count: 20 } });
    const le = (bound: string, value: number): PromSample => sample({ ...UPSTREAM, le: bound }, value);
    const spread = fold({
      classes,
      "upstream-time-spread": [le("5", 4), le("10", 10), le("25", 12), le("+Inf", 20)],
      "upstream-time-layout": [le("5", 2), le("10", 2), le("25", 1), le("+Inf", 2)],
    });
    expect(spread[0]?.traffic.latency).toEqual({ boundsMs: [5, 10], counts: [4, 6, 10] });
  });

  it("come from native histograms as well, and from where the request counts", () => {
    const rows = fold({
      arrivals: [arrival(7)],
      departures: [departure(7)],
      "arrival-time-spread": [native({ ...REVIEWS, weft_peer: CART_ID, weft_attempt: "1" })],
      "departure-time-spread": [native({ ...CART, weft_cluster: TO_REVIEWS })],
      "upstream-time-spread": [native(UPSTREAM)],
    });
    expect(rows.map(({ traffic }) => traffic.latency).filter((latency) => latency !== null)).toEqual([
      { boundsMs: [1, 2], counts: [3, 4, 0] },
    ]);
  });

  it("of two clusters of one service are added up whatever bounds each has", () => {
    const spreads = [
      { port: "80", bound: 2, count: 3 },
      { port: "9080", bound: 8, count: 4 },
    ].map(({ port, bound, count }) => ({
      ...sample({ ...CART, envoy_cluster_name: TO_REVIEWS.replace("9080", port) }, count),
      histogram: { bounds: [bound], counts: [count, 0], sum: count, count },
    }));
    const [row] = fold({ classes, "upstream-time-spread": spreads });
    expect(row?.traffic.latency).toEqual({ boundsMs: [2, 8], counts: [3, 4, 0] });
  });
});

it("never counts less than its errors, nor anything below 0 or in fractions, and order does not matter", () => {
  // Quarters, so that their sums are exact in any order.
  const value = fc.nat(4_000).map((quarters) => quarters / 4);
  const one = fc.oneof(
    fc
      .tuple(fc.constantFrom("200", "503", "0"), fc.constantFrom("-", "UH", "DC"), value)
      .map(([weft_code, weft_flags, by]) => ["departures", departure(by, { weft_code, weft_flags })] as const),
    fc
      .tuple(fc.constantFrom("1", "2", "-"), fc.constantFrom("200", "500"), value)
      .map(([weft_attempt, weft_code, by]) => ["arrivals", arrival(by, { weft_attempt, weft_code })] as const),
    fc
      .tuple(fc.constantFrom("2", "4", "5"), fc.constantFrom("reviews", "xds", TO_REVIEWS), value)
      .map(([codeClass, cluster, by]) => ["classes", stock(codeClass, by, cluster)] as const),
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), (all) => {
      const rows = fold(answersOf(all));
      const names = (some: typeof rows): string[] =>
        some.map(({ key, traffic }) => JSON.stringify([key, traffic.count, traffic.errorCount])).toSorted();
      expect(names(fold(answersOf(all.toReversed())))).toEqual(names(rows));
      for (const { traffic } of rows) {
        expect(Number.isInteger(traffic.count) && traffic.count >= 0).toBe(true);
        expect(traffic.errorCount).toBeLessThanOrEqual(traffic.count);
        expect(traffic.neverArrived).toBeLessThanOrEqual(traffic.count);
      }
    }),
  );
});
