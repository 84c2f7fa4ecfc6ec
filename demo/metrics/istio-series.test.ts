import { describe, expect, it } from "vitest";

import { planMesh } from "../mesh/plan.ts";
import { istioExposition as expose, type Owner } from "./istio-series.ts";
import { readExposition } from "./read-exposition.ts";
import { SeriesBirths } from "./series-births.ts";
import { scrapeJobs } from "./scrape-jobs.ts";

/** What a first look tells. */
function istioExposition(owner: Owner, text: string): string {
  return expose(owner, text, new SeriesBirths());
}

/** Series of an answer by metric, with only these labels. */
function told(text: string, ...labels: string[]): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const kept = labels.map((label) => `${label}=${new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? "-"}`);
      return [line.slice(0, line.indexOf("{")), ...kept, line.slice(line.lastIndexOf(" ") + 1)].join(" ");
    });
}

const FRONTEND = 'weft_peer="spiffe://demo.mesh/ns/shop/sa/frontend",weft_tls="TLSv1.3"';

describe("what an Istio-shaped exporter tells of a proxy", () => {
  it("adds up attempts, as each that arrives is a request to Istio", () => {
    const text = `envoy_weft_inbound_requests_total{${FRONTEND},weft_code="200",weft_flags="-",weft_grpc="",weft_attempt="1"} 20
envoy_weft_inbound_requests_total{${FRONTEND},weft_code="200",weft_flags="-",weft_grpc="",weft_attempt="2"} 3`;
    const answer = istioExposition({ service: "catalog", version: "v1" }, text);
    expect(told(answer, "reporter", "source_workload", "destination_workload", "connection_security_policy", "response_code")).toEqual([
      "istio_requests_total reporter=destination source_workload=frontend-v1 destination_workload=catalog-v1 " +
        "connection_security_policy=mutual_tls response_code=200 23",
    ]);
    expect(answer).toContain('destination_service="catalog.shop.svc.cluster.local"');
  });

  it("knows nobody who shows no certificate, whatever address calls", () => {
    const text =
      'envoy_weft_inbound_requests_total{weft_peer="",weft_tls="",weft_code="200",weft_flags="-",weft_grpc="",weft_attempt="",weft_addr="127.0.1.12"} 7';
    const answer = istioExposition({ service: "ledger", version: "v1" }, text);
    expect(told(answer, "source_workload", "source_principal", "connection_security_policy")).toEqual([
      "istio_requests_total source_workload=unknown source_principal=unknown connection_security_policy=none 7",
    ]);
  });

  it.each([
    ["-", "reviews-v2", "spiffe://demo.mesh/ns/reviews/sa/reviews"],
    ["URX,UF", "reviews-v2", "unknown"],
    ["UH", "unknown", "unknown"],
  ])("tells as a caller, with the flags %s, no more of the destination than a caller knows", (flags, workload, principal) => {
    const text = `envoy_weft_outbound_requests_total{weft_cluster="outbound|9080|v2|reviews",weft_code="503",weft_flags="${flags}",weft_grpc=""} 4`;
    const answer = istioExposition({ service: "catalog", version: "v1" }, text);
    expect(told(answer, "reporter", "destination_workload", "destination_principal", "destination_service_name")).toEqual([
      `istio_requests_total reporter=source destination_workload=${workload} destination_principal=${principal} destination_service_name=reviews 4`,
    ]);
    expect(answer).toContain('connection_security_policy="unknown"');
  });

  it("names the host outside, of which nothing else is known", () => {
    const text =
      'envoy_weft_outbound_requests_total{weft_cluster="outbound|443||card-network",weft_code="200",weft_flags="-",weft_grpc=""} 4';
    const answer = istioExposition({ service: "payments", version: "v1" }, text);
    expect(told(answer, "destination_workload", "destination_service")).toEqual([
      "istio_requests_total destination_workload=unknown destination_service=card-network 4",
    ]);
  });

  it("tells a gRPC status to ratings alone", () => {
    const text =
      'envoy_weft_outbound_requests_total{weft_cluster="outbound|9090||ratings",weft_code="200",weft_flags="-",weft_grpc="14"} 4';
    expect(told(istioExposition({ service: "reviews", version: "v1" }, text), "request_protocol", "grpc_response_status")).toEqual([
      "istio_requests_total request_protocol=grpc grpc_response_status=14 4",
    ]);
  });

  it("counts a connection when it stands and when it ends, and one that never stood as both", () => {
    const outbound = 'weft_cluster="outbound|6379||kv"';
    const text = `envoy_weft_outbound_connections_total{${outbound},weft_flags="-",weft_type="TcpUpstreamConnected"} 9
envoy_weft_outbound_connections_total{${outbound},weft_flags="-",weft_type="TcpConnectionEnd"} 8
envoy_weft_outbound_connections_total{${outbound},weft_flags="UF,URX",weft_type="TcpConnectionEnd"} 2`;
    expect(told(istioExposition({ service: "cart", version: "v1" }, text), "response_flags")).toEqual([
      "istio_tcp_connections_opened_total response_flags=- 9",
      "istio_tcp_connections_opened_total response_flags=UF,URX 2",
      "istio_tcp_connections_closed_total response_flags=- 8",
      "istio_tcp_connections_closed_total response_flags=UF,URX 2",
    ]);
  });

  it("keeps the buckets of durations, attempts together", () => {
    const text = ["1", "2"]
      .map((attempt) => `envoy_weft_inbound_duration_ms_bucket{${FRONTEND},weft_attempt="${attempt}",le="5"} 4`)
      .join("\n");
    expect(told(istioExposition({ service: "catalog", version: "v1" }, text), "reporter", "le")).toEqual([
      "istio_request_duration_milliseconds_bucket reporter=destination le=5 8",
    ]);
  });

  it("says as a gateway nothing of who came to it", () => {
    const text = 'envoy_weft_inbound_requests_total{weft_peer="",weft_tls="TLSv1.3",weft_code="200",weft_flags="-",weft_grpc=""} 7';
    expect(told(istioExposition({ service: "gateway", version: "v1" }, text))).toEqual([]);
  });
});

