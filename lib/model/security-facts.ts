import type { Protocol } from "./ids.ts";
import type { TimeWindow } from "./red.ts";
import type { AcceptedTransport, CertificateFacts, PolicyView, RefusalReason } from "./security.ts";
import type { ServerDemand, TransportSecurity } from "./tls.ts";

/**
 * Requests (TCP: connections) of one caller that came in one way, seen by the target's side. `count` is of the asked window;
 * the instants are epoch milliseconds and of all that is remembered.
 */
export interface ObservedCalls {
  /** Node ids. */
  source: string;
  target: string;
  protocol: Protocol;
  /** URI of the identity that the caller's certificate proved; `null` = it showed none. */
  identity: string | null;
  /** Network address it called from; `null` where the source does not tell. */
  address: string | null;
  /** As the source spells it; `null` = plaintext, or not told. */
  tlsVersion: string | null;
  transport: "mutual" | "oneWay" | "plaintext";
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/**
 * Connections refused before any request, by the side that refused them. `count` is of the asked window; the instants are
 * epoch milliseconds and of all that is remembered.
 */
export interface RefusedConnections {
  /** Node id of the caller; `null` where the witness could not tell who it was. */
  source: string | null;
  /** Node id. */
  target: string;
  witness: "server" | "caller";
  reason: RefusalReason;
  /** Of a reason that is not known: whether it was the certificate that was not accepted. Left out = not told. */
  certificateRefused?: boolean;
  /** URI that the refused certificate claims; `null` = it showed none, or nobody read it. */
  claimed: string | null;
  /** Network address of the caller; `null` where the witness does not tell. */
  address: string | null;
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** What one proxy's inbound listener is set to. */
export interface ListenerFacts {
  proxyId: string;
  /** Node id of the workload that it stands before. */
  nodeId: string;
  /** The proxy's own name for it. */
  listener: string;
  demand: ServerDemand;
  /** Ways in which it takes a connection; empty = none is known. */
  accepts: readonly AcceptedTransport[];
}

/** What one proxy is set to do when it dials one target. */
export interface DialFacts {
  proxyId: string;
  /** Node ids. */
  source: string;
  target: string;
  /** The proxy's own name for the target. */
  name: string;
  transport: TransportSecurity;
  /** Identities of the target that it accepts; empty = any that is trusted. */
  accepts: readonly string[];
  /** Cipher suites and TLS versions of connections that stood, as the proxy counts them; empty = none stood, or it counts none. */
  ciphers: readonly string[];
  tlsVersions: readonly string[];
}

/** A secret of a proxy changed, or the proxy refused a new one. */
export interface CertificateChange {
  /** When it was noticed, epoch milliseconds. */
  atMs: number;
  kind: "rotated" | "rejected";
  proxyId: string;
  nodeId: string;
  /** The proxy's name of the secret; `null` where it is part of the configuration. */
  secret: string | null;
  /** Serial number that it held before; `null` = not known. */
  fromSerial: string | null;
  /** Serial number that it holds since; `null` for one that was refused. */
  toSerial: string | null;
}

/** One authorization stage of one proxy. Counts are requests of the window; `null` = not counted there. */
export interface StageFacts {
  proxyId: string;
  nodeId: string;
  /** Place in the order in which the proxy asks its stages. */
  order: number;
  action: "custom" | "deny" | "allow" | "audit";
  mode: "enforced" | "shadow";
  policies: readonly PolicyView[];
  allowed: number | null;
  denied: number | null;
}

/** Requests of one caller by what one stage decided about them. `count` is of the window, `lastSeenMs` epoch milliseconds. */
export interface DecisionFacts {
  /** Node ids. */
  target: string;
  source: string;
  /** URI of the identity that the caller proved; `null` = it showed none. */
  identity: string | null;
  /** Network address it called from; `null` where the source does not tell. */
  address: string | null;
  mode: "enforced" | "shadow";
  outcome: "allowed" | "denied";
  /** The policy that decided; `null` = none matched. */
  policy: string | null;
  count: number;
  lastSeenMs: number;
}

/** All that one source knows of identities, transport and rights. Lists are empty where nothing is known. */
export interface SecurityFacts {
  /** Since when calls are remembered, epoch milliseconds; `null` = nothing was seen yet. */
  observedSinceMs: number | null;
  /** The window that the counts cover; it begins no earlier than the memory. */
  window: TimeWindow;
  calls: readonly ObservedCalls[];
  refusals: readonly RefusedConnections[];
  listeners: readonly ListenerFacts[];
  dials: readonly DialFacts[];
  certificates: readonly CertificateFacts[];
  events: readonly CertificateChange[];
  stages: readonly StageFacts[];
  decisions: readonly DecisionFacts[];
}
