import { describe, expect, it } from "vitest";

import { Listener } from "../admin/wire-config.ts";
import { hasInspector, isInbound, leavingNames, listenerDemand, needsInspector, plaintextRemoval } from "./chains.ts";
import { chainOf, listenerOf } from "./testing/listener-texts.ts";

type Kind = Parameters<typeof chainOf>[0];

function listener(kinds: readonly Kind[], more: object = {}): Listener {
  return Listener.parse(
    listenerOf(
      kinds.map((kind, index) => chainOf(kind, `c${index}`)),
      more,
    ),
  );
}

describe("listenerDemand", () => {
  it.each<[Kind[], string]>([
    [["mutual"], "strict"],
    [["mutual", "mutual"], "strict"],
    [["mutual", "plaintext"], "permissive"],
    [["raw", "mutual"], "permissive"],
    [["plaintext", "raw"], "off"],
    [["oneWay"], "oneWay"],
    [["mutual", "strange"], "unknown"],
    [[], "unknown"],
  ])("of %j is %s", (kinds, demand) => {
    expect(listenerDemand(listener(kinds))).toBe(demand);
  });

  it("counts the chain for everything else, whatever it carries", () => {
    expect(listenerDemand(listener(["mutual"], { default_filter_chain: { filters: [] } }))).toBe("permissive");
  });
});

describe("plaintextRemoval", () => {
  it("names every chain that takes plaintext, the one for everything else among them", () => {
    expect(plaintextRemoval(listener(["raw", "mutual", "plaintext"], { default_filter_chain: {} }))).toEqual({ places: [0, 2, "default"] });
    expect(plaintextRemoval(listener(["plaintext"], { default_filter_chain: chainOf("mutual", "rest") }))).toEqual({ places: [0] });
    expect(plaintextRemoval(listener(["mutual"]))).toEqual({ places: [] });
  });

  it.each<[string, Kind[], object, string]>([
    ["no chain that asks for a certificate", ["plaintext", "raw"], {}, "would leave no way in"],
    ["no chain at all", [], {}, "would leave no way in"],
    ["a chain with one-way TLS", ["mutual", "oneWay", "plaintext"], {}, "speaks TLS without asking for a certificate"],
    ["a chain that hands TLS on", ["mutual", "passthrough"], {}, "hands TLS on unopened"],
    ["a socket that does not tell", ["mutual", "strange", "plaintext"], {}, "does not tell what it asks"],
    ["a matcher", ["mutual", "plaintext"], { filter_chain_matcher: {} }, "by a matcher"],
    ["other listeners behind it", ["mutual", "plaintext"], { use_original_dst: true }, "use_original_dst"],
  ])("refuses %s", (_, kinds, more, words) => {
    const removal = plaintextRemoval(listener(kinds, more));
    expect("reason" in removal ? removal.reason : "it was taken").toContain(words);
  });
});

const count = (stat: string): object => ({
  name: "stats",
  typed_config: { "@type": "x.access_loggers.stats.v3.Config", stat_prefix: "weft", counters: [{ stat: { name: stat } }] },
});

describe("isInbound", () => {
  it.each<[string, object, boolean]>([
    ["by its own word", { traffic_direction: "INBOUND", filter_chains: [] }, true],
    ["not by its own word", { traffic_direction: "OUTBOUND" }, false],
    ["by where it leads", { traffic_direction: undefined, filter_chains: [tcpTo("inbound_app")] }, true],
    ["not when it leads to other services", { traffic_direction: undefined, filter_chains: [tcpTo("outbound|80||cart")] }, false],
    [
      "by what it counts",
      { traffic_direction: undefined, filter_chains: [tcpTo("outbound|80||cart", count("inbound_connections_total"))] },
      true,
    ],
    ["not without any chain that is understood", { traffic_direction: undefined, filter_chains: [{ filters: [] }] }, false],
  ])("tells it %s", (_, more, answer) => {
    expect(isInbound(Listener.parse(listenerOf([], more)))).toBe(answer);
  });
});

function tcpTo(cluster: string, logger?: object): object {
  const config = { "@type": "x.TcpProxy", cluster, access_log: logger === undefined ? [] : [logger] };
  return { filters: [{ name: "tcp", typed_config: config }] };
}

describe("the filter that tells TLS from plaintext", () => {
  it("is needed for chains that are matched by it", () => {
    expect(needsInspector(listener(["mutual"]))).toBe(true);
    expect(needsInspector(listener(["plaintext"]))).toBe(false);
    expect(needsInspector(Listener.parse(listenerOf([{ filter_chain_match: { server_names: ["a"] } }])))).toBe(true);
    expect(needsInspector(Listener.parse(listenerOf([{ filter_chain_match: { application_protocols: [] } }])))).toBe(false);
  });

  it("is found by its name or its type", () => {
    expect(hasInspector(listener(["mutual"]))).toBe(true);
    const typed = { name: "mine", typed_config: { "@type": "type.googleapis.com/x.TlsInspector" } };
    expect(hasInspector(listener(["mutual"], { listener_filters: [typed] }))).toBe(true);
    expect(hasInspector(listener(["mutual"], { listener_filters: [{ name: "http_inspector" }] }))).toBe(false);
    expect(hasInspector(listener(["mutual"], { listener_filters: [{ name: "envoy.filters.listener.tls_inspector" }] }))).toBe(true);
    expect(hasInspector(listener(["mutual"], { listener_filters: undefined }))).toBe(false);
  });
});

describe("leavingNames", () => {
  it("names what goes, unless something that stays has the same name", () => {
    const before = [listener(["mutual", "plaintext"])];
    expect(leavingNames(before, [listener(["mutual"])])).toEqual(["http.c1"]);
    expect(leavingNames(before, [listener(["mutual"]), listener(["plaintext", "mutual"], { name: "other" })])).toEqual([]);
    expect(leavingNames(before, before)).toEqual([]);
    expect(leavingNames([listener(["plaintext"], { filter_chains: [tcpTo("a")] })], [])).toEqual([]);
  });
});
