import { X509Certificate } from "node:crypto";

import { plainName } from "#collectors/shared/plain-name.ts";
import type { CertificateFacts, PeerIdentity } from "#lib/model/security.ts";

import type { CertificateDetails, CertificateEntry, SecretElement } from "../admin/wire.ts";
import { boundedNames } from "../config/subject-names.ts";
import { instantOf } from "../detail/certificates.ts";

/** A certificate that a proxy holds, before it is said whose proxy that is. */
export type HeldCertificate = Omit<CertificateFacts, "id" | "proxyId" | "nodeId">;

/** What a certificate itself says beyond what the admin lists. */
interface ChainFacts {
  secret: string;
  subject: string | null;
  issuer: string | null;
}

const MAX_IDENTITIES = 20;

/**
 * The certificates of a proxy, each once, joined by serial number with the chains of its secrets: `/certs` names neither
 * subject nor issuer nor secret. What a chain does not tell is `null`.
 */
export function heldCertificates(entries: readonly CertificateEntry[], secrets: readonly SecretElement[]): HeldCertificate[] {
  const chains = new Map(secrets.flatMap((secret) => chainFacts(secret)));
  const held = new Map<string, HeldCertificate>();
  // A certificate that signed itself stands in both lists; what a proxy shows comes first.
  for (const role of ["workload", "authority"] as const) {
    for (const entry of entries) {
      for (const details of role === "workload" ? entry.cert_chain : entry.ca_cert) {
        const serial = comparable(details.serial_number);
        if (!held.has(serial)) held.set(serial, certificateOf(details, role, chains.get(serial) ?? null));
      }
    }
  }
  return [...held.values()];
}

function certificateOf(details: CertificateDetails, role: HeldCertificate["role"], chain: ChainFacts | null): HeldCertificate {
  const names = details.subject_alt_names.flatMap(({ uri, dns, ip_address: ip }) => [uri, dns, ip]).filter((name) => name !== undefined);
  return {
    secret: chain?.secret ?? null,
    role,
    serial: plainName(details.serial_number),
    subject: chain?.subject ?? null,
    issuer: chain?.issuer ?? null,
    names: boundedNames(names),
    identities: details.subject_alt_names.flatMap(({ uri }) => (uri === undefined ? [] : [identityOf(uri)])).slice(0, MAX_IDENTITIES),
    validFrom: instantOf(details.valid_from),
    expiresAt: instantOf(details.expiration_time),
  };
}

const SPIFFE = /^spiffe:\/\/([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/;

function identityOf(uri: string): PeerIdentity {
  const [, trustDomain, namespace, account] = SPIFFE.exec(uri) ?? [];
  return { uri: plainName(uri), trustDomain: orNull(trustDomain), namespace: orNull(namespace), account: orNull(account) };
}

function orNull(text: string | undefined): string | null {
  return text === undefined ? null : plainName(text);
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+?-----END CERTIFICATE-----/;

/** By serial number. Only the first certificate of a chain is read, and nothing around it: a bundle may hold the key as well. */
function chainFacts({ name, secret }: SecretElement): [string, ChainFacts][] {
  const source = secret?.tls_certificate?.certificate_chain;
  const text = source?.inline_string ?? Buffer.from(source?.inline_bytes ?? "", "base64").toString("latin1");
  const pem = CERTIFICATE.exec(text)?.[0];
  if (pem === undefined) return [];
  try {
    const { serialNumber, subject, issuer } = new X509Certificate(pem);
    return [[comparable(serialNumber), { secret: plainName(name), subject: inOneLine(subject), issuer: inOneLine(issuer) }]];
  } catch {
    return [];
  }
}

/** OpenSSL and BoringSSL write the same number with other case and leading zeros. */
function comparable(serial: string): string {
  return serial.toLowerCase().replace(/^0+(?=.)/, "");
}

/** `null` for an empty name. */
function inOneLine(name: string | undefined): string | null {
  return name === undefined || name === "" ? null : plainName(name.split("\n").join(", "));
}
