import { parseNodeId, serviceId } from "#lib/model/ids.ts";
import type { EdgeTraffic, LatencyHistogram, TimeWindow } from "#lib/model/red.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { Proxy, ServiceFacts, Topology } from "#lib/model/topology.ts";
import type { TrafficKey, TrafficRow, TrafficSample } from "#lib/ports/series-store.ts";
import { NO_TRAFFIC } from "#lib/red/traffic.ts";

/** A whole hour, so that every resolution of time has a step that ends here. */
export const START_MS = Date.UTC(2026, 0, 1, 12);

/** The half-open window `(from, to]` in seconds after `START_MS`. */
export function secondsWindow(fromS: number, toS: number): TimeWindow {
  return { fromMs: START_MS + fromS * 1_000, toMs: START_MS + toS * 1_000 };
}

/** Traffic in which only the named numbers are not 0. */
export function trafficOf(part: Partial<EdgeTraffic> = {}): EdgeTraffic {
  return { ...NO_TRAFFIC, ...part };
}

/** Counts durations by the model's rule: a bucket holds what is above its lower bound, up to and with its upper one. */
export function histogramOf(boundsMs: readonly number[], durationsMs: readonly number[]): LatencyHistogram {
  const counts = Array.from({ length: boundsMs.length + 1 }, () => 0);
  for (const duration of durationsMs) {
    const bucket = boundsMs.findIndex((bound) => duration <= bound);
    const slot = bucket < 0 ? boundsMs.length : bucket;
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return { boundsMs, counts };
}

/** One version of one edge: `frontend` calls `reviews` v1 where nothing else is said. */
export function keyOf(part: Partial<TrafficKey> = {}): TrafficKey {
  return {
    source: serviceId("shop", "frontend"),
    target: serviceId("reviews", "reviews"),
    protocol: "http",
    version: "v1",
    reporter: "destination",
    ...part,
  };
}

export function rowOf(key: Partial<TrafficKey>, traffic: Partial<EdgeTraffic>): TrafficRow {
  return { key: keyOf(key), traffic: trafficOf(traffic) };
}

/** What a reporter tells at an instant, in seconds after `START_MS`. */
export function sampleAt(atS: number, key: Partial<TrafficKey>, traffic: Partial<EdgeTraffic>): TrafficSample {
  return { atMs: START_MS + atS * 1_000, ...rowOf(key, traffic) };
}

/** A service with one proxy per version, all of which answer. */
export function serviceOf(id: string, part: Partial<ServiceFacts> = {}): ServiceFacts {
  const { kind, namespace, service } = parseNodeId(id);
  return {
    id,
    kind,
    namespace,
    service,
    versions: [{ version: "v1", proxies: { n: 1, of: 1 } }],
    demand: "strict",
    endpoints: { healthy: 1, total: 1 },
    ...part,
  };
}

/** A live proxy of the node; its id follows the node's name. */
export function proxyOf(nodeId: string, part: Partial<Proxy> = {}): Proxy {
  const { namespace, service } = parseNodeId(nodeId);
  return {
    id: `${service}-v1-0.${namespace ?? ""}`,
    nodeId,
    namespace,
    service,
    version: "v1",
    state: "live",
    sync: "synced",
    software: null,
    lastSeen: new Date(START_MS).toISOString(),
    reason: null,
    gaps: [],
    uptimeSeconds: 60,
    answeredInMs: 1,
    ...part,
  };
}

export function topologyOf(part: Partial<Topology> = {}): Topology {
  return { services: [], proxies: [], declared: [], ...part };
}

/** A source that answers whole. */
export function statusOf(part: Partial<SourceStatus> = {}): SourceStatus {
  return {
    id: "fake-proxies",
    kind: "fake",
    state: "healthy",
    since: new Date(START_MS).toISOString(),
    address: "memory",
    gives: ["requests"],
    dims: ["the map"],
    newestData: new Date(START_MS).toISOString(),
    answeredInMs: 1,
    coverage: { n: 2, of: 2 },
    lastError: null,
    mend: null,
    findings: [],
    ...part,
  };
}
