import { z } from "zod";

import { Protocol } from "./ids.ts";
import { ServerDemand, TransportSecurity, TransportVerdict } from "./tls.ts";

const Instant = z.iso.datetime();
const Count = z.number().int();

/** Who a certificate says its holder is. The parts are `null` for a name that is no SPIFFE id of the usual form. */
export const PeerIdentity = z.object({
  uri: z.string(),
  trustDomain: z.string().nullable(),
  namespace: z.string().nullable(),
  account: z.string().nullable(),
});
export type PeerIdentity = z.infer<typeof PeerIdentity>;

/** One thing that a fact rests on: a sentence, who says it, and when it was last said. */
export const Evidence = z.object({ text: z.string(), source: z.string(), observedAt: Instant.nullable() });
export type Evidence = z.infer<typeof Evidence>;

/** One way in which a caller was seen on an edge. No identity and no TLS version = plaintext. `count` is of the window. */
export const ObservedCaller = z.object({
  identity: PeerIdentity.nullable(),
  /** Network address it called from; `null` where the source does not tell. */
  address: z.string().nullable(),
  transport: z.enum(["mutual", "oneWay", "plaintext"]),
  tlsVersion: z.string().nullable(),
  count: Count,
  firstSeen: Instant,
  lastSeen: Instant,
});
export type ObservedCaller = z.infer<typeof ObservedCaller>;

/** Why a connection was refused before any request: what the other side showed, or did not show. */
export const RefusalReason = z.enum(["plaintext", "noCertificate", "wrongName", "untrusted", "expired", "unknown"]);
export type RefusalReason = z.infer<typeof RefusalReason>;

/** Connections that were refused on one edge. The witness is the side that refused: only it knows. */
export const Refusal = z.object({
  /** Node id of the caller; `null` where the witness could not tell who it was. */
  source: z.string().nullable(),
  target: z.string(),
  witness: z.enum(["server", "caller"]),
  reason: RefusalReason,
  /** Of a reason that is not known: true = it was the certificate that was not accepted; false = not even that is told. */
  certificateRefused: z.boolean().optional(),
  /** What the refused certificate says; a claim, not a proven identity. */
  claimed: PeerIdentity.nullable(),
  address: z.string().nullable(),
  count: Count,
  firstSeen: Instant,
  lastSeen: Instant,
});
export type Refusal = z.infer<typeof Refusal>;

/** One declaration and whose it is. `place` is the source's own name for it, such as a listener. */
export const DeclaredBy = z.object({ proxyId: z.string(), place: z.string(), says: z.string() });
export type DeclaredBy = z.infer<typeof DeclaredBy>;

/** The transport of one edge: what both sides are set to, and what was seen. */
export const TlsPosture = z.object({
  id: z.string(),
  source: z.string(),
  target: z.string(),
  protocol: Protocol,
  declared: z.object({
    client: TransportSecurity,
    clientBy: z.array(DeclaredBy),
    server: ServerDemand,
    serverBy: z.array(DeclaredBy),
    verdict: TransportVerdict,
  }),
  observed: z.object({
    transport: TransportSecurity,
    /** Requests of the window by transport (connections for TCP). */
    mutual: Count,
    oneWay: Count,
    plaintext: Count,
    mutualShare: z.number().nullable(),
    tlsVersions: z.array(z.string()),
    /** As the caller's proxy counts them for this target; empty where nobody does. */
    ciphers: z.array(z.string()),
    /**
     * When the oldest remembered request came that travelled like this: the first time ever seen, not the beginning of an
     * unbroken state. `null` = none was seen.
     */
    since: Instant.nullable(),
    lastSeen: Instant.nullable(),
  }),
  /** Whether what was seen is what the declarations lead to. `unknown` where either is. */
  agreement: z.enum(["agrees", "differs", "unknown"]),
  /** Who called, strongest evidence first; plaintext callers before all others. */
  callers: z.array(ObservedCaller),
  refusals: z.array(Refusal),
  /** When the first of the caller's certificates ends; `null` where it shows none or none is known. */
  callerExpiresAt: Instant.nullable(),
  /** Requests per second over the window; `null` = not known. */
  rate: z.number().nullable(),
  evidence: z.array(Evidence),
});
export type TlsPosture = z.infer<typeof TlsPosture>;

