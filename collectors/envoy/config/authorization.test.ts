import { describe, expect, it } from "vitest";

import { Listener } from "../admin/wire-config.ts";
import { recordedDump } from "../testing/recorded.ts";
import { configFacts, type ConfigFacts } from "./config-facts.ts";

const HCM = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const TCP = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
const RBAC = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";
const NETWORK_RBAC = "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC";

const policies = { p: { permissions: [{ any: true }], principals: [{ any: true }] } };

function http(statPrefix: string, ...filters: object[]): object {
  return {
    filters: [
      {
        name: "hcm",
        typed_config: {
          "@type": HCM,
          stat_prefix: statPrefix,
          http_filters: filters.map((filter) => ({ name: "rbac", typed_config: { "@type": RBAC, ...filter } })),
        },
      },
    ],
  };
}

function factsOf(...chains: object[]): ConfigFacts {
  const listener = Listener.parse({ name: "in", traffic_direction: "INBOUND", filter_chains: chains });
  return configFacts({ listeners: [listener], clusters: [], routes: [], statsFlushSeconds: 1 });
}

describe("authorization stages", () => {
  it("of the recorded ledger stand in their order, those of both its chains as one", () => {
    const { stages, namesDecisions, gaps } = configFacts(recordedDump("ledger-secured.payments"));
    expect(
      stages.map(({ order, action, mode, managers, policies: own }) => [order, action, mode, managers, own.map(({ name }) => name)]),
    ).toEqual([
      [0, "deny", "enforced", ["inbound", "inbound_plain"], ["no-direct-reads"]],
      [1, "deny", "shadow", ["inbound", "inbound_plain"], ["would-deny-without-identity"]],
      [2, "allow", "enforced", ["inbound", "inbound_plain"], ["callers-without-identity", "left-over", "payments"]],
    ]);
    expect(stages[2]?.policies.map(({ principals, neverMatches }) => [principals, neverMatches])).toEqual([
      ["not (any caller with a certificate)", null],
      [
        "(any caller with a certificate and not (any caller with a certificate))",
        "Its principals can never hold: it demands and excludes the same: not (any caller with a certificate).",
      ],
      ["the caller's name is spiffe://demo.mesh/ns/payments/sa/payments", null],
    ]);
    expect([namesDecisions, gaps]).toEqual([true, []]);
  });

  it("under one prefix are not counted, since nobody can tell them apart", () => {
    const rules = { rules: { policies } };
    expect(factsOf(http("a", { ...rules, rules_stat_prefix: "x_" }, rules)).stages.map(({ managers }) => managers)).toEqual([["a"], ["a"]]);
    expect(factsOf(http("a", rules, { rules: { action: "DENY", policies } })).stages.map(({ managers }) => managers)).toEqual([[], []]);
    expect(factsOf(http("a", rules, rules)).stages.map(({ managers }) => managers)).toEqual([[], []]);
  });

  it("of a filter without rules are none, and of one with empty rules keep everybody out", () => {
    expect(factsOf(http("a", {})).stages).toEqual([]);
    expect(factsOf(http("a", { rules: {} })).stages).toMatchObject([{ action: "allow", mode: "enforced", policies: [] }]);
    expect(factsOf(http("a", { rules: { action: "LOG", policies } })).stages).toMatchObject([{ action: "audit" }]);
  });

  it("of connections are told, without counts", () => {
    const tcp = {
      filters: [
        { name: "rbac", typed_config: { "@type": NETWORK_RBAC, stat_prefix: "t", rules: { policies } } },
        { name: "tcp", typed_config: { "@type": TCP, cluster: "app" } },
      ],
    };
    expect(factsOf(tcp).stages).toMatchObject([{ action: "allow", mode: "enforced", managers: [], policies: [{ name: "p" }] }]);
  });

  it("that name nobody, or cannot be read, are a gap", () => {
    const facts = factsOf(http("a", { rules: { policies } }, { matcher: {} }));
    expect(facts.namesDecisions).toBe(false);
    const settings = facts.gaps.map(({ setting }) => setting);
    expect(settings).toContain("rules instead of matcher in its RBAC filter");
    expect(settings).toContain("track_per_rule_stats: true in its RBAC filter");
    expect(settings.join("\n")).toContain(
      "counter inbound_authz_total in its stats access logger, with the tags weft_peer, weft_addr and weft_authz",
    );
  });
});

describe("what a listener accepts", () => {
  const TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";
  const tls = (common: object): object => ({
    ...http("a"),
    transport_socket: { name: "tls", typed_config: { "@type": TLS, require_client_certificate: true, common_tls_context: common } },
  });

  it("is told of the recorded ledger", () => {
    expect(configFacts(recordedDump("ledger-secured.payments")).listeners).toMatchObject([
      {
        name: "inbound",
        statName: "inbound",
        demand: "permissive",
        logsHandshakes: true,
        accepts: [
          { transport: "mutual", names: ["begins with spiffe://demo.mesh/"], tlsVersions: { min: "TLSv1.3", max: "TLSv1.3" } },
          { transport: "plaintext", names: [], tlsVersions: { min: null, max: null } },
        ],
      },
    ]);
  });

  it("names a hundred names shortly, and keeps TLS versions that it does not know", () => {
    const names = Array.from({ length: 100 }, (_, index) => ({ matcher: { exact: `spiffe://m/${index}` } }));
    const params = { tls_minimum_protocol_version: "TLSv9_9", tls_maximum_protocol_version: "TLS_AUTO" };
    const [listener] = factsOf(tls({ tls_params: params, validation_context: { match_typed_subject_alt_names: names } })).listeners;
    expect(listener?.accepts[0]?.names.slice(19)).toEqual(["spiffe://m/19", "and 80 more"]);
    expect(listener?.accepts[0]?.tlsVersions).toEqual({ min: "TLSv9_9", max: null });
  });

  it("says every kind of matcher in words", () => {
    const matchers = [{ suffix: ".m" }, { contains: "x" }, { safe_regex: { regex: "a+" } }, { exact: "A", ignore_case: true }, {}];
    const names = matchers.map((matcher) => ({ matcher }));
    const [listener] = factsOf(
      tls({ combined_validation_context: { default_validation_context: { match_typed_subject_alt_names: names } } }),
    ).listeners;
    expect(listener?.accepts[0]?.names).toEqual(["ends with .m", "contains x", "matches a+", "A in any case", "a matcher of another kind"]);
  });
});
