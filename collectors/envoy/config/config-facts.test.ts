import { describe, expect, it } from "vitest";

import { Cluster, Listener } from "../admin/wire-config.ts";
import { recordedDump } from "../testing/recorded.ts";
import { configFacts, type ConfigDump } from "./config-facts.ts";

const HCM = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const TCP = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
const TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";

const toApp = { name: "in", virtual_hosts: [{ name: "v", domains: ["*"], routes: [{ name: "r", route: { cluster: "inbound_app" } }] }] };
const toService = {
  name: "out",
  virtual_hosts: [{ name: "v", domains: ["*"], routes: [{ name: "r", route: { cluster: "outbound|80||web" } }] }],
};

function chain(route: object, requireClientCertificate: boolean | null): object {
  return {
    filters: [{ name: "hcm", typed_config: { "@type": HCM, route_config: route } }],
    ...(requireClientCertificate === null
      ? {}
      : { transport_socket: { name: "tls", typed_config: { "@type": TLS, require_client_certificate: requireClientCertificate } } }),
  };
}

function dump(chains: object[], more: { name?: string; direction?: string } = {}): ConfigDump {
  const listener = { name: more.name ?? "main", traffic_direction: more.direction ?? "INBOUND", filter_chains: chains };
  return {
    listeners: [Listener.parse(listener)],
    clusters: [Cluster.parse({ name: "outbound|80||web" })],
    routes: [],
    statsFlushSeconds: 1,
  };
}

describe("facts of a recorded configuration", () => {
  it.each([
    ["gateway-v1-0.shop", { demand: "oneWay", isIngress: true, logsInbound: { http: true, tcp: false }, subscribesRoutes: true }],
    ["catalog-v1-1.shop", { demand: "strict", isIngress: false, logsInbound: { http: true, tcp: false }, subscribesRoutes: true }],
    ["ledger-v1-0.payments", { demand: "permissive", isIngress: false, logsInbound: { http: true, tcp: false }, subscribesRoutes: false }],
    ["kv-v1-0.shop", { demand: "strict", isIngress: false, logsInbound: { http: false, tcp: true }, subscribesRoutes: false }],
  ] as const)("knows what %s demands and counts", (id, facts) => {
    expect(configFacts(recordedDump(id))).toMatchObject({ ...facts, unlogged: new Set(), gaps: [] });
  });

  it("knows the upstreams, who they are and how they are spoken to", () => {
    const facts = configFacts(recordedDump("payments-v1-0.payments"));
    expect([...facts.reached]).toEqual(["outbound|8080||ledger", "outbound|443||card-network"]);
    expect(facts.clusters.get("outbound|8080||ledger")).toMatchObject({
      told: { service: "ledger", namespace: "payments", version: "v1", isExternal: false },
      client: "mutual",
      serverIdentities: ["spiffe://demo.mesh/ns/payments/sa/ledger"],
    });
    expect(facts.clusters.get("outbound|443||card-network")).toMatchObject({
      told: { service: "card-network", isExternal: true },
      client: "oneWay",
    });
    expect(facts.clusters.get("inbound_app")).toMatchObject({ told: null, named: null, client: "plaintext" });
    expect(facts.clustersByRoute.get("ledger-default")).toEqual(["outbound|8080||ledger"]);
  });

  it("finds the legs of a split", () => {
    const facts = configFacts(recordedDump("catalog-v1-1.shop"));
    expect(facts.clustersByRoute.get("reviews-default")).toEqual(["outbound|9080|v1|reviews", "outbound|9080|v2|reviews"]);
  });
});

describe("what inbound listeners demand", () => {
  it.each([
    ["strict", [chain(toApp, true)]],
    ["permissive", [chain(toApp, true), chain(toApp, null)]],
    ["oneWay", [chain(toApp, false)]],
    ["off", [chain(toApp, null)]],
    ["unknown", []],
    ["unknown", [{ ...chain(toApp, true), transport_socket: { name: "envoy.transport_sockets.alts" } }]],
  ])("is %s", (demand, chains) => {
    expect(configFacts(dump(chains)).demand).toBe(demand);
  });
});

describe("telling an ingress", () => {
  it.each<[string, boolean, ConfigDump]>([
    ["asks nobody for a certificate and leads to services", true, dump([chain(toService, false)])],
    ["is plaintext and leads to services", true, dump([chain(toService, null)])],
    ["is a plaintext sidecar, leading to its own application", false, dump([chain(toApp, null)])],
    ["is permissive: one chain asks for a certificate", false, dump([chain(toService, true), chain(toService, null)])],
    ["is outbound by its own word", false, dump([chain(toService, null)], { direction: "OUTBOUND" })],
    ["has a name but no known routes", true, dump([chain({ name: "x", virtual_hosts: [] }, false)], { name: "ingress_https" })],
    ["has neither name nor routes", false, dump([chain({ name: "x", virtual_hosts: [] }, false)])],
  ])("%s: %s", (_case, isIngress, config) => {
    expect(configFacts(config).isIngress).toBe(isIngress);
  });

  it("takes a listener without a direction for outbound when it leads to services", () => {
    const facts = configFacts(dump([chain(toService, null)], { direction: "UNSPECIFIED" }));
    expect([facts.isIngress, [...facts.reached]]).toEqual([false, ["outbound|80||web"]]);
  });
});