it("tells what a first look finds as it is, and lets what comes up later begin at 0 until every store must have seen that", () => {
  let nowMs = 0;
  const births = new SeriesBirths(() => nowMs);
  const look = (series: Record<string, number>): Record<string, number> =>
    Object.fromEntries(births.shown(new Map(Object.entries(series))));
  expect(look({ a: 199 })).toEqual({ a: 199 });
  nowMs = 5_100;
  expect(look({ a: 250, b: 9 })).toEqual({ a: 250, b: 0 });
  nowMs = 10_200;
  expect(look({ a: 260, b: 19, c: 1 })).toEqual({ a: 260, b: 0, c: 0 });
  nowMs = 15_300;
  expect(look({ a: 260, b: 29, c: 1 })).toEqual({ a: 260, b: 29, c: 0 });
});

it("finds nothing in a proxy that nobody called yet: all of it comes up later", () => {
  const births = new SeriesBirths(() => 0);
  births.shown(new Map());
  expect(births.shown(new Map([["a", 7]]))).toEqual(new Map([["a", 0]]));
});

it("reads label values with quotes and line ends in them, and no statistics but the loggers'", () => {
  const text =
    'envoy_weft_inbound_authz_total{weft_authz="{\\"a\\":\\"b\\\\nc\\"}",weft_addr="127.0.0.1"} 3\nenvoy_server_uptime{} 4\n# TYPE x counter';
  expect(readExposition(text)).toEqual([
    { name: "weft_inbound_authz_total", labels: { weft_authz: '{"a":"b\\nc"}', weft_addr: "127.0.0.1" }, value: 3 },
  ]);
});

it("has every proxy scraped twice, each time labelled as its own", () => {
  let port = 20_000;
  const jobs = scrapeJobs(planMesh(() => (port += 1), true));
  expect(jobs.length).toBe(30);
  expect(new Set(jobs.map(({ name }) => name)).size).toBe(30);
  expect(jobs.every(({ targets }) => targets.every((target) => /^127\.0\.0\.1:\d{5}$/.test(target)))).toBe(true);
  expect(jobs.find(({ name }) => name === "istio/reviews-v2-0.reviews")).toMatchObject({
    path: "/reviews-v2-0.reviews/metrics",
    labels: { namespace: "reviews", service: "reviews", version: "v2", pod: "reviews-v2-0.reviews" },
  });
});