/** One set of conditions under which a listener takes a connection, and what it then asks. */
export const AcceptedTransport = z.object({
  transport: z.enum(["mutual", "oneWay", "plaintext", "unknown"]),
  /** Names that a caller's certificate must have, in words; empty = any that is trusted. */
  names: z.array(z.string()),
  tlsVersions: z.object({ min: z.string().nullable(), max: z.string().nullable() }),
});
export type AcceptedTransport = z.infer<typeof AcceptedTransport>;

/** A certificate that a workload's proxy holds. Texts of certificates are foreign: they are shown, never trusted. */
export const CertificateFacts = z.object({
  /** `<proxy>/<serial>`; one certificate held by three replicas is three of these. */
  id: z.string(),
  proxyId: z.string(),
  nodeId: z.string(),
  /** The source's name of the secret; `null` where it is part of the configuration. */
  secret: z.string().nullable(),
  role: z.enum(["workload", "authority"]),
  serial: z.string(),
  subject: z.string().nullable(),
  issuer: z.string().nullable(),
  names: z.array(z.string()),
  identities: z.array(PeerIdentity),
  validFrom: Instant.nullable(),
  expiresAt: Instant.nullable(),
});
export type CertificateFacts = z.infer<typeof CertificateFacts>;

/** `soon` = less than a fifth of its life is left, at most 14 days; `notYet` = its life has not begun; `unknown` = no dates. */
export const CertificateStatus = z.enum(["valid", "soon", "expired", "notYet", "unknown"]);
export type CertificateStatus = z.infer<typeof CertificateStatus>;

/** A certificate as it is shown, judged at the instant of the answer. */
export const CertificateView = CertificateFacts.extend({
  status: CertificateStatus,
  /** Milliseconds until its end, negative after it; `null` = not known. */
  leftMs: z.number().nullable(),
  /** What is odd about it, each a sentence; empty for an ordinary one. */
  findings: z.array(z.string()),
  /** How often Weft saw this secret change since it watches. */
  rotations: Count,
});
export type CertificateView = z.infer<typeof CertificateView>;

/** A secret changed, or a new one was refused by its proxy. */
export const CertificateEvent = z.object({
  at: Instant,
  kind: z.enum(["rotated", "rejected"]),
  proxyId: z.string(),
  nodeId: z.string(),
  secret: z.string().nullable(),
  fromSerial: z.string().nullable(),
  toSerial: z.string().nullable(),
});
export type CertificateEvent = z.infer<typeof CertificateEvent>;

/** One workload: what it accepts, what it demands, what it presents. */
export const WorkloadPosture = z.object({
  /** Node id. */
  id: z.string(),
  demand: ServerDemand,
  accepts: z.array(AcceptedTransport),
  /** Identities that its certificates carry. */
  presents: z.array(PeerIdentity),
  /** The end of its first certificate to end; `null` = none known. */
  expiresAt: Instant.nullable(),
  plaintextCallers: z.array(z.string()),
  /** Connections; `null` = nobody tells, where no proxy of it is known. */
  refused: Count.nullable(),
  /** Those that answer, of how many are known. */
  proxies: z.object({ n: Count, of: Count }),
  /** The object by which Weft can set its demand; `null` with the reason where it cannot. */
  object: z.object({ id: z.string(), location: z.string() }).nullable(),
  notSteerable: z.string().nullable(),
});
export type WorkloadPosture = z.infer<typeof WorkloadPosture>;

/** One policy of a stage. `matched` counts the window; `null` = its proxy does not count it. */
export const PolicyView = z.object({
  name: z.string(),
  /** Whom it is about and what for, in words. */
  principals: z.string(),
  permissions: z.string(),
  /** Why no request can ever match it; `null` when one can. */
  neverMatches: z.string().nullable(),
  matched: Count.nullable(),
});
export type PolicyView = z.infer<typeof PolicyView>;

/**
 * One step of deciding on a request, in the order in which it is asked: an external authorizer (`custom`), then what is
 * denied, then what is allowed. `shadow` stages are counted and decide nothing.
 */
export const AuthorizationStage = z.object({
  action: z.enum(["custom", "deny", "allow", "audit"]),
  mode: z.enum(["enforced", "shadow"]),
  policies: z.array(PolicyView),
  /** Requests of the window that this stage let pass, and those that it refused (or would have); `null` = not counted. */
  allowed: Count.nullable(),
  denied: Count.nullable(),
});
export type AuthorizationStage = z.infer<typeof AuthorizationStage>;

