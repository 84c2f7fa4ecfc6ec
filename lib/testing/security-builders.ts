import { edgeId } from "#lib/model/ids.ts";
import type { CertificateFacts } from "#lib/model/security.ts";
import type { DialFacts, ListenerFacts, ObservedCalls, RefusedConnections, SecurityFacts, StageFacts } from "#lib/model/security-facts.ts";
import type { EdgeLoad, SecurityPicture } from "#lib/security/facts.ts";
import { joinFacts } from "#lib/security/join-facts.ts";
import { peerIdentity } from "#lib/security/peer-identity.ts";

import { START_MS } from "./builders.ts";

const DAY_MS = 86_400_000;

export const PAYMENTS_URI = "spiffe://demo.mesh/ns/payments/sa/payments";

/** One call over mutual TLS from `payments` to `ledger` where nothing else is said. */
export function callOf(part: Partial<ObservedCalls> = {}): ObservedCalls {
  return {
    source: "payments/payments",
    target: "payments/ledger",
    protocol: "http",
    identity: PAYMENTS_URI,
    address: "10.0.0.7",
    tlsVersion: "TLSv1.3",
    transport: "mutual",
    count: 1,
    firstSeenMs: START_MS,
    lastSeenMs: START_MS,
    ...part,
  };
}

/** The same in plaintext, from a caller without a proxy. */
export function plaintextCallOf(part: Partial<ObservedCalls> = {}): ObservedCalls {
  return callOf({
    source: "unknown/legacy-report",
    identity: null,
    address: "10.0.0.9",
    tlsVersion: null,
    transport: "plaintext",
    ...part,
  });
}

export function refusalOf(part: Partial<RefusedConnections> = {}): RefusedConnections {
  return {
    source: "unknown/legacy-report",
    target: "payments/ledger",
    witness: "server",
    reason: "plaintext",
    claimed: null,
    address: "10.0.0.9",
    count: 1,
    firstSeenMs: START_MS,
    lastSeenMs: START_MS,
    ...part,
  };
}

export function listenerOf(part: Partial<ListenerFacts> = {}): ListenerFacts {
  return {
    proxyId: "ledger-v1-0.payments",
    nodeId: "payments/ledger",
    listener: "inbound",
    demand: "permissive",
    accepts: [{ transport: "mutual", names: [], tlsVersions: { min: null, max: null } }],
    ...part,
  };
}

export function dialOf(part: Partial<DialFacts> = {}): DialFacts {
  return {
    proxyId: "payments-v1-0.payments",
    source: "payments/payments",
    target: "payments/ledger",
    name: "to-ledger",
    transport: "mutual",
    accepts: [],
    ciphers: [],
    tlsVersions: [],
    ...part,
  };
}

export function stageOf(part: Partial<StageFacts> = {}): StageFacts {
  return {
    proxyId: "ledger-v1-0.payments",
    nodeId: "payments/ledger",
    order: 0,
    action: "allow",
    mode: "enforced",
    policies: [],
    allowed: 0,
    denied: 0,
    ...part,
  };
}

/** An ordinary certificate of `payments`: it lives one day, half of which is over at `START_MS`. */
export function certificateOf(part: Partial<CertificateFacts> = {}): CertificateFacts {
  return {
    id: "payments-v1-0.payments/0a1b",
    proxyId: "payments-v1-0.payments",
    nodeId: "payments/payments",
    secret: "workload",
    role: "workload",
    serial: "0a1b",
    subject: "CN=payments",
    issuer: "CN=demo mesh",
    names: [PAYMENTS_URI],
    identities: [peerIdentity(PAYMENTS_URI)],
    validFrom: new Date(START_MS - DAY_MS / 2).toISOString(),
    expiresAt: new Date(START_MS + DAY_MS / 2).toISOString(),
    ...part,
  };
}

/** What one source of the name `doors` knows, joined as the verbs join it. */
export function pictureOf(part: Partial<SecurityFacts> = {}): SecurityPicture {
  return joinFacts([{ id: "doors", facts: factsOf(part) }]);
}

/** What one source knows: nothing where nothing else is said. */
export function factsOf(part: Partial<SecurityFacts> = {}): SecurityFacts {
  return {
    observedSinceMs: null,
    window: { fromMs: START_MS - 60_000, toMs: START_MS },
    calls: [],
    refusals: [],
    listeners: [],
    dials: [],
    certificates: [],
    events: [],
    stages: [],
    decisions: [],
    ...part,
  };
}

/** Traffic of one edge as the map counts it; what arrived is the sum of its transports where nothing else is said. */
export function loadOf(part: Partial<EdgeLoad> = {}): EdgeLoad {
  const { source = "payments/payments", target = "payments/ledger", protocol = "http" } = part;
  const transport = part.transport ?? { mutual: 1, oneWay: 0, plaintext: 0 };
  const arrived = transport.mutual + transport.oneWay + transport.plaintext;
  return {
    id: edgeId(source, target, protocol),
    source,
    target,
    protocol,
    rate: arrived / 60,
    arrived,
    transport,
    toldBy: "meters",
    ...part,
  };
}
