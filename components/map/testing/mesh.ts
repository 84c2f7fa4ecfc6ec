import type { Health, MeshEdge, MeshGraph, MeshNode, NodeVersion } from "#lib/model/graph.ts";
import { edgeId, parseNodeId } from "#lib/model/ids.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { Red } from "#lib/model/red.ts";

/** Numbers over 300 s from a rate, an error share and a p95; `null` = not known. */
export function red(rate: number | null, errorRatio: number | null = null, p95Ms: number | null = null): Red {
  const count = rate === null ? null : Math.round(rate * 300);
  return {
    rate,
    errorRatio,
    p50Ms: p95Ms === null ? null : p95Ms / 2,
    p95Ms,
    p99Ms: p95Ms === null ? null : p95Ms * 1.5,
    meanMs: null,
    count,
    errorCount: count === null || errorRatio === null ? null : Math.round(count * errorRatio),
    source: rate === null ? null : "proxies",
  };
}

export function health(ratio: number | null): Health {
  if (ratio === null) return { status: "unknown", reasons: ["No calls were seen in this window"] };
  if (ratio < 0.005) return { status: "healthy", reasons: [] };
  return { status: ratio < 0.02 ? "degraded" : "failing", reasons: [`fails ${(ratio * 100).toFixed(2)} % of calls`] };
}

export function meshNode(id: string, parts: Partial<MeshNode> = {}): MeshNode {
  const { kind, namespace, service } = parseNodeId(id);
  const numbers = parts.red ?? red(null);
  return {
    id,
    kind,
    namespace,
    service,
    versions: [],
    red: numbers,
    spark: { stepMs: 10_000, rate: Array.from({ length: 30 }, () => numbers.rate), errorRatio: [] },
    health: health(numbers.errorRatio),
    proxies: namespace === null ? null : { n: 1, of: 1 },
    tls: namespace === null ? "unknown" : "mutual",
    seenBy: ["proxies"],
    ...parts,
  };
}

export function version(name: string, share: number, numbers: Red): NodeVersion {
  return { version: name, share, red: numbers, health: health(numbers.errorRatio) };
}

export function meshEdge(source: string, target: string, parts: Partial<MeshEdge> & { protocol?: Protocol } = {}): MeshEdge {
  const protocol = parts.protocol ?? "http";
  const numbers = parts.red ?? red(1, 0, 10);
  return {
    id: edgeId(source, target, protocol),
    source,
    target,
    protocol,
    red: numbers,
    health: health(numbers.errorRatio),
    tls: { declared: { client: "mutual", server: "strict" }, observed: "mutual", mutualShare: 1, refused: 0 },
    versions: [{ version: null, red: numbers }],
    callerRed: null,
    retries: 0,
    neverArrived: 0,
    flags: {},
    reporter: "destination",
    seenBy: ["proxies"],
    ...parts,
  };
}

export function meshGraph(nodes: MeshNode[], edges: MeshEdge[]): MeshGraph {
  const count = (status: Health["status"]): number =>
    nodes.filter((node) => node.id !== "internet" && node.health.status === status).length;
  return {
    window: { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:05:00.000Z" },
    nodes,
    edges,
    totals: {
      healthy: count("healthy"),
      degraded: count("degraded"),
      failing: count("failing"),
      unknown: count("unknown"),
      rate: edges.reduce((sum, edge) => sum + (edge.red.rate ?? 0), 0),
      errorRate: edges.reduce((sum, edge) => sum + (edge.red.rate ?? 0) * (edge.red.errorRatio ?? 0), 0),
    },
  };
}

const PLAIN = { declared: { client: "unknown", server: "permissive" }, observed: "plaintext", mutualShare: 0, refused: 0 } as const;
const ONE_WAY = { declared: { client: "oneWay", server: "unknown" }, observed: "oneWay", mutualShare: 0, refused: null } as const;

/** The shop of the design's pictures, with `kv` behind cart. */
export function demoMesh(): MeshGraph {
  const v1 = version("v1", 0.9, red(55.2, 0.002, 41));
  const v2 = version("v2", 0.1, red(6.1, 0.0408, 284));
  return meshGraph(
    [
      meshNode("internet", { kind: "external", tls: "unknown" }),
      meshNode("shop/gateway", { kind: "gateway", red: red(128.4, 0.0008, 415), tls: "oneWay" }),
      meshNode("shop/frontend", { red: red(128.4, 0.0008, 412), proxies: { n: 3, of: 3 } }),
      meshNode("shop/catalog", { red: red(82.6, 0.0004, 74), proxies: { n: 3, of: 3 } }),
      meshNode("shop/cart", { red: red(37.6, 0.0002, 12) }),
      meshNode("shop/checkout", { red: red(6.4, 0.0042, 902) }),
      meshNode("shop/kv", { red: red(12.4, 0, null) }),
      meshNode("reviews/reviews", {
        red: red(61.3, 0.0059, 162),
        versions: [v1, v2],
        health: { status: "degraded", reasons: ["v2 fails 4.1 % of calls (75 of 1840), limit 2.0 %"] },
        proxies: { n: 2, of: 2 },
      }),
      meshNode("reviews/ratings", { red: red(91.7, 0.001, 58) }),
      meshNode("payments/payments", { red: red(6.1, 0.0038, 846) }),
      meshNode("payments/ledger", { red: red(6.9, 0, 22), tls: "mixed" }),
      meshNode("external/card-network", { red: red(6.2, 0.0151, 812), tls: "oneWay" }),
      meshNode("unknown/legacy-report"),
    ],
    [
      meshEdge("internet", "shop/gateway", { red: red(128.4, 0.0008, 415), tls: ONE_WAY }),
      meshEdge("shop/gateway", "shop/frontend", { red: red(128.4, 0.0008, 412) }),
      meshEdge("shop/frontend", "shop/catalog", { red: red(82.6, 0.0004, 74) }),
      meshEdge("shop/frontend", "shop/cart", { red: red(31.2, 0.0002, 12) }),
      meshEdge("shop/frontend", "shop/checkout", { red: red(6.4, 0.0042, 902) }),
      meshEdge("shop/frontend", "reviews/reviews", {
        red: red(19.9, 0.006, 162),
        versions: [
          { version: "v1", red: red(17.9, 0.002, 41) },
          { version: "v2", red: red(2, 0.041, 284) },
        ],
      }),
      meshEdge("shop/catalog", "reviews/reviews", { red: red(41.4, 0.0058, 162) }),
      meshEdge("shop/checkout", "shop/cart", { red: red(6.4, 0, 12) }),
      meshEdge("shop/checkout", "payments/payments", { red: red(6.1, 0.0038, 846) }),
      meshEdge("shop/cart", "shop/kv", { protocol: "tcp", red: red(12.4, 0, null) }),
      meshEdge("reviews/reviews", "reviews/ratings", { protocol: "grpc", red: red(91.7, 0.001, 58) }),
      meshEdge("payments/payments", "payments/ledger", { red: red(6.1, 0, 22) }),
      meshEdge("payments/payments", "external/card-network", { red: red(6.2, 0.0151, 812), tls: ONE_WAY, reporter: "source", retries: 4 }),
      meshEdge("unknown/legacy-report", "payments/ledger", { red: red(0.8, 0, 22), tls: PLAIN }),
    ],
  );
}
