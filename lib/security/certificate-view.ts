import type { CertificateEvent, CertificateFacts, CertificateStatus, CertificateView } from "#lib/model/security.ts";
import type { CertificateChange } from "#lib/model/security-facts.ts";

import { isSpiffe } from "./peer-identity.ts";
import { DAY_MS } from "./wording.ts";

/** Whoever renews at half of the life has long done so when a fifth is left; nobody needs more than two weeks of warning. */
const SOON_SHARE = 1 / 5;
const LONGEST_SOON_MS = 14 * DAY_MS;

const YEAR_MS = 365.25 * DAY_MS;
/** Roots live long; what a workload presents does not. */
const LONGEST_LIFE_YEARS = { workload: 10, authority: 30 } as const;

const MANY_NAMES = 50;

/** RFC 5280, 4.1.2.2: a positive number of at most 20 octets; here in hexadecimal digits. */
const SERIAL = /^0*[1-9a-f][0-9a-f]{0,39}$/;

/** An instant in milliseconds; `null` for none and for a text that is no date. */
function instantMs(text: string | null): number | null {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

function statusOf(fromMs: number | null, endMs: number | null, nowMs: number): CertificateStatus {
  if (endMs !== null && nowMs >= endMs) return "expired";
  if (fromMs !== null && nowMs < fromMs) return "notYet";
  if (endMs === null) return "unknown";
  // Of one that does not tell its beginning the life is not known, so the longest warning holds.
  const warningMs = fromMs === null ? LONGEST_SOON_MS : Math.min((endMs - fromMs) * SOON_SHARE, LONGEST_SOON_MS);
  return endMs - nowMs < warningMs ? "soon" : "valid";
}

function findingsOf(certificate: CertificateFacts, fromMs: number | null, endMs: number | null): string[] {
  const { role, names, identities, serial, subject, issuer } = certificate;
  const findings: string[] = [];
  const lifeMs = fromMs === null || endMs === null ? null : endMs - fromMs;
  if (fromMs === null || endMs === null) findings.push("It does not tell when it begins and ends");
  if (lifeMs !== null && lifeMs <= 0) findings.push("It ends before it begins, so it is never valid");
  if (lifeMs !== null && lifeMs > LONGEST_LIFE_YEARS[role] * YEAR_MS) {
    findings.push(`It lives ${Math.round(lifeMs / YEAR_MS)} years: a key that is stolen serves the thief as long`);
  }
  const hex = serial.replaceAll(":", "").toLowerCase();
  if (!SERIAL.test(hex)) findings.push("Its serial number is not a positive number of at most 20 octets, as RFC 5280 demands");
  const count = Math.max(names.length, identities.length);
  if (count >= MANY_NAMES) findings.push(`It carries ${count} names`);
  if (role === "workload") {
    const spiffe = identities.filter(isSpiffe);
    if (count === 0) findings.push("It carries no name at all, so nobody can tell by it who its holder is");
    else if (spiffe.length === 0) findings.push("It carries no SPIFFE identity, so policies that ask for one cannot match its holder");
    if (spiffe.length > 1) findings.push(`It carries ${spiffe.length} SPIFFE identities; the standard allows one`);
    if (subject !== null && subject !== "" && subject === issuer) findings.push("It is signed by itself");
  }
  return findings;
}

/** One certificate as it is shown at an instant. Dates that cannot be read are not known; nothing is guessed from them. */
export function viewCertificate(certificate: CertificateFacts, rotations: number, nowMs: number): CertificateView {
  const [fromMs, endMs] = [instantMs(certificate.validFrom), instantMs(certificate.expiresAt)];
  return {
    id: certificate.id,
    proxyId: certificate.proxyId,
    nodeId: certificate.nodeId,
    secret: certificate.secret,
    role: certificate.role,
    serial: certificate.serial,
    subject: certificate.subject,
    issuer: certificate.issuer,
    names: certificate.names,
    identities: certificate.identities,
    validFrom: certificate.validFrom,
    expiresAt: certificate.expiresAt,
    status: statusOf(fromMs, endMs, nowMs),
    leftMs: endMs === null ? null : endMs - nowMs,
    findings: findingsOf(certificate, fromMs, endMs),
    rotations,
  };
}

/** Every certificate, the one that ends first first; those without dates last. */
export function viewCertificates(
  certificates: readonly CertificateFacts[],
  changes: readonly CertificateChange[],
  nowMs: number,
): CertificateView[] {
  const rotations = new Map<string, number>();
  for (const { kind, proxyId, secret } of changes) {
    if (kind === "rotated") rotations.set(`${proxyId}|${secret}`, (rotations.get(`${proxyId}|${secret}`) ?? 0) + 1);
  }
  return certificates
    .map((one) => viewCertificate(one, rotations.get(`${one.proxyId}|${one.secret}`) ?? 0, nowMs))
    .toSorted((a, b) => (a.leftMs ?? Infinity) - (b.leftMs ?? Infinity) || (a.id < b.id ? -1 : 1));
}

/** The end of the first of each node's own certificates to end, as an instant; nodes without one are not in it. */
export function firstExpiries(certificates: readonly CertificateFacts[]): Map<string, string> {
  const firsts = new Map<string, string>();
  for (const { role, nodeId, expiresAt } of certificates) {
    const endMs = role === "workload" ? instantMs(expiresAt) : null;
    if (endMs === null || expiresAt === null) continue;
    const known = instantMs(firsts.get(nodeId) ?? null);
    if (known === null || endMs < known) firsts.set(nodeId, expiresAt);
  }
  return firsts;
}

/** What happened to secrets, newest first. */
export function viewEvents(changes: readonly CertificateChange[]): CertificateEvent[] {
  return changes
    .toSorted((a, b) => b.atMs - a.atMs || (a.proxyId < b.proxyId ? -1 : 1))
    .map(({ atMs, kind, proxyId, nodeId, secret, fromSerial, toSerial }) => ({
      at: new Date(atMs).toISOString(),
      kind,
      proxyId,
      nodeId,
      secret,
      fromSerial,
      toSerial,
    }));
}
