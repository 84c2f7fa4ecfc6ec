import { edgeId } from "#lib/model/ids.ts";
import type {
  CertificateView,
  ObservedCaller,
  PeerIdentity,
  Refusal,
  SecurityReport,
  TlsPosture,
  WorkloadPosture,
} from "#lib/model/security.ts";

export const NOON = Date.parse("2026-01-01T12:00:00.000Z");

export function isoAt(ms: number): string {
  return new Date(NOON + ms).toISOString();
}

export function identityOf(account: string, namespace = "shop"): PeerIdentity {
  return { uri: `spiffe://demo.mesh/ns/${namespace}/sa/${account}`, trustDomain: "demo.mesh", namespace, account };
}

interface EdgePart extends Omit<Partial<TlsPosture>, "observed" | "declared"> {
  observed?: Partial<TlsPosture["observed"]>;
  declared?: Partial<TlsPosture["declared"]>;
}

/** An edge over mutual TLS, as both sides are set to, where nothing else is said. */
export function edgeOf(source: string, target: string, part: EdgePart = {}): TlsPosture {
  const { observed, declared, ...rest } = part;
  return {
    id: edgeId(source, target, "http"),
    source,
    target,
    protocol: "http",
    agreement: "agrees",
    callers: [],
    refusals: [],
    callerExpiresAt: null,
    rate: 2,
    evidence: [],
    ...rest,
    declared: { client: "mutual", clientBy: [], server: "strict", serverBy: [], verdict: "mutual", ...declared },
    observed: {
      transport: "mutual",
      mutual: 120,
      oneWay: 0,
      plaintext: 0,
      mutualShare: 1,
      tlsVersions: ["TLSv1.3"],
      ciphers: [],
      since: isoAt(-60_000),
      lastSeen: isoAt(-1_000),
      ...observed,
    },
  };
}

const NOTHING = { mutual: 0, oneWay: 0, plaintext: 0, mutualShare: null, tlsVersions: [], since: null, lastSeen: null } as const;

/** Set up, and never called in the window. */
export function silentEdgeOf(source: string, target: string): TlsPosture {
  return edgeOf(source, target, { rate: null, agreement: "unknown", observed: { ...NOTHING, tlsVersions: [], transport: "unknown" } });
}

export function plaintextCallerOf(part: Partial<ObservedCaller> = {}): ObservedCaller {
  return {
    identity: null,
    address: "10.2.4.31",
    transport: "plaintext",
    tlsVersion: null,
    count: 30,
    firstSeen: isoAt(-60_000),
    lastSeen: isoAt(-3_000),
    ...part,
  };
}

/** `legacy-report` calls `ledger` in plaintext, beside payments over mutual TLS. */
export function plaintextEdgeOf(part: EdgePart = {}): TlsPosture {
  const { observed, declared, ...rest } = part;
  return edgeOf("unknown/legacy-report", "payments/ledger", {
    rate: 0.5,
    callers: [plaintextCallerOf()],
    ...rest,
    declared: { client: "unknown", server: "permissive", verdict: "unknown", ...declared },
    observed: { ...NOTHING, transport: "plaintext", plaintext: 30, tlsVersions: [], ...observed },
  });
}

export function refusalOf(part: Partial<Refusal> = {}): Refusal {
  return {
    source: "unknown/legacy-report",
    target: "payments/ledger",
    witness: "server",
    reason: "plaintext",
    claimed: null,
    address: "10.2.4.31",
    count: 4,
    firstSeen: isoAt(-60_000),
    lastSeen: isoAt(-3_000),
    ...part,
  };
}

export function certificateOf(nodeId: string, leftMs: number | null, part: Partial<CertificateView> = {}): CertificateView {
  const proxyId = `${nodeId}-0`;
  const serial = part.serial ?? `0${nodeId.length}${leftMs ?? ""}`;
  return {
    id: `${part.proxyId ?? proxyId}/${serial}`,
    proxyId,
    nodeId,
    secret: "workload",
    role: "workload",
    serial,
    subject: "CN=it",
    issuer: "CN=demo mesh",
    names: [],
    identities: [],
    validFrom: isoAt(-3_600_000),
    expiresAt: leftMs === null ? null : isoAt(leftMs),
    status: leftMs === null ? "unknown" : leftMs <= 0 ? "expired" : "valid",
    leftMs,
    findings: [],
    rotations: 0,
    ...part,
  };
}

export function workloadOf(id: string, part: Partial<WorkloadPosture> = {}): WorkloadPosture {
  return {
    id,
    demand: "strict",
    accepts: [],
    presents: [],
    expiresAt: null,
    plaintextCallers: [],
    refused: 0,
    proxies: { n: 1, of: 1 },
    object: null,
    notSteerable: null,
    ...part,
  };
}

export function reportOf(part: Partial<SecurityReport> = {}): SecurityReport {
  const { edges = [], certificates = [] } = part;
  const count = (transport: TlsPosture["observed"]["transport"]) => edges.filter((edge) => edge.observed.transport === transport).length;
  const soon = certificates.filter((one) => one.status === "soon");
  return {
    window: { from: isoAt(-60_000), to: isoAt(0) },
    callersWindow: { from: isoAt(-60_000), to: isoAt(0) },
    observedSince: isoAt(-600_000),
    sentence: "",
    summary: {
      edges: edges.length,
      mutual: count("mutual"),
      oneWay: count("oneWay"),
      plaintext: count("plaintext"),
      mixed: count("mixed"),
      unknown: count("unknown"),
      broken: 0,
      refused: 0,
      differs: 0,
      mutualRequestShare: null,
      certificates: {
        expired: certificates.filter((one) => one.status === "expired").length,
        soon: soon.length,
        soonestExpiry: soon[0]?.expiresAt ?? null,
      },
    },
    edges,
    workloads: [],
    certificates,
    events: [],
    refusals: [],
    authorization: [],
    ...part,
  };
}
