import type { Protocol } from "#lib/model/ids.ts";
import type { SpanKind, SpanStatus } from "#lib/model/trace.ts";

import { VALUE_BOOL, VALUE_DOUBLE, VALUE_INT, VALUE_STRING } from "./fields.ts";
import { hasPeer, isGrpcFailure, isHttpFailure, peerOfCluster, peerOfName, peerOfUrl, protocolOf } from "./index-fields.ts";
import {
  CONTENT_TYPE,
  DB_SYSTEM,
  ERROR,
  FULL_URL,
  GRPC_STATUS,
  HTTP_STATUS,
  isAt,
  keyAt,
  MESSAGING_SYSTEM,
  NETWORK_PEER,
  NO_KEY,
  OLD_URL,
  PEER_SERVICE,
  PROXY_CLUSTER,
  PROXY_CLUSTER_NAME,
  RPC_SYSTEM,
  SPAN_KEYS,
  WEFT_CUT,
} from "./index-keys.ts";
import type { TextCache } from "./text-cache.ts";
import type { AttributeScan } from "./value-scan.ts";

/** The last of the keys that name the other end. */
const LAST_KEY = MESSAGING_SYSTEM;

const GRPC = Buffer.from("grpc");
const GRPC_CONTENT = Buffer.from("application/grpc");
const TRUE = Buffer.from("true");
const HTTP_PREFIX = Buffer.from("http.");
const URL_PREFIX = Buffer.from("url.");
const RPC_PREFIX = Buffer.from("rpc.");
const GRPC_PREFIX = Buffer.from("grpc.");
const RPC_GRPC_PREFIX = Buffer.from("rpc.grpc.");
const FIRST_G = 0x67;
const FIRST_H = 0x68;
const FIRST_R = 0x72;
const FIRST_U = 0x75;

const ZERO = 0x30;

/** What the attributes of one span say for the index. One object serves for many spans. */
export class IndexScan {
  /** An HTTP or gRPC status that is a failure on whichever side of the call, or the attribute `error` is true. */
  hasFailure = false;
  isGrpc = false;
  isHttp = false;
  hasNetworkPeer = false;
  /** Attributes by which Weft said earlier what it left out. */
  notes = 0;
  /** Begin and end of the text of each key that names a peer. */
  private readonly peers = new Int32Array((LAST_KEY + 1) * 2);
  private hasPeers = false;

  reset(): void {
    this.notes = 0;
    this.hasFailure = this.isGrpc = this.isHttp = this.hasNetworkPeer = false;
    if (this.hasPeers) this.peers.fill(0);
    this.hasPeers = false;
  }

  /** Takes what the index needs from the attribute. */
  take(attribute: AttributeScan, bytes: Buffer): void {
    const { keyAt: at, keyEnd, type, contentAt, contentEnd } = attribute;
    const length = keyEnd - at;
    const first = bytes[at];
    if (first === FIRST_H) this.isHttp ||= length > 5 && isAt(HTTP_PREFIX, bytes, at);
    else if (first === FIRST_U) this.isHttp ||= length > 4 && isAt(URL_PREFIX, bytes, at);
    else if (first === FIRST_G) this.isGrpc ||= length > 5 && isAt(GRPC_PREFIX, bytes, at);
    else if (first === FIRST_R && length > 4 && isAt(RPC_PREFIX, bytes, at)) {
      this.isHttp = true;
      this.isGrpc ||= length > 9 && isAt(RPC_GRPC_PREFIX, bytes, at);
    }
    const key = keyAt(SPAN_KEYS, bytes, at, keyEnd);
    if (key === NO_KEY) return;
    if (key === HTTP_STATUS) this.hasFailure ||= isHttpFailure(statusNumber(attribute, bytes));
    else if (key === GRPC_STATUS) this.hasFailure ||= isGrpcFailure(statusNumber(attribute, bytes));
    else if (key === WEFT_CUT) this.notes += 1;
    else if (key === ERROR)
      this.hasFailure ||=
        type === VALUE_BOOL
          ? attribute.number !== 0
          : type === VALUE_STRING && contentEnd - contentAt === 4 && isAt(TRUE, bytes, contentAt);
    else if (type !== VALUE_STRING || contentAt === contentEnd) return;
    else if (key === RPC_SYSTEM) this.isGrpc ||= contentEnd - contentAt === 4 && isAt(GRPC, bytes, contentAt);
    else if (key === CONTENT_TYPE) this.isGrpc ||= contentEnd - contentAt >= GRPC_CONTENT.length && isAt(GRPC_CONTENT, bytes, contentAt);
    else {
      if (key === NETWORK_PEER || key >= DB_SYSTEM) this.hasNetworkPeer = true;
      if (key < PEER_SERVICE) return;
      this.hasPeers = true;
      this.peers[key * 2] = contentAt;
      this.peers[key * 2 + 1] = contentEnd;
    }
  }

  /** Failed by the rule of the map. */
  isError(status: SpanStatus): boolean {
    return status === "error" || this.hasFailure;
  }

  protocol(): Protocol {
    return protocolOf(this);
  }

  /** `null` = this kind of span has no other end, or does not name it. */
  peer(kind: SpanKind, bytes: Buffer, texts: TextCache): string | null {
    if (!this.hasPeers || !hasPeer(kind)) return null;
    for (let key = PEER_SERVICE; key <= LAST_KEY; key += 1) {
      const at = this.peers[key * 2] ?? 0;
      if (at === 0) continue;
      const peer = peerIn(key, texts.read(bytes, at, this.peers[key * 2 + 1] ?? at));
      if (peer !== null) return peer;
    }
    return null;
  }
}

/** Proxies send numbers as text. 0 = no status: none has more than three digits. */
function statusNumber({ type, contentAt, contentEnd, number }: AttributeScan, bytes: Buffer): number {
  if (type === VALUE_INT) return number < 1_000 ? number : 0;
  if (type === VALUE_DOUBLE) {
    const status = bytes.readDoubleLE(contentAt);
    return status < 1_000 ? status : 0;
  }
  if (type !== VALUE_STRING || contentEnd - contentAt > 3) return 0;
  let value = 0;
  for (let at = contentAt; at < contentEnd; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value;
}

function peerIn(key: number, text: string): string | null {
  if (key === PROXY_CLUSTER_NAME || key === PROXY_CLUSTER) return peerOfCluster(text);
  return key === FULL_URL || key === OLD_URL ? peerOfUrl(text) : peerOfName(text);
}
