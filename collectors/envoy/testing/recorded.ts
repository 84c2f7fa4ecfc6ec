import { readFileSync } from "node:fs";

import { CONFIG_ELEMENTS, type Cluster, type Listener, type RouteConfiguration } from "../admin/wire-config.ts";
import { CertsAnswer, ClustersAnswer, ServerInfo } from "../admin/wire.ts";
import { configFacts, type ConfigDump } from "../config/config-facts.ts";
import type { KnownProxy } from "../identity/known-proxy.ts";
import { proxyIdentity } from "../identity/proxy-identity.ts";

/** Answers of real proxies of the demo mesh, recorded and trimmed. */
export const RECORDED = [
  "gateway-v1-0.shop",
  "catalog-v1-1.shop",
  "payments-v1-0.payments",
  "ledger-v1-0.payments",
  "ratings-v1-0.reviews",
  "kv-v1-0.shop",
] as const;

/** `ledger-secured` is the ledger again, later: with authorization filters and its own logger for refused connections. */
export type RecordedId = (typeof RECORDED)[number] | "ledger-secured.payments";

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
}

/** JSON answers by path and query. */
export function recordedAnswers(id: RecordedId): Readonly<Record<string, unknown>> {
  return JSON.parse(fixture(`${id}.json`)) as Readonly<Record<string, unknown>>;
}

/** `refusals`: the series of a real Envoy that refused connections and requests in every way there is. */
export function recordedStats(id: RecordedId | "refusals"): string {
  return fixture(`${id}.stats.txt`);
}

export function recordedDump(id: RecordedId): ConfigDump {
  const answers = recordedAnswers(id);
  const elements = (resource: string): unknown[] => {
    const answer = answers[`/config_dump?resource=${resource}`];
    return typeof answer === "object" && answer !== null && "configs" in answer && Array.isArray(answer.configs) ? answer.configs : [];
  };
  const listeners: Listener[] = [
    ...elements("static_listeners").map((one) => CONFIG_ELEMENTS.static_listeners.parse(one).listener),
    ...elements("dynamic_listeners").flatMap((one) => CONFIG_ELEMENTS.dynamic_listeners.parse(one).active_state?.listener ?? []),
  ];
  const clusters: Cluster[] = elements("static_clusters").map((one) => CONFIG_ELEMENTS.static_clusters.parse(one).cluster);
  const routes: RouteConfiguration[] = elements("dynamic_route_configs").map(
    (one) => CONFIG_ELEMENTS.dynamic_route_configs.parse(one).route_config,
  );
  return { listeners, clusters, routes, statsFlushSeconds: 1 };
}

/** A recorded proxy as the collector knows it after its first inspection. */
export function recordedProxy(id: RecordedId): KnownProxy {
  const answers = recordedAnswers(id);
  const certificates = CertsAnswer.parse(answers["/certs"]).certificates;
  const spiffeIds = certificates.flatMap((entry) =>
    entry.cert_chain.flatMap((one) => one.subject_alt_names.flatMap((name) => name.uri ?? [])),
  );
  return {
    id,
    host: "127.0.0.1",
    knownAddresses: id.startsWith("ledger") ? { "127.0.1.12": { service: "legacy-report", namespace: null } } : {},
    identity: proxyIdentity(ServerInfo.parse(answers["/server_info"]).node, spiffeIds),
    spiffeIds,
    config: configFacts(recordedDump(id)),
    upstreams: ClustersAnswer.parse(answers["/clusters?format=json"]).cluster_statuses,
    seen: { inboundHttp: true, inboundTcp: true, outboundHttp: true },
  };
}
