import type { ClusterFacts } from "../config/cluster-facts.ts";
import { unseenCluster } from "../config/cluster-facts.ts";
import type { ConfigFacts } from "../config/config-facts.ts";
import type { KnownProxy } from "../identity/known-proxy.ts";
import { isIngress, type ProxyLabels } from "./labels.ts";
import type { ToldProxy } from "./told-proxies.ts";

/**
 * Proxies as the mapping of their own statistics knows them, as far as series in a store can tell: configuration is not in
 * there, so that names have to do. What any proxy of a service was seen to log, all of them do: an idle one has no series.
 */
export function knownProxies(told: readonly ToldProxy[], labels: ProxyLabels): KnownProxy[] {
  const services = new Set(told.map(({ identity }) => identity.service));
  const logging = { http: new Set<string>(), tcp: new Set<string>() };
  for (const { identity, counted } of told) {
    if (counted.some(({ kind }) => kind === "inbound")) logging.http.add(identity.nodeId);
    if (counted.some(({ kind }) => kind === "inbound-connection")) logging.tcp.add(identity.nodeId);
  }
  return told.map(({ identity, counted }) => {
    const seen = {
      inboundHttp: logging.http.has(identity.nodeId),
      inboundTcp: logging.tcp.has(identity.nodeId),
      outboundHttp: counted.some(({ kind }) => kind === "outbound"),
    };
    const names = [...new Set(counted.flatMap((series) => ("cluster" in series ? [series.cluster] : [])))];
    const clusters = new Map(names.map((name) => [name, upstream(name, services)]));
    const connects = (kind: "inbound-connection" | "outbound-connection"): boolean =>
      counted.some((series) => series.kind === kind && series.event === "TcpUpstreamConnected");
    const config: ConfigFacts = {
      demand: "unknown",
      isIngress: isIngress(identity, labels),
      listensAt: [],
      clusters,
      reached: new Set(),
      unlogged: new Set(seen.outboundHttp ? [] : names),
      logsInbound: { http: seen.inboundHttp, tcp: seen.inboundTcp },
      clustersByRoute: new Map(),
      subscribesRoutes: false,
      countsOnConnect: { inbound: connects("inbound-connection"), outbound: connects("outbound-connection") },
      listeners: [],
      stages: [],
      namesDecisions: true,
      gaps: [],
    };
    // A loopback address is nobody's: no caller is taken for this proxy by it.
    const nobody = { host: "localhost", knownAddresses: {}, spiffeIds: [], upstreams: null };
    return { id: `${identity.nodeId} ${identity.version ?? ""}`, identity, config, seen, ...nobody };
  });
}

/** A proxy's own application, and what helps it: control plane, certificates, traces, its own statistics. */
const HELPERS =
  /^(?:local_?(?:app|service|agent)?|inbound.*|Inbound.*|(?:xds|ads|lds|rds|cds|eds|sds)(?:[-_.].*)?|.*[-_]xds|(?:self_)?admin|agent|prometheus_stats|.*(?:zipkin|jaeger|otel|opentelemetry|lightstep|datadog|skywalking|tracing|collector).*|.*ext[-_]?authz.*|.*rate[-_]?limit.*|original[-_]dst.*)$/;
const KUBERNETES_HOST = /^([^.|]+)\.([^.|]+)\.svc(?:\.|$)/;

function upstream(name: string, services: ReadonlySet<string>): ClusterFacts {
  const facts = unseenCluster(name);
  if (facts.named !== null || name === "" || (HELPERS.test(name) && !services.has(name))) return facts;
  const [, service = name, namespace = null] = KUBERNETES_HOST.exec(name) ?? [];
  return { ...facts, told: { service, namespace, version: null, isExternal: namespace === null && !services.has(name) } };
}
