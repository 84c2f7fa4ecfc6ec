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
import { peerIdentity } from "#lib/security/peer-identity.ts";
import { toRefusal } from "#lib/security/refusals.ts";
import { summarize } from "#lib/security/summary.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { certificateOf as heldCertificateOf, refusalOf as refusedOf } from "#lib/testing/security-builders.ts";

/** An instant, in milliseconds after `START_MS`. */
export function isoAt(ms: number): string {
  return new Date(START_MS + ms).toISOString();
}

export function identityOf(account: string, namespace = "shop"): PeerIdentity {
  return peerIdentity(`spiffe://demo.mesh/ns/${namespace}/sa/${account}`);
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
  const facts = refusedOf({ address: "10.2.4.31", count: 4, firstSeenMs: START_MS - 60_000, lastSeenMs: START_MS - 3_000 });
  return { ...toRefusal(facts), ...part };
}

export function certificateOf(nodeId: string, leftMs: number | null, part: Partial<CertificateView> = {}): CertificateView {
  const proxyId = `${nodeId}-0`;
  const serial = part.serial ?? `0${nodeId.length}${leftMs ?? ""}`;
  return {
    ...heldCertificateOf({
      id: `${part.proxyId ?? proxyId}/${serial}`,
      proxyId,
      nodeId,
      serial,
      subject: "CN=it",
      names: [],
      identities: [],
    }),
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

/** The share of requests is not known where nothing else is said, so that no sentence depends on what edges count. */
export function reportOf(part: Partial<SecurityReport> = {}): SecurityReport {
  const { edges = [], certificates = [], refusals = [] } = part;
  return {
    window: { from: isoAt(-60_000), to: isoAt(0) },
    callersWindow: { from: isoAt(-60_000), to: isoAt(0) },
    observedSince: isoAt(-600_000),
    sentence: "",
    summary: { ...summarize({ edges, certificates, refusals, loads: new Map() }), mutualRequestShare: null },
    edges,
    workloads: [],
    certificates,
    events: [],
    refusals,
    authorization: [],
    ...part,
  };
}