describe("gaps", () => {
  it("name the missing logger on each side", () => {
    const inbound = Listener.parse({ name: "inbound", traffic_direction: "INBOUND", filter_chains: [chain(toApp, true)] });
    const outbound = Listener.parse({ name: "out\u202e", traffic_direction: "OUTBOUND", filter_chains: [chain(toService, null)] });
    const facts = configFacts({ listeners: [inbound, outbound], clusters: [], routes: [], statsFlushSeconds: 5 });
    expect(facts.gaps).toEqual([
      {
        missing:
          "Listener inbound: Callers, transport and exact counts at this listener are not known; its callers' own statistics are used.",
        setting: "access_log: envoy.access_loggers.stats with stats_scope.prefix weft and the counter inbound_requests_total",
      },
      {
        missing: "Listener out\\u{202e}: Requests of this listener that never arrived, and why, are not known.",
        setting: "access_log: envoy.access_loggers.stats with stats_scope.prefix weft and the counter outbound_requests_total",
      },
      {
        missing: "Retries of requests through listener out\\u{202e} count as requests of their own.",
        setting: "include_request_attempt_count: true on each virtual host of its routes",
      },
      {
        missing: "Listener inbound: Connections that it refuses are counted without who was refused.",
        setting:
          "access_log of the listener itself: envoy.access_loggers.stats with stats_scope.prefix weft and the counter inbound_handshakes_total",
      },
      { missing: "Durations come up to 5 s late.", setting: "stats_flush_interval: 1s" },
    ]);
    expect([...facts.unlogged]).toEqual(["outbound|80||web"]);
  });

  it("name each missing tag with its format, and the histogram", () => {
    const logger = {
      name: "envoy.access_loggers.stats",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.stats.v3.Config",
        stats_scope: { prefix: "weft" },
        counters: [
          {
            stat: {
              name: "inbound_requests_total",
              tags: ["weft_peer", "weft_tls", "weft_code", "weft_flags", "weft_attempt"].map((name) => ({ name })),
            },
          },
        ],
      },
    };
    const filters = [{ name: "hcm", typed_config: { "@type": HCM, route_config: toApp, access_log: [logger] } }];
    const facts = configFacts(dump([{ filters }]));
    expect(facts.gaps).toEqual([
      {
        missing: "Failed gRPC calls count as successful (listener main).",
        setting: 'tag { name: weft_grpc, value_format: "%GRPC_STATUS_NUMBER%" } on inbound_requests_total',
      },
      {
        missing: "Callers without a certificate are not told apart (listener main).",
        setting: 'tag { name: weft_addr, value_format: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%" } on inbound_requests_total',
      },
      {
        missing: "Durations of requests through listener main are not known.",
        setting: "histogram inbound_duration_ms of %DURATION% in the stats access logger",
      },
    ]);
    expect(facts.logsInbound.http).toBe(true);
  });

  it("does not take a logger under another prefix for ours", () => {
    const logger = {
      name: "stats",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.stats.v3.Config",
        stats_scope: { prefix: "other" },
        counters: [{ stat: { name: "inbound_requests_total" } }],
      },
    };
    expect(
      configFacts(dump([{ filters: [{ name: "hcm", typed_config: { "@type": HCM, route_config: toApp, access_log: [logger] } }] }]))
        .logsInbound.http,
    ).toBe(false);
  });

  it("tell that connections are counted when they end", () => {
    const logger = {
      name: "stats",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.stats.v3.Config",
        stats_scope: { prefix: "weft" },
        counters: [
          {
            stat: {
              name: "inbound_connections_total",
              tags: ["weft_peer", "weft_tls", "weft_flags", "weft_type"].map((name) => ({ name })),
            },
          },
        ],
      },
    };
    const facts = configFacts(
      dump([{ filters: [{ name: "tcp", typed_config: { "@type": TCP, cluster: "inbound_app", access_log: [logger] } }] }]),
    );
    expect(facts.gaps).toEqual([
      {
        missing: "Connections of listener main are counted only when they end.",
        setting: "access_log_options: { flush_access_log_on_connected: true } on its tcp_proxy",
      },
    ]);
    expect([facts.logsInbound.tcp, facts.countsOnConnect.inbound]).toEqual([true, false]);
  });
});

describe("upstreams of other meshes", () => {
  it("reads Istio's metadata and names", () => {
    const cluster = Cluster.parse({
      name: "outbound|9080|v2|reviews.books.svc.cluster.local",
      metadata: {
        filter_metadata: { istio: { services: [{ host: "reviews.books.svc.cluster.local", name: "reviews", namespace: "books" }] } },
      },
      transport_socket_matches: [
        {
          name: "tlsMode-istio",
          transport_socket: {
            name: "envoy.transport_sockets.tls",
            typed_config: {
              "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
              common_tls_context: { tls_certificate_sds_secret_configs: [{ name: "default" }] },
            },
          },
        },
        { name: "tlsMode-disabled", transport_socket: { name: "envoy.transport_sockets.raw_buffer" } },
      ],
    });
    const facts = configFacts({ listeners: [], clusters: [cluster], routes: [], statsFlushSeconds: null }).clusters.get(cluster.name);
    expect(facts).toMatchObject({
      told: { service: "reviews", namespace: "books", version: null, isExternal: false },
      named: { direction: "outbound", subset: "v2", host: "reviews.books.svc.cluster.local" },
      client: "mixed",
    });
  });

  it.each([{ weft: { service: 7 } }, { weft: { service: "" } }, { istio: { services: [] } }, { istio: { services: "none" } }])(
    "does not believe metadata of wrong types: %j",
    (metadata) => {
      const cluster = Cluster.parse({ name: "c", metadata: { filter_metadata: metadata } });
      expect(configFacts({ listeners: [], clusters: [cluster], routes: [], statsFlushSeconds: 1 }).clusters.get("c")?.told).toBeNull();
    },
  );
});
