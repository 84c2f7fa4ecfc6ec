import { z } from "zod";

/**
 * How a request travels on an edge. A service reached in two ways has two edges from the same caller.
 */
export const Protocol = z.enum(["http", "grpc", "tcp"]);
export type Protocol = z.infer<typeof Protocol>;

/** What a node of the graph is. `unknown` is a caller or callee that no source can name. */
export const NodeKind = z.enum(["service", "workload", "gateway", "external", "unknown"]);
export type NodeKind = z.infer<typeof NodeKind>;

/** Callers outside the mesh, seen only as connections to a gateway. */
export const INTERNET_ID = "internet";

const EXTERNAL_PREFIX = "external/";
const UNKNOWN_PREFIX = "unknown/";

/** Id of a service in a namespace: `namespace/service`. */
export function serviceId(namespace: string, service: string): string {
  return `${namespace}/${service}`;
}

/** Id of a host outside the mesh, reached from inside it. */
export function externalId(host: string): string {
  return `${EXTERNAL_PREFIX}${host}`;
}

/** Id of a peer that is known only by an address, or by the name that an operator gave this address. */
export function unknownId(addressOrName: string): string {
  return `${UNKNOWN_PREFIX}${addressOrName}`;
}

/** Callers that a source knows only by what they called: their own side told nothing. */
export const UNTRACED_ID = unknownId("untraced");

/** A peer that showed nothing by which it could be named. */
export const UNIDENTIFIED_ID = unknownId("unidentified");

export interface NodeIdentity {
  id: string;
  kind: NodeKind;
  /** `null` for what lives in no namespace. */
  namespace: string | null;
  service: string;
}

/** Reads a node id back into its parts. Ids are made by this module only, so every string has an answer. */
export function parseNodeId(id: string): NodeIdentity {
  if (id === INTERNET_ID) return { id, kind: "external", namespace: null, service: "internet" };
  if (id.startsWith(EXTERNAL_PREFIX)) {
    return { id, kind: "external", namespace: null, service: id.slice(EXTERNAL_PREFIX.length) };
  }
  if (id.startsWith(UNKNOWN_PREFIX)) {
    return { id, kind: "unknown", namespace: null, service: id.slice(UNKNOWN_PREFIX.length) };
  }
  const slash = id.indexOf("/");
  if (slash < 0) return { id, kind: "unknown", namespace: null, service: id };
  return { id, kind: "service", namespace: id.slice(0, slash), service: id.slice(slash + 1) };
}

/** Id of an edge: `source|target|protocol`. */
export function edgeId(source: string, target: string, protocol: Protocol): string {
  return `${source}|${target}|${protocol}`;
}

export interface EdgeIdentity {
  source: string;
  target: string;
  protocol: Protocol;
}

/** Reads an edge id back into its parts; `null` = it is none. */
export function parseEdgeId(id: string): EdgeIdentity | null {
  const [source, target, last, ...more] = id.split("|");
  const protocol = Protocol.safeParse(last);
  return source && target && protocol.success && more.length === 0 ? { source, target, protocol: protocol.data } : null;
}
