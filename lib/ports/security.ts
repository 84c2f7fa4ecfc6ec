import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { AcceptedTransport, CertificateFacts, RefusalReason } from "#lib/model/security.ts";
import type { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";

/** Requests (TCP: connections) of one caller, seen by the target's side. `count` is of the asked window, the instants are of all that is remembered. */
export interface ObservedCalls {
  source: string;
  target: string;
  protocol: Protocol;
  /** URI of the identity that the caller's certificate proved; `null` = it showed none. */
  identity: string | null;
  address: string | null;
  tlsVersion: string | null;
  transport: "mutual" | "oneWay" | "plaintext";
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** Connections refused before any request, by the side that refused them. */
export interface RefusedConnections {
  source: string | null;
  target: string;
  witness: "server" | "caller";
  reason: RefusalReason;
  /** Of a reason that is not known: whether it was the certificate that was not accepted. Left out = not told. */
  certificateRefused?: boolean;
  /** URI that the refused certificate claims. */
  claimed: string | null;
  address: string | null;
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** What one proxy's inbound listener is set to. */
export interface ListenerFacts {
  proxyId: string;
  nodeId: string;
  listener: string;
  demand: ServerDemand;
  accepts: readonly AcceptedTransport[];
}

/** What one proxy is set to do when it dials one target. */
export interface DialFacts {
  proxyId: string;
  source: string;
  target: string;
  /** The proxy's own name for the target. */
  name: string;
  transport: TransportSecurity;
  /** Identities of the target that it accepts; empty = any that is trusted. */
  accepts: readonly string[];
  /** Cipher suites and TLS versions of connections that stood, as the proxy counts them. */
  ciphers: readonly string[];
  tlsVersions: readonly string[];
}

/** A secret of a proxy changed, or the proxy refused a new one. */
export interface CertificateChange {
  atMs: number;
  kind: "rotated" | "rejected";
  proxyId: string;
  nodeId: string;
  secret: string | null;
  fromSerial: string | null;
  toSerial: string | null;
}

/** One authorization stage of one proxy. Counts are of the window; `null` = not counted there. */
export interface StageFacts {
  proxyId: string;
  nodeId: string;
  /** Place in the order in which the proxy asks its stages. */
  order: number;
  action: "custom" | "deny" | "allow" | "audit";
  mode: "enforced" | "shadow";
  policies: readonly {
    name: string;
    principals: string;
    permissions: string;
    neverMatches: string | null;
    matched: number | null;
  }[];
  allowed: number | null;
  denied: number | null;
}

/** Requests of one caller by what one stage decided about them. */
export interface DecisionFacts {
  target: string;
  source: string;
  identity: string | null;
  address: string | null;
  mode: "enforced" | "shadow";
  outcome: "allowed" | "denied";
  policy: string | null;
  count: number;
  lastSeenMs: number;
}

/** All that a source knows of identities, transport and rights. Lists are empty where nothing is known. */
export interface SecurityFacts {
  /** Since when calls are remembered; `null` = nothing was seen yet. */
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

/**
 * What a source tells of who is who and how they talk. `null` as the beginning of a window means as far as it remembers.
 * Errors are those of the source; one that only lost some proxies answers with `partial` and notices.
 */
export interface SecuritySource {
  readonly id: string;
  /** A report covers at most this much time before the instant that it is booked at, milliseconds. */
  readonly reportMs: number;
  security(window: { fromMs: number | null; toMs: number }, signal?: AbortSignal): Promise<Result<Sourced<SecurityFacts>>>;
  /** The refused connections of a window alone: cheap, for a view that is drawn every two seconds. */
  refusals(window: TimeWindow): readonly RefusedConnections[];
}
