import { CUT_KEY } from "./limits.ts";

/**
 * Attributes that the index fields are read from. Those from `PEER_SERVICE` to the last name the other end of a call, best
 * first. Names: OpenTelemetry semantic conventions 1.39 and the older ones they replaced; Envoy's from
 * source/common/tracing/common_values.h.
 */
export const NO_KEY = 0;
export const HTTP_STATUS = 1;
export const GRPC_STATUS = 2;
export const ERROR = 3;
export const RPC_SYSTEM = 4;
export const CONTENT_TYPE = 5;
export const NETWORK_PEER = 6;
export const WEFT_CUT = 7;
export const PEER_SERVICE = 8;
export const PROXY_CLUSTER_NAME = 9;
export const PROXY_CLUSTER = 10;
export const SERVER_ADDRESS = 11;
export const PEER_NAME = 12;
export const FULL_URL = 13;
export const OLD_URL = 14;
export const DB_SYSTEM = 15;
export const OLD_DB_SYSTEM = 16;
export const MESSAGING_SYSTEM = 17;

export const SERVICE_NAME = 1;
export const SERVICE_NAMESPACE = 2;
export const SERVICE_VERSION = 3;
export const SERVICE_INSTANCE = 4;
export const RESOURCE_NOTE = 5;

/** Keys by their length, since few keys share one. */
export type KeyTable = readonly (readonly { bytes: Uint8Array; id: number }[] | undefined)[];

export const SPAN_KEYS: KeyTable = keyTable({
  "http.response.status_code": HTTP_STATUS,
  "http.status_code": HTTP_STATUS,
  "rpc.grpc.status_code": GRPC_STATUS,
  "grpc.status_code": GRPC_STATUS,
  error: ERROR,
  "rpc.system": RPC_SYSTEM,
  "rpc.system.name": RPC_SYSTEM,
  "http.request.header.content-type": CONTENT_TYPE,
  "network.peer.address": NETWORK_PEER,
  "net.peer.ip": NETWORK_PEER,
  "net.sock.peer.addr": NETWORK_PEER,
  [CUT_KEY]: WEFT_CUT,
  "peer.service": PEER_SERVICE,
  "upstream_cluster.name": PROXY_CLUSTER_NAME,
  upstream_cluster: PROXY_CLUSTER,
  "server.address": SERVER_ADDRESS,
  "net.peer.name": PEER_NAME,
  "url.full": FULL_URL,
  "http.url": OLD_URL,
  "db.system.name": DB_SYSTEM,
  "db.system": OLD_DB_SYSTEM,
  "messaging.system": MESSAGING_SYSTEM,
});

export const RESOURCE_KEYS: KeyTable = keyTable({
  "service.name": SERVICE_NAME,
  "service.namespace": SERVICE_NAMESPACE,
  "service.version": SERVICE_VERSION,
  "service.instance.id": SERVICE_INSTANCE,
  [CUT_KEY]: RESOURCE_NOTE,
});

function keyTable(ids: Readonly<Record<string, number>>): KeyTable {
  const table: { bytes: Uint8Array; id: number }[][] = [];
  for (const [key, id] of Object.entries(ids)) {
    const bytes = Buffer.from(key);
    (table[bytes.length] ??= []).push({ bytes, id });
  }
  // Filled up: an array with holes is looked up more slowly.
  return Array.from({ length: table.length }, (_, length) => table[length]);
}

/** Which key stands between two offsets; `NO_KEY` = one that no index field is read from. */
export function keyAt(table: KeyTable, bytes: Uint8Array, at: number, end: number): number {
  const length = end - at;
  const candidates = length < table.length ? table[length] : undefined;
  if (candidates === undefined) return NO_KEY;
  for (let index = 0; index < candidates.length; index += 1) {
    const candidate = candidates[index];
    if (candidate !== undefined && isAt(candidate.bytes, bytes, at)) return candidate.id;
  }
  return NO_KEY;
}

/** From the back, because keys share their beginnings. The caller has checked that `bytes` is long enough. */
export function isAt(wanted: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let index = wanted.length - 1; index >= 0; index -= 1) if (wanted[index] !== bytes[at + index]) return false;
  return true;
}
