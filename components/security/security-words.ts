import { nameOfId } from "#components/map/model/names.ts";
import type { Tone } from "#components/ui/tone.ts";
import { formatCount, formatNames } from "#lib/client/format.ts";
import type {
  AcceptedTransport,
  AuthorizationStage,
  CertificateStatus,
  PeerIdentity,
  Refusal,
  RefusalReason,
  TlsPosture,
  WhatIfCaller,
} from "#lib/model/security.ts";
import type { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";

/** How a side is set to travel, in a table. */
export const DECLARED_WORDS: Readonly<Record<TransportSecurity, string>> = {
  mutual: "mTLS",
  oneWay: "TLS",
  plaintext: "plaintext",
  mixed: "mixed",
  unknown: "not known",
};

export const DEMAND_WORDS: Readonly<Record<ServerDemand, string>> = {
  strict: "strict",
  permissive: "permissive",
  oneWay: "TLS",
  off: "off",
  unknown: "not known",
};

/** What a demand means for those who call. */
export const DEMAND_MEANINGS: Readonly<Record<ServerDemand, string>> = {
  strict: "takes mutual TLS only",
  permissive: "takes mutual TLS, and plaintext as well",
  oneWay: "takes TLS, and asks for no certificate",
  off: "takes plaintext only",
  unknown: "what it takes is not known",
};

export const VERDICT_WORDS: Readonly<Record<TlsPosture["declared"]["verdict"], string>> = {
  mutual: "every request must come over mutual TLS",
  oneWay: "requests come over TLS without a certificate of the caller",
  plaintext: "requests come in plaintext",
  broken: "no request can pass: the two sides do not fit",
  mixed: "it differs from one endpoint or proxy to the next",
  unknown: "not known, because one side is not",
};

export const AGREEMENT_WORDS: Readonly<Record<TlsPosture["agreement"], string>> = {
  agrees: "what was seen is what both sides are set to",
  differs: "what was seen is not what both sides are set to",
  unknown: "cannot be told",
};

export const EFFECTS: Readonly<Record<WhatIfCaller["effect"], { tone: Tone; word: string }>> = {
  refused: { tone: "fail", word: "breaks" },
  keeps: { tone: "ok", word: "keeps working" },
  unknown: { tone: "unk", word: "unknown" },
};

const REASON_WORDS: Readonly<Record<RefusalReason, string>> = {
  plaintext: "it came in plaintext",
  noCertificate: "it showed no certificate",
  wrongName: "its certificate has a name that is not let in",
  untrusted: "its certificate is of an authority that is not trusted",
  expired: "its certificate has expired",
  unknown: "the witness did not say why",
};

/** Why a connection was refused; a witness that only counts may say no more than that it was the certificate. */
export function reasonWords({ reason, certificateRefused }: Pick<Refusal, "reason" | "certificateRefused">): string {
  return reason === "unknown" && certificateRefused === true ? "its certificate was not accepted" : REASON_WORDS[reason];
}

export const CERTIFICATE_TONES: Readonly<Record<CertificateStatus, Tone>> = {
  valid: "ok",
  soon: "warn",
  expired: "fail",
  notYet: "fail",
  unknown: "unk",
};

export const ACTION_WORDS: Readonly<Record<AuthorizationStage["action"], string>> = {
  custom: "Ask an external authorizer",
  deny: "Deny",
  allow: "Allow",
  audit: "Record",
};

/** Who called, where it may be that nobody could tell. */
export function callerName(id: string | null): string {
  return id === null ? "a caller nobody could name" : nameOfId(id);
}

/** `namespace payments`, `namespaces payments and shop`. */
export function namespacesWords(namespaces: readonly string[]): string {
  return `${namespaces.length === 1 ? "namespace" : "namespaces"} ${formatNames(namespaces)}`;
}

/** `legacy-report to ledger`: for those who hear the page, and for labels. */
export function edgeLabel({ source, target }: { source: string | null; target: string }): string {
  return `${callerName(source)} to ${nameOfId(target)}`;
}

const SHORT_MOST = 36;

/**
 * An identity where there is little room. The end tells identities apart, so the front gives way: the trust domain of a SPIFFE
 * id first, then what is too long.
 */
export function shortIdentity({ uri, trustDomain }: Pick<PeerIdentity, "uri" | "trustDomain">): string {
  const prefix = trustDomain === null ? "" : `spiffe://${trustDomain}`;
  const path = prefix !== "" && uri.startsWith(`${prefix}/`) ? uri.slice(prefix.length) : uri;
  if (path === uri && uri.length <= SHORT_MOST) return uri;
  return `…${path.length > SHORT_MOST ? path.slice(1 - SHORT_MOST) : path}`;
}

function versionRange({ min, max }: AcceptedTransport["tlsVersions"]): string {
  if (min === null && max === null) return "";
  if (min !== null && max !== null) return min === max ? ` ${tlsVersionWord(min)}` : ` ${tlsVersionWord(min)} to ${tlsVersionWord(max)}`;
  return min === null ? ` up to ${tlsVersionWord(max ?? "")}` : ` from ${tlsVersionWord(min)}`;
}

const ACCEPTED: Readonly<Record<AcceptedTransport["transport"], string>> = {
  mutual: "mutual TLS",
  oneWay: "TLS",
  plaintext: "plaintext",
  unknown: "something that could not be read",
};

/** `mutual TLS 1.2 to 1.3`: one way in, without its names. */
export function acceptedWords({ transport, tlsVersions }: AcceptedTransport): string {
  return `${ACCEPTED[transport]}${versionRange(tlsVersions)}`;
}

/** `mutual TLS 1.3 and plaintext`: what a workload lets in; each way once. */
export function acceptsWords(accepts: readonly AcceptedTransport[]): string {
  return formatNames([...new Set(accepts.map(acceptedWords))]);
}

/** `1.3`: a version as it stands in a table; other names stay as they are. */
export function tlsVersionWord(version: string): string {
  return version.replace(/^TLSv?(?=\d)/i, "");
}

/** `240 calls`, `1 call`; of TCP the connections are counted. */
export function callsWords(count: number, protocol: TlsPosture["protocol"] = "http"): string {
  const noun = protocol === "tcp" ? "connection" : "call";
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
