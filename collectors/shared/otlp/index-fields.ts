import type { Protocol } from "#lib/model/ids.ts";
import type { SpanKind, SpanStatus } from "#lib/model/trace.ts";

/** A sender that names no service; the name that OpenTelemetry's resource conventions give it. */
export const UNKNOWN_SERVICE = "unknown_service";

/**
 * gRPC statuses that are the server's fault (OpenTelemetry's conventions for gRPC: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED,
 * INTERNAL, UNAVAILABLE, DATA_LOSS), and RESOURCE_EXHAUSTED, which Envoy counts as a failure to serve.
 */
const FAILING_GRPC = new Set([2, 4, 8, 12, 13, 14, 15]);

export function isHttpFailure(code: number): boolean {
  return code >= 500;
}

export function isGrpcFailure(code: number): boolean {
  return FAILING_GRPC.has(code);
}

export interface ProtocolFacts {
  /** `rpc.system` is grpc, a key begins with `grpc.` or `rpc.grpc.`, or a content type is gRPC's. */
  isGrpc: boolean;
  /** A key begins with `http.`, `url.` or `rpc.`. */
  isHttp: boolean;
  /** A database, a queue or an address on the network is told. */
  hasNetworkPeer: boolean;
}

/** What says nothing is http: most spans do, and an edge must not split because one side tells less than the other. */
export function protocolOf({ isGrpc, isHttp, hasNetworkPeer }: ProtocolFacts): Protocol {
  if (isGrpc) return "grpc";
  return hasNetworkPeer && !isHttp ? "tcp" : "http";
}

const KINDS: readonly SpanKind[] = ["internal", "internal", "server", "client", "producer", "consumer"];

/** Unspecified and unknown kinds are internal, as the specification proposes. */
export function kindOf(code: number): SpanKind {
  return KINDS[code] ?? "internal";
}

const STATUSES: readonly SpanStatus[] = ["unset", "ok", "error"];

export function statusOf(code: number): SpanStatus {
  return STATUSES[code] ?? "unset";
}

/** Nanoseconds; a span that ends before it starts, or does not tell its end, took 0. */
export function durationOf(startUnixNano: bigint, endUnixNano: bigint): number {
  return endUnixNano > startUnixNano ? Number(endUnixNano - startUnixNano) : 0;
}

/** Kinds of span that have another end, which they may name. */
export function hasPeer(kind: SpanKind): boolean {
  return kind === "client" || kind === "producer";
}

const MAX_PEER = 256;
const PORT = /[:|]\d{1,5}$/;

/**
 * The service behind a proxy's cluster, without direction, port and subset: `outbound|9080|v2|reviews` and `reviews:9080` both
 * lead to `reviews`. `null` = the name is empty, or leads into the proxy's own application.
 */
export function peerOfCluster(cluster: string): string | null {
  if (cluster.startsWith("inbound|")) return null;
  const name = cluster.replace(PORT, "");
  return peerOfName(name.slice(name.lastIndexOf("|") + 1));
}

/** `null` = empty. */
export function peerOfName(name: string): string | null {
  return name === "" ? null : name.slice(0, MAX_PEER);
}

/** Host of an absolute URL, without user, port and brackets; `null` = none in it. */
export function peerOfUrl(url: string): string | null {
  const [, host] = /^[a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]/?#]*\]|[^:/?#@]*)/i.exec(url.slice(0, 2_048)) ?? [];
  return host === undefined ? null : peerOfName(host.replace(/^\[|\]$/g, "").toLowerCase());
}