/** What became of one caller's requests at one stage. `policy: null` = no policy matched. */
export const AuthorizationDecision = z.object({
  source: z.string(),
  identity: PeerIdentity.nullable(),
  address: z.string().nullable(),
  mode: z.enum(["enforced", "shadow"]),
  outcome: z.enum(["allowed", "denied"]),
  policy: z.string().nullable(),
  count: Count,
  lastSeen: Instant,
});
export type AuthorizationDecision = z.infer<typeof AuthorizationDecision>;

/** The effective policy of one workload and what it did in the window. */
export const WorkloadAuthorization = z.object({
  id: z.string(),
  stages: z.array(AuthorizationStage),
  /** By caller, denied ones first; empty with a notice where the workload's proxies do not tell callers apart. */
  decisions: z.array(AuthorizationDecision),
});
export type WorkloadAuthorization = z.infer<typeof WorkloadAuthorization>;

/** How many edges travel how, and what else the headline says. */
export const SecuritySummary = z.object({
  edges: Count,
  mutual: Count,
  oneWay: Count,
  plaintext: Count,
  mixed: Count,
  unknown: Count,
  broken: Count,
  refused: Count,
  /** Edges whose observed transport is not what the declarations lead to. */
  differs: Count,
  /** Share of all HTTP and gRPC requests seen in the window, those at the border too, that came over mutual TLS; `null` = none seen. */
  mutualRequestShare: z.number().nullable(),
  certificates: z.object({ expired: Count, soon: Count, soonestExpiry: Instant.nullable() }),
});
export type SecuritySummary = z.infer<typeof SecuritySummary>;

/** Everything that is known of who talks to whom, how, and with which right. */
export const SecurityReport = z.object({
  window: z.object({ from: Instant, to: Instant }),
  /**
   * What counts of callers, refusals and decisions really cover: wider than `window` where it is so long or so old that
   * only coarse steps are kept, shorter where the memory begins later. `null` = no source tells.
   */
  callersWindow: z.object({ from: Instant, to: Instant }).nullable(),
  /** Since when callers are watched; what happened before is not known. `null` = nothing is watched. */
  observedSince: Instant.nullable(),
  sentence: z.string(),
  summary: SecuritySummary,
  edges: z.array(TlsPosture),
  workloads: z.array(WorkloadPosture),
  certificates: z.array(CertificateView),
  events: z.array(CertificateEvent),
  refusals: z.array(Refusal),
  authorization: z.array(WorkloadAuthorization),
});
export type SecurityReport = z.infer<typeof SecurityReport>;

/** What enforcement is asked about: one workload (node id), a namespace, or everything. */
export const WhatIfScope = z.object({ kind: z.enum(["workload", "namespace", "mesh"]), id: z.string().nullable() });
export type WhatIfScope = z.infer<typeof WhatIfScope>;

/** One caller of a workload in question. `unknown` = nothing was seen of how it calls. */
export const WhatIfCaller = z.object({
  source: z.string(),
  target: z.string(),
  identity: PeerIdentity.nullable(),
  address: z.string().nullable(),
  effect: z.enum(["refused", "keeps", "unknown"]),
  /** Requests since `observedSince`. */
  count: Count,
  lastSeen: Instant.nullable(),
  reason: z.string(),
});
export type WhatIfCaller = z.infer<typeof WhatIfCaller>;

/** What would happen if plaintext were refused, judged from traffic that really came. */
export const WhatIf = z.object({
  scope: WhatIfScope,
  observedSince: Instant.nullable(),
  observedMs: z.number(),
  sentence: z.string(),
  /** How much the observation can tell, and what it cannot. */
  certainty: z.string(),
  /** Refused ones first, then unknown ones. */
  callers: z.array(WhatIfCaller),
  workloads: z.array(
    z.object({
      id: z.string(),
      demand: ServerDemand,
      /** `already` = strict now; `steerable` = Weft can write it; `notSteerable` = it cannot, with the reason. */
      standing: z.enum(["already", "steerable", "notSteerable"]),
      objectId: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});
export type WhatIf = z.infer<typeof WhatIf>;
