import { weakerCoverage, type Coverage, type Notice, type Sourced } from "#lib/model/evidence.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";
import type { DeclaredTransport, Proxy, ServiceFacts, Topology, Upstream } from "#lib/model/topology.ts";

import type { KnownProxy } from "../identity/known-proxy.ts";
import type { MeshView } from "../identity/mesh-view.ts";
import { upstreamsOf, worstEndpoints, type EndpointCount } from "./endpoints.ts";
import { topologyNotices } from "./notices.ts";
import { isHeard, proxyOf } from "./proxy-state.ts";
import type { Watched } from "./watched.ts";

interface TopologyInput {
  sourceId: string;
  watched: readonly Watched[];
  mesh: MeshView;
  /** Findings of the directory. */
  findings: readonly Notice[];
  nowMs: number;
  intervalMs: number;
}

/** Who exists, by what the proxies told. Empty lists while none told anything. */
export function buildTopology(input: TopologyInput): Sourced<Topology> {
  const { watched, mesh, sourceId } = input;
  const rows = watched.map(({ known, observation }) => ({
    known,
    proxy: proxyOf(known, observation, input),
    upstreams: upstreamsOf(known, mesh, observation.openBreakers),
  }));
  const proxies = rows.map((row) => row.proxy);
  const newest = Math.max(...watched.map(({ observation }) => observation.lastSeenMs ?? 0), 0);
  const reads = `GET /stats/prometheus, /clusters, /config_dump and /certs of ${watched.length} proxies`;
  return {
    value: { services: services(rows), proxies, declared: declared(watched, mesh) },
    provenance: [{ source: sourceId, kind: "envoy", query: reads, observedAt: newest === 0 ? null : new Date(newest).toISOString() }],
    notices: [...input.findings, ...topologyNotices(sourceId, watched, proxies)],
    coverage: coverageOf(input, proxies),
  };
}

/** How much of the mesh was heard. `findings`: of the directory. */
export function coverageOf({ watched, findings }: Pick<TopologyInput, "watched" | "findings">, proxies: readonly Proxy[]): Coverage {
  let coverage: Coverage = findings.length > 0 || watched.some(({ known }) => known.config === null) ? "partial" : "complete";
  if (!proxies.every(isHeard)) coverage = weakerCoverage(coverage, "partial");
  if (proxies.length > 0 && !proxies.some(isHeard)) coverage = "stale";
  return coverage;
}

interface Row {
  known: KnownProxy;
  proxy: Proxy;
  upstreams: Upstream[];
}

function services(rows: readonly Row[]): ServiceFacts[] {
  const endpoints = worstEndpoints(rows);
  const nodeIds = new Set([...rows.flatMap(({ known }) => (known.identity === null ? [] : [known.identity.nodeId])), ...endpoints.keys()]);
  return [...nodeIds].toSorted().map((id) =>
    serviceFacts(
      id,
      rows.filter(({ known }) => known.identity?.nodeId === id),
      endpoints.get(id) ?? null,
    ),
  );
}

function serviceFacts(id: string, own: readonly Row[], endpoints: EndpointCount | null): ServiceFacts {
  const { kind, namespace, service } = parseNodeId(id);
  return {
    id,
    kind: own.some(({ known }) => known.config?.isIngress === true) ? "gateway" : kind,
    namespace,
    service,
    versions: versionsOf(own),
    demand: combine<ServerDemand>(
      own.map(({ known }) => known.config?.demand ?? "unknown"),
      "unknown",
      "permissive",
    ),
    endpoints,
  };
}

function versionsOf(own: readonly Row[]): ServiceFacts["versions"] {
  const names = new Set(own.flatMap(({ proxy }) => (proxy.version === null ? [] : [proxy.version])));
  return [...names].toSorted().map((version) => {
    const proxies = own.filter(({ proxy }) => proxy.version === version);
    return { version, proxies: { n: proxies.filter(({ proxy }) => proxy.state === "live").length, of: proxies.length } };
  });
}

function declared(watched: readonly Watched[], mesh: MeshView): DeclaredTransport[] {
  // Envoy lists its upstreams in no particular order; this one is stable.
  const byPair = new Map<string, { source: string; target: string; clients: TransportSecurity[] }>();
  for (const { known } of watched) {
    if (known.identity === null || known.config === null) continue;
    const source = known.identity.nodeId;
    for (const cluster of known.config.clusters.values()) {
      const target = mesh.target(known, cluster.name)?.nodeId;
      if (target === undefined) continue;
      const pair = byPair.get(`${source}|${target}`) ?? { source, target, clients: [] };
      pair.clients.push(cluster.client);
      byPair.set(`${source}|${target}`, pair);
    }
  }
  return [...byPair.values()].toSorted(byPairName).map(({ source, target, clients }) => ({
    source,
    target,
    client: combine<TransportSecurity>(clients, "unknown", "mixed"),
  }));
}

function byPairName(a: { source: string; target: string }, b: { source: string; target: string }): number {
  return a.source.localeCompare(b.source) || a.target.localeCompare(b.target);
}

/** What all say; `mixed` when they say different things, `none` when nobody says anything. */
function combine<T extends string>(values: readonly T[], none: T, mixed: T): T {
  const told = new Set(values.filter((value) => value !== none));
  const [only] = told;
  return told.size > 1 ? mixed : (only ?? none);
}
