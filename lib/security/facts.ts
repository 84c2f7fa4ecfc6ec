import type { AcceptedTransport, CertificateFacts, RefusalReason } from "#lib/model/security.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { TimeWindow, TransportCounts } from "#lib/model/red.ts";
import type { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";

/** A fact and the id of the source that tells it. */
export type Told<T> = T & { readonly toldBy: string };

/** Calls of one caller. `count` is of the window, the instants are of all that is remembered. */
export interface CallFact {
  source: string;
  target: string;
  protocol: Protocol;
  identity: string | null;
  address: string | null;
  tlsVersion: string | null;
  transport: "mutual" | "oneWay" | "plaintext";
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** Connections that were refused before any request. */
export interface RefusalFact {
  source: string | null;
  target: string;
  witness: "server" | "caller";
  reason: RefusalReason;
  /** Of a reason that is not known: whether it was the certificate that was not accepted. */
  certificateRefused?: boolean;
  claimed: string | null;
  address: string | null;
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** What one proxy takes. */
export interface ListenerFact {
  proxyId: string;
  nodeId: string;
  listener: string;
  demand: ServerDemand;
  accepts: readonly AcceptedTransport[];
}

/** What one proxy is set to do when it calls one target. */
export interface DialFact {
  proxyId: string;
  source: string;
  target: string;
  name: string;
  transport: TransportSecurity;
  accepts: readonly string[];
  ciphers: readonly string[];
  tlsVersions: readonly string[];
}

/** A secret changed, or a new one was refused. */
export interface ChangeFact {
  atMs: number;
  kind: "rotated" | "rejected";
  proxyId: string;
  nodeId: string;
  secret: string | null;
  fromSerial: string | null;
  toSerial: string | null;
}

/** One policy of one proxy's stage. */
export interface PolicyFact {
  name: string;
  principals: string;
  permissions: string;
  neverMatches: string | null;
  matched: number | null;
}

/** One authorization stage of one proxy. */
export interface StageFact {
  proxyId: string;
  nodeId: string;
  order: number;
  action: "custom" | "deny" | "allow" | "audit";
  mode: "enforced" | "shadow";
  policies: readonly PolicyFact[];
  allowed: number | null;
  denied: number | null;
}

/** Requests of one caller by what one stage decided. */
export interface DecisionFact {
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

/** All that one source knows. */
export interface SourceFacts {
  observedSinceMs: number | null;
  /** What its counts cover. */
  window: TimeWindow;
  calls: readonly CallFact[];
  refusals: readonly RefusalFact[];
  listeners: readonly ListenerFact[];
  dials: readonly DialFact[];
  certificates: readonly CertificateFacts[];
  events: readonly ChangeFact[];
  stages: readonly StageFact[];
  decisions: readonly DecisionFact[];
}

/** All that all sources know, each edge, proxy and certificate from one of them only. */
export interface SecurityPicture {
  /** Since when every source that saw anything watches; `null` = none did. */
  observedSinceMs: number | null;
  /** What the counts of all sources together cover; `null` = no source answered. */
  window: TimeWindow | null;
  calls: readonly Told<CallFact>[];
  refusals: readonly Told<RefusalFact>[];
  listeners: readonly Told<ListenerFact>[];
  dials: readonly Told<DialFact>[];
  certificates: readonly Told<CertificateFacts>[];
  events: readonly Told<ChangeFact>[];
  stages: readonly Told<StageFact>[];
  decisions: readonly Told<DecisionFact>[];
}

/** Traffic of one edge in the window, as the map counts it. */
export interface EdgeLoad {
  id: string;
  source: string;
  target: string;
  protocol: Protocol;
  /** Requests per second; `null` = not known. */
  rate: number | null;
  /** Requests that arrived, whatever their transport; by their callers' count where the target told nothing. */
  arrived: number;
  transport: TransportCounts;
  toldBy: string;
}
