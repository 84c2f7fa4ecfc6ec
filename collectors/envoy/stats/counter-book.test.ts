import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createCounterBook, type Folded } from "./counter-book.ts";

const line = (cluster: string, value: number): string =>
  `envoy_weft_outbound_requests_total{weft_cluster="${cluster}",weft_code="200",weft_flags="-"} ${value}`;
const page = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([cluster, value]) => line(cluster, value))
    .join("\n");

function grown({ deltas }: Folded): Record<string, number> {
  return Object.fromEntries(deltas.map(({ series, by }) => ["cluster" in series ? series.cluster : "", by]));
}

describe("the counter book", () => {
  it("adds nothing for a base line, then what was added", () => {
    const book = createCounterBook();
    expect(grown(book.fold(page({ a: 100, b: 5 }), "base-line"))).toEqual({});
    expect(grown(book.fold(page({ a: 107, b: 5 }), "continue"))).toEqual({ a: 7 });
  });

  it("counts a series that turns up later from zero: it was not used before", () => {
    const book = createCounterBook();
    book.fold(page({ a: 1 }), "base-line");
    expect(grown(book.fold(page({ a: 1, b: 3 }), "continue"))).toEqual({ b: 3 });
  });

  it("counts everything of a process that began after the last look", () => {
    const book = createCounterBook();
    book.fold(page({ a: 2, b: 9 }), "base-line");
    expect(grown(book.fold(page({ a: 5, b: 1 }), "from-zero"))).toEqual({ a: 5, b: 1 });
  });

  it("takes a smaller value for a counter that began anew", () => {
    const book = createCounterBook();
    book.fold(page({ a: 100 }), "base-line");
    expect(grown(book.fold(page({ a: 4 }), "continue"))).toEqual({ a: 4 });
  });

  it("counts a removed cluster that came back from zero, also when it is past its old value", () => {
    const book = createCounterBook();
    book.fold(page({ a: 1, gone: 3 }), "base-line");
    book.fold(page({ a: 1 }), "continue");
    expect(grown(book.fold(page({ a: 1, gone: 8 }), "continue"))).toEqual({ gone: 8 });
  });

  it("does not take a damaged line for a removed series", () => {
    const book = createCounterBook();
    book.fold(page({ a: 1, b: 100 }), "base-line");
    const damaged = book.fold(`${line("a", 2)}\n${line("b", 101).slice(0, 30)}`, "continue");
    expect([grown(damaged), damaged.trouble]).toEqual([
      { a: 1 },
      { malformed: 1, notFinite: 0, overflow: 0, firstMalformed: "envoy_weft_outbound_requests_t" },
    ]);
    expect(grown(book.fold(page({ a: 2, b: 102 }), "continue"))).toEqual({ b: 2 });
  });

  it("does not take a line that was damaged in the base line for new traffic", () => {
    const book = createCounterBook();
    book.fold(`${line("a", 1)}\n${line("b", 100)}NaN`, "base-line");
    expect(grown(book.fold(page({ a: 3, b: 101 }), "continue"))).toEqual({ a: 2 });
    expect(grown(book.fold(page({ a: 3, b: 102 }), "continue"))).toEqual({ b: 1 });
  });

  it("ignores NaN and goes on from the last value", () => {
    const book = createCounterBook();
    book.fold(page({ a: 10 }), "base-line");
    const { trouble } = book.fold(page({ a: NaN }), "continue");
    expect(trouble).toEqual({ malformed: 0, notFinite: 1, overflow: 0, firstMalformed: null });
    expect(grown(book.fold(page({ a: 12 }), "continue"))).toEqual({ a: 2 });
  });

  it("adds up to the true counters, whatever resets and restarts happen", () => {
    const step = fc.record({ by: fc.nat(20), event: fc.constantFrom("none", "none", "none", "restart", "removed") });
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(step, { maxLength: 40 }), (before, steps) => {
        const book = createCounterBook();
        book.fold(page({ a: before }), "base-line");
        let value = before;
        let truth = 0;
        let sum = 0;
        for (const { by, event } of steps) {
          if (event !== "none") value = 0;
          if (event === "removed") book.fold("", "continue");
          value += by;
          truth += by;
          const folded = book.fold(value > 0 ? page({ a: value }) : "", event === "restart" ? "from-zero" : "continue");
          sum += grown(folded)["a"] ?? 0;
        }
        expect(sum).toBe(truth);
      }),
    );
  });

  it("reads every series it is meant to read, and no other", () => {
    const text = [
      'envoy_weft_inbound_requests_total{weft_peer="spiffe://m/ns/shop/sa/web",weft_tls="TLSv1.3",weft_code="0",weft_flags="DC,DR",weft_grpc="",weft_attempt="2",weft_addr="127.0.0.1"} 1',
      'envoy_weft_inbound_duration_ms_bucket{weft_peer="",weft_attempt="-",le="0.5"} 1',
      'envoy_weft_inbound_duration_ms_bucket{weft_peer="",weft_attempt="-",le="+Inf"} 1',
      'envoy_weft_inbound_duration_ms_sum{weft_peer="",weft_attempt="-"} 1',
      'envoy_weft_inbound_duration_ms_count{weft_peer="",weft_attempt="-"} 1',
      'envoy_weft_outbound_duration_ms_bucket{weft_cluster="c",le="7"} 1',
      'envoy_weft_inbound_connections_total{weft_peer="",weft_tls="",weft_flags="UF,URX",weft_type="TcpConnectionEnd"} 1',
      'envoy_weft_outbound_connections_total{weft_cluster="c",weft_flags="-",weft_type="TcpUpstreamConnected"} 1',
      'envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="c"} 1',
      'envoy_cluster_external_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="c"} 1',
      'envoy_cluster_upstream_rq_xx{response_code_class="2",cluster_name="istio"} 1',
      'envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="c",le="5"} 1',
      "envoy_server_uptime{} 12",
      'envoy_cluster_circuit_breakers_default_rq_pending_open{envoy_cluster_name="c"} 1',
      'envoy_http_rds_update_rejected{envoy_rds_route_config="reviews",envoy_http_conn_manager_prefix="outbound_reviews"} 2',
      "envoy_cluster_manager_cluster_modified{} 3",
    ].join("\n");
    const { counted, read, trouble } = createCounterBook().fold(text, "base-line");
    expect(trouble.malformed).toBe(0);
    expect(counted).toEqual([
      {
        kind: "inbound",
        peer: "spiffe://m/ns/shop/sa/web",
        address: "127.0.0.1",
        tls: "TLSv1.3",
        code: 0,
        flags: ["DC", "DR"],
        grpc: null,
        attempt: 2,
      },
      { kind: "inbound-duration", peer: "", address: "", attempt: 1, boundMs: 0.5 },
      { kind: "inbound-duration", peer: "", address: "", attempt: 1, boundMs: Infinity },
      { kind: "outbound-duration", cluster: "c", boundMs: 7 },
      { kind: "inbound-connection", peer: "", address: "", tls: "", flags: ["UF", "URX"], event: "TcpConnectionEnd" },
      { kind: "outbound-connection", cluster: "c", flags: [], event: "TcpUpstreamConnected" },
      { kind: "cluster-class", cluster: "c", codeClass: 5 },
      { kind: "cluster-class", cluster: "istio", codeClass: 2 },
      { kind: "cluster-duration", cluster: "c", boundMs: 5 },
    ]);
    expect(read).toEqual([
      { series: { kind: "uptime" }, value: 12 },
      { series: { kind: "breaker", cluster: "c", breaker: "pending requests" }, value: 1 },
      { series: { kind: "route-update", config: "reviews", outcome: "rejected" }, value: 2 },
      { series: { kind: "config-change" }, value: 3 },
    ]);
  });
});
